"""Build a snapshot: stage, read and write every table of a source, and record the load in ``meta``.

A row that cannot be read is rejected and recorded in ``meta.rejects``; an optional cell that cannot be read
becomes empty and is recorded there too. Nothing is published here.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import MissingColumnError, MissingTableError, UnsoundError
from opttius_cli.resources import sql_text
from opttius_cli.snapshot.housing import house, owners_told
from opttius_cli.snapshot.reading import Reading, stored_type
from opttius_cli.snapshot.source import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import duckdb

    from opttius_cli.snapshot.source import Part, Source, Staged

UUID, TEXT = "UUID", "VARCHAR"
_TOLD = "(SELECT coalesce(max(ordinal), 0) FROM meta.rejects WHERE table_name = $1)"
"""The last ordinal used for table $1; the rows of its next part continue after it."""


@dataclass(frozen=True, slots=True)
class Build:
    """The options of a build.

    ``on_progress`` is called with (table, rows read) after each table, and while a long one is read.
    ``strict`` makes an unreadable row or cell an error. ``previous_snapshot`` is one whose rows may be
    reused. ``on_stale`` is called with the load time of the published snapshot when that is used because no
    new one could be built; it may raise an error instead.
    """

    progress: Callable[[str, int], None] = lambda _table, _rows: None
    strict: bool = False
    before: Path | None = None
    older: Callable[[datetime], None] = lambda _loaded_at: None


def build(con: duckdb.DuckDBPyConnection, source: Source, how: Build) -> dict[str, str]:
    """Fill the empty database ``con`` from ``source``, and return the source's facts for the manifest.

    Raises:
        SourceError: a required table or column is missing, a file cannot be read, or some of its rows cannot
            and ``options.strict`` is set.
    """
    _prepare(con)
    with ExitStack() as held:
        site = Site(_scratch(con), held, how.progress, how.before)
        parts = source.parts(site)
        for table in TABLES.values():
            if table.required and not parts.get(table.name):
                raise MissingTableError(source.name, table.name)
        id_type = _id_type(con, parts["branches"])
        for table in TABLES.values():
            rows = _load(con, table, parts.get(table.name, ()), id_type)
            if table.name == "branches":
                con.execute(sql_text("load/tenants"))
            how.progress(table.name, rows)
            if how.strict:
                must_be_sound(con)
    return site.facts


def _scratch(con: duckdb.DuckDBPyConnection) -> Path:
    """Create a private folder beside the spill folder, for files that sources decompress."""
    spill = con.execute("SELECT current_setting('temp_directory')").fetchone()
    folder = Path(str(spill[0] if spill else ".tmp")).with_suffix(".unpacked")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def must_be_sound(con: duckdb.DuckDBPyConnection) -> None:
    """Raise StrictLoadError when anything in the source could not be read."""
    found = con.execute(
        "SELECT count(*) OVER (), origin, line, column_name, reason FROM meta.rejects "
        "ORDER BY origin, line NULLS LAST, column_name LIMIT 1"
    ).fetchone()
    if found:
        raise UnsoundError(*found)


def build_directory(con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]]) -> None:
    """Fill ``con`` with the directory tables only: these are enough to resolve a scope."""
    _prepare(con)
    id_type = _id_type(con, parts["branches"])
    for table in TABLES.values():
        if table.tenancy == "directory":
            _load(con, table, parts.get(table.name, ()), id_type)
            if table.name == "branches":
                con.execute(sql_text("load/tenants"))


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    for script in ("base/keys", "load/cells", "load/meta"):
        con.execute(sql_text(script))


def build_empty(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``con`` with every table but no rows, for checking reports."""
    _prepare(con)
    for table in TABLES.values():
        _load(con, table, (), UUID)
        if table.name == "branches":
            con.execute(sql_text("load/tenants"))


def _id_type(con: duckdb.DuckDBPyConnection, branches: Sequence[Part]) -> str:
    """Return UUID, or VARCHAR when no branch id is a UUID."""
    return UUID if any(_holds_uuid(con, part) for part in branches) else TEXT


def _holds_uuid(con: duckdb.DuckDBPyConnection, part: Part) -> bool:
    """Return whether any ``id`` of a part is a UUID; an incomplete part is staged again."""
    try:
        while "id" in (staged := part.stage(con)).columns:
            yielded, found = _uuids(con, staged)
            if part.complete(con, yielded):
                return found > 0
    finally:
        part.release(con)
    return False


def _uuids(con: duckdb.DuckDBPyConnection, staged: Staged) -> tuple[int | None, int]:
    """Return how many rows a view has (None: it failed), and how many have a UUID as ``id``."""
    import duckdb

    cell = quoted(staged.columns["id"][0])
    counts = f"SELECT count(*), count(TRY_CAST({cell} AS UUID)) FROM {quoted(staged.view)}"
    try:
        found = con.execute(counts).fetchone()
    except duckdb.Error as error:
        _must_be_mendable(error)
        return None, 0
    return (int(found[0]), int(found[1])) if found else (0, 0)


def _load(con: duckdb.DuckDBPyConnection, table: Table, parts: Sequence[Part], id_type: str) -> int:
    """Stage, read and write every part of one table, and return the number of rows read."""
    con.execute(_staging_table(table, id_type))
    missing: set[str] | None = None
    read = 0
    for part in parts:
        try:
            staged = part.stage(con)
            absent = _absent(table, part, staged)
            missing = absent if missing is None else missing & absent
            read += _read(con, Reading(table, staged, id_type), part)
        finally:
            part.release(con)
    # One transaction for all: each commit waits for the disk.
    con.execute("BEGIN")
    if missing is None:
        con.execute("INSERT INTO meta.missing VALUES (?, NULL, FALSE)", [table.name])
    else:
        con.execute("INSERT INTO meta.loaded VALUES (?, ?, ?)", [table.name, len(parts), read])
        names = sorted(missing)
        if names:
            con.execute(
                "INSERT INTO meta.missing SELECT $1, unnest($2), unnest($3)",
                [table.name, names, [table.column(name).quiet for name in names]],
            )
    house(con, table, read)
    con.execute("COMMIT")
    return read


def _staging_table(table: Table, id_type: str) -> str:
    columns = ", ".join(f"{quoted(column.name)} {stored_type(column, id_type)}" for column in table.columns)
    return (
        f"CREATE TEMP TABLE {quoted('staged_' + table.name)} ({columns}, refused BOOLEAN, troubled BOOLEAN)"
    )


def _absent(table: Table, part: Part, staged: Staged) -> set[str]:
    """Return the columns missing from a part. Raises MissingColumnError when one of them is required."""
    absent = {column.name for column in table.columns} - set(staged.columns)
    required = [name for name in table.required_columns if name in absent]
    if required:
        raise MissingColumnError(part.label, table.name, required)
    return absent


def _read(con: duckdb.DuckDBPyConnection, reading: Reading, part: Part) -> int:
    """Append a part's rows to the staging table and its rejects to ``meta.rejects``; return the rows read.

    When a part turns out to need the slower way, the rows read so far are rolled back.
    """
    while (kept := _attempt(con, reading, part)) is None:
        reading = replace(reading, staged=part.stage(con))
    name = reading.table.name
    refusals = part.refusals(con)
    if refusals:
        con.execute(
            f"INSERT INTO meta.rejects SELECT $1, $2, unnest($3), NULL, unnest($4), TRUE, NULL, NULL, "
            f"unnest(range(1, len($3) + 1)) + {_TOLD}",
            [name, part.label, [one.line for one in refusals], [one.reason for one in refusals]],
        )
    troubled = f"SELECT 1 FROM {quoted('staged_' + name)} WHERE refused OR troubled LIMIT 1"
    if con.execute(troubled).fetchone():
        _note_troubles(con, reading, part)
    return kept


def _attempt(con: duckdb.DuckDBPyConnection, reading: Reading, part: Part) -> int | None:
    """Append a part's rows in one transaction, and return their number, or None when some are missing."""
    con.execute("BEGIN")
    try:
        yielded, kept = _append(con, reading)
        whole = yielded is not None and part.complete(con, yielded)
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT" if whole else "ROLLBACK")
    if yielded is None:
        part.complete(con, None)
    return kept if whole else None


def _append(con: duckdb.DuckDBPyConnection, reading: Reading) -> tuple[int | None, int]:
    """Read a part with the fast casts, then the remaining rows with the thorough ones.

    Returns the number of rows of its view (None: it failed) and of rows stored. Empty rows are not stored.
    """
    import duckdb

    into = quoted("staged_" + reading.table.name)
    try:
        if reading.needs_care:
            kept = _count(con, f"INSERT INTO {into} {reading.careful()}")
            return kept, kept
        yielded = _count(con, f"INSERT INTO {into} {reading.plain()}")
        left = _count(con, f"DELETE FROM {into} WHERE refused IS NULL")
        careful = _count(con, f"INSERT INTO {into} {reading.careful()}") if left else 0
        return yielded, yielded - left + careful
    except duckdb.Error as error:
        _must_be_mendable(error)
        return None, 0


def _must_be_mendable(error: duckdb.Error) -> None:
    """Raise ``error`` again when the slower way cannot help, because the error is not about the rows."""
    import duckdb

    hopeless = isinstance(error, duckdb.OutOfMemoryException | duckdb.InterruptException)
    if hopeless or "No space left" in str(error):
        raise error


def _count(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    found = con.execute(statement).fetchone()
    return int(found[0]) if found else 0


def _note_troubles(con: duckdb.DuckDBPyConnection, reading: Reading, part: Part) -> None:
    """Read the part again, thoroughly, to record the line and column of every unreadable cell."""
    con.execute(f"CREATE TEMP TABLE troubles AS {reading.troubles()}")
    found = con.execute("SELECT DISTINCT ordinal FROM troubles ORDER BY ALL").fetchall()
    ordinals = [int(row[0]) for row in found]
    lines = part.lines(con, ordinals)
    con.execute(
        "CREATE TEMP TABLE lines AS SELECT unnest($1) AS ordinal, unnest($2) AS line",
        [ordinals, [lines.get(ordinal) for ordinal in ordinals]],
    )
    con.execute(
        f"INSERT INTO meta.rejects SELECT $1, $2, line, trouble.column_name, trouble.reason, refused, "
        f"tenant, {'CAST(order_id AS VARCHAR)' if reading.table.tenancy == 'parent' else 'NULL'}, "
        f"ordinal + {_TOLD} "
        f"FROM ({owners_told(reading.table, 'troubles')}) JOIN lines USING (ordinal)",
        [reading.table.name, part.label],
    )
    con.execute("DROP TABLE troubles; DROP TABLE lines")
