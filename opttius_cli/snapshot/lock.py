"""Lock a snapshot so that one load runs at a time. The system releases the lock when the process ends."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def lock_snapshot(path: Path, timeout: float = 0) -> Iterator[None]:
    """Hold the lock of the snapshot at ``path``: a file beside it, which is removed afterwards.

    Raises:
        BusyError: another run still has it after ``timeout`` seconds.
        OSError: the lock file cannot be created.
    """
    from filelock import FileLock, Timeout

    file = path.with_name(path.name + ".lock")
    lock = FileLock(file, timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(_("Another run is loading {path}. Try again in a moment.", path=path.name)) from error
    try:
        yield
    finally:
        _remove_lock_file(file)
        lock.release()


def _remove_lock_file(file: Path) -> None:
    """Remove the file of an acquired lock, unless it has content: then it is not ours.

    A waiting process has the file open and may acquire its lock, but then sees that it was removed, and
    starts again with the new one. Where an open file cannot be removed, it is removed when it is released.
    """
    with suppress(OSError):
        if file.stat().st_size == 0:
            file.unlink()
