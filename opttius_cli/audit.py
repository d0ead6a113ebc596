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
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from opttius_cli.files import permissions
from opttius_cli.files.lock import LockHeldError, hold_lock
from opttius_cli.files.stored_values import (
    parse_instant,
    parse_json,
    parse_number,
    parse_optional,
    require,
    require_file,
    require_integer,
    require_list,
    require_mapping,
    require_text,
)
from opttius_cli.redaction import redact_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

FILE_NAME = "audit.log"
MAX_BYTES = 10 * 1024 * 1024
"""A file of this size is rotated by the next run."""
ROTATED_FILES = 5
"""How many full files stay beside the current one."""
_LOCK_TIMEOUT = 5.0
"""Seconds to wait for another run that rotates the log."""


@dataclass(slots=True, kw_only=True)
class AuditRecord:
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

    def to_json_line(self) -> str:
        """Return the record as one line of JSON."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        # Any text that a person typed may hold a password.
        safe = {
            key: redact_secrets(value) if isinstance(value, str) else value for key, value in values.items()
        }
        return json.dumps(safe, ensure_ascii=False)


def append_record(folder: Path, record: AuditRecord) -> Path:
    """Append ``record`` to the log in ``folder``, readable by its owner only; returns the file.

    Raises:
        OSError: the line could not be written completely.
    """
    file = folder / FILE_NAME
    permissions.make_private_folder(folder)
    with suppress(FileNotFoundError):
        if file.stat().st_size >= MAX_BYTES:
            _rotate_log(file)
    _append_line(file, record.to_json_line())
    return file


def _append_line(file: Path, line: str) -> None:
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    try:
        permissions.restrict_to_owner(file)
        # A line that a full disk cut short must not damage this one. Another run that is writing now may look
        # like that; then an empty line follows, which does no harm.
        start = "" if _ends_with_newline(handle) else "\n"
        encoded = f"{start}{line}\n".encode("utf-8", "replace")
        if os.write(handle, encoded) != len(encoded):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        os.close(handle)


def _ends_with_newline(handle: int) -> bool:
    size = os.lseek(handle, 0, os.SEEK_END)
    if size == 0:
        return True
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1) == b"\n"


def _rotate_log(file: Path) -> None:
    """Give the full file the number 1 and shift the older ones; only one of concurrent runs does it."""
    lock_file = file.with_name(file.name + ".lock")
    with suppress(LockHeldError), hold_lock(lock_file, timeout=_LOCK_TIMEOUT):
        if file.stat().st_size < MAX_BYTES:
            return
        for number in range(ROTATED_FILES, 1, -1):
            with suppress(FileNotFoundError):
                _build_rotated_path(file, number - 1).replace(_build_rotated_path(file, number))
        file.replace(_build_rotated_path(file, 1))


def _build_rotated_path(file: Path, number: int) -> Path:
    return file.with_name(f"{file.name}.{number}")


def read_runs(folder: Path, since: datetime) -> tuple[list[dict[str, Any]], int]:
    """Return the runs that began at ``since`` or later, oldest first, and how many lines could not be read.

    A run that showed personal data has two lines, one before and one at its end; the later one is returned.

    Raises:
        OSError: an existing file cannot be read.
    """
    runs: dict[str, dict[str, Any]] = {}
    unreadable = 0
    for line in _iter_lines(folder / FILE_NAME):
        try:
            entry = _parse_line(line)
            runs.pop(entry["run"], None)
            if parse_instant(entry["time"]) >= since:
                runs[entry["run"]] = entry
        except (ValueError, KeyError):
            unreadable += 1
    return list(runs.values()), unreadable


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "branches": lambda value: list(require_list(value, require_text)),
    "whole": lambda value: require(value, isinstance(value, bool)),
    "rows": require_integer,
    "exit_code": require_integer,
    "seconds": lambda value: float(parse_number(value)),
}
"""How the values are read that are no texts."""


def _parse_line(line: str) -> dict[str, Any]:
    """Return the values of a line; those of a newer version are left out. Raises ValueError for a foreign line."""
    values = require_mapping(parse_json(line), lambda value: value)
    require_text(values.get("run"))
    return {
        item.name: parse_optional(values.get(item.name), _PARSERS.get(item.name, require_text))
        for item in fields(AuditRecord)
    }


def _iter_lines(file: Path) -> Iterator[str]:
    for path in (*(_build_rotated_path(file, number) for number in range(ROTATED_FILES, 0, -1)), file):
        if require_file(path):
            with path.open(encoding="utf-8", errors="replace") as lines:
                yield from (line for line in lines if line.strip())
