"""Open a snapshot file offline and within limits, and read its manifest."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import sigint
from opttius_cli.errors import OutOfMemoryError
from opttius_cli.files.stored_values import parse_instant, require_text
from opttius_cli.snapshot.damage import DamagedSnapshotError
from opttius_cli.snapshot.engine_errors import Fault, find_fault
from opttius_cli.snapshot.temp_files import spill_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import duckdb

    from opttius_cli.sql import Connection

SCHEMA_VERSION = 12


@dataclass(frozen=True, slots=True)
class Manifest:
    """The description stored in a snapshot; ``facts`` holds all of it, with what its source added."""

    source: str
    fingerprint: str
    loaded_at: datetime
    schema_version: int
    options: str
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def reader(self) -> str:
        """Return the admin for whom it was loaded; empty when none was named."""
        return self.facts.get("reader", "")


@dataclass(frozen=True, slots=True)
class OpenSnapshot:
    """A snapshot open for reading, with its manifest. The caller closes ``con``."""

    path: Path
    con: duckdb.DuckDBPyConnection
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class ResourceLimits:
    """Limits of a build or a report: memory as DuckDB writes it (``1GB``), threads (None: all)."""

    memory: str = "1GB"
    threads: int | None = None


READER_LIMITS = ResourceLimits("300MB")
"""Limits of a report: rows read once are not kept in memory, and sorts can spill to disk."""


def import_engine() -> None:
    """Import DuckDB now; Ctrl-C waits for it, because the start of a native module would crash."""
    with sigint.hold_back():
        import duckdb  # noqa: F401 - whoever comes next uses it


def connect_in_memory(limits: ResourceLimits) -> duckdb.DuckDBPyConnection:
    """Connect to a database of its own in memory, offline and within ``limits``."""
    return connect_duckdb(Path(":memory:"), limits)


def connect_duckdb(
    path: Path, limits: ResourceLimits, *, read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Connect to ``path`` offline, within ``limits``, spilling beside the file."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": limits.memory,
        "temp_directory": str(spill_folder(path)),
    }
    if limits.threads:
        config["threads"] = limits.threads
    con = duckdb.connect(str(path), read_only=read_only, config=config)
    # DuckDB would draw its progress bar on stdout, which is for data.
    con.execute("SET enable_progress_bar = false")
    return con


def lock_connection(con: duckdb.DuckDBPyConnection) -> None:
    """Let ``con`` read nothing outside its databases from here on, and no setting be changed."""
    con.execute("SET enable_external_access = false")
    con.execute("SET lock_configuration = true")


def open_snapshot(path: Path, limits: ResourceLimits) -> OpenSnapshot | None:
    """Open the snapshot at ``path``; return None when it does not exist or is not a snapshot.

    Raises:
        OutOfMemoryError: opening it needs more memory than it may use.
    """
    try:
        return _open_whole(path, limits)
    except DamagedSnapshotError:
        return None


def _open_whole(path: Path, limits: ResourceLimits) -> OpenSnapshot | None:
    """Open a snapshot as :func:`open_snapshot` does. Raises DamagedSnapshotError when its file cannot be read."""
    import duckdb

    if not path.is_file():
        return None
    con = None
    try:
        con = connect_duckdb(path, limits, read_only=True)
        return OpenSnapshot(path, con, query_manifest(con))
    except (duckdb.Error, KeyError, ValueError) as error:
        if con:
            con.close()
        fault = find_fault(error)
        if fault is Fault.INTERRUPTED:
            raise
        if fault is Fault.MEMORY:
            raise OutOfMemoryError from error
        if fault is Fault.UNREADABLE:
            raise DamagedSnapshotError(path, type(error).__name__) from error
        return None


def read_manifest(path: Path) -> Manifest | None:
    """Return the manifest of the snapshot at ``path``; None when it does not exist or is not a snapshot."""
    snapshot = open_snapshot(path, READER_LIMITS)
    if snapshot is None:
        return None
    snapshot.con.close()
    return snapshot.manifest


def require_readable(path: Path) -> None:
    """Raise DamagedSnapshotError when DuckDB cannot read the file at ``path``, whether or not it is a snapshot."""
    if snapshot := _open_whole(path, READER_LIMITS):
        snapshot.con.close()


def find_deferred_tables(con: Connection) -> set[str]:
    """Find the tables with conflicting rows that the loader could not resolve."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' AND estimated_size > 0 "
        "AND ends_with(table_name, '_contested')"
    ).fetchall()
    return {row[0].removesuffix("_contested") for row in rows}


def query_manifest(con: duckdb.DuckDBPyConnection) -> Manifest:
    """Return the manifest of an open snapshot. Raises KeyError or ValueError for one that no store wrote."""
    rows = con.execute("SELECT name, value FROM meta.manifest").fetchall()
    return build_manifest({require_text(name): require_text(value) for name, value in rows})


def build_manifest(facts: Mapping[str, str]) -> Manifest:
    """Return the manifest that ``facts`` are. Raises KeyError or ValueError when one is missing, or is none."""
    return Manifest(
        facts["source"],
        facts["fingerprint"],
        parse_instant(facts["loaded_at"]),
        int(facts["schema_version"]),
        facts["options"],
        facts,
    )
