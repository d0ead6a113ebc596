"""Files are whole or not there; what was there before stays until the new one is complete."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pytest

from opttius_cli.errors import OutputError
from opttius_cli.render.sink import write_file

if TYPE_CHECKING:
    from collections.abc import Callable

NEW = b"new\n"


def new(out: BinaryIO) -> None:
    """Write a small file."""
    out.write(NEW)


def failing(error: BaseException) -> Callable[[BinaryIO], None]:
    """Write half a file and fail."""

    def write(out: BinaryIO) -> None:
        out.write(b"half")
        out.flush()
        raise error

    return write


def names(folder: Path) -> list[str]:
    """What stands in a folder, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    write_file(folder / "a.csv", False, new)
    assert (names(folder), (folder / "a.csv").read_bytes()) == (["a.csv"], NEW)


def test_a_file_is_not_overwritten_without_force(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match=r"a\.csv already exists.*--force"):
        write_file(path, force=False, write=failing(AssertionError()))
    assert path.read_bytes() == b"old"
    write_file(path, force=True, write=new)
    assert path.read_bytes() == NEW


def test_a_file_that_appears_during_the_write_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "out" / "a.csv"
    path.parent.mkdir()

    def write(out: BinaryIO) -> None:
        path.write_bytes(b"of another run")
        out.write(NEW)

    with pytest.raises(OutputError, match="already exists"):
        write_file(path, force=False, write=write)
    assert (names(path.parent), path.read_bytes()) == (["a.csv"], b"of another run")


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "disk is full"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "no permission"),
        (errno.EIO, "could not be written: Input/output error"),
    ],
)
def test_a_failure_leaves_nothing_half_written(tmp_path: Path, number: int, sentence: str) -> None:
    path = tmp_path / "out" / "a.csv"
    path.parent.mkdir()
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match=sentence):
        write_file(path, force=True, write=failing(OSError(number, os.strerror(number))))
    assert (names(path.parent), path.read_bytes()) == (["a.csv"], b"old")


@pytest.mark.parametrize("error", [ValueError("mine"), KeyboardInterrupt()])
def test_other_errors_pass_and_leave_nothing(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "out" / "a.csv"
    path.parent.mkdir()
    with pytest.raises(type(error)):
        write_file(path, force=True, write=failing(error))
    assert names(path.parent) == []


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"The folder .*nowhere does not exist"):
        write_file(tmp_path / "nowhere" / "a.csv", force=False, write=new)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        write_file(tmp_path, force=True, write=new)


def test_a_name_that_is_too_long(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="too long"):
        write_file(tmp_path / ("a" * 300), force=False, write=new)


def test_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(path)
    with pytest.raises(OutputError):
        write_file(path, force=True, write=new)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o500)
    with pytest.raises(OutputError, match="no permission"):
        write_file(folder / "a.csv", force=False, write=new)


def mode(path: Path) -> int:
    """The permissions of a file."""
    return stat.S_IMODE(path.stat().st_mode)


def test_modes(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_file(tmp_path / "open", force=False, write=new)
        write_file(tmp_path / "private", force=False, write=new, private=True)
        (tmp_path / "kept").write_bytes(b"old")
        (tmp_path / "kept").chmod(0o640)
        write_file(tmp_path / "kept", force=True, write=new)
        write_file(tmp_path / "open", force=True, write=new, private=True)
    finally:
        os.umask(before)
    assert mode(tmp_path / "private") == mode(tmp_path / "open") == 0o600
    assert mode(tmp_path / "kept") == 0o640


def test_a_link_is_followed(tmp_path: Path) -> None:
    real = tmp_path / "real.csv"
    real.write_bytes(b"old")
    (tmp_path / "link.csv").symlink_to(real)
    write_file(tmp_path / "link.csv", force=True, write=new)
    assert (real.read_bytes(), (tmp_path / "link.csv").is_symlink()) == (NEW, True)


def test_a_device_is_written_as_it_is() -> None:
    write_file(Path("/dev/null"), force=False, write=new)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_device_is_reported() -> None:
    with pytest.raises(OutputError, match="disk is full"):
        write_file(Path("/dev/full"), force=False, write=new)


PRINTING = """
import sys
from opttius_cli import i18n
i18n.set_language("en")
from opttius_cli.errors import OutputError
from opttius_cli.render.sink import write_stdout
try:
    write_stdout(lambda out: [out.write(b"line\\n" * 1000) for _ in range(1000)])
except OutputError as error:
    print(error, file=sys.stderr)
    sys.exit(7)
"""


def test_a_reader_that_goes_away_ends_it_quietly() -> None:
    command = [sys.executable, "-c", PRINTING]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"line\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_stdout_is_reported() -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-c", PRINTING]
        ran = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert ran.returncode == 7
    assert b"disk is full" in ran.stderr
    assert b"Exception ignored" not in ran.stderr
