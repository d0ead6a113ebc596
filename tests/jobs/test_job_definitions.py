"""What is wrong with a definition is told with its file, its line and its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opttius_cli.installation import extras
from opttius_cli.toml_lines import find_line

if TYPE_CHECKING:
    from pathlib import Path

    from jobs.project import Project

RIGHT = """
[jobs.monthly]
parts = ["kpis", "export/quotes"]
formats = ["xlsx"]
"""


TWO_ALERTS = """parts = ["kpis"]
formats = ["csv"]

[[jobs.x.alerts]]
figure = "kpis.total_revenue"
below = 1

[[jobs.x.alerts]]
figure = "kpis.total_revenu"
below = 1"""


@pytest.mark.parametrize(
    ("more", "line", "key", "says"),
    [
        ('parts = ["kpis", "kpi"]\nformats = ["csv"]', 5, "jobs.x.parts", "there is no part “kpi”. The near"),
        ('parts = ["kpis"]\nformats = ["docx"]', 6, "jobs.x.formats", "there is no format “docx”"),
        ('parts = ["kpis"]\nformats = ["table"]', 6, "jobs.x.formats", "there is no format “table”"),
        ('formats = ["csv"]', 4, "jobs.x.parts", "is missing"),
        ('parts = ["kpis"]\nformats = ["csv"]\nevery = "61 7 * * *"', 7, "jobs.x.every", "a cron expression"),
        ('parts = ["kpis"]\nformats = ["csv"]\nevery = "month 31 07:00"', 7, "jobs.x.every", "every month has"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "../x/{job}"', 7, "jobs.x.output", "leaves its folder"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/../../x"', 7, "jobs.x.output", "leaves its folder"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "/etc/x/y"', 7, "jobs.x.output", "lies outside"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "x"', 7, "jobs.x.output", "needs a folder of its own"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/{month}"', 7, "jobs.x.output", "no placeholder {month}"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/{job"', 7, "jobs.x.output",
         "has a brace without its counterpart"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/x.csv"', 7, "jobs.x.output", "leave out the extension"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/{branch}"', 7, "jobs.x.output", "needs each_branch"),
        (
            'parts = ["kpis"]\nformats = ["csv"]\neach_branch = true\noutput = "{branch}/x"',
            8, "jobs.x.output", "only be used in the name of the files",
        ),
        (
            'parts = ["kpis"]\nformats = ["csv"]\neach_branch = true\noutput = "a/x"',
            8, "jobs.x.output", "needs {branch}",
        ),
        (
            'parts = ["kpis"]\nformats = ["csv"]\noutput = "a/{report}"', 7, "jobs.x.output",
            "{report} is called {job} now",
        ),
        ('parts = ["kpis"]\nformats = ["csv"]\nperiod = "soon"', 7, "jobs.x.period", "a period such as"),
        ('parts = ["kpis"]\nformats = ["csv"]\nkeep = 0', 7, "jobs.x.keep", "1 or more"),
        ('parts = ["kpis"]\nformats = ["csv"]\ntimezone = "Chile"', 7, "jobs.x.timezone", "a time zone such as"),
        ('parts = ["kpis"]\nformats = ["csv"]\nmasking = "none"', 7, "jobs.x.masking", "one of masked"),
        ('parts = ["kpis"]\nformats = ["csv"]\nmasking = "revealed"', 7, "jobs.x.masking", "needs a reason"),
        ('parts = ["kpis"]\nformats = ["csv"]\nformat = "csv"', 7, "jobs.x.format", "no such key"),
        (
            TWO_ALERTS, 13, "jobs.x.alerts.figure", "kpis.total_revenue",
        ),
        (
            'parts = ["kpis"]\nformats = ["csv"]\n[[jobs.x.alerts]]\nfigure = "kpis.total_revenue"',
            7, "jobs.x.alerts", "needs a bound",
        ),
    ],
)  # fmt: skip
def test_validate_names_file_line_and_key(
    project: Project, more: str, line: int, key: str, says: str
) -> None:
    # The file begins with an empty line and the two settings of the shop; the definition begins on line 4.
    file = project.folder / "opttius.toml"
    project.write_config(f"[jobs.x]\n{more}\n{RIGHT}")
    ran = project.run("config", "validate")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"Error: {file}, line {line}: {key}: "), ran.err
    assert says in ran.err


@pytest.mark.parametrize(
    "output",
    [
        "jobs/monthly/x/y",
        "jobs/MONTHLY/y",
        "jobs/{period}/y",
        "jobs/{job}/y",
        "jobs/m{date}y/{period}/y",
        "jobs/monthly/2026-10/y",
    ],
)
def test_the_later_of_two_jobs_with_the_same_folder_is_named(project: Project, output: str) -> None:
    other = "MONTHLY" if "{job}" in output else "other"
    project.write_config(
        RIGHT + f'[jobs.{other}]\nparts = ["kpis"]\nformats = ["csv"]\noutput = "{output}"\n'
    )
    ran = project.run("config", "validate")
    assert ran.code == 3
    assert f"line 11: jobs.{other}.output: its files go into the folder of the job monthly" in ran.err


@pytest.mark.parametrize("output", ["jobs/other/y", "out/{period}/y", "jobs/{period}-b/y"])
def test_jobs_with_folders_of_their_own_are_right(project: Project, output: str) -> None:
    project.write_config(RIGHT + f'[jobs.other]\nparts = ["kpis"]\nformats = ["csv"]\noutput = "{output}"\n')
    assert project.run("config", "validate").code == 0


def test_a_valid_file_is_confirmed(project: Project) -> None:
    project.write_config(RIGHT)
    ran = project.run("config", "validate")
    assert (ran.code, ran.err) == (0, "")


def test_every_part_and_format_can_be_named(project: Project) -> None:
    project.write_config('[jobs.x]\nparts = ["nothing"]\nformats = ["csv"]\n')
    assert "there is no part “nothing”" in project.run("job", "run", "x").err


def test_a_job_that_is_not_defined_does_not_exist(project: Project) -> None:
    project.write_config(RIGHT)
    ran = project.run("job", "run", "monhtly")
    assert ran.code == 6
    assert "The nearest: monthly." in ran.err


TOML = '''# a comment
source = "x"

[jobs.a]   # one
parts = [
    "kpis",   # [jobs.b]
    "sales",
]
title = """
[jobs.c]
every = 1
"""
"keep" = 3
alerts = []

[[jobs.b.alerts]]
figure = "a.b"

[[jobs.b.alerts]]
figure = "c.d"
below = 1

[jobs]
c.parts = []
c.output = "x"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["source"], 2),
        (["jobs", "a"], 4),
        (["jobs", "a", "parts"], 5),
        (["jobs", "a", "title"], 9),
        (["jobs", "a", "keep"], 13),
        (["jobs", "a", "missing"], 4),
        (["jobs", "b", "alerts", 0, "figure"], 17),
        (["jobs", "b", "alerts", 1, "figure"], 20),
        (["jobs", "b", "alerts", 1, "below"], 21),
        (["jobs", "b", "alerts", 1], 19),
        (["jobs", "c", "output"], 25),
        (["jobs", "c"], 24),
        (["nowhere"], 1),
    ],
)
def test_the_line_of_a_key(path: list[str | int], line: int) -> None:
    assert find_line(TOML, path) == line


def test_what_a_job_will_lack_is_said_before_it_runs(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project.write_config('[jobs.pages]\nparts = ["kpis"]\nformats = ["html", "csv"]\nevery = "mon 07:00"\n')
    assert "[jobs.pages]" not in project.run("config", "validate").out
    monkeypatch.setattr(extras, "is_installed", lambda _module: False)
    ran = project.run("config", "validate")
    assert ran.code == 0
    (line,) = [line for line in ran.out.splitlines() if line.startswith("[jobs.pages]")]
    assert line.endswith(extras.build_install_command("html"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    # Without systemctl nothing is told to the systemd of whoever runs the tests.
    monkeypatch.setenv("PATH", str(tmp_path))
    assert line in project.run("schedule", "install", "--systemd").err
