"""One run of a report at a time. The system lets go of a lock when its holder ends, however it ends."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError, OutputError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def locked(folder: Path, report: str, place: Path) -> Iterator[None]:
    """Hold a lock of ``report`` in ``folder``: that of the report of this name which belongs to ``place``.

    ``place`` is the file that defines it, or where its files go.

    Raises:
        BusyError: another run holds it.
        OutputError: there can be no lock.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(folder / f"{_key(report, place)}.lock", timeout=0, mode=0o600)
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


def is_held(folder: Path, report: str, place: Path) -> bool:
    """Whether a run of ``report`` is at work right now."""
    try:
        with locked(folder, report, place):
            return False
    except BusyError:
        return True


def _key(report: str, place: Path) -> str:
    """The name of a lock. A place is the same one by whatever link it was reached."""
    told = f"{report}\0{place.parent.resolve() / place.name}"
    return f"{report}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
