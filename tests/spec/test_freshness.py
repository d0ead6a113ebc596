"""Sections 1 and 9: how fresh the data are (`latest`, `unfilled`), and a report as of the newest sale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from spec.harness import Ask, write_export

if TYPE_CHECKING:
    from pathlib import Path

TWO_BRANCHES = """
branches
id
b1
b2
"""


def test_latest_is_the_newest_row_of_each_table_of_the_scope(ask: Ask) -> None:
    """Whatever its status; not of b2, and not after as-of (22 November, 15:00 in Santiago)."""
    report = ask.dashboard(
        TWO_BRANCHES
        + """
        orders
        id | branch_id | status    | payment_status | created_at
        o1 | b1        | delivered | paid           | 2026-11-18 15:00:00+00
        o2 | b1        | cancelled | failed         | 2026-11-19 02:30:00.25+00
        o3 | b2        | delivered | paid           | 2026-11-21 15:00:00+00
        o4 | b1        | delivered | paid           | 2026-11-22 18:00:01+00

        lab_work_orders
        id | branch_id | created_at
        w1 | b1        | 2026-07-01 12:00:00+00

        appointments
        id | branch_id | appointment_date
        a1 | b1        | 2026-11-21
        a2 | b1        | 2026-11-23
        a3 | b2        | 2026-11-22

        customers
        id | branch_id | created_at
        c1 | b1        | 2026-11-22 18:00:00+00
        """,
        *("--branch", "b1"),
    )
    result = {table: str(newest) for table, newest in report["data_quality"]["latest"].items()}
    assert list(result) == ["appointments", "customers", "lab_work_orders", "orders", "quotes"]
    assert {table: newest.replace(" ", "T") for table, newest in result.items()} == {
        "appointments": "2026-11-21",
        "customers": "2026-11-22T15:00:00-03:00",  # the very instant of as-of
        "lab_work_orders": "2026-07-01T08:00:00-04:00",  # in winter
        "orders": "2026-11-18T23:30:00.250000-03:00",
        "quotes": "None",
    }


def unfilled(ask: Ask, folder: Path | str, *options: str) -> object:
    """Which windows the data do not fill."""
    return ask.dashboard(folder, *options)["data_quality"]["unfilled"]


# The windows of `--period 30`: 24 October to 22 November, and 24 September to 23 October.
def since(day: str, until: str = "2026-11-22") -> str:
    """Sales of one day and of another."""
    return f"orders\nid | created_at\no1 | {day}\no2 | {until}\n"


@pytest.mark.parametrize(
    ("first", "windows"),
    [
        ("2026-09-24 04:00:00+00", []),  # 24 September begins at 03:00 UTC
        ("2026-09-25 03:00:00+00", ["previous"]),
        ("2026-10-24 03:00:00+00", ["previous"]),
        ("2026-10-25 02:59:59+00", ["previous"]),  # still 24 October
        ("2026-10-25 03:00:00+00", ["current", "previous"]),
    ],
)
def test_a_window_that_begins_before_the_first_sale_is_unfilled(
    ask: Ask, first: str, windows: list[str]
) -> None:
    folder = write_export(since(first))
    assert unfilled(ask, folder) == windows
    assert unfilled(ask, folder, "--compare", "none") == [name for name in windows if name == "current"]


@pytest.mark.parametrize(
    ("newest", "windows"),
    [
        ("2026-11-20 03:00:00+00", []),  # 20 November, two dates before as-of's
        ("2026-11-20 02:59:59+00", ["current"]),  # 19 November, three
        ("2026-11-25", ["current"]),  # after as-of, so it does not exist
    ],
)
def test_the_current_window_is_unfilled_when_the_newest_sale_is_old(
    ask: Ask, newest: str, windows: list[str]
) -> None:
    assert unfilled(ask, since("2026-01-01", newest)) == windows


def test_a_window_in_the_past_is_filled_by_rows_up_to_as_of_not_up_to_its_end(ask: Ask) -> None:
    """September is whole; but what was loaded ends on 12 November, ten dates before as-of."""
    folder = write_export(since("2026-01-01", "2026-11-12"))
    assert unfilled(ask, folder, "--period", "2026-09") == ["current"]
    assert unfilled(ask, folder, "--period", "2026-09", "--as-of", "2026-11-14") == []


def test_work_orders_and_void_rows_fill_a_window_and_others_do_not(ask: Ask) -> None:
    tables = """
        lab_work_orders
        id | status | created_at
        w1 | quote  | 2026-09-01

        orders
        id | status    | created_at
        o1 | cancelled | 2026-11-21

        quotes
        id | created_at
        q1 | 2026-11-22
        """
    assert unfilled(ask, tables) == []


def test_nothing_at_all_fills_nothing(ask: Ask) -> None:
    folder = write_export("quotes\nid | created_at\nq1 | 2026-11-22\n")
    assert unfilled(ask, folder) == ["current", "previous"]
    assert unfilled(ask, folder, "--compare", "none") == ["current"]


def test_the_year_before_is_a_previous_window_too(ask: Ask) -> None:
    folder = write_export(since("2025-10-24"))
    assert unfilled(ask, folder, "--compare", "year") == []
    assert unfilled(ask, folder, "--compare", "year", "--period", "31") == ["previous"]


def test_a_report_without_a_window_has_none_to_fill(ask: Ask) -> None:
    tables = "customers\nid\nc1\n\norders\nid | customer_id\no1 | c1\n"
    assert ask.customer(tables, "c1")["data_quality"]["unfilled"] is None


LATEST = (
    TWO_BRANCHES
    + """
orders
id | branch_id | status    | created_at
o1 | b1        | delivered | 2026-05-10 15:00:00+00
o2 | b1        | cancelled | 2026-05-20 02:30:00+00
o3 | b2        | delivered | 2026-06-01 15:00:00+00
o4 | b1        | delivered | 2026-12-05 15:00:00+00

quotes
id | branch_id | created_at
q1 | b1        | 2026-07-01 15:00:00+00
"""
)


def as_of(ask: Ask, folder: Path | str, *options: str) -> str:
    """The instant of a report as of the newest sale."""
    return str(ask.dashboard(folder, "--as-of", "latest", *options)["as_of"]).replace(" ", "T")


def test_latest_is_the_end_of_the_day_of_the_newest_sale_of_the_scope(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen on 30 November: o4 is of December. o2, void, was made on 19 May, 22:30 in Santiago (UTC-4)."""
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-30T12:00:00+00:00")
    folder = write_export(LATEST)
    assert as_of(ask, folder, "--branch", "b1") == "2026-05-19T23:59:59.999999-04:00"
    assert as_of(ask, folder, "--branch", "b2") == "2026-06-01T23:59:59.999999-04:00"
    assert as_of(ask, folder) == "2026-06-01T23:59:59.999999-04:00"
    report = ask.dashboard(folder, "--as-of", "latest", "--branch", "b1", "--period", "1")
    assert report["period"] == {"from": "2026-05-19", "to": "2026-05-19", "days": 1, "label": "1"}
    assert report["kpis"]["orders_count"] == 1


def test_latest_follows_the_zone(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """In UTC o2 was made on 20 May."""
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-30T12:00:00+00:00")
    result = as_of(ask, LATEST, "--branch", "b1", "--tz", "UTC")
    assert result == "2026-05-20T23:59:59.999999+00:00"


def test_a_work_order_may_be_the_newest(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-30T12:00:00+00:00")
    tables = (
        LATEST + "\nlab_work_orders\nid | branch_id | status | created_at\nw1 | b1 | quote | 2026-06-20\n"
    )
    assert as_of(ask, tables) == "2026-06-20T23:59:59.999999-04:00"


def test_the_newest_sale_of_today_ends_the_day_that_is_not_over(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last instant of the day lies after now."""
    monkeypatch.setenv("OPTTIUS_NOW", "2026-06-01T16:00:00+00:00")
    assert as_of(ask, LATEST) == "2026-06-01T23:59:59.999999-04:00"


def test_latest_of_nothing_is_now(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-30T12:00:00+00:00")
    assert as_of(ask, "") == "2026-11-30T09:00:00-03:00"
    monkeypatch.setenv("OPTTIUS_NOW", "2026-04-30T12:00:00+00:00")
    assert as_of(ask, LATEST) == "2026-04-30T08:00:00-04:00"  # every sale is made later
