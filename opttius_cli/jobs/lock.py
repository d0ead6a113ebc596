"""Locks that allow one run of a job at a time.

The system releases a lock when its process ends, for any reason. A run holds two: the lock of its job, which
every run of it needs, and a liveness lock in a file of its own, which is taken before the ledger names it.
Testing the liveness lock tells whether that run is alive and blocks no other run.
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

_LIVENESS_SUFFIX = ".alive"
_PROBE_TIMEOUT = 0.2
"""Seconds that a test of a liveness lock waits for another test of the same one."""


@contextmanager
def lock_job(folder: Path, job_name: str, path: Path) -> Iterator[None]:
    """Hold the lock of the job ``job_name`` at ``path``, in a file of ``folder``, while the context lasts.

    ``path`` is the file that defines the job, or the folder that its files go to.

    Raises:
        BusyError: another run holds the lock.
        OutputError: the lock file cannot be created.
    """
    from filelock import Timeout

    try:
        lock = _acquire_lock(folder, f"{_build_lock_name(job_name, path)}.lock")
    except Timeout as error:
        raise BusyError(
            _("Another run of the job {name} is at work. Try again when it has ended.", name=job_name)
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def liveness_lock(folder: Path, job_name: str, path: Path) -> Iterator[str]:
    """Hold a new liveness lock and yield its name, for :func:`is_alive`. Raises OutputError."""
    lock_name = f"{_build_lock_name(job_name, path)}.{secrets.token_hex(8)}{_LIVENESS_SUFFIX}"
    lock = _acquire_lock(folder, lock_name)
    try:
        yield lock_name
    finally:
        lock.release()
        _remove_file(folder / lock_name)


def is_alive(folder: Path, lock_name: str | None) -> bool:
    """Whether the run with this liveness lock is still working; runs of older versions have none."""
    from filelock import FileLock, Timeout

    if lock_name is None or not (folder / lock_name).is_file():
        return False
    try:
        with FileLock(folder / lock_name, timeout=_PROBE_TIMEOUT, mode=0o600):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def remove_liveness_files(folder: Path, job_name: str, path: Path) -> None:
    """Remove the liveness files of killed runs of a job; its lock must be held."""
    for file in folder.glob(f"{_build_lock_name(job_name, path)}.*{_LIVENESS_SUFFIX}"):
        _remove_file(file)


def _acquire_lock(folder: Path, name: str) -> BaseFileLock:
    """Acquire the lock ``name``. Raises Timeout when it is held, OutputError when it cannot be created."""
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


def _remove_file(file: Path) -> None:
    # A process that tests it now may prevent the removal; the next run tries again.
    with suppress(OSError):
        file.unlink(missing_ok=True)


def _build_lock_name(job_name: str, path: Path) -> str:
    """Build the name of a lock; links in the path are resolved, so that one folder has one lock."""
    identity = f"{job_name}\0{path.parent.resolve() / path.name}"
    return f"{job_name}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
