"""One run of a report at a time. The system lets go of a lock when its holder ends, however it ends.

A run has two of them: its report's, which is taken by whoever would run it, and one in a file of the run's own,
its sign, which is taken before the ledger names it and never again. So whoever looks at the sign learns whether
that run lives, and takes nothing that any run could want.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError, OutputError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from filelock import BaseFileLock

_SIGN = ".alive"
_GLANCE = 0.2
"""Seconds that a look at a sign waits for another look at the same one to be over."""


@contextmanager
def locked(folder: Path, report: str, place: Path) -> Iterator[None]:
    """Hold a lock of ``report`` in ``folder``: that of the report of this name which belongs to ``place``.

    ``place`` is the file that defines it, or where its files go.

    Raises:
        BusyError: another run holds it.
        OutputError: there can be no lock.
    """
    from filelock import Timeout

    try:
        lock = _taken(folder, f"{_key(report, place)}.lock")
    except Timeout as error:
        raise BusyError(
            _("Another run of the report {name} is at work. Try again when it has ended.", name=report)
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def living(folder: Path, report: str, place: Path) -> Iterator[str]:
    """Be a run at work: hold a sign, and tell its name for :func:`is_alive`. Raises OutputError."""
    sign = f"{_key(report, place)}.{secrets.token_hex(8)}{_SIGN}"
    lock = _taken(folder, sign)
    try:
        yield sign
    finally:
        lock.release()
        _remove(folder / sign)


def is_alive(folder: Path, sign: str | None) -> bool:
    """Whether the run that holds ``sign`` is at work; a run of an older version has none."""
    from filelock import FileLock, Timeout

    if sign is None or not (folder / sign).is_file():
        return False
    try:
        with FileLock(folder / sign, timeout=_GLANCE, mode=0o600):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def remove_signs(folder: Path, report: str, place: Path) -> None:
    """Remove the signs of killed runs of ``report``; its lock must be held."""
    for sign in folder.glob(f"{_key(report, place)}.*{_SIGN}"):
        _remove(sign)


def _taken(folder: Path, name: str) -> BaseFileLock:
    """The lock ``name``, taken. Raises Timeout when somebody has it, OutputError when there can be none."""
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FileLock(folder / name, timeout=0, mode=0o600)
        lock.acquire()
    except Timeout:
        raise
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}.", path=folder, why=error.strerror or error)
        ) from error
    return lock


def _remove(sign: Path) -> None:
    # Who looks at it just now may keep it there; the next run tries again.
    with suppress(OSError):
        sign.unlink(missing_ok=True)


def _key(report: str, place: Path) -> str:
    """The name of a lock. A place is the same one by whatever link it was reached."""
    told = f"{report}\0{place.parent.resolve() / place.name}"
    return f"{report}-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
