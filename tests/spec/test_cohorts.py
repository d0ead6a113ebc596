"""Who stays, and how long customers take to return (metrics 12)."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl

from opttius_cli.cli import main
from spec.harness import run, run_bare, write_export

if TYPE_CHECKING:
    from pathlib import Path

WORKED = """
customers
id
c1
c2
c3
c4

orders
id | customer_id | total_amount | payment_status | created_at
o1 | c1          | 100000       | paid           | 2026-01-10
o2 | c1          | 50000        | paid           | 2026-03-05
o3 | c2          | 80000        | paid           | 2026-01-20
o4 | c3          | 60000        | pending        | 2026-02-11
o5 | c3          | 70000        | paid           | 2026-04-02
o6 | c3          | 9000         | paid           | 2026-04-02
o7 | c4          | 30000        | paid           | 2026-04-15
o8 |             | 40000        | paid           | 2026-02-01
"""
N = None


def test_the_worked_example() -> None:
    folder = write_export(WORKED)
    ran = run(folder, "cohorts", "--by", "month", "--as-of", "2026-05-10")
    assert ran.code == 0, ran.stderr
    answer: dict[str, Any] = json.loads(ran.stdout, parse_float=Decimal)
    keys = (
        "cohort",
        "age",
        "customers",
        "active",
        "active_pct",
        "repeated",
        "repeat_pct",
        "revenue_per_customer",
    )
    assert [tuple(row[key] for key in keys) for row in answer["rows"]] == [
        # c1 100 000 + c2 80 000 = 180 000 of 2
        ("2026-01", 0, 2, 2, 100, 0, 0, 90000),
        ("2026-01", 1, 2, 0, 0, 0, 0, 90000),
        # c1 came back for 50 000: 230 000 of 2
        ("2026-01", 2, 2, 1, 50, 1, 50, 115000),
        ("2026-01", 3, 2, 0, 0, 1, 50, 115000),
        ("2026-01", 4, 2, N, N, N, N, N),
        # c3's first purchase is not paid: active, no money
        ("2026-02", 0, 1, 1, 100, 0, 0, 0),
        ("2026-02", 1, 1, 0, 0, 0, 0, 0),
        ("2026-02", 2, 1, 1, 100, 1, 100, 79000),
        ("2026-02", 3, 1, N, N, N, N, N),
        ("2026-04", 0, 1, 1, 100, 0, 0, 30000),
        ("2026-04", 1, 1, N, N, N, N, N),
    ]
    assert all(row["may_be_older"] for row in answer["rows"])
    assert (answer["by"], answer["first_purchase"]) == ("month", "2026-01-10")
    assert [tuple(row.values()) for row in answer["all"]] == [
        # (180 000 + 0 + 30 000) / 4
        (0, 4, 100, 0, 52500),
        (1, 3, 0, 0, 60000),
        # (1 + 1) / 3; (230 000 + 79 000) / 3
        (2, 3, Decimal("66.67"), Decimal("66.67"), 103000),
        (3, 2, 0, 50, 115000),
    ]
    # Spells of c1 54 days, of c3 50; open ones of c2 110, of c4 25. At 50: S = 1 − 1/3; at 54: 2/3 · 1/2.
    shown = [list(row.values())[:7] for row in answer["repurchase"]]
    assert shown == [
        ["first", 4, 2, 2, 50, 54, N],
        ["later", 2, 0, 2, N, N, N],
        ["all", 6, 2, 4, 50, 54, N],
    ]
    assert list(answer)[-6:] == ["by", "first_purchase", "rows", "all", "repurchase", "data_quality"]
    # A unit is over at its last instant, not before.
    for as_of, value in (("2026-04-30T23:59:00-04:00", N), ("2026-04-30", 30000)):
        ran = run(folder, "cohorts", "--by", "month", "--as-of", as_of)
        assert json.loads(ran.stdout)["rows"][-1]["revenue_per_customer"] == value


def test_page_and_workbook_begin_with_a_heat_map(tmp_path: Path) -> None:
    folder, options = (
        write_export(WORKED),
        ("cohorts", "--by", "month", "--as-of", "2026-05-10", "--lang", "en"),
    )
    for name in ("c.html", "c.xlsx"):
        made = run_bare(main, [*options, "--source", str(folder), "--output", str(tmp_path / name)])
        assert made.code == 0, made.stderr
    page = (tmp_path / "c.html").read_text(encoding="utf-8")
    triangle = page[page.index('<h2 id="h1">') : page.index('<h2 id="h2">')]
    # 50 % of the cohort of January and 100 % of that of February came back: half as dark, and as dark as can be.
    assert "Cohorts by age" in triangle
    assert 'heat5" data-v="50' in triangle
    assert 'heat9" data-v="100' in triangle
    sheet = next(
        sheet for sheet in openpyxl.load_workbook(tmp_path / "c.xlsx") if sheet.title == "Cohorts by age"
    )
    tops = {rule.colorScale.cfvo[1].val for cells in sheet.conditional_formatting for rule in cells.rules}
    assert tops == {100}
    assert sheet["A2"].value == "2026-01 *"


def test_a_terminal_without_colour_has_shades() -> None:
    folder = write_export(WORKED)
    options = ["cohorts", "--by", "month", "--as-of", "2026-05-10", "--lang", "en", "--no-color"]
    shown = run_bare(main, [*options, "--source", str(folder), "--format", "table"]).stdout
    january = next(line for line in shown.splitlines() if line.startswith("2026-01"))
    assert "▓ 50" in january
    february = next(line for line in shown.splitlines() if line.startswith("2026-02"))
    assert "█ 100" in february
