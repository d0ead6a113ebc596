"""What killed builds and readers leave beside a snapshot, told by its exact name from what is the user's own."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_LITTER = re.compile(r"[0-9a-f]{32}\.building|(?P<process>[1-9][0-9]{0,8})\.spill")
"""What comes after a snapshot's name in the names of the folders that builds and readers make beside it."""


def clean(path: Path) -> None:
    """Remove what killed builds and readers of this snapshot left; its lock must be held.

    Nobody else builds it then, but somebody may be reading it: a spill folder tells by its name whose it is.
    """
    prefix = f"{path.name}."
    for litter in path.parent.iterdir():
        ours = litter.name.startswith(prefix) and _LITTER.fullmatch(litter.name[len(prefix) :])
        if not ours or litter.is_symlink() or not litter.is_dir():
            continue
        if ours["process"] is None or not _alive(int(ours["process"])):
            remove(litter)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def remove(path: Path) -> None:
    """Remove a folder with all that is in it, or a file; that it is not there is fine."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
