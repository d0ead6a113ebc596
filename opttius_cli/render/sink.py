"""Write output files completely or not at all, and bytes to standard output.

A file is written under a temporary name in the same folder and then renamed; an existing file stays until the
new one is complete on disk.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from opttius_cli.errors import OutputError
from opttius_cli.file_permissions import restrict_to_owner
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_OWNER_ONLY = 0o600
_BY_UMASK = 0o666
_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}


def write_file(
    path: Path,
    force: bool,  # noqa: FBT001
    write: Callable[[BinaryIO], object],
    *,
    private: bool = False,
) -> None:
    """Let ``write`` fill ``path``; ``private`` makes it readable only by its owner.

    An existing file is replaced only with ``force``. A device or a pipe is written directly.

    Raises:
        OutputError: the file could not be written; an existing file is unchanged.
    """
    try:
        target = path.resolve()
        if target.exists() and not target.is_file() and not target.is_dir():
            _write_directly(target, write)
            return
        check_writable(path, force=force)
        _write_temp_file(target, write, force=force, private=private)
    except FileExistsError as error:
        raise _build_exists_error(path) from error
    except (OSError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not _is_symlink_loop(error):
            raise
        raise OutputError(_describe_error(path, error)) from error


def write_stdout(write: Callable[[BinaryIO], object]) -> None:
    """Let ``write`` fill standard output. If the reader closes it early (``| head``), stop without an error.

    Raises:
        OutputError: standard output could not be written.
    """
    out = sys.stdout.buffer
    try:
        sys.stdout.flush()
        write(out)
        out.flush()
    except BrokenPipeError:
        discard_stdout()
    except OSError as error:
        # Windows reports a closed pipe with these codes.
        if error.errno in {errno.EINVAL, errno.ESHUTDOWN}:
            discard_stdout()
            return
        discard_stdout()
        raise OutputError(_describe_error("-", error)) from error


def write_stdout_text(text: str) -> None:
    """Write ``text`` to standard output, as :func:`write_stdout` does."""
    write_stdout(lambda out: out.write(text.encode("utf-8", "replace")))


def discard_stdout() -> None:
    """Redirect standard output to nothing, so that flushing its buffer at exit cannot fail."""
    with suppress(OSError, ValueError):
        null_device = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null_device, sys.stdout.fileno())
        os.close(null_device)


def as_disk_full_error(error: OSError) -> OutputError | None:
    """Return the error for a full disk if that is the cause of ``error``."""
    return OutputError(_describe_error("-", error)) if error.errno in _NO_SPACE else None


def check_writable(path: Path, *, force: bool, option: str = "--output") -> None:
    """Check before a long report starts whether ``path`` can be written; ``option`` is its option.

    Raises:
        OutputError: it is a folder, its folder does not exist, or it exists and ``force`` is off.
    """
    target = path.resolve()
    if target.is_dir():
        raise OutputError(_("{path} is a folder. Type the name of a file: --output FILE.", path=path))
    if not target.parent.is_dir():
        raise OutputError(
            _(
                "The folder {folder} does not exist. Create it, or type another {option}.",
                folder=path.parent,
                option=option,
            )
        )
    if target.is_file() and not force:
        raise _build_exists_error(path, option)


def _build_exists_error(path: Path, option: str = "--output") -> OutputError:
    return OutputError(
        _("{path} already exists. Type --force to replace it, or another {option}.", path=path, option=option)
    )


def _write_temp_file(
    target: Path, write: Callable[[BinaryIO], object], *, force: bool, private: bool
) -> None:
    temporary = target.with_name(f".opttius-{os.urandom(8).hex()}.tmp")
    mode = _OWNER_ONLY if private else _BY_UMASK
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        with open(handle, "wb") as out:  # noqa: PTH123 - a handle, not a path
            write(out)
            out.flush()
            os.fsync(out.fileno())
        if private:
            restrict_to_owner(temporary)
        else:
            _copy_mode(target, temporary)
        _publish_file(temporary, target, force=force)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    sync_folder(target.parent)


def _copy_mode(target: Path, temporary: Path) -> None:
    """Give the new file the permissions of the file that it replaces."""
    with suppress(OSError):
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))


def _publish_file(temporary: Path, target: Path, *, force: bool) -> None:
    """Rename the finished file. Without ``force``, never replace a file, even one that was just created."""
    if force:
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


def sync_folder(folder: Path) -> None:
    """Make the names in ``folder`` durable on disk, as far as the system allows."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _write_directly(target: Path, write: Callable[[BinaryIO], object]) -> None:
    try:
        with target.open("wb") as out:
            write(out)
    except BrokenPipeError:
        return


def _is_symlink_loop(error: RuntimeError) -> bool:
    # Path.resolve raises this for links that form a loop.
    return "loop" in str(error).lower()


def _describe_error(path: Path | str, error: BaseException) -> str:
    """Return why ``path`` could not be written, and what to do about it."""
    error_number = getattr(error, "errno", None)
    if error_number in _NO_SPACE:
        return _(
            "{path} could not be written: the disk is full. Free some space, or type another --output.",
            path=path,
        )
    if error_number in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return _("{path} could not be written: no permission there. Type another --output.", path=path)
    if error_number == errno.ENAMETOOLONG:
        return _("The file name {path} is too long. Type a shorter --output.", path=path)
    why = getattr(error, "strerror", None) or str(error)
    return _("{path} could not be written: {why}. Type another --output.", path=path, why=why)
