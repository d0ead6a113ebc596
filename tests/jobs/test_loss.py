"""What could not be read of a job's source is told on stderr and in the ledger; fail_on_loss delivers nothing."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sources.snapshots import (
    BRANCH,
    ORGANIZATION,
    numbered_uuid,
    order_line,
    orders_csv,
    write_shop,
)

if TYPE_CHECKING:
    from jobs.project import Project

WEEKLY = """
[jobs.weekly]
parts = ["kpis"]
formats = ["json"]
period = "2026-01"
language = "en"
output = "out/{period}/weekly"
"""


def define(project: Project, lines: list[str], more: str = "") -> None:
    """Write the shop's orders and a job on it."""
    folder = project.folder / "shop"
    if not folder.exists():
        write_shop(folder)
    (folder / "orders.csv").write_text(orders_csv(*lines), encoding="utf-8")
    (project.folder / "opttius.toml").write_text(f'source = "{folder}"\n{WEEKLY}{more}', encoding="utf-8")


# Its amount is no number, and an order must have one.
REFUSED = order_line(1, total="x")


def test_a_loss_is_told_and_the_report_is_delivered(project: Project) -> None:
    define(project, [REFUSED, order_line(2)])
    ran = project.run("job", "run", "weekly", "--as-of", "2026-02-01")
    assert ran.code == 0
    assert "weekly: a part of the data could not be read: 1 row refused." in ran.err
    last = project.runs("weekly")[-1]
    assert (last.status, last.refused_rows, last.emptied_cells) == ("ok", 1, 0)
    (notes,) = json.loads(project.run("job", "status", "-f", "json").out)
    assert (notes["refused_rows"], notes["emptied_cells"]) == (1, 0)
    result = json.loads((project.folder / "out" / "2026-01" / "weekly.json").read_text(encoding="utf-8"))
    assert result["data_quality"]["refused_rows"] == {"orders": 1}


def test_fail_on_loss_delivers_nothing_and_leaves_what_was_there(project: Project) -> None:
    define(project, [order_line(2)], "fail_on_loss = true\n")
    assert project.run("job", "run", "weekly", "--as-of", "2026-02-01").code == 0
    file = project.folder / "out" / "2026-01" / "weekly.json"
    before = file.read_bytes()
    define(project, [REFUSED, order_line(2)], "fail_on_loss = true\n")
    ran = project.run("job", "run", "weekly", "--as-of", "2026-02-01")
    assert (ran.code, ran.out) == (4, "")
    assert "could not be read (fail_on_loss = true): 1 row refused." in ran.err
    assert file.read_bytes() == before
    last = project.runs("weekly")[-1]
    assert (last.status, last.code, last.refused_rows) == ("failed", 4, 1)
    assert "1 row refused" in str(last.cause)


def test_a_loss_outside_the_scope_is_nobodys_business(project: Project) -> None:
    """The refused row is of the branch of another organization."""
    other = numbered_uuid(77)
    define(project, [REFUSED.replace(BRANCH, other), order_line(2)], "fail_on_loss = true\n")
    with (project.folder / "shop" / "branches.csv").open("a", encoding="utf-8") as file:
        file.write(f"{other},{numbered_uuid(9)},Otra,O-1\n")
    config = project.folder / "opttius.toml"
    config.write_text(
        f'organization = "{ORGANIZATION}"\n' + config.read_text(encoding="utf-8"), encoding="utf-8"
    )
    ran = project.run("job", "run", "weekly", "--as-of", "2026-02-01")
    assert ran.code == 0, ran.err
    assert "could not be read" not in ran.err


@pytest.mark.parametrize("value", ['"yes please"', "3"])
def test_fail_on_loss_is_true_or_false(project: Project, value: str) -> None:
    define(project, [order_line(2)], f"fail_on_loss = {value}\n")
    ran = project.run("job", "run", "weekly")
    assert ran.code == 3
    assert "jobs.weekly.fail_on_loss: must be true or false" in ran.err


def test_a_ledger_of_before_is_brought_up_to_date(project: Project) -> None:
    define(project, [order_line(2)])
    assert project.run("job", "run", "weekly", "--as-of", "2026-02-01").code == 0
    with closing(sqlite3.connect(project.ledger.file)) as con, con:
        con.execute("ALTER TABLE runs DROP COLUMN refused_rows")
        con.execute("ALTER TABLE runs DROP COLUMN emptied_cells")
    assert [run.refused_rows for run in project.runs("weekly")] == [0]
