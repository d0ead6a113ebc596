"""Which reports exist: the SQL files of the project, and those of the user's ``reports/`` folder."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

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
    "base/item_sales",
    "base/customer_facts",
    "base/customer_segments",
)
"""The shared views and macros, each after those it is made of."""

_MATERIALISED = ("order_facts", "work_order_facts")
"""Views that several parts of one answer ask: worked out once, before the first part."""


def rules() -> str:
    """The macros that the scoped views themselves use."""
    return sql_text("base/rules")


def base() -> list[tuple[str, str, bool]]:
    """The shared views in order: name, SQL, and whether it is worth working out once."""
    names = [(file, file.removeprefix("base/")) for file in _BASE]
    return [(name, sql_text(file), name in _MATERIALISED) for file, name in names]


@cache
def report(name: str) -> Report:
    """The project's own report ``name`` (``dashboard/sales``)."""
    file = sql_folder() / f"{name}.sql"
    return parse_report(name, file.read_text(encoding="utf-8"), str(file))


def user_reports(folder: Path) -> dict[str, Path]:
    """The reports of the user's own folder, by name (the file's name without ``.sql``)."""
    if not folder.is_dir():
        return {}
    return {file.stem: file for file in sorted(folder.glob("*.sql"))}
