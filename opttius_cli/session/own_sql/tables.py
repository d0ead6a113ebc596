"""The tables that a user's own SQL may read, with their columns and what these mean."""

from __future__ import annotations

from contextlib import closing
from functools import cache
from typing import TYPE_CHECKING, Any

from opttius_cli.engines import open_without_rows
from opttius_cli.engines.own_sql.masked_views import describe_view, list_added_columns
from opttius_cli.installation.resources import find_sql_folder
from opttius_cli.reports.header_schema import OWN_SQL
from opttius_cli.reports.header_text import parse_header
from opttius_cli.reports.shared_columns import load_shared_columns
from opttius_cli.session.check_reports import build_empty_session

if TYPE_CHECKING:
    from opttius_cli.reports.library import Library


@cache
def load_meanings() -> dict[str, dict[str, dict[str, str]]]:
    """Return what each table is, and each column that ``sql/columns.toml`` does not declare, by language."""
    file = find_sql_folder() / "own_sql.toml"
    return parse_header(file.read_text(encoding="utf-8"), str(file), OWN_SQL, first_line=1)


def list_own_sql_columns(reports: Library, language: str) -> list[tuple[str, str, str, str]]:
    """Return (table, column, type, meaning) of every table that is listed; a table itself has no column."""
    rows = []
    with closing(open_without_rows()) as engine:
        build_empty_session(engine, reports).engine.scoped.create(load_meanings()["tables"])
        for table, texts in load_meanings()["tables"].items():
            rows.append((table, "", "", texts[language]))
            columns = [*describe_view(engine.con, table), *list_added_columns(table)]
            rows += [(table, name, kind.lower(), _get_meaning(name, language)) for name, kind in columns]
    return rows


def _get_meaning(column: str, language: str) -> str:
    declarations: dict[str, Any] = load_meanings()["columns"] | load_shared_columns()
    return str(declarations.get(column, {}).get(language, ""))
