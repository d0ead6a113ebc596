"""Folders and files that nobody but their owner can look into, whatever the umask is."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS, _OWNERS = 0o077, 0o600


def make_folder(folder: Path) -> None:
    """Make ``folder`` and what is missing above it, each for its owner alone. One that is there stays as it is."""
    for one in (*reversed(folder.parents), folder):
        if not one.is_dir():
            one.mkdir(mode=0o700, exist_ok=True)
            # The umask may have taken the owner's own rights.
            one.chmod(0o700)


def keep_file(file: Path) -> None:
    """Give ``file`` to its owner alone, to read and to write."""
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) != _OWNERS:
        file.chmod(_OWNERS)


def others_may_look(path: Path) -> bool:
    """Whether anybody but the owner of ``path`` has rights to it, as far as this system tells."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
