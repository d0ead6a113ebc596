"""One load of a snapshot at a time. The system lets go of a lock when its holder ends, however it ends."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(path: Path, patience: float = 0) -> Iterator[None]:
    """Hold the lock of the snapshot at ``path``, a file beside it that is gone afterwards.

    Raises:
        BusyError: another run held it for ``patience`` seconds.
        OSError: there can be no lock.
    """
    from filelock import FileLock, Timeout

    file = path.with_name(path.name + ".lock")
    lock = FileLock(file, timeout=patience, mode=0o600)
    try:
        lock.acquire()
    except Timeout as error:
        raise BusyError(_("Another run is loading {path}. Try again in a moment.", path=path.name)) from error
    try:
        yield
    finally:
        _remove(file)
        lock.release()


def _remove(file: Path) -> None:
    """Remove the file of a lock that is held; one that holds anything is not of ours.

    Whoever waits for it has it open and may get its lock, but then sees that the file has no name any more, and
    begins anew with the one that has. Where a file that is open cannot be removed, it goes when it is let go.
    """
    with suppress(OSError):
        if file.stat().st_size == 0:
            file.unlink()
