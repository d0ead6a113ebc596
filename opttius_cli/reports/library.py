"""The reports that exist: the SQL files of the project, and those in the user's ``reports/`` folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from opttius_cli.config import Config
from opttius_cli.errors import AmbiguousNameError, CompositeReportError, UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.name_matching import resolve_name, suggest_names
from opttius_cli.reports.header import HeaderError, Report, extract_header, parse_report
from opttius_cli.reports.layouts import EXPORTS, LAYOUTS
from opttius_cli.resources import find_sql_folder, read_sql

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SHARED_FILES = (
    "base/arithmetic",
    "base/days",
    "base/order_links",
    "base/link_customers",
    "base/customer_emails",
    "base/attributed_orders",
    "base/every_order",
    "base/every_work_order",
    "base/active_customers",
    "base/order_facts",
    "base/work_order_facts",
    "base/purchases",
    "base/order_lines",
    "base/customer_facts",
    "base/customer_segments",
    "base/segment_movement",
    "base/faulty_rows",
)
"""The files of shared views and macros, each after those it depends on."""

USER_FOLDER = "user"
_OTHER_FOLDERS = {"base", "load", "sample"}


@dataclass(frozen=True, slots=True)
class SharedViewFile:
    """A file of shared views or macros; ``since`` names the instant at which a materialized view begins.

    ``optional``: created only for reports that use it. ``uses`` names the optional ones that it depends on.
    ``inner``: only other views may read it; a user's report may not name it.
    """

    name: str
    sql: str
    since: str | None
    optional: bool
    uses: tuple[str, ...]
    inner: bool


def read_rules() -> str:
    """Return the macros that the scoped views themselves use."""
    return read_sql("base/keys") + read_sql("base/rules")


@cache
def load_shared_views() -> tuple[SharedViewFile, ...]:
    """Load the shared views, each after those it depends on."""
    views = []
    for name in _SHARED_FILES:
        text = read_sql(name)
        header = tomllib.loads(extract_header(text, name))
        uses = header.get("uses", [])
        views.append(
            SharedViewFile(
                name.removeprefix("base/"),
                text,
                header.get("from"),
                bool(header.get("optional", False)),
                (uses,) if isinstance(uses, str) else tuple(uses),
                bool(header.get("inner", False)),
            )
        )
    return tuple(views)


def select_shared_views(reports: Iterable[Report]) -> list[SharedViewFile]:
    """Return the shared views that these reports need. A user's report may read any that is not inner."""
    view_names = {name for report in reports for name in report.uses}
    has_user_report = any(report.is_user_report for report in reports)
    for view in reversed(load_shared_views()):
        if view.name in view_names:
            view_names.update(view.uses)
    return [
        view
        for view in load_shared_views()
        if has_user_report or not view.optional or view.name in view_names
    ]


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
        if not _is_safe_name(name) or not file.is_file():
            raise UnknownNameError(_("report"), name, suggest_names(name, self.list_names()))
        try:
            return parse_report(name, file.read_text(encoding="utf-8"), str(file), self.thresholds)
        except UnicodeDecodeError as error:
            raise HeaderError(str(file), _("it is not UTF-8")) from error

    def get_title(self, name: str, language: str) -> str:
        """Return a report's title, or the error message when its header cannot be used."""
        try:
            return self.load_report(name).titles[language]
        except HeaderError as error:
            return str(error)

    def find_path(self, name: str) -> Path:
        """Return the path of a report's file."""
        folder, _slash, stem = name.rpartition("/")
        return (self.folder if folder == USER_FOLDER else find_sql_folder() / folder) / f"{stem}.sql"

    def list_project_reports(self) -> list[str]:
        """List the project's reports."""
        files = sorted(find_sql_folder().glob("*/*.sql"))
        return [f"{file.parent.name}/{file.stem}" for file in files if file.parent.name not in _OTHER_FOLDERS]

    def list_user_reports(self) -> dict[str, str]:
        """Map the names that people type to the user's reports."""
        files = sorted(self.folder.glob("*.sql")) if self.folder.is_dir() else []
        return {file.stem: f"{USER_FOLDER}/{file.stem}" for file in files}

    def resolve_full_name(self, name: str) -> str:
        """Return the full name for ``name``: a full name, its last part, a user's report, or an export.

        Raises:
            AmbiguousNameError: it is the last part of several.
            CompositeReportError: it is a layout of several reports.
        """
        typed_names = self._map_typed_names()
        match, layout = resolve_name(name, typed_names), resolve_name(name, LAYOUTS)
        if layout and not match:
            raise CompositeReportError(layout, list(dict.fromkeys(slot.report for slot in LAYOUTS[layout])))
        reports = typed_names[match] if match else [name]
        if len(reports) > 1:
            raise AmbiguousNameError(_("report"), name, reports)
        return reports[0]

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


_MAX_NAME_LENGTH = 200


def _is_safe_name(name: str) -> bool:
    """Return whether a name is FOLDER/FILE or FILE alone: a longer path could lead anywhere."""
    parts = name.split("/")
    max_parts = 2
    return (
        len(name) <= _MAX_NAME_LENGTH
        and len(parts) <= max_parts
        and not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts)
    )
