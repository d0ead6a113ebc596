"""The task of the Windows Task Scheduler that runs due jobs: an XML file, and the line of schtasks that takes it.

Elements, their order and their types are those of Microsoft's Task Scheduler schema, version 1.2. The task runs as
the user who installs it, while that user is logged on, so that no password is stored.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from opttius_cli.errors import OutputError, UsageError
from opttius_cli.files.atomic_file import write_atomically
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.schedule.call import Call

NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_START = "2026-01-01T00:00:00"
"""From when the minutes are counted: any full hour in the past."""
_FORBIDDEN = '"%'
"""What cmd.exe would read as something else than a part of a name, however it is quoted."""


_TASK = """\
<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="{namespace}">
  <RegistrationInfo>
    <Author>opttius</Author>
    <Description>{description}</Description>
  </RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Enabled>true</Enabled>
      <StartBoundary>{start}</StartBoundary>
      <Repetition>
        <Interval>PT{minutes}M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>
    </TimeTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <Enabled>true</Enabled>
    <ExecutionTimeLimit>PT4H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{command}</Command>
      <Arguments>{arguments}</Arguments>
      <WorkingDirectory>{folder}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def build_task(call: Call) -> str:
    """Build the XML of the task.

    Raises:
        UsageError: a path has a character that cmd.exe does not take as one.
    """
    command, arguments = _build_command(call)
    return _TASK.format(
        namespace=NAMESPACE,
        start=_START,
        minutes=call.minutes,
        description=escape(f"opttius jobs of {call.folder}"),
        command=escape(command),
        arguments=escape(arguments),
        folder=escape(str(call.folder)),
    )


def build_task_name(call: Call) -> str:
    """Return the name of the task, which distinguishes folders."""
    return f"opttius-{call.key}"


def build_install_line(call: Call, file: Path) -> str:
    """Return the line that registers the task of ``file``; it replaces an earlier one."""
    return subprocess.list2cmdline(
        ["schtasks", "/Create", "/TN", build_task_name(call), "/XML", str(file), "/F"]
    )


def build_remove_line(call: Call) -> str:
    """Return the line that removes the task."""
    return subprocess.list2cmdline(["schtasks", "/Delete", "/TN", build_task_name(call), "/F"])


def get_task_file(call: Call, folder: Path) -> Path:
    """Return the file of the task in the folder of the program's own state."""
    return folder / f"{build_task_name(call)}.xml"


def install_task(call: Call, folder: Path) -> tuple[Path, bool]:
    """Write the task's file; returns it, and whether Windows has registered the task.

    Raises:
        OutputError: the file cannot be written.
    """
    file, text = get_task_file(call, folder), build_task(call)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # The encoding that schtasks reads: UTF-16 with a mark of its byte order.
        write_atomically(file, lambda out: out.write(text.encode("utf-16")), overwrite=True)
    except OSError as error:
        raise OutputError(_("{path} cannot be written: {why}.", path=file, why=error.strerror)) from error
    return file, _run_schtasks("/Create", "/TN", build_task_name(call), "/XML", str(file), "/F")


def remove_task(call: Call, folder: Path) -> tuple[list[Path], bool]:
    """Remove the task's file; returns what was removed, and whether Windows has removed the task."""
    file = get_task_file(call, folder)
    if not file.is_file():
        return [], False
    has_removed = _run_schtasks("/Delete", "/TN", build_task_name(call), "/F")
    file.unlink()
    return [file], has_removed


def _build_command(call: Call) -> tuple[str, str]:
    """Return the program and its arguments; variables are set by cmd.exe, since a task has none of its own."""
    variables = {name: value for name, value in call.environment.items() if name != "PATH"}
    if not variables:
        return call.command[0], subprocess.list2cmdline(call.command[1:])
    for text in (*variables.values(), *call.command):
        if any(char in text for char in _FORBIDDEN):
            raise UsageError(
                _("{path} has a character that timers do not accept. Rename it.", path=repr(text))
            )
    settings = [f'set "{name}={value}"' for name, value in variables.items()]
    words = [f'"{word}"' if index == 0 or " " in word else word for index, word in enumerate(call.command)]
    return "cmd.exe", f'/d /c "{" && ".join([*settings, " ".join(words)])}"'


def _run_schtasks(*arguments: str) -> bool:
    """Run schtasks where there is one; returns whether it succeeded."""
    program = shutil.which("schtasks")
    if program is None:
        return False
    result = subprocess.run(  # noqa: S603 - the machine's own program
        [program, *arguments], capture_output=True, timeout=60, check=False
    )
    return result.returncode == 0
