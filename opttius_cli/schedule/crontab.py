"""The crontab line that runs due jobs, between two marks of ours; every other line stays as it is.

One line serves all jobs and time zones: every few minutes it runs what is due in the zone of each job. So the
zone of cron, and how it handles days of 23 and 25 hours, do not matter.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING

from opttius_cli.errors import ConfigError, OutputError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.schedule.call import Call

MAX_LINE_LENGTH = 998
"""The longest line that cron reads, in characters."""


def build_block(call: Call) -> str:
    """Build our lines for ``call``: a mark, the line, a mark.

    Raises:
        ConfigError: the line would be too long for cron.
    """
    environment = " ".join(f"{name}={shlex.quote(value)}" for name, value in call.environment.items())
    command = f"cd {shlex.quote(str(call.folder))} && {environment} {shlex.join(call.command)} >/dev/null"
    # In a crontab, a percent sign ends the command.
    line = f"*/{call.minutes} * * * * " + command.replace("%", "\\%")
    if len(line) > MAX_LINE_LENGTH:
        raise ConfigError(_("The line for cron would be too long. Use folders with shorter names."))
    begin, end = _format_marks(call.folder)
    return f"{begin}\n{line}\n{end}\n"


def remove_block(crontab: str, folder: Path) -> str:
    """Remove our lines for ``folder`` from the text ``crontab``.

    Raises:
        ConfigError: one of our marks is there without the other.
    """
    begin, end = _format_marks(folder)
    lines: list[str] = []
    inside = False
    for line in crontab.splitlines(keepends=True):
        mark = line.rstrip("\n")
        if mark == (begin if inside else end):
            raise _unpaired_mark_error(mark)
        if mark in {begin, end}:
            inside = mark == begin
        elif not inside:
            lines.append(line)
    if inside:
        raise _unpaired_mark_error(begin)
    return "".join(lines)


def insert_block(crontab: str, call: Call) -> str:
    """Insert our lines for ``call`` into the text ``crontab``: in place of the old ones, or at the end."""
    begin, _end = _format_marks(call.folder)
    rest = remove_block(crontab, call.folder)
    if begin not in crontab.splitlines():
        return rest + ("\n" if rest and not rest.endswith("\n") else "") + build_block(call)
    before = crontab[: crontab.index(f"{begin}\n")]
    return before + build_block(call) + rest[len(before) :]


def _format_marks(folder: Path) -> tuple[str, str]:
    return f"# opttius schedule of {folder}: begin", f"# opttius schedule of {folder}: end"


def _unpaired_mark_error(mark: str) -> ConfigError:
    return ConfigError(
        _("The crontab has the line “{mark}” without its counterpart. Fix it with crontab -e.", mark=mark)
    )


def read_crontab() -> str:
    """Read the user's crontab; empty when there is none. Raises OutputError where there is no cron."""
    result = _run_crontab("-l")
    if result.returncode and "no crontab" not in result.stderr.lower():
        raise OutputError(_("The crontab cannot be read: {why}", why=result.stderr.strip()))
    return "" if result.returncode else result.stdout


def write_crontab(crontab: str) -> None:
    """Replace the user's crontab. Raises OutputError when cron rejects it."""
    result = _run_crontab("-", crontab)
    if result.returncode:
        raise OutputError(_("The crontab cannot be written: {why}", why=result.stderr.strip()))


def _run_crontab(argument: str, input_text: str = "") -> subprocess.CompletedProcess[str]:
    program = shutil.which("crontab")
    if program is None:
        raise OutputError(
            _(
                "There is no cron on this machine. Add --systemd, or let a scheduler call opttius job run --due."
            )
        )
    return subprocess.run(  # noqa: S603 - the machine's own program, with a fixed argument
        [program, argument], input=input_text, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
