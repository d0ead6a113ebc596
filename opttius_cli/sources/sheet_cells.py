"""The cells of a worksheet as text in the plain form of a database, whatever language the spreadsheet speaks."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

_WHOLE = 1e15
"""Numbers from here on are not exact, and a spreadsheet shows them as such."""


def insert_rows(
    con: duckdb.DuckDBPyConnection,
    table: str,
    names: Sequence[str],
    rows: Sequence[tuple[int, list[Any]]],
    places: Sequence[int],
) -> None:
    """Append numbered rows to ``table``, of which the cells at ``places`` are kept."""
    import pyarrow as pa

    lines = pa.array([line for line, _row in rows], pa.int64())
    cells = [
        pa.array([cell_text(row[place]) if place < len(row) else None for _line, row in rows], pa.string())
        for place in places
    ]
    con.from_arrow(pa.Table.from_arrays([lines, *cells], names=list(names))).insert_into(table)


def cell_text(cell: object) -> str | None:
    """Return a cell as a database would have written it, whatever language the spreadsheet speaks."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
