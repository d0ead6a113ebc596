"""A lake: one folder of Parquet per table, for an engine on other machines, and the manifest that publishes it.

Ids are text, infinite instants the last one, and the widest whole numbers DECIMAL(38, 0): what every engine reads.
A load writes into a folder of its own, and is there for readers once the manifest names it.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import SourceError
from opttius_cli.files.atomic_file import write_atomically
from opttius_cli.i18n import _
from opttius_cli.snapshot.open import SCHEMA_VERSION, build_manifest
from opttius_cli.snapshot.temp_files import remove_path
from opttius_cli.sql import fetch_first, quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import duckdb

    from opttius_cli.snapshot.open import Manifest

MANIFEST = "lake.json"
LAST_INSTANT = "9999-12-31 23:59:59.999999"
"""What stands for an infinite instant: Parquet's readers know none."""
_FILE_SIZE = "256MB"
_STORED_TYPES = {"UUID": "VARCHAR", "HUGEINT": "DECIMAL(38,0)"}
_INFINITE_TYPES = {"TIMESTAMP WITH TIME ZONE", "TIMESTAMP"}


@dataclass(frozen=True, slots=True)
class LakeTable:
    """A table of a lake: its columns with their types, as DuckDB names them, and its number of rows."""

    name: str
    columns: Mapping[str, str]
    rows: int


@dataclass(frozen=True, slots=True)
class Lake:
    """An open lake: what its manifest says. ``folder`` holds the tables of the load that it publishes."""

    folder: Path
    manifest: Manifest
    tables: Mapping[str, LakeTable]

    def locate(self, name: str) -> Path:
        """Return the folder of a table, such as ``raw.orders``."""
        return self.folder / name


def write_lake(con: duckdb.DuckDBPyConnection, manifest: Manifest, path: Path) -> None:
    """Write every table of the snapshot that is open in ``con`` to the lake at ``path``, then publish them together."""
    previous = _read_json(path)
    load = uuid.uuid4().hex
    folder = path / load
    folder.mkdir(parents=True)
    try:
        tables = [_write_table(con, schema, name, folder) for schema, name in _list_tables(con)]
        _publish(con, manifest, path, load, tables)
    except BaseException:
        remove_path(folder)
        raise
    # A reader may still be at work on the load before this one; none is on those before that.
    keep = {load, previous["load"] if previous else ""}
    for entry in path.iterdir():
        if entry.is_dir() and entry.name not in keep:
            remove_path(entry)


def _list_tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return con.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE schema_name IN ('raw', 'meta') ORDER BY ALL"
    ).fetchall()


def _write_table(con: duckdb.DuckDBPyConnection, schema: str, name: str, folder: Path) -> LakeTable:
    """Write one table as Parquet; DuckDB streams it, whatever its size."""
    table = f"{schema}.{quote_identifier(name)}"
    described = con.execute(f"DESCRIBE {table}").fetchall()
    cells = ", ".join(_select_cell(column, kind) for column, kind, *_rest in described)
    target = folder / f"{schema}.{name}"
    con.execute(
        f"COPY (SELECT {cells} FROM {table}) TO {sql_literal(str(target))} "
        f"(FORMAT parquet, COMPRESSION zstd, FILE_SIZE_BYTES '{_FILE_SIZE}')"
    )
    count = fetch_first(con.execute(f"SELECT count(*) FROM {table}"))
    columns = {column: _STORED_TYPES.get(kind, kind) for column, kind, *_rest in described}
    return LakeTable(f"{schema}.{name}", columns, count[0] if count else 0)


def _select_cell(name: str, kind: str) -> str:
    column = quote_identifier(name)
    if kind in _STORED_TYPES:
        return f"CAST({column} AS {_STORED_TYPES[kind]}) AS {column}"
    if kind in _INFINITE_TYPES:
        last = f"CAST('{LAST_INSTANT}{'+00' if kind != 'TIMESTAMP' else ''}' AS {kind})"
        return f"CASE WHEN {column} > {last} THEN {last} ELSE {column} END AS {column}"
    return column


def _publish(
    con: duckdb.DuckDBPyConnection, manifest: Manifest, path: Path, load: str, tables: list[LakeTable]
) -> None:
    """Write the manifest, which names the folder of this load."""
    missing = con.execute(
        "SELECT table_name, column_name FROM meta.missing WHERE column_name IS NOT NULL ORDER BY ALL"
    ).fetchall()
    text = json.dumps(
        {
            "schema_version": manifest.schema_version,
            "loaded_at": manifest.loaded_at.isoformat(),
            "load": load,
            "facts": dict(manifest.facts),
            "tables": {table.name: {"rows": table.rows, "columns": table.columns} for table in tables},
            "missing": [f"{table}.{column}" for table, column in missing],
        },
        ensure_ascii=False,
        indent=1,
    )
    write_atomically(path / MANIFEST, lambda out: out.write(text.encode()), overwrite=True)


def open_lake(path: Path) -> Lake:
    """Read the manifest of the lake at ``path``.

    Raises:
        NotALakeError: there is no lake, or another version of opttius wrote it.
    """
    data = _read_json(path)
    if data is None or data.get("schema_version") != SCHEMA_VERSION:
        raise NotALakeError(path, is_older=data is not None)
    tables = {
        name: LakeTable(name, table["columns"], table["rows"]) for name, table in data["tables"].items()
    }
    return Lake(path / data["load"], build_manifest(data["facts"]), tables)


def is_lake(path: Path) -> bool:
    """Return whether there is a lake at ``path``, whichever version wrote it."""
    return (path / MANIFEST).is_file()


def _read_json(path: Path) -> dict[str, Any] | None:
    try:
        data = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) and {"load", "facts", "tables"} <= data.keys() else None


class NotALakeError(SourceError):
    """A path at which there is no lake that this version reads."""

    def __init__(self, path: Path, *, is_older: bool) -> None:
        why = _("another version of opttius wrote it") if is_older else _("it has no lake.json")
        super().__init__(
            _(
                "{path} is not a lake that this version reads: {why}. Type: opttius load SOURCE --into lake/ "
                "and then --source lake",
                path=path,
                why=why,
            )
        )
