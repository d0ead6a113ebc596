"""Where snapshots live, and how one is published: built under a lock beside the old one, then renamed over it.

A build that is killed leaves the published snapshot whole; what it left behind is cleaned by the next.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import uuid
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError, SourceError
from opttius_cli.i18n import _
from opttius_cli.snapshot.build import Build, build

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from opttius_cli.snapshot.source import Source

SCHEMA_VERSION = 1
LOCK_PATIENCE = 10.0
"""Seconds that a load waits for another one of the same source."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself."""

    source: str
    fingerprint: str
    loaded_at: datetime
    schema_version: int
    options: str


@dataclass(frozen=True, slots=True)
class Limits:
    """What a build and a report may use: memory as DuckDB writes it (``1GB``), threads (None: all)."""

    memory: str = "1GB"
    threads: int | None = None


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of snapshots, and how they are built."""

    folder: Path
    limits: Limits
    naive_zone: str = "UTC"

    def path_of(self, source: Source) -> Path:
        """The file of this source's snapshot."""
        key = hashlib.blake2b(f"{source.name}\0{self._options}".encode(), digest_size=12).hexdigest()
        return self.folder / f"{key}.duckdb"

    @property
    def _options(self) -> str:
        return f"naive={self.naive_zone}"

    def fresh(self, source: Source, now: datetime, max_age: float | None = None) -> Path | None:
        """The published snapshot, if it still shows the source as it is; None when it must be built."""
        path = self.path_of(source)
        manifest = read_manifest(path)
        if manifest is None or manifest.schema_version != SCHEMA_VERSION:
            return None
        if manifest.fingerprint != source.fingerprint():
            return None
        age = (now - manifest.loaded_at).total_seconds()
        return path if max_age is None or 0 <= age <= max_age else None

    def load(self, source: Source, now: datetime, how: Build, *, into: Path | None = None) -> Path:
        """Build and publish the snapshot of ``source``; returns its path.

        Raises:
            BusyError: another load of it did not end in a moment.
            SourceError: the source cannot be loaded; the published snapshot stays.
        """
        path = into or self.path_of(source)
        private_folder(self.folder)
        with self._locked(path):
            self._clean(path)
            building = path.with_name(f"{path.name}.{uuid.uuid4().hex}.building")
            try:
                self._build(building, source, now, how)
                os.replace(building, path)
            finally:
                _remove(building)
        return path

    def _build(self, building: Path, source: Source, now: datetime, how: Build) -> None:
        import duckdb

        fingerprint = source.fingerprint()
        con = connect(building, self.limits)
        try:
            con.execute("SET TimeZone = $1", [self.naive_zone])
            con.execute("SET preserve_insertion_order = true")
            build(con, source, how)
            facts = {
                "source": source.name, "fingerprint": fingerprint, "loaded_at": now.astimezone(UTC).isoformat(),
                "schema_version": str(SCHEMA_VERSION), "options": self._options,
            }
            con.executemany("INSERT INTO meta.manifest VALUES (?, ?)", list(facts.items()))
            con.execute("CHECKPOINT")
        except duckdb.OutOfMemoryException as error:
            raise SourceError(_("Loading needs more memory than {limit}. Set limits.memory higher.",
                                limit=self.limits.memory)) from error
        finally:
            con.close()
        os.chmod(building, 0o600)

    @contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        from filelock import FileLock, Timeout

        lock = FileLock(path.with_name(path.name + ".lock"), timeout=LOCK_PATIENCE, mode=0o600)
        try:
            with lock:
                yield
        except Timeout as error:
            raise BusyError(_("Another run is loading {path}. Try again in a moment.", path=path.name)) from error

    @staticmethod
    def _clean(path: Path) -> None:
        """Remove what killed builds of this snapshot left; nobody else builds it, for we hold its lock."""
        for litter in path.parent.glob(f"{path.name}.*.building*"):
            _remove(litter)


def private_folder(folder: Path) -> None:
    """Make ``folder`` so that only its owner can look into it."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def connect(path: Path, limits: Limits, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """An offline connection to ``path`` that stays within ``limits`` and spills beside the file."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "memory_limit": limits.memory,
        "temp_directory": f"{path}.spill",
    }
    if limits.threads:
        config["threads"] = limits.threads
    return duckdb.connect(str(path), read_only=read_only, config=config)


def read_manifest(path: Path) -> Manifest | None:
    """The manifest of the snapshot at ``path``; None when there is no such file or it is no snapshot."""
    import duckdb

    if not path.is_file():
        return None
    try:
        con = connect(path, Limits(), read_only=True)
    except duckdb.Error:
        return None
    try:
        return manifest_of(con)
    except (duckdb.Error, KeyError, ValueError):
        return None
    finally:
        con.close()


def manifest_of(con: duckdb.DuckDBPyConnection) -> Manifest:
    """The manifest of an open snapshot."""
    facts = dict(con.execute("SELECT name, value FROM meta.manifest").fetchall())
    return Manifest(
        facts["source"], facts["fingerprint"], datetime.fromisoformat(facts["loaded_at"]),
        int(facts["schema_version"]), facts["options"],
    )


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
