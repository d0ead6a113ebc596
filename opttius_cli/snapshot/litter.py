"""What builds and readers put beside a snapshot, and what killed ones leave there.

It is told by its exact name from what is the user's own.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from opttius_cli import private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LITTER = re.compile(r"[0-9a-f]{32}\.building|(?P<process>[1-9][0-9]{0,8})\.spill")
"""What comes after a snapshot's name in the names of the folders that builds and readers make beside it."""


def spill_folder(path: Path) -> Path:
    """Where this process spills; two that read one snapshot must not write over each other's blocks."""
    return path.with_name(f"{path.name}.{os.getpid()}.spill")


@contextmanager
def spilling_privately(path: Path) -> Iterator[None]:
    """While a snapshot is read, nobody else may look at what is spilled of it, wherever it lies.

    DuckDB would make the folder for everybody to look into, but uses one that is there.
    """
    folder = spill_folder(path)
    with suppress(OSError):
        # Where nothing can be written, nothing can be spilled either.
        private.make_folder(folder)
    try:
        yield
    finally:
        with suppress(OSError):
            folder.rmdir()


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
