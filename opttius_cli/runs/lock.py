"""One run of a report at a time. The system lets go of a lock when its holder ends, however it ends."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError, OutputError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(folder: Path, report: str) -> Iterator[None]:
    """Hold the lock of ``report`` in ``folder``.

    Raises:
        BusyError: another run holds it.
        OutputError: there can be no lock.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(folder / f"{report}.lock", timeout=0, mode=0o600)
        lock.acquire()
    except Timeout as error:
        raise BusyError(
            _("Another run of the report {name} is at work. Try again when it has ended.", name=report)
        ) from error
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}.", path=folder, why=error.strerror or error)
        ) from error
    try:
        yield
    finally:
        lock.release()


def is_held(folder: Path, report: str) -> bool:
    """Whether a run of ``report`` is at work right now."""
    try:
        with locked(folder, report):
            return False
    except BusyError:
        return True
