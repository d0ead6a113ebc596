"""The audit log: one line of JSON per run that reads data, with who, what, whose data, why and how it ended.

A line holds no row of the data and no search term. It is appended with one write, so that concurrent runs do
not mix. The file is never rewritten: a full one gets a number, and the oldest numbered one is deleted.
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
"""A file of this size is rotated by the next run."""
KEPT = 5
"""How many full files stay beside the current one."""
_PATIENCE = 5.0
"""Seconds to wait for another run that rotates the log."""


@dataclass(slots=True, kw_only=True)
class Record:
    """What the audit log will say of one run; each step fills in what it learns.

    A run without ``command`` leaves no line. ``admin`` is the email whose rights apply, partly masked until
    the data has confirmed it. ``exit_code`` is None until the run has ended.
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
        """Return the record as one line of JSON."""
        known = {item.name: getattr(self, item.name) for item in fields(self)}
        # Any text that a person typed may hold a password.
        safe = {key: masked(value) if isinstance(value, str) else value for key, value in known.items()}
        return json.dumps(safe, ensure_ascii=False)


def append(folder: Path, record: Record) -> Path:
    """Append ``record`` to the log in ``folder``, readable by its owner only; returns the file.

    Raises:
        OSError: the line could not be written completely.
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
        # A line that a full disk cut short must not damage this one. Another run that is writing now may look
        # like that; then an empty line follows, which does no harm.
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
    """Give the full file the number 1 and shift the older ones; only one of concurrent runs does it."""
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
    """Return the runs that began at ``since`` or later, oldest first, and how many lines could not be read.

    A run that showed personal data has two lines, one before and one at its end; the later one is returned.

    Raises:
        OSError: an existing file cannot be read.
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
