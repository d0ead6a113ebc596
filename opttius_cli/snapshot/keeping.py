"""List, expire and protect the snapshots in the cache folder. Files of other programs are never touched."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli import private
from opttius_cli.errors import BusyError
from opttius_cli.snapshot.held import read_manifest
from opttius_cli.snapshot.litter import clean
from opttius_cli.snapshot.lock import locked

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.snapshot.held import Manifest

_OURS = re.compile(
    r"(?P<snapshot>[0-9a-f]{24}\.duckdb)(?P<beside>\.lock|\.[0-9a-f]{32}\.building|\.[0-9]{1,9}\.spill)?"
)
"""The names that the store uses: a snapshot, and the files that builds and readers put beside it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot in the folder; ``manifest`` is None for another version, a damaged or unfinished one."""

    path: Path
    size: int
    manifest: Manifest | None

    @property
    def key(self) -> str:
        """Return the name by which users refer to it."""
        return self.path.stem


def kept(folder: Path) -> list[Kept]:
    """Return every snapshot in ``folder`` by name, even if only the files of a killed build are left."""
    return [
        Kept(path, path.stat().st_size if path.is_file() else 0, read_manifest(path))
        for path in sorted({folder / name for name in _names(folder)})
    ]


def _names(folder: Path) -> list[str]:
    """Return the names of the snapshots whose files are in ``folder``. A lock alone does not count."""
    if not folder.is_dir():
        return []
    found = ((_OURS.fullmatch(one.name), one) for one in folder.iterdir())
    return [
        match["snapshot"]
        for match, one in found
        if match and match["beside"] != ".lock" and not one.is_symlink()
    ]


def remove(path: Path) -> bool:
    """Remove a snapshot and the leftovers of killed builds; return False while it is being loaded."""
    try:
        with locked(path):
            clean(path)
            path.unlink(missing_ok=True)
    except (BusyError, PermissionError):
        # Windows does not remove a file that is being read.
        return False
    return True


def let_go(folder: Path, before: datetime) -> list[Path]:
    """Remove the snapshots loaded before an instant, or at an unknown time, and return their paths."""
    old = [
        one.path
        for one in kept(folder)
        if one.path.is_file() and (one.manifest is None or one.manifest.loaded_at < before)
    ]
    return [path for path in old if remove(path)]


def guard(folder: Path) -> bool:
    """Restrict ``folder`` and its snapshots to their owner; return False when others still have access.

    A folder with other files may be shared on purpose: its permissions are not changed.
    """
    if not folder.is_dir():
        return True
    inside = list(folder.iterdir())
    ours = [one for one in inside if _OURS.fullmatch(one.name) and not one.is_symlink()]
    with suppress(OSError):
        for file in ours:
            if file.is_file():
                private.keep_file(file)
        if private.others_may_look(folder) and len(ours) == len(inside):
            folder.chmod(0o700)
    return not private.others_may_look(folder)
