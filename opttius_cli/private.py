"""Make folders and files accessible to their owner only, whatever the umask is."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_OTHERS, _OWNERS = 0o077, 0o600


def make_folder(folder: Path) -> None:
    """Make ``folder`` and its missing parents, each for its owner only. An existing folder is not changed."""
    for one in (*reversed(folder.parents), folder):
        if not one.is_dir():
            one.mkdir(mode=0o700, exist_ok=True)
            # The umask may have removed rights of the owner too.
            one.chmod(0o700)


def keep_file(file: Path) -> None:
    """Allow only the owner to read and write ``file``."""
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) != _OWNERS:
        file.chmod(_OWNERS)


def others_may_look(path: Path) -> bool:
    """Tell whether others than the owner have rights to ``path``; False on systems without such rights."""
    return os.name == "posix" and bool(path.stat().st_mode & _OTHERS)
