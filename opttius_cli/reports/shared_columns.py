"""The columns that several reports share, each declared once: ``sql/columns.toml``."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from opttius_cli.installation.resources import find_sql_folder
from opttius_cli.reports.header_schema import SHARED_COLUMNS
from opttius_cli.reports.header_text import parse_header

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def load_shared_columns() -> dict[str, dict[str, Any]]:
    """Return the declaration of every shared column, by name."""
    file = find_sql_folder() / "columns.toml"
    return parse_header(file.read_text(encoding="utf-8"), str(file), SHARED_COLUMNS, first_line=1)


def merge_declaration(name: str, own: Mapping[str, Any] | str | None) -> dict[str, Any] | None:
    """Return what is declared of a report's column, None when nothing is.

    ``own`` is what the report's header says. One that names a kind is the report's own column; any other
    changes single keys of the shared column.
    """
    if isinstance(own, str):
        return {"kind": own}
    shared = load_shared_columns().get(name)
    if own and "kind" in own:
        return dict(own)
    return {**shared, **(own or {})} if shared else None
