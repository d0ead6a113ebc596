"""Locks that allow one run of a job at a time.

A run holds two: the lock of its job, which every run of it needs, and a liveness lock in a file of its own,
which is taken before the ledger names it. Testing the liveness lock tells whether that run is alive and blocks
no other run.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError, OutputError
from opttius_cli.files.lock import LockHeldError, hold_lock, is_locked
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LIVENESS_SUFFIX = ".alive"
_LIVENESS_NAME = re.compile(rf"[^/\\:]{{1,200}}-[0-9a-f]{{16}}\.[0-9a-f]{{16}}{re.escape(_LIVENESS_SUFFIX)}")


@contextmanager
def lock_job(folder: Path, job_name: str, path: Path) -> Iterator[None]:
    """Hold the lock of the job ``job_name`` at ``path``, in a file of ``folder``, while the context lasts.

    ``path`` is the file that defines the job, or the folder that its files go to.

    Raises:
        BusyError: another run holds the lock.
        OutputError: the lock file cannot be created.
    """
    with ExitStack() as stack:
        try:
            _enter_lock(stack, folder, f"{_build_lock_name(job_name, path)}.lock")
        except LockHeldError as error:
            raise BusyError(
                _("Another run of the job {name} is at work. Try again when it has ended.", name=job_name)
            ) from error
        yield


@contextmanager
def liveness_lock(folder: Path, job_name: str, path: Path) -> Iterator[str]:
    """Hold a new liveness lock and yield its name, for :func:`is_alive`. Raises OutputError."""
    lock_name = f"{_build_lock_name(job_name, path)}.{secrets.token_hex(8)}{_LIVENESS_SUFFIX}"
    with ExitStack() as stack:
        stack.callback(_remove_file, folder / lock_name)
        _enter_lock(stack, folder, lock_name)
        yield lock_name


def is_alive(folder: Path, lock_name: str | None) -> bool:
    """Whether the run with this liveness lock is still working; runs of older versions have none.

    The name was stored, so it may be any: only a lock of a run, in ``folder``, is looked at.
    """
    if lock_name is None or _LIVENESS_NAME.fullmatch(lock_name) is None:
        return False
    return is_locked(folder / lock_name)


def remove_liveness_files(folder: Path, job_name: str, path: Path) -> None:
    """Remove the liveness files of killed runs of a job; its lock must be held."""
    for file in folder.glob(f"{_build_lock_name(job_name, path)}.*{_LIVENESS_SUFFIX}"):
        _remove_file(file)


def _enter_lock(stack: ExitStack, folder: Path, name: str) -> None:
    """Acquire the lock ``name`` until ``stack`` ends.

    Raises LockHeldError when another run holds it, OutputError when it cannot be created.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        stack.enter_context(hold_lock(folder / name))
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}.", path=folder, why=error.strerror or error)
        ) from error


def _remove_file(file: Path) -> None:
    # A process that tests it now may prevent the removal; the next run tries again.
    with suppress(OSError):
        file.unlink(missing_ok=True)


def _build_lock_name(job_name: str, path: Path) -> str:
    """Build the name of a lock; links in the path are resolved, so that one folder has one lock."""
    identity = f"{job_name}\0{path.parent.resolve() / path.name}"
    return f"{job_name}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}"
