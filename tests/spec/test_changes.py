"""Section 6: what changed against the previous window, what is owed today, and the orders by status."""

from __future__ import annotations

from spec.harness import Ask, expect

FIGURES = [
    "total_revenue", "pos_revenue", "work_order_revenue", "other_revenue", "sales_count", "average_ticket",
    "average_pos_ticket", "average_work_order_ticket", "outstanding_amount", "orders_count", "work_orders_count",
    "quotes_count", "appointments_count", "customers_new", "customers_buying", "customers_recurring",
    "average_quote_value", "quote_conversion_pct", "appointment_completion_pct", "average_delivery_days",
]  # fmt: skip
"""The figures that are compared, in the order of the kpis."""

# The window is 24 October to 22 November, the one before 24 September to 23 October.
BOTH_WINDOWS = """
customers
id | created_at
c1 | 2026-11-01
c2 | 2026-10-01
c3 | 2026-10-02

orders
id | customer_id | total_amount | payment_status | created_at
o1 | c1          | 100          | paid           | 2026-11-20
o2 | c1          | 101          | paid           | 2026-11-20
o3 | c1          | 300          | pending        | 2026-11-20
o4 | c2          | 300          | paid           | 2026-10-01
o5 | c2          | 50           | pending        | 2026-10-01
o6 | c3          | 70           | pending        | 2026-01-01

order_payments
id | order_id | amount | payment_method | paid_at
p1 | o5       | 10     | debit          | 2026-10-01

quotes
id | status   | total_amount | created_at
q1 | accepted | 200          | 2026-11-20
q2 | rejected | 101          | 2026-11-20
q3 | rejected | 100          | 2026-10-01
q4 | accepted | 100          | 2026-10-01
q5 | rejected | 100          | 2026-10-01

appointments
id | status    | appointment_date
a1 | completed | 2026-11-20
a2 | no_show   | 2026-10-23

lab_work_orders
id | pos_order_id | created_at             | ordered_at | delivered_at
w1 | o1           | 2026-11-10 12:00:00-03 |            | 2026-11-12 12:00:00-03
w2 | o4           | 2026-10-01 12:00:00-03 |            | 2026-10-04 18:00:00-03
"""


def test_every_figure_beside_the_one_before(ask: Ask) -> None:
    """Money and counts change in percent of what was; percentages and days by the difference."""
    report = ask.dashboard(BOTH_WINDOWS)
    expect(
        report,
        changes={
            "total_revenue": {"previous": 300, "change": -33},  # (201 - 300) / 300
            "pos_revenue": {"previous": 0, "change": None},  # 101, over nothing
            "work_order_revenue": {"previous": 300, "change": -66.67},  # (100 - 300) / 300
            "other_revenue": {"previous": 0, "change": None},
            "sales_count": {"previous": 1, "change": 100},
            "average_ticket": {"previous": 300, "change": -66.5},  # (100.5 - 300) / 300
            "average_pos_ticket": {"previous": None, "change": None},
            "average_work_order_ticket": {"previous": 300, "change": -66.67},
            "outstanding_amount": {"previous": 40, "change": 650},  # (300 - 40) / 40
            "orders_count": {"previous": 2, "change": 50},
            "work_orders_count": {"previous": 1, "change": 0},
            "quotes_count": {"previous": 3, "change": -33.33},
            "appointments_count": {"previous": 1, "change": 0},
            "customers_new": {"previous": 2, "change": -50},
            "customers_buying": {"previous": 1, "change": 0},
            "customers_recurring": {"previous": 1, "change": 0},
            "average_quote_value": {"previous": 100, "change": 50.5},  # 301 / 2 against 300 / 3
            "quote_conversion_pct": {"previous": 33.33, "change": 16.67},  # 1/2 - 1/3, rounded once
            "appointment_completion_pct": {"previous": 0, "change": 100},
            "average_delivery_days": {"previous": 3.3, "change": -1.3},  # 2 - 3.25: exact, then rounded
        },
    )
    assert list(report["changes"]) == FIGURES
    keys = list(report)
    assert keys[keys.index("kpis") :][:4] == ["kpis", "changes", "orders_by_status", "work_orders"]


def test_the_window_before_is_cut_at_the_time_of_as_of(ask: Ask) -> None:
    """As-of is 15:00 of the 22nd, so 23 October counts up to 15:00; its appointments have no time of day."""
    report = ask.dashboard(
        """
        customers
        id | created_at
        c1 | 2026-10-23 15:00:00-03
        c2 | 2026-10-23 15:00:01-03

        orders
        id | total_amount | created_at             | payment_status
        o1 | 1            | 2026-10-23 15:00:00-03 | paid
        o2 | 10           | 2026-10-23 15:00:01-03 | paid
        o3 | 100          | 2026-10-23 15:00:00-03 | pending
        o4 | 1000         | 2026-10-23 15:00:01-03 | pending

        quotes
        id | created_at
        q1 | 2026-10-23 15:00:00-03
        q2 | 2026-10-23 15:00:01-03

        appointments
        id | appointment_date | appointment_time
        a1 | 2026-10-23       | 18:00:00

        lab_work_orders
        id | status | created_at             | delivered_at
        w1 | quote  | 2026-10-22 15:00:00-03 | 2026-10-23 15:00:00-03
        w2 | quote  | 2026-10-01 15:00:00-03 | 2026-10-23 15:00:01-03
        """
    )
    previous = {figure: result["previous"] for figure, result in report["changes"].items()}
    expect(
        previous,
        total_revenue=1,
        sales_count=1,
        outstanding_amount=100,
        orders_count=2,
        customers_new=1,
        quotes_count=1,
        appointments_count=1,
        average_delivery_days=1,
    )


def test_without_a_previous_window_nothing_is_compared(ask: Ask) -> None:
    assert ask.dashboard(BOTH_WINDOWS, "--compare", "none")["changes"] is None


def test_what_lacks_its_table_has_neither(ask: Ask) -> None:
    report = ask.dashboard("", missing=("quotes", "lab_work_orders"))
    nothing = {"previous": None, "change": None}
    expect(
        report,
        changes={
            "quotes_count": nothing,
            "average_quote_value": nothing,
            "work_orders_count": nothing,
            "work_order_revenue": nothing,
            "average_delivery_days": nothing,
            "orders_count": {"previous": 0, "change": None},
        },
    )


def test_outstanding_total_is_of_whenever(ask: Ask) -> None:
    """300 - 0 and 50 - 10 as above, and o6 of January: 70."""
    expect(ask.dashboard(BOTH_WINDOWS), kpis={"outstanding_amount": 300, "outstanding_total": 410})


def test_a_work_order_owes_until_it_is_paid_linked_or_void(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | created_at
        o1 | 2025-01-01

        lab_work_orders
        id | pos_order_id | status    | payment_status | total_amount | created_at
        w1 |              | ordered   | partial        | 1            | 2025-01-01
        w2 | o1           | ordered   | pending        | 10           | 2025-01-01
        w3 |              | cancelled | pending        | 100          | 2025-01-01
        w4 |              | quote     | pending        | 1000         | 2025-01-01
        w5 |              | ordered   | paid           | 10000        | 2025-01-01
        """
    )
    expect(report, kpis={"outstanding_amount": 0, "outstanding_total": 1})


def test_orders_by_status(ask: Ask) -> None:
    """Those of orders_count; a null status is unknown."""
    report = ask.dashboard(
        """
        orders
        id | status    | created_at
        o1 | delivered | 2026-11-20
        o2 | cancelled | 2026-11-20
        o3 | delivered | 2026-11-20
        o4 | delivered | 2026-10-23
        o5 |           | 2026-11-20
        """
    )
    expect(report, orders_by_status={"cancelled": 1, "delivered": 2, "unknown": 1}, kpis={"orders_count": 4})
