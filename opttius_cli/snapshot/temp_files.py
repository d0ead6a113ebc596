"""Manage the temporary files beside a snapshot, and remove those that killed processes left.

They are recognized by their exact names, so that a user's own files are never removed.
"""

from __future__ import annotations

import os
import re
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from opttius_cli.files import permissions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LEFTOVER = re.compile(r"[0-9a-f]{32}\.building|(?P<process>[1-9][0-9]{0,8})\.spill")
"""The suffix, after the snapshot's name, of the folders that builds and readers create beside it."""


def spill_folder(path: Path, process: int | None = None) -> Path:
    """Return a process's spill folder, of this one by default.

    Readers of one snapshot must not overwrite each other's blocks.
    """
    return path.with_name(f"{path.name}.{process or os.getpid()}.spill")


@contextmanager
def use_private_spill_folder(path: Path) -> Iterator[None]:
    """Create a private spill folder while a snapshot is read, so that nobody else can read spilled rows.

    DuckDB would create the folder readable for everybody, but it uses one that exists.
    """
    folder = spill_folder(path)
    with suppress(OSError):
        # If nothing can be written here, nothing can be spilled here either.
        permissions.make_private_folder(folder)
    try:
        yield
    finally:
        with suppress(OSError):
            folder.rmdir()


def remove_leftovers(path: Path) -> None:
    """Remove the leftovers of killed builds and readers of this snapshot; call it with the lock acquired.

    No other build runs then, but a reader may: a spill folder has the number of its process in its name.
    """
    prefix = f"{path.name}."
    for entry in path.parent.iterdir():
        leftover = entry.name.startswith(prefix) and _LEFTOVER.fullmatch(entry.name[len(prefix) :])
        if not leftover or entry.is_symlink() or not entry.is_dir():
            continue
        if leftover["process"] is None or not _is_alive(int(leftover["process"])):
            remove_path(entry)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def remove_path(path: Path) -> None:
    """Remove a folder with its content, or a file, if it exists."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
