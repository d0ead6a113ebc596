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

from opttius_cli import private
from opttius_cli.errors import BusyError, OutputError, SourceError
from opttius_cli.i18n import _
from opttius_cli.snapshot.build import Build, build
from opttius_cli.snapshot.held import (
    READING,
    SCHEMA_VERSION,
    Held,
    Limits,
    Manifest,
    connect,
    hold,
    read_manifest,
)
from opttius_cli.snapshot.litter import clean, remove
from opttius_cli.snapshot.lock import locked
from opttius_cli.snapshot.source import ReadyMade

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.snapshot.source import Source

_log = logging.getLogger(__name__)
_NO_ROOM = ("No space left", "File too large", "quota exceeded")
"""Error texts of a full disk or an exhausted quota."""
LOCK_PATIENCE = 10.0
"""Seconds that a load waits for another load of the same source."""


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of snapshots, and how they are built.

    ``reader`` is the admin whose rights apply (empty: none was named). A snapshot is used only by the reader
    for whom it was loaded.
    """

    folder: Path
    limits: Limits
    naive_zone: str = "UTC"
    reading: Limits = READING
    reader: str = ""

    def path_of(self, source: Source) -> Path:
        """Return the path of this source's snapshot."""
        key = hashlib.blake2b(f"{source.key}\0{self._options}".encode(), digest_size=12).hexdigest()
        return self.folder / f"{key}.duckdb"

    @property
    def _options(self) -> str:
        return f"naive={self.naive_zone}" + (f" reader={self.reader}" if self.reader else "")

    def fresh(self, source: Source, now: datetime, max_age: float | None = None) -> Path | None:
        """Return the published snapshot if it is still fresh; None when it must be built."""
        if isinstance(source, ReadyMade):
            return source.path
        held = self.hold_fresh(source, now, max_age)
        if held is None:
            return None
        held.con.close()
        return self.path_of(source)

    def hold_fresh(self, source: Source, now: datetime, max_age: float | None = None) -> Held | None:
        """Open the published snapshot if it is still fresh; return None when it must be built."""
        if isinstance(source, ReadyMade):
            return hold(source.path, self.reading)
        held = hold(self.path_of(source), self.reading)
        if held is None or self._shows(held.manifest, source, now, max_age):
            return held
        held.con.close()
        return None

    def _shows(self, manifest: Manifest, source: Source, now: datetime, max_age: float | None) -> bool:
        """Return whether the source has not changed since the load, and the snapshot is not too old."""
        if manifest.schema_version != SCHEMA_VERSION or manifest.fingerprint != source.fingerprint():
            return False
        return max_age is None or 0 <= (now - manifest.loaded_at).total_seconds() <= max_age

    def age(self, source: Source, now: datetime) -> float | None:
        """Return the age in seconds of the fresh snapshot of ``source``; None when there is none."""
        path = self.fresh(source, now)
        manifest = read_manifest(path) if path else None
        return (now - manifest.loaded_at).total_seconds() if manifest else None

    def load(
        self, source: Source, now: datetime, how: Build, *, into: Path | None = None, refresh: bool = False
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
        if isinstance(source, ReadyMade):
            return source.path
        path, anew = into or self.path_of(source), refresh or into is not None
        with _writing(path):
            private.make_folder(self.folder)
            before = _identity(path)
            try:
                with locked(path, LOCK_PATIENCE):
                    if anew or _identity(path) == before or not self.fresh(source, now):
                        earlier = path if not anew and self._may_grow(path, source) else None
                        self._publish(path, source, now, replace(how, before=earlier))
            except BusyError:
                shown = None if anew else self._ours(path, source)
                if shown is None:
                    raise
                how.older(shown.loaded_at)
        return path

    def forget(self, source: Source) -> None:
        """Remove the snapshot of ``source`` from the folder, if there is one."""
        if not isinstance(source, ReadyMade):
            with suppress(OSError):
                self.path_of(source).unlink(missing_ok=True)

    def _ours(self, path: Path, source: Source) -> Manifest | None:
        """Return the manifest of the published snapshot, of any age, if source, options and version match."""
        found = read_manifest(path)
        terms = (source.name, self._options, SCHEMA_VERSION)
        return found if found and (found.source, found.options, found.schema_version) == terms else None

    def _may_grow(self, path: Path, source: Source) -> bool:
        """Return whether a build may reuse the published snapshot: nothing but its age has changed."""
        found = self._ours(path, source)
        return found is not None and found.fingerprint == source.fingerprint()

    def _publish(self, path: Path, source: Source, now: datetime, how: Build) -> None:
        """Build the snapshot and replace the previous one; call it with the lock acquired."""
        clean(path)
        building = path.with_name(f"{path.name}.{uuid.uuid4().hex}.building")
        building.mkdir(mode=0o700)
        try:
            self._built(building, source, now, how).replace(path)
        finally:
            remove(building)

    def _built(self, building: Path, source: Source, now: datetime, how: Build) -> Path:
        """Build a complete snapshot in ``build_folder``; build it again if the source has changed."""
        import duckdb

        for attempt in ("first", "second"):
            file = building / f"{attempt}.duckdb"
            fingerprint = source.fingerprint()
            try:
                self._build(file, source, fingerprint, now, how)
            except duckdb.InterruptException:
                raise
            except (OSError, duckdb.Error):
                # A source file removed or cut while it was read is not an error of the disk we write to.
                if source.fingerprint() == fingerprint:
                    raise
            else:
                if source.fingerprint() == fingerprint:
                    return file
            remove(file)
            _log.info("%s changed while it was read", source.name)
        raise SourceError(
            _(
                "{source} changes while it is read. Load again when its export is finished.",
                source=source.name,
            )
        )

    def _build(self, file: Path, source: Source, fingerprint: str, now: datetime, how: Build) -> None:
        import duckdb

        con = connect(file, self.limits)
        try:
            con.execute("SET TimeZone = $1", [self.naive_zone])
            told = build(con, source, how)
            facts = told | {
                "source": source.name,
                "fingerprint": fingerprint,
                "loaded_at": now.astimezone(UTC).isoformat(),
                "schema_version": str(SCHEMA_VERSION),
                "options": self._options,
                "reader": self.reader,
            }
            con.execute(
                "INSERT INTO meta.manifest SELECT unnest($1), unnest($2)", [list(facts), list(facts.values())]
            )
            con.execute("CHECKPOINT")
        except duckdb.OutOfMemoryException as error:
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
def _writing(path: Path) -> Iterator[None]:
    """Translate a full disk or a folder that is not writable into an OutputError."""
    import duckdb

    try:
        yield
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}.", path=path, why=error.strerror or error)
        ) from error
    except (duckdb.IOException, duckdb.FatalException) as error:
        full = any(words in str(error) for words in _NO_ROOM)
        if not full and not isinstance(error, duckdb.IOException):
            raise
        why = _("there is no room left on the disk") if full else _("the disk failed")
        raise OutputError(_("{path} cannot be written: {why}.", path=path, why=why)) from error


def _identity(path: Path) -> tuple[int, int] | None:
    """Return the identity of a published file; None when it does not exist."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns
