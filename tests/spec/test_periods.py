"""Section 2: the window of every form of period, and the previous window it is compared with."""

from __future__ import annotations

from spec.harness import Ask, Record, expect, run, write_export

SINGLE_CUSTOMER = """
customers
id
c1
"""

# As-of is Sunday 22 November 2026, 15:00 in Santiago.
FORMS = [
    ("1", "2026-11-22", "2026-11-22", 1, "2026-11-21", "2026-11-21"),
    ("7", "2026-11-16", "2026-11-22", 7, "2026-11-09", "2026-11-15"),
    ("30", "2026-10-24", "2026-11-22", 30, "2026-09-24", "2026-10-23"),
    ("365", "2025-11-23", "2026-11-22", 365, "2024-11-23", "2025-11-22"),
    ("today", "2026-11-22", "2026-11-22", 1, "2026-11-21", "2026-11-21"),
    ("yesterday", "2026-11-21", "2026-11-21", 1, "2026-11-20", "2026-11-20"),
    ("this-week", "2026-11-16", "2026-11-22", 7, "2026-11-09", "2026-11-15"),
    ("last-week", "2026-11-09", "2026-11-15", 7, "2026-11-02", "2026-11-08"),
    ("this-month", "2026-11-01", "2026-11-22", 22, "2026-10-01", "2026-10-22"),
    ("last-month", "2026-10-01", "2026-10-31", 31, "2026-09-01", "2026-09-30"),
    ("ytd", "2026-01-01", "2026-11-22", 326, "2025-01-01", "2025-11-22"),
    ("2026-10", "2026-10-01", "2026-10-31", 31, "2026-09-01", "2026-09-30"),
    ("2026-11", "2026-11-01", "2026-11-22", 22, "2026-10-01", "2026-10-22"),
    ("2026-01", "2026-01-01", "2026-01-31", 31, "2025-12-01", "2025-12-31"),
    ("2026-Q3", "2026-07-01", "2026-09-30", 92, "2026-04-01", "2026-06-30"),
    ("2026-Q1", "2026-01-01", "2026-03-31", 90, "2025-10-01", "2025-12-31"),
    ("2026-Q4", "2026-10-01", "2026-11-22", 53, "2026-07-01", "2026-08-22"),
    ("2026", "2026-01-01", "2026-11-22", 326, "2025-01-01", "2025-11-22"),
    ("2025", "2025-01-01", "2025-12-31", 365, "2024-01-01", "2024-12-31"),
    ("2026-01-15..2026-02-14", "2026-01-15", "2026-02-14", 31, "2025-12-15", "2026-01-14"),
    ("2026-11-20..2026-12-04", "2026-11-20", "2026-11-22", 3, "2026-11-05", "2026-11-07"),
]


def test_every_form_of_period(ask: Ask) -> None:
    folder = write_export(SINGLE_CUSTOMER)
    for period, first, last, length, before, until in FORMS:
        report = ask.dashboard(folder, "--period", period)
        assert windows(report, period) == (period, first, last, before, until)
        assert report["period"]["days"] == len(report["trends"]["sales"]) == length


def windows(report: Record, period: str) -> tuple[str, ...]:
    """A period and both its windows."""
    now, before = report["period"], report["previous"]
    return period, now["from"], now["to"], before["from"], before["to"]


def test_the_default_is_30_days(ask: Ask) -> None:
    report = ask.dashboard(SINGLE_CUSTOMER)
    expect(report, period={"from": "2026-10-24", "to": "2026-11-22", "days": 30})


def test_the_longest_period(ask: Ask) -> None:
    """From 22 November 2016 it is 10 x 365 + 2 leap days + 1 = 3653 dates; 7 more start on the 15th."""
    report = ask.dashboard(SINGLE_CUSTOMER, "--period", "3660")
    expect(report, period={"from": "2016-11-15", "to": "2026-11-22", "days": 3660})


NOT_OVER = [
    # 22 dates before 20 March start on 26 February; 16 of the 22 are over on 4 April.
    ("2026-04-04", "2026-03-20..2026-04-10", "2026-03-20", "2026-04-04", "2026-02-26", "2026-03-13"),
    (
        "2026-04-04T09:00",
        "2026-03-20..2026-04-10",
        "2026-03-20",
        "2026-04-04",
        "2026-02-26",
        "2026-03-13",
    ),
    # February has fewer dates than the 30 that are over: all of it.
    ("2026-03-30T12:00", "this-month", "2026-03-01", "2026-03-30", "2026-02-01", "2026-02-28"),
    # The last instant of a month: it is over, and the month before is read whole.
    ("2026-11-30", "this-month", "2026-11-01", "2026-11-30", "2026-10-01", "2026-10-31"),
    ("2026-11-30T23:59:59", "this-month", "2026-11-01", "2026-11-30", "2026-10-01", "2026-10-30"),
    ("2026-06-30T12:00", "2026-Q2", "2026-04-01", "2026-06-30", "2026-01-01", "2026-03-31"),
    # 29 February is the 60th date of 2024; the 60th of 2023 is 1 March.
    ("2024-02-29T12:00", "ytd", "2024-01-01", "2024-02-29", "2023-01-01", "2023-03-01"),
    # Monday: a week of one date.
    ("2026-11-23T12:00", "this-week", "2026-11-23", "2026-11-23", "2026-11-16", "2026-11-16"),
    # ISO weeks run over the year's edge: 1 January 2027 is a Friday.
    ("2027-01-01T12:00", "this-week", "2026-12-28", "2027-01-01", "2026-12-21", "2026-12-25"),
    ("2027-01-10T12:00", "last-week", "2026-12-28", "2027-01-03", "2026-12-21", "2026-12-27"),
    ("2027-01-10T12:00", "last-month", "2026-12-01", "2026-12-31", "2026-11-01", "2026-11-30"),
]


def test_a_window_that_is_not_over_is_compared_with_an_equally_long_start(ask: Ask) -> None:
    folder = write_export(SINGLE_CUSTOMER)
    for as_of, *expected in NOT_OVER:
        report = ask.dashboard(folder, "--as-of", as_of, "--period", expected[0])
        assert windows(report, expected[0]) == tuple(expected), as_of


A_YEAR_EARLIER = [
    ("2026-11-22T15:00", "30", "2025-10-24", "2025-11-22"),
    ("2026-11-22T15:00", "last-month", "2025-10-01", "2025-10-31"),
    ("2026-11-22T15:00", "this-month", "2025-11-01", "2025-11-22"),
    ("2026-11-22T15:00", "this-week", "2025-11-16", "2025-11-22"),
    # 29 February becomes 28.
    ("2024-03-31", "2024-02-29..2024-03-05", "2023-02-28", "2023-03-05"),
    ("2024-03-31", "2024-02", "2023-02-01", "2023-02-28"),
    ("2024-02-29T12:00", "this-month", "2023-02-01", "2023-02-28"),
    # A leap year one year earlier keeps its 29th.
    ("2025-03-31", "2025-02-15..2025-03-15", "2024-02-15", "2024-03-15"),
    # 29 dates of the window, of the 30 that the year before has.
    ("2025-03-15T12:00", "2025-02-15..2025-03-15", "2024-02-15", "2024-03-14"),
]


def test_compare_year(ask: Ask) -> None:
    folder = write_export(SINGLE_CUSTOMER)
    for as_of, period, before, until in A_YEAR_EARLIER:
        report = ask.dashboard(folder, "--as-of", as_of, "--period", period, "--compare", "year")
        assert windows(report, period)[3:] == (before, until), (as_of, period)


def test_compare_none(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 100          | 2026-10-20
        o2 | 300          | 2026-11-20
        """,
        *("--compare", "none"),
    )
    expect(report, previous=None, kpis={"total_revenue": 300, "previous_revenue": None})
    assert report["kpis"]["revenue_growth_pct"] is None


def test_growth_has_pos_revenue_in_both_windows(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | is_pos_sale | created_at
        o1 | 1000         | t           | 2026-10-10
        o2 | 600          | f           | 2026-10-11
        o3 | 1500         | t           | 2026-11-10
        o4 | 900          | f           | 2026-11-11
        """
    )
    expect(
        report,
        kpis={
            "total_revenue": 1500 + 900,
            "pos_revenue": 1500,
            "other_revenue": 900,
            "previous_revenue": 1000 + 600,
            "revenue_growth_pct": 50,  # (2400 - 1600) / 1600
        },
    )


def test_the_previous_window_counts_a_linked_work_order_once_too(ask: Ask) -> None:
    """The link was made in the window; the previous window is read with the links as they stand now."""
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1000         | 2026-10-10
        o2 | 500          | 2026-11-10

        lab_work_orders
        id | pos_order_id | total_amount | created_at
        w1 | o1           | 1000         | 2026-11-12
        w2 | o1           | 700          | 2026-10-11
        """
    )
    expect(report, kpis={"total_revenue": 500, "previous_revenue": 1000, "revenue_growth_pct": -50})


def test_growth_over_nothing_is_null(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1000         | 2026-11-10
        """
    )
    expect(report, kpis={"total_revenue": 1000, "previous_revenue": 0, "revenue_growth_pct": None})


LAST_DATE_OF_THE_PREVIOUS_WINDOW = """
orders
id | total_amount | created_at
o1 | 1            | 2026-10-22 23:59:59-03
o2 | 10           | 2026-10-23 15:00:00-03
o3 | 100          | 2026-10-23 15:00:00.000001-03
o4 | 1000         | 2026-10-23 23:59:59.999999-03
o5 | 10000        | 2026-10-24 00:00:00-03
"""


def test_on_its_last_date_only_rows_up_to_the_wall_clock(ask: Ask) -> None:
    """The 30 dates before 24 October end on the 23rd, which is cut at as-of's time of day."""
    folder = write_export(LAST_DATE_OF_THE_PREVIOUS_WINDOW)
    for as_of, before in (
        ("2026-11-22T15:00:00-03:00", 1 + 10),
        ("2026-11-22T15:00:01-03:00", 1 + 10 + 100),
        ("2026-11-22", 1 + 10 + 100 + 1000),
    ):
        report = ask.dashboard(folder, "--as-of", as_of)
        expect(report, kpis={"total_revenue": 10000, "previous_revenue": before})


def test_the_cut_is_by_the_wall_clock_not_by_elapsed_hours(ask: Ask) -> None:
    """As-of is noon in summer time (UTC-3); the previous window ends at noon in winter time (UTC-4)."""
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1            | 2026-08-07 15:00:00+00
        o2 | 10           | 2026-08-07 16:00:00+00
        o3 | 100          | 2026-08-07 16:00:01+00
        """,
        *("--as-of", "2026-09-06T12:00:00-03:00"),
    )
    expect(report, previous={"from": "2026-07-09", "to": "2026-08-07"}, kpis={"previous_revenue": 1 + 10})


def test_a_previous_window_with_fewer_dates_is_not_cut(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 10           | 2026-02-28 23:00:00-03
        """,
        *("--as-of", "2026-03-30T12:00:00-03:00", "--period", "this-month"),
    )
    expect(report, kpis={"previous_revenue": 10})


def test_a_window_that_is_over_is_compared_with_a_whole_window(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 10           | 2026-09-30 23:59:59-03
        """,
        *("--period", "last-month"),
    )
    expect(report, kpis={"previous_revenue": 10})


def test_compare_year_is_cut_the_same_way(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1            | 2025-11-22 15:00:00-03
        o2 | 10           | 2025-11-22 15:00:01-03
        """,
        *("--compare", "year"),
    )
    expect(report, kpis={"previous_revenue": 1})


WRONG = (
    *("2026-12", "2027", "2026-11-23..2026-11-30", "2026-02-02..2026-02-01"),
    *("0", "3661", "2026-13", "2026-Q5", "soon"),
)


def test_a_period_that_nobody_can_mean_is_wrong_usage() -> None:
    folder = write_export(SINGLE_CUSTOMER)
    for period in WRONG:
        ran = run(folder, "dashboard", "--period", period)
        assert (period, ran.code, ran.stdout) == (period, 2, "")
        assert period.split("..", maxsplit=1)[0] in ran.stderr
