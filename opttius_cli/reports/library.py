"""Which reports exist: the SQL files of the project, and those of the user's ``reports/`` folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import AmbiguousError, UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.names import nearest
from opttius_cli.reports.header import Report, parse_report
from opttius_cli.resources import sql_folder, sql_text

if TYPE_CHECKING:
    from pathlib import Path

_BASE = (
    "base/arithmetic",
    "base/days",
    "base/order_links",
    "base/customer_emails",
    "base/order_facts",
    "base/work_order_facts",
    "base/purchases",
    "base/order_lines",
    "base/customer_facts",
    "base/customer_segments",
    "base/faulty_rows",
)
"""The shared views and macros, each after those it is made of."""

USER = "user"
_NO_REPORTS = {"base", "load", "sample"}

_MATERIALISED = ("order_facts", "work_order_facts")
"""Views that several parts of one answer ask: worked out once, before the first part."""


def rules() -> str:
    """The macros that the scoped views themselves use."""
    return sql_text("base/rules")


def base() -> list[tuple[str, str, bool]]:
    """The shared views in order: name, SQL, and whether it is worth working out once."""
    names = [(file, file.removeprefix("base/")) for file in _BASE]
    return [(name, sql_text(file), name in _MATERIALISED) for file, name in names]


@dataclass(frozen=True, slots=True)
class Library:
    """The reports of the project and those of the user's ``folder``."""

    folder: Path

    def report(self, name: str) -> Report:
        """The report ``name``: ``dashboard/sales`` of the project, or ``user/NAME`` of the user's folder.

        Raises:
            HeaderError: its header cannot be used.
            UnknownNameError: there is no such report.
        """
        file = self.file(name)
        if not file.is_file():
            raise UnknownNameError(_("report"), name, nearest(name, self.names()))
        return parse_report(name, file.read_text(encoding="utf-8"), str(file))

    def file(self, name: str) -> Path:
        """The file of a report."""
        folder, _slash, stem = name.rpartition("/")
        return (self.folder if folder == USER else sql_folder() / folder) / f"{stem}.sql"

    def own(self) -> list[str]:
        """The project's reports."""
        files = sorted(sql_folder().glob("*/*.sql"))
        return [f"{file.parent.name}/{file.stem}" for file in files if file.parent.name not in _NO_REPORTS]

    def users(self) -> dict[str, str]:
        """The user's reports: the name that people type, and the report's."""
        files = sorted(self.folder.glob("*.sql")) if self.folder.is_dir() else []
        return {file.stem: f"{USER}/{file.stem}" for file in files}

    def full_name(self, name: str) -> str:
        """The report that ``name`` means: a full name, a user's report, or the last part of a full name."""
        if name in self.users():
            return self.users()[name]
        fitting = [full for full in self.own() if full == name or full.rpartition("/")[2] == name]
        if len(fitting) > 1:
            raise AmbiguousError(_("report"), name, fitting)
        return fitting[0] if fitting else name

    def names(self) -> list[str]:
        """Every report."""
        return [*self.own(), *self.users().values()]
