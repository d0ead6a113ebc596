"""The reports that exist: the SQL files of the project, and those in the user's ``reports/`` folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from opttius_cli.config import Config
from opttius_cli.errors import AmbiguousNameError, CompositeReportError, OpttiusError, UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.installation.resources import index_sql_files
from opttius_cli.name_matching import normalize_name, resolve_name, suggest_names
from opttius_cli.reports.header import USER_FOLDER, Report, parse_report
from opttius_cli.reports.header_text import escape_name, read_report_file
from opttius_cli.reports.layouts import EXPORTS, LAYOUTS
from opttius_cli.reports.own_words import find_titled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OTHER_FOLDERS = {"base", "load", "sample"}


@lru_cache(maxsize=512)
def _parse_once(name: str, sql: str, file: str, thresholds: tuple[tuple[str, object], ...]) -> Report:
    """Parse a report that was not parsed before: a job reads the same ones for each branch."""
    return parse_report(name, sql, file, dict(thresholds))


def list_thresholds(config: Config) -> dict[str, object]:
    """Return the settings that texts of headers may show, by the name they have there."""
    return {"active_days": config.active_days}


@dataclass(frozen=True, slots=True)
class Library:
    """The reports of the project, and those in the user's ``folder``.

    The texts of headers show ``thresholds``, which are settings: ``{active_days}``.
    """

    folder: Path
    thresholds: Mapping[str, object] = field(default_factory=lambda: list_thresholds(Config()))

    def load_report(self, name: str) -> Report:
        """Load the report ``name``: ``dashboard/sales`` of the project, or ``user/NAME`` of the user.

        Raises:
            HeaderError: its header cannot be used.
            UnknownNameError: there is no such report.
        """
        file = self.find_path(name)
        if file is None:
            raise UnknownNameError(_("report"), name, suggest_names(name, self.list_names()))
        return _parse_once(name, read_report_file(file), str(file), tuple(self.thresholds.items()))

    def get_title(self, name: str, language: str) -> str:
        """Return a report's title, or the error message when its header cannot be used."""
        try:
            return self.load_report(name).titles[language]
        except OpttiusError as error:
            return str(error)

    def list_titles(self, name: str) -> Mapping[str, str]:
        """Return a report's title in every language; none when its header cannot be used."""
        file = self.find_path(name)
        return {} if file is None else _read_titles(name, file, file.stat().st_mtime_ns)

    def find_path(self, name: str) -> Path | None:
        """Return the path of a report's file, None when there is no such report."""
        folder, _slash, stem = name.rpartition("/")
        if folder == USER_FOLDER:
            return self._find_user_files().get(stem)
        return None if folder in _OTHER_FOLDERS else index_sql_files().get(name)

    def list_project_reports(self) -> list[str]:
        """List the project's reports."""
        return [name for name in index_sql_files() if name.partition("/")[0] not in _OTHER_FOLDERS]

    def list_user_reports(self) -> dict[str, str]:
        """Map the names that people type to the user's reports; a file that cannot be read has its name, too."""
        return {name: f"{USER_FOLDER}/{name}" for name in self._find_user_files()}

    def _find_user_files(self) -> dict[str, Path]:
        """Map the names of the user's reports to their files."""
        try:
            files = sorted(file for file in self.folder.iterdir() if file.suffix == ".sql")
        except OSError:
            return {}
        return {escape_name(file.stem): file for file in files}

    def resolve_full_name(self, name: str) -> str:
        """Return the full name for ``name``: a full name, its last part, a user's report, or an export.

        Raises:
            AmbiguousNameError: it is the last part of several.
            UnknownNameError: there is no such report.
            CompositeReportError: it is a layout of several reports.
        """
        typed_names = self._map_typed_names()
        match, layout = resolve_name(name, typed_names), resolve_name(name, LAYOUTS)
        if layout and not match:
            raise CompositeReportError(layout, list(dict.fromkeys(slot.report for slot in LAYOUTS[layout])))
        same = [known for known in typed_names if normalize_name(known) == normalize_name(name)]
        if same and not match:
            # Names that differ in case only: which is meant is not for a title to say.
            raise UnknownNameError(_("report"), name, same)
        reports = typed_names[match] if match else self._find_titled(name)
        if len(reports) > 1:
            raise AmbiguousNameError(_("report"), name, reports)
        return reports[0]

    def _find_titled(self, title: str) -> list[str]:
        """Return the reports with a title; where several have it, the one that people export is meant."""
        titled, exports = find_titled(title, self), {*EXPORTS.values(), *self.list_user_reports().values()}
        exported = [report for report in titled if report in exports]
        return exported if len(exported) == 1 else titled

    def _map_typed_names(self) -> dict[str, list[str]]:
        """Map each name that people may type to its reports; the project's reports take precedence."""
        typed_names: dict[str, list[str]] = {}
        for full_name in self.list_project_reports():
            for name in (full_name, full_name.rpartition("/")[2]):
                typed_names.setdefault(name, []).append(full_name)
        for name, full_name in self.list_user_reports().items():
            typed_names.setdefault(name, [full_name])
            typed_names.setdefault(full_name, [full_name])
        for name, full_name in EXPORTS.items():
            typed_names.setdefault(name, [full_name])
        return typed_names

    def list_names(self) -> list[str]:
        """List the full names of all reports."""
        return [*self.list_project_reports(), *self.list_user_reports().values()]


@cache
def _read_titles(name: str, file: Path, _changed: int) -> Mapping[str, str]:
    """Return the titles in the header of a file, as it was when it was ``_changed`` last."""
    try:
        report = parse_report(name, read_report_file(file), str(file), list_thresholds(Config()))
    except OpttiusError:
        return {}
    return report.titles
