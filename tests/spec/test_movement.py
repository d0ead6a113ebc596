"""Who moved from which segment to which, and with what money (metrics 13)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from spec.harness import Ask, expect, run, run_bare, uuid, write_export

if TYPE_CHECKING:
    from collections.abc import Iterable

# as-of 2026-11-22, 30 days: the earlier moment is the end of 2026-10-23.
CONFIG = "[segments]\nat_risk_days = 180\n"
SHOP = """
customers
id | created_at
c1 | 2025-01-01
c2 | 2025-01-01
c3 | 2026-10-28
c4 | 2025-01-01
c5 | 2025-01-01

orders
id | customer_id | total_amount | created_at
o1 | c1          | 100000       | 2026-01-10
o2 | c1          | 50000        | 2026-11-01
o3 | c2          | 80000        | 2026-05-01
o4 | c3          | 60000        | 2026-10-30
o5 | c4          | 70000        | 2026-03-01
o6 | c4          | 70000        | 2025-06-01
"""
NOW = ("--as-of", "2026-11-22")


def move(origin: str | None, goal: str, customers: int, spent: int) -> dict[str, object]:
    return {"from": origin, "to": goal, "customers": customers, "spent_year_before": spent}


def group(customers: int, spent: int) -> dict[str, int]:
    return {"customers": customers, "spent_year_before": spent}


def test_the_matrix_says_who_moved_with_what_money(ask: Ask) -> None:
    report = ask.movement(SHOP, *NOW, config=CONFIG)
    assert report["report"] == "movement"
    expect(
        report,
        previous={"from": "2026-09-24", "to": "2026-10-23"},
        scheme="lifecycle",
        rows=[
            move("first-time", "at-risk", 1, 80000),  # c2: 175 days, then 205
            move("new", "new", 1, 0),  # c5
            move("at-risk", "first-time", 1, 100000),  # c1: the 50 000 came later
            move("at-risk", "at-risk", 1, 70000),  # c4: 2025-06-01 lies before the year
            move(None, "first-time", 1, 0),  # c3
        ],
        summary={
            "stayed": group(2, 70000),
            "moved": group(2, 180000),
            "arrived": group(1, 0),
            "improved": group(1, 100000),
            "worsened": group(1, 80000),
        },
    )


def test_since_is_short_for_the_end_of_a_day(ask: Ask) -> None:
    by_window = ask.movement(SHOP, *NOW, config=CONFIG)
    since = ask.movement(SHOP, *NOW, "--since", "2026-10-23", config=CONFIG)
    assert since["since"] == "2026-10-23"
    assert "period" not in since
    assert "previous" not in since
    assert (since["rows"], since["summary"]) == (by_window["rows"], by_window["summary"])


def test_the_earlier_moment_is_cut_at_its_wall_clock_time(ask: Ask) -> None:
    """At 15:00 the previous window ends at 15:00 of its last date."""
    report = ask.movement(
        """
        customers
        id | created_at
        c1 | 2025-01-01

        orders
        id | customer_id | created_at
        o1 | c1          | 2026-10-23 18:30:00+00
        """,
        "--as-of",
        "2026-11-22T15:00:00-03:00",
    )
    # 18:30 UTC is 15:30 in Santiago: at 15:00 it had not been bought.
    assert report["rows"] == [move("new", "first-time", 1, 0)]


def test_the_sums_are_those_of_segments(ask: Ask) -> None:
    folder = write_export(SHOP, config=CONFIG)
    for scheme in ("lifecycle", "rfm"):
        rows = ask.movement(folder, *NOW, "--scheme", scheme)["rows"]
        report = json.loads(run(folder, "segments", *NOW, "--scheme", scheme).stdout)["rows"]
        for segment in report:
            name = segment["segment"]
            assert count(row for row in rows if row["to"] == name) == segment["customers"]
            assert count(row for row in rows if row["from"] == name) == segment["previous_customers"]
        moved = [row for row in rows if row["from"] != row["to"]]
        assert count(moved) == sum(segment["joined"] for segment in report)
        departed = [row for row in moved if row["from"] is not None]
        assert count(departed) == sum(segment["departed"] for segment in report)


def count(rows: Iterable[dict[str, Any]]) -> int:
    return sum(row["customers"] for row in rows)


def test_the_export_lists_who_changed_or_arrived() -> None:
    folder = write_export(SHOP, config=CONFIG)
    rows = json.loads(run(folder, "export", "movement", "-o", "-", *NOW).stdout)["rows"]
    assert [tuple(row.values()) for row in rows] == [
        (uuid("c1"), "b1", None, None, "at-risk", "first-time", 100000),
        (uuid("c2"), "b1", None, None, "first-time", "at-risk", 80000),
        (uuid("c3"), "b1", None, None, None, "first-time", 0),
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ("--since", "2026-10-23"),
            "--since is for --movement: type opttius segments --movement --since DATE.",
        ),
        (
            ("--movement", "--since", "2026-10-23", "--compare", "previous"),
            "--since stands in place of --period and --compare. Leave these out, or --since.",
        ),
        (("--movement", "--since", "soon"), "“soon” is not a date. Type one like --since 2026-01-31."),
        (
            ("--movement", "--since", "2026-11-22"),
            "--since 2026-11-22 does not lie before 2026-11-22, the date of the report. Type an earlier date.",
        ),
        (
            ("--movement", "--compare", "none"),
            "This compares two windows. Leave out --compare none, or type --compare previous or --compare year.",
        ),
    ],
    ids=["alone", "beside a window", "no date", "not before", "nothing to compare"],
)
def test_options_that_cannot_be_used(options: tuple[str, ...], message: str) -> None:
    ran = run(write_export(SHOP), "segments", *options, *NOW, "--lang", "en")
    assert (ran.code, ran.stderr) == (2, f"Error: {message}\n")


def test_the_screen_is_a_matrix_and_the_moves_with_most_money() -> None:
    from opttius_cli.cli import main

    folder = write_export(SHOP, config=CONFIG)
    command = ["segments", "--movement", "--source", str(folder), *NOW, "--lang", "en", "--format", "table"]
    lines = [line.rstrip() for line in run_bare(main, command).stdout.splitlines()]
    start = next(number for number, line in enumerate(lines) if "at risk" in line and "first-time" in line)
    assert [line.split() for line in lines[start : start + 5]] == [
        ["first-time", "new,", "no", "purchase", "at", "risk"],
        ["first-time", "1"],
        ["new,", "no", "purchase", "1"],
        ["at", "risk", "1", "1"],
        ["did", "not", "exist", "1"],
    ]
    worst = next(line for line in lines if "first-time → at risk" in line)
    assert "80,000" in worst.replace("\N{NO-BREAK SPACE}", " ")
