"""Append the rows of a part to the staging table of its table, and record what could not be read.

Rows are read the fast way first, and thoroughly where that left some.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.snapshot.casting import DOUBTFUL, RowCaster
from opttius_cli.snapshot.column_notation import infer_leads, infer_notation, store_notes
from opttius_cli.snapshot.engine_errors import raise_if_unrecoverable
from opttius_cli.snapshot.write_tables import select_reject_owners
from opttius_cli.sql import fetch_first, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb

    from opttius_cli.snapshot.source_protocol import Part

_LAST_ORDINAL = "(SELECT coalesce(max(ordinal), 0) FROM meta.rejects WHERE table_name = $1)"
"""The last ordinal used for table $1; the rows of its next part continue after it."""


def append_part(con: duckdb.DuckDBPyConnection, caster: RowCaster, part: Part) -> int:
    """Append a part's rows to the staging table and its rejects to ``meta.rejects``; return the rows read.

    When a part turns out to need the slower way, the rows read so far are rolled back.
    """
    while (read := _try_append(con, caster, part)) is None:
        caster = replace(caster, staged=part.stage_view(con))
    caster, rows_stored = read
    name, rejected_rows = caster.table.name, part.list_rejected_rows(con)
    store_notes(con, name, part.label, caster.list_notes())
    if rejected_rows:
        con.execute(
            f"INSERT INTO meta.rejects SELECT $1, $2, unnest($3), NULL, unnest($4), TRUE, NULL, NULL, "
            f"unnest(range(1, len($3) + 1)) + {_LAST_ORDINAL}, TRUE",
            [name, part.label, [row.line for row in rejected_rows], [row.reason for row in rejected_rows]],
        )
    has_rejects = (
        f"SELECT 1 FROM {quote_identifier('staged_' + name)} WHERE refused OR emptied IS NOT NULL LIMIT 1"
    )
    if rows_stored and fetch_first(con.execute(has_rejects)):
        _record_rejects(con, caster, part)
    return rows_stored


def _try_append(
    con: duckdb.DuckDBPyConnection, caster: RowCaster, part: Part
) -> tuple[RowCaster, int] | None:
    """Append a part's rows in one transaction.

    Returns how they were read, and their number; None when some were left out.
    """
    if caster.staged.is_empty:
        return caster, 0
    con.execute("BEGIN")
    try:
        view_rows, rows_stored, caster = _append_rows(con, caster)
        is_complete = view_rows is not None and part.verify_complete(con, view_rows)
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT" if is_complete else "ROLLBACK")
    if view_rows is None:
        part.verify_complete(con, None)
    return (caster, rows_stored) if is_complete else None


def _append_rows(con: duckdb.DuckDBPyConnection, caster: RowCaster) -> tuple[int | None, int, RowCaster]:
    """Read a part fast, then with care what that left; first see what leads in dates that do not begin with their year.

    Returns the rows its view yielded (None: it broke off), those kept, and how they were read. A row without any
    filled cell is yielded and not kept.
    """
    import duckdb

    staging = quote_identifier("staged_" + caster.table.name)
    try:
        if caster.staged.dates_reordered:
            cells = f"({caster.select_cells()})"
            caster = replace(caster, notation=infer_leads(con, caster, cells))
        view_rows = _execute_count(con, f"INSERT INTO {staging} {caster.select_fast()}")
        rows_left = _execute_count(con, f"DELETE FROM {staging} WHERE refused IS NULL")
        if not rows_left:
            return view_rows, view_rows, caster
        con.execute(f"CREATE TEMP TABLE {DOUBTFUL} AS {caster.select_doubtful()}")
        caster = replace(caster, notation=infer_notation(con, caster, DOUBTFUL, partly=rows_left < view_rows))
        rows_rescued = _execute_count(con, f"INSERT INTO {staging} {caster.select_thorough()}")
        con.execute(f"DROP TABLE {DOUBTFUL}")
    except duckdb.Error as error:
        raise_if_unrecoverable(error)
        return None, 0, caster
    return view_rows, view_rows - rows_left + rows_rescued, caster


def _execute_count(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = fetch_first(con.execute(statement))
    return int(row[0]) if row else 0


def _record_rejects(con: duckdb.DuckDBPyConnection, caster: RowCaster, part: Part) -> None:
    """Read the part again, thoroughly, to record the line and column of every unreadable cell."""
    con.execute(f"CREATE TEMP TABLE troubles AS {caster.select_rejects()}")
    rows = con.execute("SELECT DISTINCT ordinal FROM troubles ORDER BY ALL").fetchall()
    ordinals = [int(row[0]) for row in rows]
    lines = part.find_lines(con, ordinals)
    con.execute(
        "CREATE TEMP TABLE lines AS SELECT unnest($1) AS ordinal, unnest($2) AS line",
        [ordinals, [lines.get(ordinal) for ordinal in ordinals]],
    )
    con.execute(
        f"INSERT INTO meta.rejects SELECT $1, $2, line, trouble.column_name, trouble.reason, refused, "
        f"tenant, {'CAST(order_id AS VARCHAR)' if caster.table.tenancy == 'parent' else 'NULL'}, "
        f"ordinal + {_LAST_ORDINAL}, "
        f"bool_or(trouble.reason = 'unreadable' AND trouble.column_name IN ('branch_id', 'order_id')) "
        f"OVER (PARTITION BY ordinal) "
        f"FROM ({select_reject_owners(caster.table, 'troubles')}) JOIN lines USING (ordinal)",
        [caster.table.name, part.label],
    )
    con.execute("DROP TABLE troubles; DROP TABLE lines")


def read_columns(
    con: duckdb.DuckDBPyConnection,
    parts: Mapping[str, Sequence[Part]],
    on_unreadable: Callable[[SourceError], None],
) -> dict[str, list[str]]:
    """Return the columns that the parts of every table have; a part that cannot be read is told, and left out."""
    columns: dict[str, list[str]] = {}
    for table, pieces in parts.items():
        for piece in pieces:
            try:
                staged = piece.stage_view(con)
            except SourceError as error:
                on_unreadable(error)
                continue
            columns.setdefault(table, []).extend((*staged.columns, *staged.unknown_columns))
            piece.drop_view(con)
    return columns
