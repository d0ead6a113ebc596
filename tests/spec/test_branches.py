"""Section 18: the branches side by side, what divides them, and the goals of a month."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from opttius_cli.errors import ConfigError
from opttius_cli.session.goals import read_goals
from spec.harness import Ask, Record, run, write_export

AS_OF = "2026-11-16T12:00:00-03:00"
THIS_MONTH = ("--period", "this-month", "--as-of", AS_OF)
# C sells 300 000 + 100 000 and N 200 000; to the 16th of the month before C had 250 000, N 150 000.
TWO_BRANCHES = """
branches
id | code
b1 | C
b2 | N

orders
id | branch_id | total_amount | created_at
o1 | b1        | 300000       | 2026-11-02
o2 | b1        | 100000       | 2026-11-10
o3 | b2        | 200000       | 2026-11-05
o4 | b1        | 250000       | 2026-10-08
o5 | b2        | 150000       | 2026-10-15
o6 | b2        | 999999       | 2026-10-20
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two branches as files, of which one load is enough."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("branches"))
        return write_export(TWO_BRANCHES)


def write_goals(*lines: str) -> None:
    """Write the file of goals beside opttius.toml."""
    Path("opttius.toml").write_text('goals = "goals.csv"\n', encoding="utf-8")
    Path("goals.csv").write_text("\n".join(("branch,month,revenue", *lines, "")), encoding="utf-8")


def by_branch(report: Record, section: str = "branches") -> dict[str | None, Record]:
    """The rows of a section, by branch."""
    rows = report[section]["rows"] if section == "branches" else report[section]
    return {row["branch"]: row for row in rows}


def test_the_worked_example(ask: Ask, shop: Path) -> None:
    rows = by_branch(ask.dashboard(shop, *THIS_MONTH))
    assert [
        (name, row["total_revenue"], row["revenue_rank"], row["revenue_share_pct"], row["revenue_growth_pct"])
        for name, row in rows.items()
    ] == [
        ("C", 400000, 1, Decimal("66.67"), 60),
        ("N", 200000, 2, Decimal("33.33"), Decimal("33.33")),
        ("total", 600000, None, 100, 50),
    ]


def test_the_goals_of_the_worked_example(ask: Ask, shop: Path) -> None:
    write_goals("C,2026-11,900000", "N,2026-11,500000", "C,2026-12,1")
    goals = by_branch(ask.dashboard(shop, *THIS_MONTH), "goals")
    figures = ("goal", "to_date", "goal_pct", "expected_pct", "ahead", "projected", "projected_pct")
    assert {name: [float(row[key]) for key in figures] for name, row in goals.items()} == {
        "C": [900000, 400000, 44.44, 50, -50000, 800000, 88.89],
        "N": [500000, 200000, 40, 50, -50000, 400000, 80],
        "total": [1400000, 600000, 42.86, 50, -100000, 1200000, 85.71],
    }
    # 500 000 in 15 dates, the 16th among them.
    assert float(goals["C"]["needed_per_day"]) == 33333.33
    assert {row["basis"] for row in goals.values()} == {"days"}


def test_today_is_over_at_its_last_instant(ask: Ask, shop: Path) -> None:
    write_goals("C,2026-11,900000")
    report = ask.dashboard(shop, "--period", "30", "--as-of", "2026-11-30")
    (goal,) = report["goals"]
    assert (goal["expected_pct"], goal["needed_per_day"], goal["projected"]) == (100, None, 400000)


def test_before_a_day_is_over_nothing_is_projected(ask: Ask, shop: Path) -> None:
    write_goals("C,2026-11,900000")
    report = ask.dashboard(shop, "--as-of", "2026-11-01T10:00:00-03:00")
    (goal,) = report["goals"]
    assert (goal["expected_pct"], goal["projected"], goal["projected_pct"]) == (0, None, None)
    assert goal["needed_per_day"] == 30000  # 900 000 in 30 dates


def test_weekdays_weigh_by_what_they_sold(ask: Ask, shop: Path) -> None:
    """A Saturday in each of 26 weeks sold 300, a Monday 100; a Sunday's refund brings it below 0."""
    saturdays = [(f"2026-{month:02}-{day:02}", 300) for month, day in _weeks(26)]
    mondays = [(f"2026-{month:02}-{day:02}", 100) for month, day in _weeks(26, shift=2)]
    lines = [*saturdays, *mondays, ("2026-10-25", -50), ("2026-11-02", 700)]
    orders = "\n".join(f"o{n} | {amount} | {day}" for n, (day, amount) in enumerate(lines, start=1))
    tables = f"branches\nid | code\nb1 | C\n\norders\nid | total_amount | created_at\n{orders}\n"
    write_goals("C,2026-11,10000")
    report = ask.dashboard(tables, "--as-of", "2026-11-02")
    (goal,) = report["goals"]
    # Over are Sunday the 1st and Monday the 2nd: 1 of 5 Mondays of 2,600 and 4 Saturdays of 7,800.
    assert goal["basis"] == "weekdays"
    assert goal["expected_pct"] == Decimal("5.88")  # 2 600 / (5 × 2 600 + 4 × 7 800)
    assert goal["projected"] == 11900  # 700 × 17


def _weeks(count: int, shift: int = 0) -> list[tuple[int, int]]:
    days = [date(2026, 10, 24) - timedelta(weeks=week) + timedelta(days=shift) for week in range(count)]
    return [(day.month, day.day) for day in days]


def test_a_branch_without_a_goal_leaves_no_total(ask: Ask, shop: Path) -> None:
    write_goals("N,2026-11,500000")
    assert list(by_branch(ask.dashboard(shop, *THIS_MONTH), "goals")) == ["N"]


def test_who_buys_at_two_branches_is_one_customer(ask: Ask, shop: Path) -> None:
    tables = """
    branches
    id | code
    b1 | C
    b2 | N

    customers
    id
    c1

    orders
    id | branch_id | organization_id | customer_id | total_amount
    o1 | b1        |                 | c1          | 10
    o2 | b2        |                 | c1          | 20
    o3 |           | g1              |             | 5
    """
    rows = by_branch(ask.dashboard(tables))
    assert {name: row["customers_buying"] for name, row in rows.items()} == {
        "C": 1,
        "N": 1,
        None: 0,
        "total": 1,
    }
    assert {name: row["total_revenue"] for name, row in rows.items()} == {
        "C": 10,
        "N": 20,
        None: 5,
        "total": 35,
    }


def test_one_branch_has_no_section(ask: Ask, shop: Path) -> None:
    report = ask.dashboard(shop, "--branch", "C", *THIS_MONTH)
    assert "branches" not in report
    assert "goals" not in report


def test_a_work_order_of_another_branch_is_silent_beside_its_order(ask: Ask, shop: Path) -> None:
    """The order of C speaks for the work order of N; asked alone, N counts it as a sale of its own."""
    tables = """
    branches
    id | code
    b1 | C
    b2 | N

    customers
    id
    c1

    orders
    id | branch_id | total_amount
    o1 | b1        | 100

    lab_work_orders
    id | branch_id | customer_id | pos_order_id | total_amount
    w1 | b2        | c1          | o1           | 100
    """
    folder = write_export(tables)
    assert by_branch(ask.dashboard(folder))["N"]["total_revenue"] == 0
    assert ask.dashboard(folder, "--branch", "N")["kpis"]["total_revenue"] == 100


def test_rank_orders_the_rows(shop: Path) -> None:
    for rank, order in (("revenue_rank", ["N", "C", "total"]), ("average_ticket", ["C", "N", "total"])):
        ran = run(shop, "branches", "--rank", rank, *THIS_MONTH)
        assert ran.code == 0, ran.stderr
        assert [row["branch"] for row in json.loads(ran.stdout)["rows"]] == order


def test_goals_that_are_not_there_are_missed_by_name(shop: Path) -> None:
    Path("opttius.toml").write_text('goals = "goals.csv"\n', encoding="utf-8")
    ran = run(shop, "branches", *THIS_MONTH, "--lang", "en")
    assert ran.code == 3
    sentence = " ".join(ran.stderr.split())
    assert "There is no file" in sentence
    assert "branch,month,revenue" in sentence
    assert "Errno" not in sentence


def test_a_goal_of_no_branch_names_file_and_line(shop: Path) -> None:
    write_goals("X,2026-11,5")
    ran = run(shop, "branches", *THIS_MONTH, "--lang", "en")
    assert ran.code == 3
    assert "goals.csv, line 2: there is no branch X" in " ".join(ran.stderr.split())


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (("C,2026-11,5", "c,2026-11,6"), "line 3: c has a goal for 2026-11 in line 2 already"),
        (("C,2026-13,5",), "line 2: “2026-13” is not a month"),
        (("C,2026-11,0",), "line 2: “0” is not an amount above 0"),
        (("C,2026-11,900.000",), "line 2: “900.000” is not an amount above 0"),
        (("C,2026-11",), "line 2: the line has fewer cells"),
    ],
)
def test_a_wrong_goal_names_its_line(lines: tuple[str, ...], message: str) -> None:
    write_goals(*lines)
    with pytest.raises(ConfigError, match=re.escape(message)):
        read_goals(Path("goals.csv"))
