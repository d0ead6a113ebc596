"""The systemd units that run due jobs: a service and the timer that starts it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.errors import OutputError
from opttius_cli.files.atomic_file import write_atomically
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.schedule.call import Call

_MARK = "# Written by opttius schedule install; opttius schedule remove --systemd takes it away.\n"
_EXIT_BUSY = 75


def build_units(call: Call) -> dict[str, str]:
    """Build the text of each unit by its file name."""
    name = f"opttius-{call.key}"
    environment = "".join(
        f"Environment={_quote_word(f'{key}={value}')}\n" for key, value in call.environment.items()
    )
    service = (
        f"{_MARK}[Unit]\n"
        f"Description=opttius jobs of {_escape_percent(str(call.folder))}\n\n"
        f"[Service]\nType=oneshot\nWorkingDirectory={_escape_percent(str(call.folder))}\n{environment}"
        f"ExecStart={' '.join(_quote_word(word).replace('$', '$$') for word in call.command)}\n"
        f"SuccessExitStatus={_EXIT_BUSY}\n"
    )
    timer = (
        f"{_MARK}[Unit]\n"
        f"Description=When to look for due opttius jobs of {_escape_percent(str(call.folder))}\n\n"
        f"[Timer]\nOnCalendar=*:0/{call.minutes}\nPersistent=true\n\n"
        f"[Install]\nWantedBy=timers.target\n"
    )
    return {f"{name}.service": service, f"{name}.timer": timer}


def get_unit_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder of the user's own units."""
    base = environment.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "systemd" / "user"


def install_units(call: Call, unit_folder: Path) -> tuple[list[Path], bool]:
    """Write the units into ``unit_folder``; returns their files, and whether systemd has enabled the timer.

    Raises:
        OutputError: a unit of that name is not ours, or it cannot be written.
    """
    written = []
    for name, text in build_units(call).items():
        file = unit_folder / name
        _reject_foreign_unit(file)
        try:
            unit_folder.mkdir(parents=True, exist_ok=True)
            _write_unit(file, text)
        except OSError as error:
            raise OutputError(_("{path} cannot be written: {why}.", path=file, why=error.strerror)) from error
        written.append(file)
    return written, _run_systemctl("daemon-reload") and _run_systemctl(
        "enable", "--now", f"opttius-{call.key}.timer"
    )


def remove_units(call: Call, unit_folder: Path) -> list[Path]:
    """Remove our units for ``call`` from ``unit_folder``; returns the files that were removed."""
    files = [unit_folder / name for name in build_units(call) if (unit_folder / name).is_file()]
    for file in files:
        _reject_foreign_unit(file)
    if files:
        _run_systemctl("disable", "--now", f"opttius-{call.key}.timer")
        for file in files:
            file.unlink()
        _run_systemctl("daemon-reload")
    return files


def _write_unit(file: Path, text: str) -> None:
    write_atomically(file.resolve(), lambda out: out.write(text.encode()), overwrite=True)


def _reject_foreign_unit(file: Path) -> None:
    if file.is_file() and not file.read_text(encoding="utf-8", errors="replace").startswith(_MARK):
        raise OutputError(_("{path} was not written by opttius. Move it away first.", path=file))


def _run_systemctl(*arguments: str) -> bool:
    """Run systemctl for the user's own units; returns whether it succeeded."""
    program = shutil.which("systemctl")
    if program is None:
        return False
    result = subprocess.run(  # noqa: S603 - the machine's own program
        [program, "--user", *arguments], capture_output=True, timeout=60, check=False
    )
    return result.returncode == 0


def _escape_percent(text: str) -> str:
    """Escape percent signs, which systemd would replace by its own values."""
    return text.replace("%", "%%")


def _quote_word(text: str) -> str:
    """Quote ``text`` as one word of a unit."""
    return '"' + _escape_percent(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
