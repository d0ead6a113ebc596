"""Write a file completely or not at all: exclusive creation, fsync, permissions, then a rename.

An existing file stays as it is until the new one is complete on disk.
"""

from __future__ import annotations

import errno
import os
import stat
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from opttius_cli.files.permissions import restrict_to_owner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OWNER_ONLY = 0o600
_BY_UMASK = 0o666
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


def create_file(path: Path, write: Callable[[BinaryIO], object], *, private: bool = False) -> None:
    """Let ``write`` fill the new file ``path`` and make its bytes durable; a failure may leave a part of it.

    With ``private`` only its owner can read it, at any moment.

    Raises:
        FileExistsError: the file exists.
        OSError: it could not be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, _OWNER_ONLY if private else _BY_UMASK)
    with open(handle, "wb") as out:  # noqa: PTH123 - a handle, not a path
        write(out)
        out.flush()
        os.fsync(out.fileno())


def write_atomically(
    target: Path, write: Callable[[BinaryIO], object], *, overwrite: bool, private: bool = False
) -> None:
    """Let ``write`` fill a temporary file, then give it the name ``target``.

    The file gets the permissions of the one that it replaces; with ``private`` only its owner can read it.

    Raises:
        FileExistsError: the file exists, and ``overwrite`` is off.
        OSError: it could not be written; an existing file is unchanged.
    """
    temporary = target.with_name(f".opttius-{os.urandom(8).hex()}.tmp")
    try:
        create_file(temporary, write, private=private)
        if private:
            restrict_to_owner(temporary)
        else:
            _copy_mode(target, temporary)
        _rename_file(temporary, target, overwrite=overwrite)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable on disk, as far as the system allows."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _copy_mode(target: Path, temporary: Path) -> None:
    """Give the new file the permissions of the file that it replaces."""
    with suppress(OSError):
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))


def _rename_file(temporary: Path, target: Path, *, overwrite: bool) -> None:
    """Rename the finished file. Without ``overwrite``, never replace a file, even one just created."""
    if overwrite:
        temporary.replace(target)
        return
    try:
        # Creating a link fails if the name exists; a rename would replace that file.
        target.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from error
        temporary.replace(target)
