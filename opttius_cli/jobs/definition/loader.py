"""Loading of jobs from the tables ``[jobs.NAME]`` of the config files.

An error names the line of the value.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from opttius_cli import toml_file
from opttius_cli.errors import UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.jobs.definition.errors import JobDefinitionError
from opttius_cli.jobs.definition.keys import (
    ALERT_KEYS,
    KEYS,
    NAME_PATTERN,
    ValueParser,
    describe_name,
)
from opttius_cli.jobs.definition.model import Alert, Job, Schedule
from opttius_cli.jobs.definition.output_template import (
    can_overlap,
    check_output,
    get_default_output,
)
from opttius_cli.name_matching import resolve_name, suggest_names
from opttius_cli.period import DEFAULT_ZONE
from opttius_cli.toml_lines import find_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from opttius_cli.jobs.definition.model import AllowedValues


def load_jobs(
    files: Sequence[Path], root: Path | None, zone: str | None, allowed_values: AllowedValues
) -> dict[str, Job]:
    """Load every job of ``files`` by name; when two files define one name, the first counts.

    ``root`` is the folder below which files are written (None: the folder of each config file), ``zone`` the
    time zone of jobs that name none.

    Raises:
        JobDefinitionError: the first error, with its file, line and key.
    """
    jobs: dict[str, Job] = {}
    for file in files:
        text, tables = _read_tables(file)
        for name, table in tables.items():
            job = _JobParser(file, text, name).parse_job(
                table, root or file.parent, zone or DEFAULT_ZONE, allowed_values
            )
            jobs.setdefault(name, job)
    _reject_shared_folders(list(jobs.values()))
    return jobs


def find_job(jobs: Mapping[str, Job], name: str) -> Job:
    """Find the job called ``name``. Raises UnknownNameError with the nearest names."""
    key = resolve_name(name, jobs)
    if key is None:
        raise UnknownNameError(_("job"), name, suggest_names(name, jobs))
    return jobs[key]


def _read_tables(file: Path) -> tuple[str, dict[str, Any]]:
    text = toml_file.read_text(file)
    tables = toml_file.parse_toml(file, text).get("jobs", {})
    if not isinstance(tables, dict):
        raise JobDefinitionError(file, find_line(text, ["jobs"]), "jobs", _("must be a table [jobs.NAME]"))
    return text, tables


class _JobParser:
    """The parser of one job's table in one file."""

    def __init__(self, file: Path, text: str, name: str) -> None:
        self.file, self.text, self.name = file, text, name

    def build_error(self, path: Sequence[str | int], why: str) -> JobDefinitionError:
        """Build the error for the value at ``path`` below the job's table."""
        full_path = ("jobs", self.name, *path)
        key = ".".join(str(step) for step in full_path if not isinstance(step, int))
        return JobDefinitionError(self.file, find_line(self.text, full_path), key, why)

    def parse_job(self, table: Any, root: Path, zone: str, allowed_values: AllowedValues) -> Job:
        if not NAME_PATTERN.fullmatch(self.name):
            raise self.build_error((), _("a job's name must be {kind}", kind=describe_name()))
        if not isinstance(table, dict):
            raise self.build_error((), _("must be a table [jobs.NAME]"))
        values = dict(self._parse_values(table, KEYS, (), allowed_values))
        for key in ("parts", "formats"):
            if not values.get(key):
                names = ", ".join(allowed_values.parts if key == "parts" else allowed_values.formats)
                raise self.build_error((key,), _("is missing: name at least one of {names}", names=names))
        every = values.pop("every", None)
        zone = values.get("timezone") or zone
        job = Job(
            name=self.name,
            file=self.file,
            line=find_line(self.text, ("jobs", self.name)),
            root=root,
            output=values.pop("output", None) or get_default_output(each=bool(values.get("each_branch"))),
            alerts=tuple(self._parse_alerts(values.pop("alerts", []), allowed_values)),
            schedule=Schedule(every=every[0], cron=every[1], zone=zone) if every else None,
            **values,
        )
        try:
            job = replace(job, output=check_output(job, allowed_values))
        except ValueError as error:
            raise self.build_error(("output",), str(error)) from error
        if job.masking == "revealed" and not job.reason:
            raise self.build_error(("masking",), _('“revealed” needs a reason: reason = "why"'))
        if job.masking == "revealed" and job.deliver and not job.deliver_revealed:
            raise self.build_error(
                ("deliver",), _("would send personal data: deliver_revealed = true says that this is meant")
            )
        return job

    def _parse_values(
        self,
        table: Mapping[str, Any],
        keys: Mapping[str, ValueParser],
        path: tuple[str | int, ...],
        allowed_values: AllowedValues,
    ) -> Iterator[tuple[str, Any]]:
        for key, value in table.items():
            if key not in keys:
                suggestions = ", ".join(suggest_names(key, keys))
                raise self.build_error(
                    (*path, key), _("there is no such key. The nearest: {names}.", names=suggestions)
                )
            try:
                yield key, keys[key](value, allowed_values)
            except ValueError as error:
                raise self.build_error((*path, key), _("must be {kind}", kind=error)) from error

    def _parse_alerts(
        self, tables: Sequence[Mapping[str, Any]], allowed_values: AllowedValues
    ) -> Iterator[Alert]:
        for index, table in enumerate(tables):
            path = ("alerts", index)
            values = dict(self._parse_values(table, ALERT_KEYS, path, allowed_values))
            if "figure" not in values:
                raise self.build_error((*path, "figure"), _("is missing"))
            if values.get("below") is None and values.get("above") is None:
                raise self.build_error(path, _("needs a bound: below = NUMBER or above = NUMBER"))
            yield Alert(**values)


def _reject_shared_folders(jobs: Sequence[Job]) -> None:
    """Raise JobDefinitionError when two jobs share a folder: each set of files replaces its whole folder."""
    for index, job in enumerate(jobs):
        for other in jobs[:index]:
            if can_overlap(job, other):
                raise JobDefinitionError(
                    job.file,
                    find_line(toml_file.read_text(job.file), ("jobs", job.name, "output")),
                    f"jobs.{job.name}.output",
                    _(
                        "its files go into the folder of the job {other} ({folder}). Give each its own.",
                        other=other.name,
                        folder=other.folder,
                    ),
                )
