"""Build a snapshot: stage, read and write every table of a source, and record the load in ``meta``.

A row that cannot be read is rejected and recorded in ``meta.rejects``; an optional cell that cannot be read
becomes empty and is recorded there too. Nothing is published here.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import MissingColumnError, SourceError, StrictLoadError
from opttius_cli.installation.resources import read_sql
from opttius_cli.snapshot.casting import RowCaster, storage_type
from opttius_cli.snapshot.column_notation import Note, read_notes
from opttius_cli.snapshot.engine_errors import raise_if_unrecoverable
from opttius_cli.snapshot.source_protocol import LoadContext
from opttius_cli.snapshot.staging import append_part
from opttius_cli.snapshot.unread import build_missing_tables_error, store_unread
from opttius_cli.snapshot.write_tables import write_table
from opttius_cli.sql import fetch_first, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import duckdb

    from opttius_cli.snapshot.open import OpenSnapshot
    from opttius_cli.snapshot.source_protocol import Part, Source, StagedView
    from opttius_cli.sql import Connection

UUID, TEXT = "UUID", "VARCHAR"


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """The options of a build.

    ``progress`` is told (table, rows read) after each table, and while a long one arrives. ``strict`` makes a
    row or cell that cannot be read an error. ``before`` is a snapshot of the source that may be built on.
    ``older`` is told when what was published before was loaded, where no build comes about and that is to be
    shown; it may raise an error instead. ``assumed`` is told (file or sheet, note) how columns were read.
    ``on_built`` gets the built snapshot before it is published, and may store more in it.
    """

    on_progress: Callable[[str, int], None] = lambda _table, _rows: None
    strict: bool = False
    previous_snapshot: Path | None = None
    on_stale: Callable[[datetime], None] = lambda _loaded_at: None
    assumed: Callable[[str, Note], None] = lambda _origin, _note: None
    on_built: Callable[[OpenSnapshot], None] = lambda _snapshot: None


def build_snapshot(con: duckdb.DuckDBPyConnection, source: Source, options: BuildOptions) -> dict[str, str]:
    """Fill the empty database ``con`` from ``source``, and return the source's facts for the manifest.

    Raises:
        SourceError: a required table or column is missing, a file cannot be read, or some of its rows cannot
            and ``options.strict`` is set.
    """
    run_setup_scripts(con)
    with ExitStack() as exit_stack:
        context = LoadContext(
            _create_scratch_folder(con), exit_stack, options.on_progress, options.previous_snapshot
        )
        parts = source.open_parts(context)
        if absent := [
            table.name for table in TABLES.values() if table.required and not parts.get(table.name)
        ]:
            raise build_missing_tables_error(source.name, absent, context.unread)
        store_unread(con, context.unread)
        id_type = _detect_id_type(con, parts["branches"])
        for table in TABLES.values():
            try:
                rows = _load_table(con, table, parts.get(table.name, ()), id_type)
            except MissingColumnError as error:
                raise _find_all_missing(con, parts, error) from error
            if table.name == "branches":
                con.execute(read_sql("load/tenants"))
            options.on_progress(table.name, rows)
            if options.strict:
                require_no_rejects(con)
    for origin, note in read_notes(con):
        options.assumed(origin, note)
    return context.manifest_facts


def _create_scratch_folder(con: duckdb.DuckDBPyConnection) -> Path:
    """Create a private folder beside the spill folder, for files that sources decompress."""
    spill = fetch_first(con.execute("SELECT current_setting('temp_directory')"))
    folder = Path(str(spill[0] if spill else ".tmp")).with_suffix(".unpacked")
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def require_no_rejects(con: Connection) -> None:
    """Raise StrictLoadError when anything in the source could not be read."""
    reject = fetch_first(
        con.execute(
            "SELECT count(*) OVER (), origin, line, column_name, reason FROM meta.rejects "
            "ORDER BY origin, line NULLS LAST, column_name LIMIT 1"
        )
    )
    if reject:
        raise StrictLoadError(*reject)


def build_directory(con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]]) -> None:
    """Fill ``con`` with the directory tables only: these are enough to resolve a scope."""
    run_setup_scripts(con)
    id_type = _detect_id_type(con, parts["branches"])
    for table in TABLES.values():
        if table.tenancy == "directory":
            _load_table(con, table, parts.get(table.name, ()), id_type)
            if table.name == "branches":
                con.execute(read_sql("load/tenants"))


def run_setup_scripts(con: duckdb.DuckDBPyConnection) -> None:
    """Create the macros that read cells, and the tables of what a snapshot knows of itself."""
    for script in ("base/keys", "load/cells", "load/number_forms", "load/numbers", "load/dates", "load/meta"):
        con.execute(read_sql(script))


def build_empty_snapshot(con: duckdb.DuckDBPyConnection) -> None:
    """Fill ``con`` with every table but no rows, for checking reports."""
    run_setup_scripts(con)
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
    counts = (
        f"SELECT count(*), count(TRY_CAST(bare_text({cell}) AS UUID)) FROM {quote_identifier(staged.view)}"
    )
    try:
        counted = fetch_first(con.execute(counts))
    except duckdb.Error as error:
        raise_if_unrecoverable(error)
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
            rows_read += append_part(con, RowCaster(table, staged, id_type), part)
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
                [table.name, names, [not table.is_lacking(name, missing) for name in names]],
            )
    write_table(con, table, rows_read)
    con.execute("COMMIT")
    return rows_read


def _build_staging_ddl(table: Table, id_type: str) -> str:
    columns = ", ".join(
        f"{quote_identifier(column.name)} {storage_type(column, id_type)}" for column in table.columns
    )
    return f"CREATE TEMP TABLE {quote_identifier('staged_' + table.name)} ({columns}, refused BOOLEAN, emptied VARCHAR)"


def _find_all_missing(
    con: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[Part]], first: MissingColumnError
) -> MissingColumnError:
    """Return ``first`` with the sentences about every other part that lacks columns: all are told at once."""
    sentences = [str(first)]
    for name, table_parts in parts.items():
        for part in table_parts:
            try:
                _find_missing_columns(TABLES[name], part, part.stage_view(con))
            except MissingColumnError as error:
                sentences.append(str(error))
            except SourceError:
                # What else is wrong with a part is told when its columns are there.
                continue
            finally:
                part.drop_view(con)
    first.args = (" ".join(dict.fromkeys(sentences)),)
    return first


def _find_missing_columns(table: Table, part: Part, staged: StagedView) -> set[str]:
    """Return the columns missing from a part. Raises MissingColumnError when one of them is required."""
    missing = {column.name for column in table.columns} - set(staged.columns)
    required = [name for name in table.mandatory_columns if name in missing]
    if required:
        raise MissingColumnError(part.label, table.name, required)
    return missing
