"""Make folders and files accessible to their owner only, whatever the umask is."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS_BITS, _OWNER_READ_WRITE = 0o077, 0o600


def make_private_folder(folder: Path) -> None:
    """Make ``folder`` and its missing parents, each for its owner only. An existing folder is not changed."""
    for directory in (*reversed(folder.parents), folder):
        if not directory.is_dir():
            directory.mkdir(mode=0o700, exist_ok=True)
            # The umask may have removed rights of the owner too.
            directory.chmod(0o700)


def restrict_to_owner(file: Path) -> None:
    """Allow only the owner to read and write ``file``."""
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) != _OWNER_READ_WRITE:
        file.chmod(_OWNER_READ_WRITE)


def is_open_to_others(path: Path) -> bool:
    """Tell whether others than the owner have rights to ``path``; False on systems without such rights."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS_BITS)
