"""A job decides the week's lists: a sheet per branch to work with, and the whole chain shares them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl

if TYPE_CHECKING:
    from jobs.project import Project

HEAD = {"report", "schema_version", "as_of", "timezone", "currency", "scope", "data_quality"}
CALLS = """
[jobs.calls]
parts = ["worklist"]
formats = ["xlsx", "html"]
each_branch = true
output = "out/{branch}"
language = "es"
"""


WHOLE = """
[jobs.whole]
parts = ["cohorts", "forecast"]
formats = ["json", "csv", "xlsx"]
output = "out/whole"
"""


def test_the_files_for_programs_have_what_the_commands_answer(project: Project) -> None:
    project.write_config(WHOLE)
    assert project.run("job", "run", "whole", "--as-of", "2026-11-22").code == 0
    (written,) = (
        json.loads(file.read_text("utf-8")) for file in (project.folder / "out").rglob("whole.json")
    )
    for name in ("cohorts", "forecast"):
        answer = json.loads(project.run(name, "--as-of", "2026-11-22", "--format", "json").out)
        assert list(written[name].items()) == [(key, answer[key]) for key in answer if key not in HEAD]
    (table,) = (file.read_text("utf-8") for file in (project.folder / "out").rglob("whole.csv"))
    assert "triangle" not in table
    book = openpyxl.load_workbook(next((project.folder / "out").rglob("whole.xlsx")))
    assert "Cohorts by age" in book.sheetnames


def test_a_job_decides_and_the_chain_shares(project: Project) -> None:
    project.write_config(CALLS)
    project.set_clock("2026-11-22T15:00:00+00:00")
    ran = project.run("job", "run", "calls", "--as-of", "2026-11-22")
    assert ran.code == 0, ran.err
    printed = project.run("worklist", "--as-of", "2026-11-22", "--format", "json")
    answer = json.loads(printed.out)
    # Customers without a branch have a list of their own, which no branch decides.
    assert {row["branch"] for row in answer["rows"] if row["branch"]} == {"CM-001", "CM-002", "CM-003"}
    decided = json.loads(
        project.run("worklist", "--branch", "CM-001", "--as-of", "2026-11-22", "--format", "json").out
    )
    assert decided["decided"] is True
    # What was decided is the same; a chain sees more of a customer's purchases than a branch does.
    keys = ("rank", "customer_id", "reason", "at_stake", "value", "also")
    alone, shared = (
        [[row[key] for key in keys] for row in rows if row["branch"] == "CM-001"]
        for rows in (decided["rows"], answer["rows"])
    )
    assert alone == shared
    book = openpyxl.load_workbook(next((project.folder / "out").rglob("*CM-001*.xlsx")))
    sheet = next(
        sheet for sheet in book if sheet.max_row == len(decided["rows"]) + 1 and sheet.max_column > 10
    )
    header = [cell.value for cell in sheet[1]]
    assert header[-1] == "Resultado"
    (choices,) = sheet.data_validations.dataValidation
    assert "no contesta" in choices.formula1
    assert sheet["A2"].value is not None
    page = next((project.folder / "out").rglob("*CM-001*.html")).read_text(encoding="utf-8")
    assert page.count('<input type="checkbox" aria-label="Hecho">') == len(decided["rows"])
