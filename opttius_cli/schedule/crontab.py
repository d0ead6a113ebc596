"""The crontab line that runs due jobs, between two marks of ours; every other line stays as it is, byte for byte.

One line serves all jobs and time zones: every few minutes it runs what is due in the zone of each job. So the
zone of cron, and how it handles days of 23 and 25 hours, do not matter.

A crontab is bytes: it may be in any encoding. Ours are only the marks, as whole lines, and between them the lines
that some version of this program wrote.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, Literal

from opttius_cli.errors import ConfigError, OutputError
from opttius_cli.files.atomic_file import write_atomically
from opttius_cli.files.permissions import make_private_folder
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opttius_cli.schedule.call import Call

MAX_LINE_LENGTH = 998
"""The longest line that cron reads, in bytes."""
_TIMEOUT = 60
"""Seconds after which the crontab program is given up."""

LineKind = Literal["begin", "end", "call", "inside", "outside"]
"""What a line is: one of our marks, our line between them, somebody's line between them, any other line."""


def build_block(call: Call) -> str:
    """Build our lines for ``call``: a mark, the line, a mark.

    Raises:
        ConfigError: the line would be too long for cron.
    """
    environment = " ".join(f"{name}={shlex.quote(value)}" for name, value in call.environment.items())
    command = f"cd {shlex.quote(str(call.folder))} && {environment} {shlex.join(call.command)} >/dev/null"
    line = f"*/{call.minutes} * * * * {_escape_percent(command)}"
    if len(line.encode()) > MAX_LINE_LENGTH:
        raise ConfigError(_("The line for cron would be too long. Use folders with shorter names."))
    begin, end = _format_marks(call.folder)
    return f"{begin}\n{line}\n{end}\n"


def _escape_percent(command: str) -> str:
    """Escape percent signs: in a crontab they would end the command."""
    return command.replace("%", "\\%")


def remove_block(crontab: bytes, folder: Path) -> bytes:
    """Remove our lines for ``folder`` from ``crontab``.

    Raises:
        ConfigError: one of our marks is there without the other.
    """
    return b"".join(
        line for kind, line in _classify_lines(crontab, folder) if kind not in {"begin", "end", "call"}
    )


def insert_block(crontab: bytes, call: Call) -> bytes:
    """Insert our lines for ``call`` into ``crontab``: in place of the first old ones, or at the end.

    Raises:
        ConfigError: one of our marks is there without the other.
    """
    block, lines, is_placed = build_block(call).encode(), list[bytes](), False
    for kind, line in _classify_lines(crontab, call.folder):
        if kind == "begin" and not is_placed:
            lines.append(block)
            is_placed = True
        elif kind in {"inside", "outside"}:
            lines.append(line)
    if not is_placed:
        if lines and not lines[-1].endswith(b"\n"):
            lines.append(b"\n")
        lines.append(block)
    return b"".join(lines)


def count_foreign_lines(crontab: bytes, folder: Path) -> int:
    """Count the lines between our marks that are not ours: they stay where they are."""
    return sum(kind == "inside" for kind, _line in _classify_lines(crontab, folder))


def _classify_lines(crontab: bytes, folder: Path) -> Iterator[tuple[LineKind, bytes]]:
    """Yield every line of ``crontab``, with its end, and what it is.

    Raises:
        ConfigError: one of our marks is there without the other.
    """
    begin, end = (mark.encode() for mark in _format_marks(folder))
    ours = _build_line_pattern(folder)
    is_inside = False
    for line in re.findall(rb"[^\n]*\n|[^\n]+", crontab):
        text = line.removesuffix(b"\n").removesuffix(b"\r")
        if text == (begin if is_inside else end):
            raise _unpaired_mark_error(text.decode())
        if text in {begin, end}:
            is_inside = text == begin
            yield "begin" if is_inside else "end", line
        elif is_inside:
            yield "call" if ours.fullmatch(text) else "inside", line
        else:
            yield "outside", line
    if is_inside:
        raise _unpaired_mark_error(begin.decode())


def _build_line_pattern(folder: Path) -> re.Pattern[bytes]:
    """Build the pattern of the line for ``folder`` as any version of this program wrote it."""
    change_folder = re.escape(_escape_percent(f"cd {shlex.quote(str(folder))} && ").encode())
    return re.compile(rb"\*/[0-9]+ \* \* \* \* " + change_folder + rb".* (?:job|report) run --due >/dev/null")


def _format_marks(folder: Path) -> tuple[str, str]:
    return f"# opttius schedule of {folder}: begin", f"# opttius schedule of {folder}: end"


def _unpaired_mark_error(mark: str) -> ConfigError:
    return ConfigError(
        _("The crontab has the line “{mark}” without its counterpart. Fix it with crontab -e.", mark=mark)
    )


def read_crontab() -> bytes:
    """Read the user's crontab; empty when there is none. Raises OutputError where there is no cron."""
    result = _run_crontab("-l")
    if result.returncode and b"no crontab" not in result.stderr.lower():
        raise OutputError(_("The crontab cannot be read: {why}", why=_decode_message(result)))
    return b"" if result.returncode else result.stdout


def write_crontab(crontab: bytes) -> None:
    """Replace the user's crontab. Raises OutputError when cron rejects it."""
    result = _run_crontab("-", crontab)
    if result.returncode:
        raise OutputError(_("The crontab cannot be written: {why}", why=_decode_message(result)))


def save_copy(crontab: bytes, state_folder: Path) -> Path:
    """Keep a copy of a crontab in the state folder; returns its file. Raises OutputError."""
    file = state_folder / f"crontab-{hashlib.sha256(crontab).hexdigest()[:12]}.txt"
    try:
        make_private_folder(state_folder)
        write_atomically(file, lambda out: out.write(crontab), overwrite=True, private=True)
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}.", path=file, why=error.strerror or error)
        ) from error
    return file


def _decode_message(result: subprocess.CompletedProcess[bytes]) -> str:
    return result.stderr.decode("utf-8", "replace").strip()


def _run_crontab(argument: str, crontab: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    program = shutil.which("crontab")
    if program is None:
        raise OutputError(
            _(
                "There is no cron on this machine. Add --systemd, or let a scheduler call opttius job run --due."
            )
        )
    try:
        return subprocess.run(  # noqa: S603 - the machine's own program, with a fixed argument
            [program, argument], input=crontab, capture_output=True, timeout=_TIMEOUT, check=False,
            env=os.environ | {"LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise OutputError(
            _("The program {program} cannot be run: {why}.", program=program, why=error)
        ) from error
