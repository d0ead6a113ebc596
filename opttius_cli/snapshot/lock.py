"""Lock a snapshot so that one load runs at a time."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from opttius_cli.errors import BusyError
from opttius_cli.files.lock import LockHeldError, hold_lock
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
    with ExitStack() as stack:
        try:
            stack.enter_context(hold_lock(path.with_name(path.name + ".lock"), timeout=timeout, remove=True))
        except LockHeldError as error:
            raise BusyError(
                _("Another run is loading {path}. Try again in a moment.", path=path.name)
            ) from error
        yield
