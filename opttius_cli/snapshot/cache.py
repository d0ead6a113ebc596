"""List, expire and protect the snapshots in the cache folder. Files of other programs are never touched."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError
from opttius_cli.files import permissions
from opttius_cli.snapshot.lock import lock_snapshot
from opttius_cli.snapshot.open import read_manifest
from opttius_cli.snapshot.temp_files import remove_leftovers

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.snapshot.open import Manifest

_SNAPSHOT_FILE = re.compile(
    r"(?P<snapshot>[0-9a-f]{24}\.duckdb)(?P<beside>\.lock|\.[0-9a-f]{32}\.building|\.[0-9]{1,9}\.spill)?"
)
"""The names that the store uses: a snapshot, and the files that builds and readers put beside it."""


@dataclass(frozen=True, slots=True)
class CachedSnapshot:
    """A snapshot in the folder; ``manifest`` is None for another version, a damaged or unfinished one."""

    path: Path
    size: int
    manifest: Manifest | None

    @property
    def key(self) -> str:
        """Return the name by which users refer to it."""
        return self.path.stem


def list_snapshots(folder: Path) -> list[CachedSnapshot]:
    """Return every snapshot in ``folder`` by name, even if only the files of a killed build are left."""
    return [
        CachedSnapshot(path, path.stat().st_size if path.is_file() else 0, read_manifest(path))
        for path in sorted({folder / name for name in _list_snapshot_names(folder)})
    ]


def _list_snapshot_names(folder: Path) -> list[str]:
    """Return the names of the snapshots whose files are in ``folder``. A lock alone does not count."""
    if not folder.is_dir():
        return []
    matches = ((_SNAPSHOT_FILE.fullmatch(entry.name), entry) for entry in folder.iterdir())
    return [
        match["snapshot"]
        for match, entry in matches
        if match
        and match["beside"] != ".lock"
        and not entry.is_symlink()
        and (match["beside"] or entry.is_file())
    ]


def is_snapshot_file(path: Path) -> bool:
    """Return whether a path has the name of a snapshot that the store built."""
    match = _SNAPSHOT_FILE.fullmatch(path.name)
    return match is not None and match["beside"] is None


def remove_snapshot(path: Path) -> bool:
    """Remove a snapshot and the leftovers of killed builds; return False while that is not possible."""
    try:
        with lock_snapshot(path):
            remove_leftovers(path)
            path.unlink(missing_ok=True)
    except (BusyError, OSError):
        # It is being loaded; Windows does not remove a file that is being read; or a folder has its name.
        return False
    return True


def expire_snapshots(folder: Path, before: datetime) -> list[Path]:
    """Remove the snapshots loaded before an instant, or at an unknown time, and return their paths."""
    expired = [
        snapshot.path
        for snapshot in list_snapshots(folder)
        if snapshot.path.is_file() and (snapshot.manifest is None or snapshot.manifest.loaded_at < before)
    ]
    return [path for path in expired if remove_snapshot(path)]


def restrict_permissions(folder: Path) -> bool:
    """Restrict ``folder`` and its snapshots to their owner; return False when others still have access.

    A folder with other files may be shared on purpose: its permissions are not changed.
    """
    if not folder.is_dir():
        return True
    entries = list(folder.iterdir())
    own_files = [
        entry for entry in entries if _SNAPSHOT_FILE.fullmatch(entry.name) and not entry.is_symlink()
    ]
    with suppress(OSError):
        for file in own_files:
            if file.is_file():
                permissions.restrict_to_owner(file)
        if permissions.is_open_to_others(folder) and len(own_files) == len(entries):
            folder.chmod(0o700)
    return not permissions.is_open_to_others(folder)
