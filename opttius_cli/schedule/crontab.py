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

LONGEST = 998
"""The longest line that cron reads, in characters."""


def block(call: Call) -> str:
    """Build our lines for ``call``: a mark, the line, a mark.

    Raises:
        ConfigError: the line would be too long for cron.
    """
    around = " ".join(f"{name}={shlex.quote(value)}" for name, value in call.environment.items())
    command = f"cd {shlex.quote(str(call.folder))} && {around} {shlex.join(call.command)} >/dev/null"
    # In a crontab, a percent sign ends the command.
    line = f"*/{call.minutes} * * * * " + command.replace("%", "\\%")
    if len(line) > LONGEST:
        raise ConfigError(_("The line for cron would be too long. Use folders with shorter names."))
    begin, end = _marks(call.folder)
    return f"{begin}\n{line}\n{end}\n"


def without(crontab: str, folder: Path) -> str:
    """Remove our lines for ``folder`` from the text ``crontab``.

    Raises:
        ConfigError: one of our marks is there without the other.
    """
    begin, end = _marks(folder)
    kept: list[str] = []
    inside = False
    for line in crontab.splitlines(keepends=True):
        mark = line.rstrip("\n")
        if mark == (begin if inside else end):
            raise _unpaired(mark)
        if mark in {begin, end}:
            inside = mark == begin
        elif not inside:
            kept.append(line)
    if inside:
        raise _unpaired(begin)
    return "".join(kept)


def with_call(crontab: str, call: Call) -> str:
    """Insert our lines for ``call`` into the text ``crontab``: in place of the old ones, or at the end."""
    begin, _end = _marks(call.folder)
    rest = without(crontab, call.folder)
    if begin not in crontab.splitlines():
        return rest + ("\n" if rest and not rest.endswith("\n") else "") + block(call)
    before = crontab[: crontab.index(f"{begin}\n")]
    return before + block(call) + rest[len(before) :]


def _marks(folder: Path) -> tuple[str, str]:
    return f"# opttius schedule of {folder}: begin", f"# opttius schedule of {folder}: end"


def _unpaired(mark: str) -> ConfigError:
    return ConfigError(
        _("The crontab has the line “{mark}” without its counterpart. Fix it with crontab -e.", mark=mark)
    )


def read() -> str:
    """Read the user's crontab; empty when there is none. Raises OutputError where there is no cron."""
    done = _crontab("-l")
    if done.returncode and "no crontab" not in done.stderr.lower():
        raise OutputError(_("The crontab cannot be read: {why}", why=done.stderr.strip()))
    return "" if done.returncode else done.stdout


def write(crontab: str) -> None:
    """Replace the user's crontab. Raises OutputError when cron rejects it."""
    done = _crontab("-", crontab)
    if done.returncode:
        raise OutputError(_("The crontab cannot be written: {why}", why=done.stderr.strip()))


def _crontab(argument: str, given: str = "") -> subprocess.CompletedProcess[str]:
    program = shutil.which("crontab")
    if program is None:
        raise OutputError(
            _(
                "There is no cron on this machine. Add --systemd, or let a scheduler call opttius report run --due."
            )
        )
    return subprocess.run(  # noqa: S603 - the machine's own program, with a fixed argument
        [program, argument], input=given, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
