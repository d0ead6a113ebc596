"""Locks between processes. The system releases a lock when its process ends, for any reason."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PROBE_TIMEOUT = 0.2
"""Seconds that a test of a lock waits for another test of the same one."""


class LockHeldError(Exception):
    """Another process holds the lock."""


@contextmanager
def hold_lock(file: Path, *, timeout: float = 0, remove: bool = False) -> Iterator[None]:
    """Hold the lock of ``file``, which is created for its owner only; ``remove`` removes it afterwards.

    Raises:
        LockHeldError: another process still holds it after ``timeout`` seconds.
        OSError: the file cannot be created.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(file, timeout=timeout, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockHeldError(str(file)) from error
    try:
        yield
    finally:
        if remove:
            _remove_empty_file(file)
        lock.release()


def is_locked(file: Path) -> bool:
    """Return whether a process holds the lock of ``file``; False for a file that is not there."""
    if not file.is_file():
        return False
    try:
        with hold_lock(file, timeout=_PROBE_TIMEOUT):
            return False
    except LockHeldError:
        return True
    except OSError:
        return False


def _remove_empty_file(file: Path) -> None:
    """Remove the file of a lock that is held, unless it has content: then it is not ours.

    A waiting process has the file open and may acquire its lock, but then sees that it was removed, and
    starts again with the new one. Where an open file cannot be removed, it stays, which does no harm.
    """
    with suppress(OSError):
        if file.stat().st_size == 0:
            file.unlink()
