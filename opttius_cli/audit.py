"""The audit log: a line of JSON for every run that reads data: who asked what, of whose data, why, and how it ended.

A line holds no row and nothing that was searched for. It is appended in one piece, so that runs at the same time do
not mix, and the file is never rewritten: when it is full it gets a number, and the oldest of those goes.
"""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from opttius_cli import private
from opttius_cli.addresses import masked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "audit.log"
FULL = 10 * 1024 * 1024
"""Bytes from which on the next run begins a new file."""
KEPT = 5
"""Full files that are kept beside the one that is written."""
_PATIENCE = 5.0
"""Seconds to wait for another run that puts the full file aside."""


@dataclass(slots=True, kw_only=True)
class Record:
    """What is known of one run so far; whoever learns something of it writes it here.

    A run without ``command`` leaves no line. ``admin`` is the email whose rights apply, shown in part until the data
    has confirmed it. ``exit_code`` is None until the run has ended.
    """

    run: str = field(default_factory=lambda: uuid4().hex[:12])
    time: str | None = None
    command: str | None = None
    user: str | None = None
    admin: str | None = None
    organization: str | None = None
    branches: list[str] | None = None
    whole: bool | None = None
    as_of: str | None = None
    period: str | None = None
    report: str | None = None
    rows: int | None = None
    masking: str | None = None
    reason: str | None = None
    output: str | None = None
    source: str | None = None
    seconds: float | None = None
    exit_code: int | None = None

    def line(self) -> str:
        """The record as one line of JSON."""
        known = {item.name: getattr(self, item.name) for item in fields(self)}
        # A password may stand in any text that a person typed.
        safe = {key: masked(value) if isinstance(value, str) else value for key, value in known.items()}
        return json.dumps(safe, ensure_ascii=False)


def append(folder: Path, record: Record) -> Path:
    """Append ``record`` to the log in ``folder``, which only its owner can read; returns the file.

    Raises:
        OSError: the line could not be written whole.
    """
    file = folder / NAME
    private.make_folder(folder)
    with suppress(FileNotFoundError):
        if file.stat().st_size >= FULL:
            _put_aside(file)
    _write(file, record.line())
    return file


def _write(file: Path, line: str) -> None:
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    try:
        private.keep_file(file)
        # A line that a full disk cut short must not spoil this one. While another run writes, this may be taken for
        # such a line: an empty line follows, which nobody minds.
        start = "" if _ends_a_line(handle) else "\n"
        piece = f"{start}{line}\n".encode("utf-8", "replace")
        if os.write(handle, piece) != len(piece):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)


def _ends_a_line(handle: int) -> bool:
    size = os.lseek(handle, 0, os.SEEK_END)
    if size == 0:
        return True
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


def _put_aside(file: Path) -> None:
    """Give the full file a number, 1 being the latest. Of runs that find it full at once, one does it."""
    from filelock import FileLock, Timeout

    with suppress(Timeout), FileLock(file.with_name(file.name + ".lock"), timeout=_PATIENCE, mode=0o600):
        if file.stat().st_size < FULL:
            return
        for number in range(KEPT, 1, -1):
            with suppress(FileNotFoundError):
                _numbered(file, number - 1).replace(_numbered(file, number))
        file.replace(_numbered(file, 1))


def _numbered(file: Path, number: int) -> Path:
    return file.with_name(f"{file.name}.{number}")


def read(folder: Path, since: datetime) -> tuple[list[dict[str, Any]], int]:
    """The runs that began at ``since`` or later, oldest first, and how many lines could not be read.

    Of a run that has two lines, one before it showed personal data and one at its end, the later stands.

    Raises:
        OSError: a file is there and cannot be read.
    """
    runs: dict[str, dict[str, Any]] = {}
    spoiled = 0
    for line in _lines(folder / NAME):
        try:
            told = json.loads(line)
            began = datetime.fromisoformat(told["time"])
            runs.pop(told["run"], None)
            if began >= since:
                runs[told["run"]] = told
        except (ValueError, KeyError, TypeError):
            spoiled += 1
    return list(runs.values()), spoiled


def _lines(file: Path) -> Iterator[str]:
    for path in (*(_numbered(file, number) for number in range(KEPT, 0, -1)), file):
        with suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace") as lines:
            yield from (line for line in lines if line.strip())
