"""The reports that exist: the SQL files of the project, and those in the user's ``reports/`` folder."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from opttius_cli.errors import AmbiguousError, NotOneReportError, UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.names import meant, nearest
from opttius_cli.reports.board import BOARDS, EXPORTS
from opttius_cli.reports.header import HeaderError, Report, header_text, parse_report
from opttius_cli.resources import sql_folder, sql_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_BASE = (
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

USER = "user"
_NO_REPORTS = {"base", "load", "sample"}


@dataclass(frozen=True, slots=True)
class BaseView:
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


def rules() -> str:
    """Return the macros that the scoped views themselves use."""
    return sql_text("base/keys") + sql_text("base/rules")


@cache
def base() -> tuple[BaseView, ...]:
    """Load the shared views, each after those it depends on."""
    found = []
    for name in _BASE:
        text = sql_text(name)
        header = tomllib.loads(header_text(text, name))
        uses = header.get("uses", [])
        found.append(
            BaseView(
                name.removeprefix("base/"),
                text,
                header.get("from"),
                bool(header.get("optional", False)),
                (uses,) if isinstance(uses, str) else tuple(uses),
                bool(header.get("inner", False)),
            )
        )
    return tuple(found)


def base_for(reports: Iterable[Report]) -> list[BaseView]:
    """Return the shared views that these reports need. A user's report may read any that is not inner."""
    wanted = {name for report in reports for name in report.uses}
    every = any(report.is_users for report in reports)
    for view in reversed(base()):
        if view.name in wanted:
            wanted.update(view.uses)
    return [view for view in base() if every or not view.optional or view.name in wanted]


@dataclass(frozen=True, slots=True)
class Library:
    """The reports of the project, and those in the user's ``folder``."""

    folder: Path

    def report(self, name: str) -> Report:
        """Load the report ``name``: ``dashboard/sales`` of the project, or ``user/NAME`` of the user.

        Raises:
            HeaderError: its header cannot be used.
            UnknownNameError: there is no such report.
        """
        file = self.file(name)
        if not _is_plain(name) or not file.is_file():
            raise UnknownNameError(_("report"), name, nearest(name, self.names()))
        try:
            return parse_report(name, file.read_text(encoding="utf-8"), str(file))
        except UnicodeDecodeError as error:
            raise HeaderError(str(file), _("it is not UTF-8")) from error

    def title(self, name: str, language: str) -> str:
        """Return a report's title, or the error message when its header cannot be used."""
        try:
            return self.report(name).titles[language]
        except HeaderError as error:
            return str(error)

    def file(self, name: str) -> Path:
        """Return the path of a report's file."""
        folder, _slash, stem = name.rpartition("/")
        return (self.folder if folder == USER else sql_folder() / folder) / f"{stem}.sql"

    def own(self) -> list[str]:
        """List the project's reports."""
        files = sorted(sql_folder().glob("*/*.sql"))
        return [f"{file.parent.name}/{file.stem}" for file in files if file.parent.name not in _NO_REPORTS]

    def users(self) -> dict[str, str]:
        """Map the names that people type to the user's reports."""
        files = sorted(self.folder.glob("*.sql")) if self.folder.is_dir() else []
        return {file.stem: f"{USER}/{file.stem}" for file in files}

    def full_name(self, name: str) -> str:
        """Return the full name for ``name``: a full name, its last part, a user's report, or an export.

        Raises:
            AmbiguousNameError: it is the last part of several.
            CompositeReportError: it is a layout of several reports.
        """
        typed = self._typed()
        known, board = meant(name, typed), meant(name, BOARDS)
        if board and not known:
            raise NotOneReportError(board, list(dict.fromkeys(place.report for place in BOARDS[board])))
        fitting = typed[known] if known else [name]
        if len(fitting) > 1:
            raise AmbiguousError(_("report"), name, fitting)
        return fitting[0]

    def _typed(self) -> dict[str, list[str]]:
        """Map each name that people may type to its reports; the project's reports take precedence."""
        typed: dict[str, list[str]] = {}
        for full in self.own():
            for name in (full, full.rpartition("/")[2]):
                typed.setdefault(name, []).append(full)
        for name, full in self.users().items():
            typed.setdefault(name, [full])
            typed.setdefault(full, [full])
        for name, full in EXPORTS.items():
            typed.setdefault(name, [full])
        return typed

    def names(self) -> list[str]:
        """List the full names of all reports."""
        return [*self.own(), *self.users().values()]


_LONGEST = 200


def _is_plain(name: str) -> bool:
    """Return whether a name is FOLDER/FILE or FILE alone: a longer path could lead anywhere."""
    parts = name.split("/")
    most = 2
    return (
        len(name) <= _LONGEST
        and len(parts) <= most
        and not any(part in {"", ".", ".."} or "\\" in part or "\0" in part for part in parts)
    )
