"""Find fresh snapshots, and publish new ones: built beside the old one under a lock, then renamed.

A build writes only into its private folder. A killed build leaves the published snapshot unchanged; the next
build removes its folder.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError, OutputError, SourceError
from opttius_cli.files import permissions
from opttius_cli.i18n import _
from opttius_cli.snapshot.build import BuildOptions, build_snapshot
from opttius_cli.snapshot.damage import EngineError
from opttius_cli.snapshot.engine_errors import Fault, find_fault, translate_error
from opttius_cli.snapshot.lock import lock_snapshot
from opttius_cli.snapshot.open import (
    READER_LIMITS,
    SCHEMA_VERSION,
    Manifest,
    OpenSnapshot,
    ResourceLimits,
    connect_duckdb,
    open_snapshot,
    query_manifest,
    read_manifest,
)
from opttius_cli.snapshot.source_protocol import SnapshotSource
from opttius_cli.snapshot.temp_files import remove_leftovers, remove_path

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.snapshot.source_protocol import Source

_log = logging.getLogger(__name__)
LOCK_PATIENCE = 10.0
"""Seconds that a load waits for another load of the same source."""


@dataclass(frozen=True, slots=True)
class SnapshotStore:
    """The folder of snapshots, and how they are built.

    ``reader`` is the admin whose rights apply (empty: none was named). A snapshot is used only by the reader
    for whom it was loaded.
    """

    folder: Path
    limits: ResourceLimits
    naive_zone: str = "UTC"
    reader_limits: ResourceLimits = READER_LIMITS
    reader: str = ""

    def snapshot_path(self, source: Source) -> Path:
        """Return the path of this source's snapshot."""
        key = hashlib.blake2b(f"{source.key}\0{self._options_text}".encode(), digest_size=12).hexdigest()
        return self.folder / f"{key}.duckdb"

    @property
    def _options_text(self) -> str:
        return f"naive={self.naive_zone}" + (f" reader={self.reader}" if self.reader else "")

    def find_fresh(self, source: Source, now: datetime, max_age: float | None = None) -> Path | None:
        """Return the published snapshot if it is still fresh; None when it must be built."""
        if isinstance(source, SnapshotSource):
            return source.path
        snapshot = self.open_fresh(source, now, max_age)
        if snapshot is None:
            return None
        snapshot.con.close()
        return self.snapshot_path(source)

    def open_fresh(self, source: Source, now: datetime, max_age: float | None = None) -> OpenSnapshot | None:
        """Open the published snapshot if it is still fresh; return None when it must be built."""
        if isinstance(source, SnapshotSource):
            return open_snapshot(source.path, self.reader_limits)
        snapshot = open_snapshot(self.snapshot_path(source), self.reader_limits)
        if snapshot is None or self._is_current(snapshot.manifest, source, now, max_age):
            return snapshot
        snapshot.con.close()
        return None

    def _is_current(self, manifest: Manifest, source: Source, now: datetime, max_age: float | None) -> bool:
        """Return whether the source has not changed since the load, and the snapshot is not too old."""
        if manifest.schema_version != SCHEMA_VERSION or manifest.fingerprint != source.compute_fingerprint():
            return False
        return max_age is None or 0 <= (now - manifest.loaded_at).total_seconds() <= max_age

    def get_age(self, source: Source, now: datetime) -> float | None:
        """Return the age in seconds of the fresh snapshot of ``source``; None when there is none."""
        path = self.find_fresh(source, now)
        manifest = read_manifest(path) if path else None
        return (now - manifest.loaded_at).total_seconds() if manifest else None

    def has_unreadable_file(self, source: Source) -> bool:
        """Return whether there is a file in the place of the snapshot that cannot be opened as one."""
        path = self.snapshot_path(source)
        return not isinstance(source, SnapshotSource) and path.is_file() and read_manifest(path) is None

    def load_snapshot(
        self,
        source: Source,
        now: datetime,
        options: BuildOptions,
        *,
        into: Path | None = None,
        refresh: bool = False,
    ) -> Path:
        """Build and publish the snapshot of ``source``, and return its path.

        Without ``into`` (another target file) and ``refresh``, a snapshot that another run publishes in the
        meantime is used instead. If that run does not finish soon, the published snapshot is used, unless
        ``options.on_stale`` raises.

        Raises:
            BusyError: another load of it did not finish soon, and no published snapshot can be used.
            SourceError: the source cannot be loaded; the published snapshot stays.
            OutputError: the snapshot cannot be written; the published one stays.
        """
        if isinstance(source, SnapshotSource):
            return source.path
        path, must_build = into or self.snapshot_path(source), refresh or into is not None
        with _translate_write_errors(path):
            permissions.make_private_folder(self.folder)
            identity = _file_identity(path)
            try:
                with lock_snapshot(path, LOCK_PATIENCE):
                    if must_build or _file_identity(path) == identity or not self.find_fresh(source, now):
                        previous = path if not must_build and self._can_extend(path, source) else None
                        self._publish_build(path, source, now, replace(options, previous_snapshot=previous))
            except BusyError:
                manifest = None if must_build else self._read_own_manifest(path, source)
                if manifest is None:
                    raise
                options.on_stale(manifest.loaded_at)
        return path

    def remove_snapshot(self, source: Source) -> None:
        """Remove the snapshot of ``source`` from the folder, if there is one."""
        if not isinstance(source, SnapshotSource):
            with suppress(OSError):
                self.snapshot_path(source).unlink(missing_ok=True)

    def _read_own_manifest(self, path: Path, source: Source) -> Manifest | None:
        """Return the manifest of the published snapshot, of any age, if source, options and version match."""
        manifest = read_manifest(path)
        expected = (source.name, self._options_text, SCHEMA_VERSION)
        return (
            manifest
            if manifest and (manifest.source, manifest.options, manifest.schema_version) == expected
            else None
        )

    def _can_extend(self, path: Path, source: Source) -> bool:
        """Return whether a build may reuse the published snapshot: nothing but its age has changed."""
        manifest = self._read_own_manifest(path, source)
        return manifest is not None and manifest.fingerprint == source.compute_fingerprint()

    def _publish_build(self, path: Path, source: Source, now: datetime, options: BuildOptions) -> None:
        """Build the snapshot and replace the previous one; call it with the lock acquired."""
        remove_leftovers(path)
        build_folder = path.with_name(f"{path.name}.{uuid.uuid4().hex}.building")
        build_folder.mkdir(mode=0o700)
        try:
            self._build_with_retry(build_folder, source, now, options).replace(path)
        finally:
            remove_path(build_folder)

    def _build_with_retry(
        self, build_folder: Path, source: Source, now: datetime, options: BuildOptions
    ) -> Path:
        """Build a complete snapshot in ``build_folder``; build it again if the source has changed."""
        for attempt in ("first", "second"):
            file = build_folder / f"{attempt}.duckdb"
            fingerprint = source.compute_fingerprint()
            try:
                self._build_file(file, source, fingerprint, now, options)
            except Exception as error:
                fault = find_fault(error)
                if fault is Fault.INTERRUPTED or not (fault or isinstance(error, OSError)):
                    raise
                if options.previous_snapshot and fault in {Fault.UNREADABLE, Fault.ENGINE}:
                    # The snapshot that it builds on may be what cannot be read.
                    options = replace(options, previous_snapshot=None)
                # A source file removed or cut while it was read is not an error of the disk we write to.
                elif source.compute_fingerprint() == fingerprint:
                    raise
            else:
                if source.compute_fingerprint() == fingerprint:
                    return file
            remove_path(file)
            _log.info("%s changed while it was read", source.name)
        raise SourceError(
            _(
                "{source} changes while it is read. Load again when its export is finished.",
                source=source.name,
            )
        )

    def _build_file(
        self, file: Path, source: Source, fingerprint: str, now: datetime, options: BuildOptions
    ) -> None:
        import duckdb

        con = connect_duckdb(file, self.limits)
        try:
            con.execute("SET TimeZone = $1", [self.naive_zone])
            source_facts = build_snapshot(con, source, options)
            facts = source_facts | {
                "source": source.name,
                "fingerprint": fingerprint,
                "loaded_at": now.astimezone(UTC).isoformat(),
                "schema_version": str(SCHEMA_VERSION),
                "options": self._options_text,
                "reader": self.reader,
            }
            con.execute(
                "INSERT INTO meta.manifest SELECT unnest($1), unnest($2)", [list(facts), list(facts.values())]
            )
            options.on_built(OpenSnapshot(file, con, query_manifest(con)))
            con.execute("CHECKPOINT")
        except duckdb.OutOfMemoryException as error:
            if find_fault(error) is not Fault.MEMORY:
                raise
            raise SourceError(
                _(
                    "Loading needs more memory than {limit}. Set limits.memory higher.",
                    limit=self.limits.memory,
                )
            ) from error
        finally:
            con.close()
        file.chmod(0o600)


@contextmanager
def _translate_write_errors(path: Path) -> Iterator[None]:
    """Translate a full disk, a folder that is not writable and errors of the engine."""
    try:
        yield
    except Exception as error:
        fault = find_fault(error)
        if fault is Fault.UNREADABLE:
            raise OutputError(
                _("{path} cannot be written: {why}.", path=path, why=_("the disk failed"))
            ) from error
        if fault is Fault.ENGINE:
            raise EngineError(type(error).__name__) from error
        if translated := translate_error(error, path):
            raise translated from error
        if isinstance(error, OSError):
            raise OutputError(
                _("{path} cannot be written: {why}.", path=path, why=error.strerror or error)
            ) from error
        raise


def _file_identity(path: Path) -> tuple[int, int] | None:
    """Return the identity of a published file, or of a link in its place; None when there is nothing."""
    try:
        stat = path.lstat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns
