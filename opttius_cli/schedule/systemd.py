"""The systemd units that run due jobs: a service and the timer that starts it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.errors import OutputError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.schedule.call import Call

_MARK = "# Written by opttius schedule install; opttius schedule remove --systemd takes it away.\n"
_BUSY = 75


def units(call: Call) -> dict[str, str]:
    """Build the text of each unit by its file name."""
    name = f"opttius-{call.key}"
    environment = "".join(
        f"Environment={_quoted(f'{key}={value}')}\n" for key, value in call.environment.items()
    )
    service = (
        f"{_MARK}[Unit]\n"
        f"Description=opttius reports of {_plain(str(call.folder))}\n\n"
        f"[Service]\nType=oneshot\nWorkingDirectory={_plain(str(call.folder))}\n{environment}"
        f"ExecStart={' '.join(_quoted(word).replace('$', '$$') for word in call.command)}\n"
        f"SuccessExitStatus={_BUSY}\n"
    )
    timer = (
        f"{_MARK}[Unit]\n"
        f"Description=When to look for due opttius reports of {_plain(str(call.folder))}\n\n"
        f"[Timer]\nOnCalendar=*:0/{call.minutes}\nPersistent=true\n\n"
        f"[Install]\nWantedBy=timers.target\n"
    )
    return {f"{name}.service": service, f"{name}.timer": timer}


def folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of the user's own units."""
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "systemd" / "user"


def install(call: Call, place: Path) -> tuple[list[Path], bool]:
    """Write the units into ``unit_folder``; returns their files, and whether systemd has enabled the timer.

    Raises:
        OutputError: a unit of that name is not ours, or it cannot be written.
    """
    written = []
    for name, text in units(call).items():
        file = place / name
        _refuse_others(file)
        try:
            place.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise OutputError(_("{path} cannot be written: {why}.", path=file, why=error.strerror)) from error
        written.append(file)
    return written, _systemctl("daemon-reload") and _systemctl("enable", "--now", f"opttius-{call.key}.timer")


def remove(call: Call, place: Path) -> list[Path]:
    """Remove our units for ``call`` from ``unit_folder``; returns the files that were removed."""
    files = [place / name for name in units(call) if (place / name).is_file()]
    for file in files:
        _refuse_others(file)
    if files:
        _systemctl("disable", "--now", f"opttius-{call.key}.timer")
        for file in files:
            file.unlink()
        _systemctl("daemon-reload")
    return files


def _refuse_others(file: Path) -> None:
    if file.is_file() and not file.read_text(encoding="utf-8", errors="replace").startswith(_MARK):
        raise OutputError(_("{path} was not written by opttius. Move it away first.", path=file))


def _systemctl(*arguments: str) -> bool:
    """Run systemctl for the user's own units; returns whether it succeeded."""
    program = shutil.which("systemctl")
    if program is None:
        return False
    done = subprocess.run(  # noqa: S603 - the machine's own program
        [program, "--user", *arguments], capture_output=True, timeout=60, check=False
    )
    return done.returncode == 0


def _plain(text: str) -> str:
    """Escape percent signs, which systemd would replace by its own values."""
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    """Quote ``text`` as one word of a unit."""
    return '"' + _plain(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
