"""Build a snapshot: stage, read and write every table of a source, and record the load in ``meta``.

A row that cannot be read is rejected and recorded in ``meta.rejects``; an optional cell that cannot be read
becomes empty and is recorded there too. Nothing is published here.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import MissingColumnError, MissingTableError, StrictLoadError
from opttius_cli.resources import read_sql
from opttius_cli.snapshot.casting import RowCaster, storage_type
from opttius_cli.snapshot.source_protocol import LoadContext
from opttius_cli.snapshot.write_tables import select_reject_owners, write_table
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import duckdb

    from opttius_cli.snapshot.source_protocol import Part, Source, StagedView

UUID, TEXT = "UUID", "VARCHAR"
_LAST_ORDINAL = "(SELECT coalesce(max(ordinal), 0) FROM meta.rejects WHERE table_name = $1)"
"""The last ordinal used for table $1; the rows of its next part continue after it."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """The options of a build.

    ``on_progress`` is called with (table, rows read) after each table, and while a long one is read.
    ``strict`` makes an unreadable row or cell an error. ``previous_snapshot`` is one whose rows may be
    reused. ``on_stale`` is called with the load time of the published snapshot when that is used because no
    new one could be built; it may raise an error instead.
    """

    on_progress: Callable[[str, int], None] = lambda _table, _rows: None
    strict: bool = False
    previous_snapshot: Path | None = None
    on_stale: Callable[[datetime], None] = lambda _loaded_at: None


def build_snapshot(con: duckdb.DuckDBPyConnection, source: Source, options: BuildOptions) -> dict[str, str]:
    """Fill the empty database ``con`` from ``source``, and return the source's facts for the manifest.

    Raises:
        SourceError: a required table or column is missing, a file cannot be read, or some of its rows cannot
            and ``options.strict`` is set.
    """
    _run_setup_scripts(con)
    with ExitStack() as exit_stack:
        context = LoadContext(
            _create_scratch_folder(con), exit_stack, options.on_progress, options.previous_snapshot
        )
        parts = source.open_parts(context)
        for table in TABLES.values():
            if table.required and not parts.get(table.name):
                raise MissingTableError(source.name, table.name)
        id_type = _detect_id_type(con, parts["branches"])
        for table in TABLES.values():
            rows = _load_table(con, table, parts.get(table.name, ()), id_type)
            if table.name == "branches":
                con.execute(read_sql("load/tenants"))
            options.on_progress(table.name, rows)
            if options.strict:
                require_no_rejects(con)
    return context.manifest_facts


def _create_scratch_folder(con: duckdb.DuckDBPyConnection) -> Path:
    """Create a private folder beside the spill folder, for files that sources decompress."""
    spill = con.execute("SELECT current_setting('temp_directory')").fetchone()
    folder = Path(str(spill[0] if spill else ".tmp")).with_suffix(".unpacked")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def require_no_rejects(con: duckdb.DuckDBPyConnection) -> None:
    """Raise StrictLoadError when anything in the source could not be read."""
    reject = con.execute(
        "SELECT count(*) OVER (), origin, line, column_name, reason FROM meta.rejects "
        "ORDER BY origin, line NULLS LAST, column_name LIMIT 1"
    ).fetchone()
    if reject:
        raise StrictLoadError(*reject)


def build_directory(con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]]) -> None:
    """Fill ``con`` with the directory tables only: these are enough to resolve a scope."""
    _run_setup_scripts(con)
    id_type = _detect_id_type(con, parts["branches"])
    for table in TABLES.values():
        if table.tenancy == "directory":
            _load_table(con, table, parts.get(table.name, ()), id_type)
            if table.name == "branches":
                con.execute(read_sql("load/tenants"))


def _run_setup_scripts(con: duckdb.DuckDBPyConnection) -> None:
    for script in ("base/keys", "load/cells", "load/meta"):
        con.execute(read_sql(script))


def build_empty_snapshot(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``con`` with every table but no rows, for checking reports."""
    _run_setup_scripts(con)
    for table in TABLES.values():
        _load_table(con, table, (), UUID)
        if table.name == "branches":
            con.execute(read_sql("load/tenants"))


def _detect_id_type(con: duckdb.DuckDBPyConnection, branches: Sequence[Part]) -> str:
    """Return UUID, or VARCHAR when no branch id is a UUID."""
    return UUID if any(_has_uuid(con, part) for part in branches) else TEXT


def _has_uuid(con: duckdb.DuckDBPyConnection, part: Part) -> bool:
    """Return whether any ``id`` of a part is a UUID; an incomplete part is staged again."""
    try:
        while "id" in (staged := part.stage_view(con)).columns:
            row_count, uuid_count = _count_uuids(con, staged)
            if part.verify_complete(con, row_count):
                return uuid_count > 0
    finally:
        part.drop_view(con)
    return False


def _count_uuids(con: duckdb.DuckDBPyConnection, staged: StagedView) -> tuple[int | None, int]:
    """Return how many rows a view has (None: it failed), and how many have a UUID as ``id``."""
    import duckdb

    cell = quote_identifier(staged.columns["id"][0])
    counts = f"SELECT count(*), count(TRY_CAST({cell} AS UUID)) FROM {quote_identifier(staged.view)}"
    try:
        counted = con.execute(counts).fetchone()
    except duckdb.Error as error:
        _raise_if_unrecoverable(error)
        return None, 0
    return (int(counted[0]), int(counted[1])) if counted else (0, 0)


def _load_table(con: duckdb.DuckDBPyConnection, table: Table, parts: Sequence[Part], id_type: str) -> int:
    """Stage, read and write every part of one table, and return the number of rows read."""
    con.execute(_build_staging_ddl(table, id_type))
    missing: set[str] | None = None
    rows_read = 0
    for part in parts:
        try:
            staged = part.stage_view(con)
            missing_here = _find_missing_columns(table, part, staged)
            missing = missing_here if missing is None else missing & missing_here
            rows_read += _read_part(con, RowCaster(table, staged, id_type), part)
        finally:
            part.drop_view(con)
    # One transaction for all: each commit waits for the disk.
    con.execute("BEGIN")
    if missing is None:
        con.execute("INSERT INTO meta.missing VALUES (?, NULL, FALSE)", [table.name])
    else:
        con.execute("INSERT INTO meta.loaded VALUES (?, ?, ?)", [table.name, len(parts), rows_read])
        names = sorted(missing)
        if names:
            con.execute(
                "INSERT INTO meta.missing SELECT $1, unnest($2), unnest($3)",
                [table.name, names, [table.get_column(name).quiet for name in names]],
            )
    write_table(con, table, rows_read)
    con.execute("COMMIT")
    return rows_read


def _build_staging_ddl(table: Table, id_type: str) -> str:
    columns = ", ".join(
        f"{quote_identifier(column.name)} {storage_type(column, id_type)}" for column in table.columns
    )
    return (
        f"CREATE TEMP TABLE {quote_identifier('staged_' + table.name)} ({columns}, refused BOOLEAN, "
        f"troubled BOOLEAN)"
    )


def _find_missing_columns(table: Table, part: Part, staged: StagedView) -> set[str]:
    """Return the columns missing from a part. Raises MissingColumnError when one of them is required."""
    missing = {column.name for column in table.columns} - set(staged.columns)
    required = [name for name in table.mandatory_columns if name in missing]
    if required:
        raise MissingColumnError(part.label, table.name, required)
    return missing


def _read_part(con: duckdb.DuckDBPyConnection, caster: RowCaster, part: Part) -> int:
    """Append a part's rows to the staging table and its rejects to ``meta.rejects``; return the rows read.

    When a part turns out to need the slower way, the rows read so far are rolled back.
    """
    while (rows_stored := _try_append(con, caster, part)) is None:
        caster = replace(caster, staged=part.stage_view(con))
    name = caster.table.name
    rejected_rows = part.list_rejected_rows(con)
    if rejected_rows:
        con.execute(
            f"INSERT INTO meta.rejects SELECT $1, $2, unnest($3), NULL, unnest($4), TRUE, NULL, NULL, "
            f"unnest(range(1, len($3) + 1)) + {_LAST_ORDINAL}",
            [name, part.label, [row.line for row in rejected_rows], [row.reason for row in rejected_rows]],
        )
    has_rejects = f"SELECT 1 FROM {quote_identifier('staged_' + name)} WHERE refused OR troubled LIMIT 1"
    if con.execute(has_rejects).fetchone():
        _record_rejects(con, caster, part)
    return rows_stored


def _try_append(con: duckdb.DuckDBPyConnection, caster: RowCaster, part: Part) -> int | None:
    """Append a part's rows in one transaction, and return their number, or None when some are missing."""
    con.execute("BEGIN")
    try:
        view_rows, rows_stored = _append_rows(con, caster)
        is_complete = view_rows is not None and part.verify_complete(con, view_rows)
    except BaseException:
        con.execute("ROLLBACK")
        raise
    con.execute("COMMIT" if is_complete else "ROLLBACK")
    if view_rows is None:
        part.verify_complete(con, None)
    return rows_stored if is_complete else None


def _append_rows(con: duckdb.DuckDBPyConnection, caster: RowCaster) -> tuple[int | None, int]:
    """Read a part with the fast casts, then the remaining rows with the thorough ones.

    Returns the number of rows of its view (None: it failed) and of rows stored. Empty rows are not stored.
    """
    import duckdb

    staging = quote_identifier("staged_" + caster.table.name)
    try:
        if caster.needs_thorough_pass:
            rows_stored = _execute_count(con, f"INSERT INTO {staging} {caster.select_thorough()}")
            return rows_stored, rows_stored
        view_rows = _execute_count(con, f"INSERT INTO {staging} {caster.select_fast()}")
        rows_left = _execute_count(con, f"DELETE FROM {staging} WHERE refused IS NULL")
        rows_rescued = (
            _execute_count(con, f"INSERT INTO {staging} {caster.select_thorough()}") if rows_left else 0
        )
        return view_rows, view_rows - rows_left + rows_rescued
    except duckdb.Error as error:
        _raise_if_unrecoverable(error)
        return None, 0


def _raise_if_unrecoverable(error: duckdb.Error) -> None:
    """Raise ``error`` again when the slower way cannot help, because the error is not about the rows."""
    import duckdb

    is_hopeless = isinstance(error, duckdb.OutOfMemoryException | duckdb.InterruptException)
    if is_hopeless or "No space left" in str(error):
        raise error


def _execute_count(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    row = con.execute(statement).fetchone()
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
        f"ordinal + {_LAST_ORDINAL} "
        f"FROM ({select_reject_owners(caster.table, 'troubles')}) JOIN lines USING (ordinal)",
        [caster.table.name, part.label],
    )
    con.execute("DROP TABLE troubles; DROP TABLE lines")
