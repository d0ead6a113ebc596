"""Where snapshots live, and how one is published: built beside the old one under a lock, then renamed.

A build has a private folder, in which everything lies that it writes. A build that is killed leaves the
published snapshot whole; its folder is removed by the next.
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
"""How systems say that a disk takes no more, or no more of ours."""
LOCK_PATIENCE = 10.0
"""Seconds that a load waits for another one of the same source."""


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of snapshots, and how they are built.

    ``reader`` is whose rights apply (empty: nobody was named). A snapshot is only ever used by the reader for whom
    it was loaded.
    """

    folder: Path
    limits: Limits
    naive_zone: str = "UTC"
    reading: Limits = READING
    reader: str = ""

    def path_of(self, source: Source) -> Path:
        """The file of this source's snapshot."""
        key = hashlib.blake2b(f"{source.key}\0{self._options}".encode(), digest_size=12).hexdigest()
        return self.folder / f"{key}.duckdb"

    @property
    def _options(self) -> str:
        return f"naive={self.naive_zone}" + (f" reader={self.reader}" if self.reader else "")

    def fresh(self, source: Source, now: datetime, max_age: float | None = None) -> Path | None:
        """The published snapshot, if it still shows the source as it is; None when it must be built."""
        if isinstance(source, ReadyMade):
            return source.path
        held = self.hold_fresh(source, now, max_age)
        if held is None:
            return None
        held.con.close()
        return self.path_of(source)

    def hold_fresh(self, source: Source, now: datetime, max_age: float | None = None) -> Held | None:
        """The published snapshot, open, if it still shows the source as it is; None when it must be built."""
        if isinstance(source, ReadyMade):
            return hold(source.path, self.reading)
        held = hold(self.path_of(source), self.reading)
        if held is None or self._shows(held.manifest, source, now, max_age):
            return held
        held.con.close()
        return None

    def _shows(self, manifest: Manifest, source: Source, now: datetime, max_age: float | None) -> bool:
        """Whether a snapshot shows the source as it is now, and is young enough."""
        if manifest.schema_version != SCHEMA_VERSION or manifest.fingerprint != source.fingerprint():
            return False
        return max_age is None or 0 <= (now - manifest.loaded_at).total_seconds() <= max_age

    def age(self, source: Source, now: datetime) -> float | None:
        """How many seconds old the published snapshot of ``source`` is; None when there is none that would do."""
        path = self.fresh(source, now)
        manifest = read_manifest(path) if path else None
        return (now - manifest.loaded_at).total_seconds() if manifest else None

    def load(
        self, source: Source, now: datetime, how: Build, *, into: Path | None = None, refresh: bool = False
    ) -> Path:
        """Build and publish the snapshot of ``source``; returns its path.

        Unless it goes ``into`` a file of one's own or a ``refresh`` was asked for, what another run publishes
        meanwhile will do, and so will what is published when the other run does not end in a moment, if ``how.older``
        does not object.

        Raises:
            BusyError: another load of it did not end in a moment, and nothing published will do.
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
        """Remove the snapshot of ``source`` that is kept here, if there is one."""
        if not isinstance(source, ReadyMade):
            with suppress(OSError):
                self.path_of(source).unlink(missing_ok=True)

    def _ours(self, path: Path, source: Source) -> Manifest | None:
        """What is published of ``source`` on the same terms, of whatever age, if we can read it."""
        found = read_manifest(path)
        terms = (source.name, self._options, SCHEMA_VERSION)
        return found if found and (found.source, found.options, found.schema_version) == terms else None

    def _may_grow(self, path: Path, source: Source) -> bool:
        """Whether a build may start from what is published: of the same source as it is now, on the same terms."""
        found = self._ours(path, source)
        return found is not None and found.fingerprint == source.fingerprint()

    def _publish(self, path: Path, source: Source, now: datetime, how: Build) -> None:
        """Build the snapshot and put it in the place of the one before; its lock must be held."""
        clean(path)
        building = path.with_name(f"{path.name}.{uuid.uuid4().hex}.building")
        building.mkdir(mode=0o700)
        try:
            self._built(building, source, now, how).replace(path)
        finally:
            remove(building)

    def _built(self, building: Path, source: Source, now: datetime, how: Build) -> Path:
        """A whole snapshot in the folder ``building``; built once more when the source changed meanwhile."""
        import duckdb

        for attempt in ("first", "second"):
            file = building / f"{attempt}.duckdb"
            fingerprint = source.fingerprint()
            try:
                self._build(file, source, fingerprint, now, how)
            except duckdb.InterruptException:
                raise
            except (OSError, duckdb.Error):
                # A file that went away or was cut while it was read is no fault of the disk we write to.
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
    """Turn a disk that takes no more, or a folder that takes nothing, into a sentence."""
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
    """What tells one published file from the next; None when there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_ino, stat.st_mtime_ns
