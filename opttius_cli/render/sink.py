"""Write the output of a command, to a file or to standard output, and say why it could not be written."""

from __future__ import annotations

import errno
import os
import shlex
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, cast

from opttius_cli.errors import OutputError
from opttius_cli.files import atomic_file
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


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
    with _translate_errors(path):
        try:
            target = path.resolve()
            if target.exists() and not target.is_file() and not target.is_dir():
                _write_directly(target, write)
                return
            check_writable(path, force=force)
            atomic_file.write_atomically(target, write, overwrite=force, private=private)
        except FileExistsError as error:
            raise _build_exists_error(path) from error


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Raise an OutputError that says why ``path`` could not be written: links form a loop, or the system refuses."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not is_symlink_loop(error):
            raise
        raise OutputError(_describe_error(path, error)) from error


def find_pager(environment: Mapping[str, str]) -> list[str] | None:
    """Return the command of the reader's pager, ``less`` where none is set; None where there is no pager."""
    if (words := shlex.split(environment.get("PAGER") or "less")) and shutil.which(words[0]):
        return words
    return None


def _write_to_pager(pager: list[str], write: Callable[[BinaryIO], object]) -> None:
    """Let ``write`` fill the pager, which shows colours, and ends by itself when everything fits."""
    environment = {"LESS": "FRX", **os.environ}
    with subprocess.Popen(pager, stdin=subprocess.PIPE, env=environment) as process:  # noqa: S603 - the reader's own
        if process.stdin:
            # The reader may leave before the end.
            with suppress(BrokenPipeError), process.stdin:
                write(cast("BinaryIO", process.stdin))


def write_stdout(write: Callable[[BinaryIO], object], pager: list[str] | None = None) -> None:
    """Let ``write`` fill standard output. If the reader closes it early (``| head``), stop without an error.

    On a terminal it may go through a ``pager``.

    Raises:
        OutputError: standard output could not be written.
    """
    if pager:
        _write_to_pager(pager, write)
        return
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
    with _translate_errors(path):
        target = path.resolve()
        is_folder, is_file, has_folder = target.is_dir(), target.is_file(), target.parent.is_dir()
    if is_folder:
        raise OutputError(_("{path} is a folder. Type the name of a file: --output FILE.", path=path))
    if not has_folder:
        raise OutputError(
            _(
                "The folder {folder} does not exist. Create it, or type another {option}.",
                # What a link leads to may be elsewhere.
                folder=target.parent if path.is_symlink() else path.parent,
                option=option,
            )
        )
    if is_file and not force:
        raise _build_exists_error(path, option)


def _build_exists_error(path: Path, option: str = "--output") -> OutputError:
    return OutputError(
        _("{path} already exists. Type --force to replace it, or another {option}.", path=path, option=option)
    )


def _write_directly(target: Path, write: Callable[[BinaryIO], object]) -> None:
    try:
        with target.open("wb") as out:
            write(out)
    except BrokenPipeError:
        return


def is_symlink_loop(error: BaseException) -> bool:
    """Return whether links that form a loop are the cause; ``Path.resolve`` has its own error for that."""
    return getattr(error, "errno", None) == errno.ELOOP or (
        isinstance(error, RuntimeError) and "loop" in str(error).lower()
    )


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
    if is_symlink_loop(error):
        return _("{path} is a link that leads to itself. Type another --output.", path=path)
    why = getattr(error, "strerror", None) or str(error)
    return _("{path} could not be written: {why}. Type another --output.", path=path, why=why)
