"""Section 6, `kpis`: every key figure of the dashboard."""

from __future__ import annotations

import pytest

from spec.harness import Ask, expect


def test_revenue_by_channel_and_averages_over_the_same_rows(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | is_pos_sale | currency | total_amount | payment_status
        o1 | t           | CLP      | 100          | paid
        o2 | t           | CLP      | 201          | paid
        o3 | t           | USD      | 9            | paid
        o4 | f           | CLP      | 50           | paid
        o5 | t           | CLP      | 7000         | pending

        lab_work_orders
        id | currency | total_amount | payment_status
        w1 | CLP      | 1000         | paid
        w2 | USD      | 9            | paid
        """
    )
    expect(
        report,
        kpis={
            "total_revenue": 1351,  # 301 + 1000 + 50
            "pos_revenue": 301,
            "work_order_revenue": 1000,
            "other_revenue": 50,
            "sales_count": 6,
            "average_ticket": 337.75,  # 1351 / 4
            "average_pos_ticket": 150.5,  # 301 / 2
            "average_work_order_ticket": 1000,
        },
    )


def test_averages_over_nothing_are_null(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | payment_status
        o1 | pending
        """
    )
    expect(
        report,
        kpis={
            "total_revenue": 0,
            "sales_count": 0,
            "average_ticket": None,
            "average_pos_ticket": None,
            "average_work_order_ticket": None,
            "average_quote_value": None,
            "quote_conversion_pct": None,
            "appointment_completion_pct": None,
            "average_delivery_days": None,
        },
    )


def test_an_average_of_other_currencies_alone_is_null(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | currency
        o1 | USD
        """
    )
    expect(report, kpis={"sales_count": 1, "total_revenue": 0, "average_ticket": None})


def test_outstanding_amount(ask: Ask) -> None:
    """What unpaid purchases of the window still owe, each at least 0."""
    report = ask.dashboard(
        """
        orders
        id | payment_status | status    | currency | total_amount | created_at
        o1 | partial        | delivered | CLP      | 1000         | 2026-11-20
        o2 | pending        | delivered | CLP      | 100          | 2026-11-20
        o3 | pending        | delivered | USD      | 5000         | 2026-11-20
        o4 | paid           | delivered | CLP      | 9000         | 2026-11-20
        o5 | pending        | cancelled | CLP      | 9000         | 2026-11-20
        o6 | pending        | delivered | CLP      | 9000         | 2026-10-01
        o7 | pending        | delivered | CLP      |              | 2026-11-20

        order_payments
        id | order_id | amount | paid_at
        p1 | o1       | 300    | 2026-10-01
        p2 | o1       | 200    |
        p3 | o1       | -50    | 2026-11-21
        p4 | o2       | 130    | 2026-11-20
        p5 | o1       | 400    | 2026-11-23

        lab_work_orders
        id | payment_status | pos_order_id | total_amount
        w1 | pending        |              | 77
        w2 | pending        | o1           | 1000
        """
    )
    # o1: 1000 - (300 + 200 - 50), p5 being after as-of; o2: paid too much, 0; w1: all of it; w2 is linked.
    expect(report, kpis={"outstanding_amount": 550 + 0 + 77})


def test_rows_of_any_status_are_counted(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | status    | created_at
        o1 | cancelled | 2026-11-20
        o2 | delivered | 2026-11-20
        o3 | delivered | 2026-10-23

        lab_work_orders
        id | status    | pos_order_id | created_at
        w1 | cancelled |              | 2026-11-20
        w2 | quote     |              | 2026-11-20
        w3 | delivered | o2           | 2026-11-20
        w4 | delivered |              | 2026-10-23

        quotes
        id | status   | created_at
        q1 | rejected | 2026-11-20
        q2 | sent     | 2026-10-23

        appointments
        id | status    | appointment_date
        a1 | cancelled | 2026-11-20
        a2 | completed | 2026-10-23
        """
    )
    expect(
        report,
        kpis={"orders_count": 2, "work_orders_count": 3, "quotes_count": 1, "appointments_count": 1},
    )


def test_customers(ask: Ask) -> None:
    """The window is 24 October to 22 November; as-of's month is November."""
    report = ask.dashboard(
        """
        customers
        id | is_active | created_at
        c1 | t         | 2020-01-01
        c2 | f         | 2026-10-23
        c3 |           | 2026-10-24
        c4 | t         | 2026-11-01 02:59:59+00
        c5 | t         | 2026-11-01 03:00:00+00
        c6 | t         | 2026-11-22 18:00:00+00
        c7 | t         | 2026-11-22 18:00:01+00
        """
    )
    expect(
        report,
        kpis={
            "customers_total": 6,
            "customers_enabled": 5,  # only c2 says it is not active
            "customers_new": 4,  # c3 to c6
            "customers_new_this_month": 2,  # c5, c6
        },
    )


@pytest.mark.parametrize(("created_at", "active"), [("2025-11-23", 1), ("2025-11-22", 0)])
def test_active_customers_bought_in_the_365_dates_that_end_at_as_of(
    ask: Ask, created_at: str, active: int
) -> None:
    """23 November 2025 to 22 November 2026 is 365 dates. An unpaid purchase is one; a quote is none."""
    report = ask.dashboard(
        f"""
        customers
        id | created_at
        c1 | 2020-01-01
        c2 | 2020-01-01

        orders
        id | customer_id | payment_status | created_at
        o1 | c1          | pending        | {created_at}

        lab_work_orders
        id | customer_id | status
        w1 | c2          | quote
        """
    )
    expect(report, kpis={"customers_active": active, "customers_buying": 0})


def test_how_long_a_purchase_makes_active_is_a_setting(ask: Ask) -> None:
    """Of the 30 dates that end at as-of the first is 24 October."""
    tables = """
        customers
        id
        c1
        c2

        orders
        id | customer_id | created_at
        o1 | c1          | 2026-10-24
        o2 | c2          | 2026-10-23
        """
    report = ask.dashboard(tables, config="[segments]\nactive_days = 30\n")
    expect(report, kpis={"customers_active": 1})


def test_buying_and_recurring_customers(ask: Ask) -> None:
    """c1 buys twice, of which once unpaid; c2's second is void; c3's first is before the window."""
    report = ask.dashboard(
        """
        customers
        id
        c1
        c2
        c3
        c4

        orders
        id | customer_id | status    | payment_status | created_at
        o1 | c1          | delivered | paid           | 2026-11-20
        o2 | c2          | delivered | paid           | 2026-11-20
        o3 | c2          | cancelled | paid           | 2026-11-21
        o4 | c3          | delivered | paid           | 2026-10-23
        o5 | c3          | delivered | paid           | 2026-10-24

        lab_work_orders
        id | customer_id | payment_status
        w1 | c1          | pending
        """
    )
    expect(report, kpis={"customers_buying": 3, "customers_recurring": 1})


def test_figures_that_repeat_those_of_the_sections(ask: Ask) -> None:
    report = ask.dashboard(
        """
        quotes
        id | status   | total_amount
        q1 | accepted | 100
        q2 | rejected | 201

        appointments
        id | status
        a1 | completed
        a2 | scheduled
        a3 | scheduled

        lab_work_orders
        id | ordered_at             | delivered_at
        w1 | 2026-11-01 10:00:00-03 | 2026-11-06 22:00:00-03
        """
    )
    expect(
        report,
        kpis={
            "average_quote_value": 150.5,
            "quote_conversion_pct": 50,
            "appointment_completion_pct": 33.33,
            "average_delivery_days": 5.5,
        },
    )
