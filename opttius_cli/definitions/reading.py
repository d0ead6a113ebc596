"""Loading of jobs from the tables ``[reports.NAME]`` of the config files.

An error names the line of the value.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from opttius_cli import document
from opttius_cli.definitions.errors import DefinitionError
from opttius_cli.definitions.keys import ALERT_KEYS, KEYS, NAME, Reader, name_kind
from opttius_cli.definitions.lines import line_of
from opttius_cli.definitions.model import Alert, Definition, Schedule
from opttius_cli.definitions.templates import check_output, default_output, overlap
from opttius_cli.errors import UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.names import meant, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from opttius_cli.definitions.model import Known

DEFAULT_ZONE = "America/Santiago"


def read(files: Sequence[Path], root: Path | None, zone: str | None, known: Known) -> dict[str, Definition]:
    """Load every job of ``files`` by name; when two files define one name, the first counts.

    ``root`` is the folder below which files are written (None: the folder of each config file), ``zone`` the
    time zone of jobs that name none.

    Raises:
        JobDefinitionError: the first error, with its file, line and key.
    """
    found: dict[str, Definition] = {}
    for file in files:
        text, tables = _tables(file)
        for name, table in tables.items():
            one = _Source(file, text, name).definition(
                table, root or file.parent, zone or DEFAULT_ZONE, known
            )
            found.setdefault(name, one)
    _refuse_shared_folders(list(found.values()))
    return found


def named(definitions: Mapping[str, Definition], name: str) -> Definition:
    """Find the job called ``name``. Raises UnknownNameError with the nearest names."""
    found = meant(name, definitions)
    if found is None:
        raise UnknownNameError(_("report"), name, nearest(name, definitions))
    return definitions[found]


def _tables(file: Path) -> tuple[str, dict[str, Any]]:
    text = document.text_of(file)
    tables = document.parsed(file, text).get("reports", {})
    if not isinstance(tables, dict):
        raise DefinitionError(
            file, line_of(text, ["reports"]), "reports", _("must be a table [reports.NAME]")
        )
    return text, tables


class _Source:
    """The parser of one job's table in one file."""

    def __init__(self, file: Path, text: str, name: str) -> None:
        self.file, self.text, self.name = file, text, name

    def wrong(self, path: Sequence[str | int], why: str) -> DefinitionError:
        """Build the error for the value at ``path`` below the job's table."""
        whole = ("reports", self.name, *path)
        key = ".".join(str(step) for step in whole if not isinstance(step, int))
        return DefinitionError(self.file, line_of(self.text, whole), key, why)

    def definition(self, table: Any, root: Path, zone: str, known: Known) -> Definition:
        if not NAME.fullmatch(self.name):
            raise self.wrong((), _("a report's name must be {kind}", kind=name_kind()))
        if not isinstance(table, dict):
            raise self.wrong((), _("must be a table [reports.NAME]"))
        values = dict(self._values(table, KEYS, (), known))
        for key in ("parts", "formats"):
            if not values.get(key):
                names = ", ".join(known.parts if key == "parts" else known.formats)
                raise self.wrong((key,), _("is missing: name at least one of {names}", names=names))
        every = values.pop("every", None)
        zone = values.get("timezone") or zone
        made = Definition(
            name=self.name,
            file=self.file,
            line=line_of(self.text, ("reports", self.name)),
            root=root,
            output=values.pop("output", None) or default_output(each=bool(values.get("each_branch"))),
            alerts=tuple(self._alerts(values.pop("alerts", []), known)),
            schedule=Schedule(every=every[0], cron=every[1], zone=zone) if every else None,
            **values,
        )
        try:
            made = replace(made, output=check_output(made, known))
        except ValueError as error:
            raise self.wrong(("output",), str(error)) from error
        if made.masking == "revealed" and not made.reason:
            raise self.wrong(("masking",), _('“revealed” needs a reason: reason = "why"'))
        return made

    def _values(
        self, table: Mapping[str, Any], keys: Mapping[str, Reader], at: tuple[str | int, ...], known: Known
    ) -> Iterator[tuple[str, Any]]:
        for key, value in table.items():
            if key not in keys:
                near = ", ".join(nearest(key, keys))
                raise self.wrong((*at, key), _("there is no such key. The nearest: {names}.", names=near))
            try:
                yield key, keys[key](value, known)
            except ValueError as error:
                raise self.wrong((*at, key), _("must be {kind}", kind=error)) from error

    def _alerts(self, tables: Sequence[Mapping[str, Any]], known: Known) -> Iterator[Alert]:
        for place, table in enumerate(tables):
            at = ("alerts", place)
            values = dict(self._values(table, ALERT_KEYS, at, known))
            if "figure" not in values:
                raise self.wrong((*at, "figure"), _("is missing"))
            if values.get("below") is None and values.get("above") is None:
                raise self.wrong(at, _("needs a bound: below = NUMBER or above = NUMBER"))
            yield Alert(**values)


def _refuse_shared_folders(definitions: Sequence[Definition]) -> None:
    """Raise JobDefinitionError when two jobs share a folder: each set of files replaces its whole folder."""
    for place, one in enumerate(definitions):
        for other in definitions[:place]:
            if overlap(one, other):
                raise DefinitionError(
                    one.file,
                    line_of(document.text_of(one.file), ("reports", one.name, "output")),
                    f"reports.{one.name}.output",
                    _(
                        "its files go into the folder of the report {other} ({folder}). Give each its own.",
                        other=other.name,
                        folder=other.folder,
                    ),
                )
