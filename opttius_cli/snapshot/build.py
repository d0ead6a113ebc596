"""Building a snapshot: every table of a source staged, read, housed, and told about in ``meta``.

A row that cannot be read is refused and kept in ``meta.rejects``; an optional cell that cannot be read
becomes empty and is kept there too. Nothing is published here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import MissingColumnError, MissingTableError
from opttius_cli.resources import sql_text
from opttius_cli.snapshot.housing import house, owners
from opttius_cli.snapshot.reading import Reading, stored_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import duckdb

    from opttius_cli.snapshot.source import Part, Source, Staged

UUID, TEXT = "UUID", "VARCHAR"


@dataclass(frozen=True, slots=True)
class Build:
    """What a build needs to know besides the source.

    ``progress`` is told (table, rows read) after each table.
    """

    progress: Callable[[str, int], None] = lambda table, rows: None


def build(con: duckdb.DuckDBPyConnection, source: Source, how: Build) -> None:
    """Fill the empty database ``con`` with the tables of ``source``.

    Raises:
        SourceError: a required table or column is missing, or a file cannot be read.
    """
    con.execute(sql_text("load/cells"))
    con.execute(sql_text("load/meta"))
    parts = source.parts()
    for table in TABLES.values():
        if table.required and not parts.get(table.name):
            raise MissingTableError(source.name, table.name)
    id_type = _id_type(con, parts["branches"])
    for table in TABLES.values():
        rows = _load(con, table, parts.get(table.name, ()), id_type)
        if table.name == "branches":
            con.execute(sql_text("load/tenants"))
        how.progress(table.name, rows)


def build_empty(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``con`` with every table, without a row: what reports are checked on."""
    con.execute(sql_text("load/cells"))
    con.execute(sql_text("load/meta"))
    for table in TABLES.values():
        _load(con, table, (), UUID)
        if table.name == "branches":
            con.execute(sql_text("load/tenants"))


def _id_type(con: duckdb.DuckDBPyConnection, branches: Sequence[Part]) -> str:
    """UUID, unless no branch's id is one: then the source's ids are plain text."""
    for part in branches:
        staged = part.stage(con)
        try:
            if "id" not in staged.columns:
                continue
            cell = quoted(staged.columns["id"][0])
            found = con.execute(
                f"SELECT 1 FROM {quoted(staged.view)} WHERE TRY_CAST({cell} AS UUID) IS NOT NULL LIMIT 1"
            ).fetchone()
            if found:
                return UUID
        finally:
            part.release(con)
    return TEXT


def _load(con: duckdb.DuckDBPyConnection, table: Table, parts: Sequence[Part], id_type: str) -> int:
    """Stage, read and house every part of one table; returns the rows read."""
    con.execute(_staging_table(table, id_type))
    missing: set[str] | None = None
    for part in parts:
        staged = part.stage(con)
        try:
            absent = _absent(table, part, staged)
            missing = absent if missing is None else missing & absent
            _read(con, Reading(table, staged, id_type), part)
        finally:
            part.release(con)
    rows = con.execute(f"SELECT count(*) FROM {quoted('staged_' + table.name)}").fetchone()
    read = int(rows[0]) if rows else 0
    if missing is None:
        con.execute("INSERT INTO meta.missing VALUES (?, NULL, FALSE)", [table.name])
    else:
        con.execute("INSERT INTO meta.loaded VALUES (?, ?, ?)", [table.name, len(parts), read])
        for name in sorted(missing):
            con.execute("INSERT INTO meta.missing VALUES (?, ?, ?)", [table.name, name, table.column(name).quiet])
    house(con, table)
    return read


def _staging_table(table: Table, id_type: str) -> str:
    columns = ", ".join(f"{quoted(column.name)} {stored_type(column, id_type)}" for column in table.columns)
    return f"CREATE TEMP TABLE {quoted('staged_' + table.name)} ({columns}, refused BOOLEAN, troubled BOOLEAN)"


def _absent(table: Table, part: Part, staged: Staged) -> set[str]:
    """The columns that a part lacks. Raises MissingColumnError when one of them is required."""
    absent = {column.name for column in table.columns} - set(staged.columns)
    required = [name for name in table.required_columns if name in absent]
    if required:
        raise MissingColumnError(part.label, table.name, required)
    return absent


def _read(con: duckdb.DuckDBPyConnection, reading: Reading, part: Part) -> None:
    """Append a part's rows to the staging table, and its troubles to ``meta.rejects``."""
    name = reading.table.name
    con.execute(f"INSERT INTO {quoted('staged_' + name)} {reading.values()}")
    for refusal in part.refusals(con):
        con.execute(
            "INSERT INTO meta.rejects VALUES (?, ?, ?, NULL, ?, TRUE, NULL, NULL)",
            [name, part.label, refusal.line, refusal.reason],
        )
    troubled = con.execute(
        f"SELECT 1 FROM {quoted('staged_' + name)} WHERE refused OR troubled LIMIT 1"
    ).fetchone()
    if troubled:
        _note_troubles(con, reading, part)


def _note_troubles(con: duckdb.DuckDBPyConnection, reading: Reading, part: Part) -> None:
    """Read the part once more, slowly, to tell the line and column of every cell in trouble."""
    con.execute(f"CREATE TEMP TABLE troubles AS {reading.troubles()}")
    ordinals = [int(row[0]) for row in con.execute("SELECT DISTINCT ordinal FROM troubles ORDER BY ALL").fetchall()]
    lines = part.lines(ordinals)
    con.execute("CREATE TEMP TABLE lines AS SELECT unnest($1) AS ordinal, unnest($2) AS line", [
        ordinals, [lines.get(ordinal) for ordinal in ordinals]
    ])
    con.execute(
        f"INSERT INTO meta.rejects SELECT $1, $2, line, trouble.column_name, trouble.reason, refused, "
        f"tenant, {'CAST(order_id AS VARCHAR)' if reading.table.tenancy == 'parent' else 'NULL'} "
        f"FROM ({owners(reading.table, 'troubles')}) JOIN lines USING (ordinal)",
        [reading.table.name, part.label],
    )
    con.execute("DROP TABLE troubles")
    con.execute("DROP TABLE lines")
