"""The task of Windows: every element, its order and its type are as Microsoft documents them; schtasks is told once."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from opttius_cli.errors import UsageError
from opttius_cli.schedule import windows
from opttius_cli.schedule.call import Call

if TYPE_CHECKING:
    from jobs.project import Project

BOOLEAN = "true|false"
DURATION = r"P(?!$)(\d+Y)?(\d+M)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+S)?)?"
TEXT = r"(?s).+"
SCHEMA: dict[str, tuple[bool, dict[str, str | None]]] = {
    # Element: whether its children have a fixed order (xs:sequence), and their types (None: children of their own).
    "Task": (False, dict.fromkeys(("RegistrationInfo", "Triggers", "Principals", "Settings", "Data", "Actions"))),
    "RegistrationInfo": (False, dict.fromkeys(("Author", "Date", "Description", "URI", "Version"), TEXT)),
    "Triggers": (False, {"TimeTrigger": None}),
    "TimeTrigger": (
        True,
        {"Enabled": BOOLEAN, "StartBoundary": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", "EndBoundary": TEXT,
         "Repetition": None, "ExecutionTimeLimit": DURATION, "RandomDelay": DURATION},
    ),
    "Repetition": (True, {"Interval": DURATION, "Duration": DURATION, "StopAtDurationEnd": BOOLEAN}),
    "Principals": (False, {"Principal": None}),
    "Principal": (
        False,
        {"UserId": TEXT, "LogonType": "S4U|Password|InteractiveToken|InteractiveTokenOrPassword|Group",
         "RunLevel": "LeastPrivilege|HighestAvailable"},
    ),
    "Settings": (
        False,
        {"MultipleInstancesPolicy": "Parallel|Queue|IgnoreNew|StopExisting", "DisallowStartIfOnBatteries": BOOLEAN,
         "StopIfGoingOnBatteries": BOOLEAN, "StartWhenAvailable": BOOLEAN, "Enabled": BOOLEAN,
         "ExecutionTimeLimit": DURATION, "Hidden": BOOLEAN},
    ),
    "Actions": (True, {"Exec": None}),
    "Exec": (False, {"Command": TEXT, "Arguments": TEXT, "WorkingDirectory": TEXT}),
}  # fmt: skip
CALL = Call(
    (r"C:\Ópticas & más\Scripts\opttius.exe", "job", "run", "--due"),
    Path("/srv/óptica <sur> & cía"),
    {"PATH": "x"},
    10,
)


def check_element(element: ET.Element) -> None:
    """Compare an element and everything below it with the schema."""
    name = element.tag.removeprefix(f"{{{windows.NAMESPACE}}}")
    has_order, children = SCHEMA[name]
    names = [child.tag.removeprefix(f"{{{windows.NAMESPACE}}}") for child in element]
    assert len(set(names)) == len(names), name
    assert set(names) <= set(children), name
    assert not has_order or names == [child for child in children if child in names], name
    for child, child_name in zip(element, names, strict=True):
        pattern = children[child_name]
        if pattern is None:
            check_element(child)
        else:
            assert re.fullmatch(pattern, child.text or ""), f"{child_name}: {child.text}"


def parse(text: str) -> ET.Element:
    """The task that Windows reads, from the bytes of its file."""
    return ET.fromstring(text.encode("utf-16"))


def find(task: ET.Element, path: str) -> str:
    """The text of an element."""
    return task.findtext("/".join(f"{{{windows.NAMESPACE}}}{name}" for name in path.split("/"))) or ""


@pytest.mark.parametrize(
    "environment", [{}, {"OPTTIUS_CONFIG_DIR": r"C:\mi óptica\conf"}], ids=["plain", "variables"]
)
@pytest.mark.parametrize("minutes", [1, 10, 30])
def test_the_task_is_what_the_schema_says(minutes: int, environment: dict[str, str]) -> None:
    call = replace(CALL, minutes=minutes, environment={**CALL.environment, **environment})
    task = parse(windows.build_task(call))
    assert task.tag == f"{{{windows.NAMESPACE}}}Task"
    assert task.get("version") == "1.2"
    check_element(task)
    context = task.find(f"{{{windows.NAMESPACE}}}Actions")
    principal = task.find(f".//{{{windows.NAMESPACE}}}Principal")
    assert context is not None
    assert principal is not None
    assert context.get("Context") == principal.get("id")
    assert find(task, "Triggers/TimeTrigger/Repetition/Interval") == f"PT{minutes}M"
    assert find(task, "Actions/Exec/WorkingDirectory") == str(CALL.folder)


def test_the_program_is_called_as_windows_reads_a_command_line() -> None:
    task = parse(windows.build_task(CALL))
    assert find(task, "Actions/Exec/Command") == CALL.command[0]
    assert find(task, "Actions/Exec/Arguments") == "job run --due"
    with_variables = replace(CALL, environment={"PATH": "x", "OPTTIUS_STATE_DIR": r"C:\my state"})
    task = parse(windows.build_task(with_variables))
    assert find(task, "Actions/Exec/Command") == "cmd.exe"
    assert find(task, "Actions/Exec/Arguments") == (
        r'/d /c "set "OPTTIUS_STATE_DIR=C:\my state" && "C:\Ópticas & más\Scripts\opttius.exe" job run --due"'
    )


def test_what_cmd_would_expand_is_refused() -> None:
    with pytest.raises(UsageError, match="timers do not accept"):
        windows.build_task(replace(CALL, environment={"OPTTIUS_STATE_DIR": r"C:\%TEMP%"}))


def test_it_is_installed_shown_and_removed(project: Project) -> None:
    project.write_config('[jobs.often]\nparts = ["kpis"]\nformats = ["csv"]\nevery = "daily 07:00"\n')
    ran = project.run("schedule", "install", "--windows")
    assert ran.code == 0, ran.err
    file = Path(ran.out.strip())
    check_element(ET.fromstring(file.read_bytes()))
    name = file.stem
    assert f"Type schtasks /Create /TN {name} /XML {file} /F" in ran.err
    shown = project.run("schedule", "show", "--windows")
    assert shown.out.startswith(f"schtasks /Create /TN {name} /XML {file} /F\n\n<?xml")
    assert shown.out.partition("\n\n")[2].encode("utf-16") == file.read_bytes()
    removed = project.run("schedule", "remove", "--windows")
    assert (removed.code, removed.out) == (0, f"{file}\n")
    assert f"Type schtasks /Delete /TN {name} /F" in removed.err
    assert not file.exists()
    assert "No schedule was installed" in project.run("schedule", "remove", "--windows").err
