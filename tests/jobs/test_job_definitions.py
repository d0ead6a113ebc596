"""What is wrong with a definition is told with its file, its line and its key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from opttius_cli.toml_lines import find_line

if TYPE_CHECKING:
    from jobs.project import Project

RIGHT = """
[reports.monthly]
parts = ["kpis", "export/quotes"]
formats = ["xlsx"]
"""


TWO_ALERTS = """parts = ["kpis"]
formats = ["csv"]

[[reports.x.alerts]]
figure = "kpis.total_revenue"
below = 1

[[reports.x.alerts]]
figure = "kpis.total_revenu"
below = 1"""


@pytest.mark.parametrize(
    ("more", "line", "key", "says"),
    [
        ('parts = ["kpis", "kpi"]\nformats = ["csv"]', 5, "reports.x.parts", "there is no part “kpi”. The near"),
        ('parts = ["kpis"]\nformats = ["docx"]', 6, "reports.x.formats", "there is no format “docx”"),
        ('parts = ["kpis"]\nformats = ["table"]', 6, "reports.x.formats", "there is no format “table”"),
        ('formats = ["csv"]', 4, "reports.x.parts", "is missing"),
        ('parts = ["kpis"]\nformats = ["csv"]\nevery = "61 7 * * *"', 7, "reports.x.every", "a cron expression"),
        ('parts = ["kpis"]\nformats = ["csv"]\nevery = "month 31 07:00"', 7, "reports.x.every", "every month has"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "../x/{report}"', 7, "reports.x.output", "leaves its folder"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/../../x"', 7, "reports.x.output", "leaves its folder"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "/etc/x/y"', 7, "reports.x.output", "lies outside"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "x"', 7, "reports.x.output", "needs a folder of its own"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/{month}"', 7, "reports.x.output", "no placeholder {month}"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/{report"', 7, "reports.x.output",
         "has a brace without its counterpart"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/x.csv"', 7, "reports.x.output", "leave out the extension"),
        ('parts = ["kpis"]\nformats = ["csv"]\noutput = "a/{branch}"', 7, "reports.x.output", "needs each_branch"),
        (
            'parts = ["kpis"]\nformats = ["csv"]\neach_branch = true\noutput = "{branch}/x"',
            8, "reports.x.output", "only be used in the name of the files",
        ),
        (
            'parts = ["kpis"]\nformats = ["csv"]\neach_branch = true\noutput = "a/x"',
            8, "reports.x.output", "needs {branch}",
        ),
        ('parts = ["kpis"]\nformats = ["csv"]\nperiod = "soon"', 7, "reports.x.period", "a period such as"),
        ('parts = ["kpis"]\nformats = ["csv"]\nkeep = 0', 7, "reports.x.keep", "1 or more"),
        ('parts = ["kpis"]\nformats = ["csv"]\ntimezone = "Chile"', 7, "reports.x.timezone", "a time zone such as"),
        ('parts = ["kpis"]\nformats = ["csv"]\nmasking = "none"', 7, "reports.x.masking", "one of masked"),
        ('parts = ["kpis"]\nformats = ["csv"]\nmasking = "revealed"', 7, "reports.x.masking", "needs a reason"),
        ('parts = ["kpis"]\nformats = ["csv"]\nformat = "csv"', 7, "reports.x.format", "no such key"),
        (
            TWO_ALERTS, 13, "reports.x.alerts.figure", "kpis.total_revenue",
        ),
        (
            'parts = ["kpis"]\nformats = ["csv"]\n[[reports.x.alerts]]\nfigure = "kpis.total_revenue"',
            7, "reports.x.alerts", "needs a bound",
        ),
    ],
)  # fmt: skip
def test_validate_names_file_line_and_key(
    project: Project, more: str, line: int, key: str, says: str
) -> None:
    # The file begins with an empty line and the two settings of the shop; the definition begins on line 4.
    file = project.folder / "opttius.toml"
    project.write_config(f"[reports.x]\n{more}\n{RIGHT}")
    ran = project.run("config", "validate")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"Error: {file}, line {line}: {key}: "), ran.err
    assert says in ran.err


@pytest.mark.parametrize(
    "output",
    [
        "reports/monthly/x/y",
        "reports/MONTHLY/y",
        "reports/{period}/y",
        "reports/{report}/y",
        "reports/m{date}y/{period}/y",
        "reports/monthly/2026-10/y",
    ],
)
def test_the_later_of_two_jobs_with_the_same_folder_is_named(project: Project, output: str) -> None:
    other = "MONTHLY" if "{report}" in output else "other"
    project.write_config(
        RIGHT + f'[reports.{other}]\nparts = ["kpis"]\nformats = ["csv"]\noutput = "{output}"\n'
    )
    ran = project.run("config", "validate")
    assert ran.code == 3
    assert f"line 11: reports.{other}.output: its files go into the folder of the report monthly" in ran.err


@pytest.mark.parametrize("output", ["reports/other/y", "out/{period}/y", "reports/{period}-b/y"])
def test_reports_with_folders_of_their_own_are_right(project: Project, output: str) -> None:
    project.write_config(
        RIGHT + f'[reports.other]\nparts = ["kpis"]\nformats = ["csv"]\noutput = "{output}"\n'
    )
    assert project.run("config", "validate").code == 0


def test_a_valid_file_is_confirmed(project: Project) -> None:
    project.write_config(RIGHT)
    ran = project.run("config", "validate")
    assert (ran.code, ran.err) == (0, "")


def test_every_part_and_format_can_be_named(project: Project) -> None:
    project.write_config('[reports.x]\nparts = ["nothing"]\nformats = ["csv"]\n')
    assert "there is no part “nothing”" in project.run("report", "run", "x").err


def test_a_job_that_is_not_defined_does_not_exist(project: Project) -> None:
    project.write_config(RIGHT)
    ran = project.run("report", "run", "monhtly")
    assert ran.code == 6
    assert "The nearest: monthly." in ran.err


TOML = '''# a comment
source = "x"

[reports.a]   # one
parts = [
    "kpis",   # [reports.b]
    "sales",
]
title = """
[reports.c]
every = 1
"""
"keep" = 3
alerts = []

[[reports.b.alerts]]
figure = "a.b"

[[reports.b.alerts]]
figure = "c.d"
below = 1

[reports]
c.parts = []
c.output = "x"
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (["source"], 2),
        (["reports", "a"], 4),
        (["reports", "a", "parts"], 5),
        (["reports", "a", "title"], 9),
        (["reports", "a", "keep"], 13),
        (["reports", "a", "missing"], 4),
        (["reports", "b", "alerts", 0, "figure"], 17),
        (["reports", "b", "alerts", 1, "figure"], 20),
        (["reports", "b", "alerts", 1, "below"], 21),
        (["reports", "b", "alerts", 1], 19),
        (["reports", "c", "output"], 25),
        (["reports", "c"], 24),
        (["nowhere"], 1),
    ],
)
def test_the_line_of_a_key(path: list[str | int], line: int) -> None:
    assert find_line(TOML, path) == line
