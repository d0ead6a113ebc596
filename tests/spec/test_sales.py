"""Section 5: what is a purchase, what is recognised, by which channel, and in which currency."""

from __future__ import annotations

import pytest

from spec.harness import Ask, expect, write_export


def test_a_linked_work_order_counts_once(ask: Ask) -> None:
    """The POS writes both rows for one sale, each with the full amount."""
    report = ask.dashboard(
        """
        customers
        id
        c1

        orders
        id | customer_id | total_amount
        o1 | c1          | 250000

        lab_work_orders
        id | customer_id | pos_order_id | total_amount
        w1 | c1          | o1           | 250000
        """
    )
    expect(
        report,
        kpis={
            "total_revenue": 250000,
            "pos_revenue": 0,
            "work_order_revenue": 250000,
            "sales_count": 1,
            "customers_recurring": 0,
        },
        data_quality={"linked_work_orders": {"count": 1, "amount": 250000}},
    )


def test_its_order_speaks_for_a_linked_work_order(ask: Ask) -> None:
    """o1 is void and o2 unpaid: their paid work orders count in no other way. o3's amount is the order's."""
    report = ask.dashboard(
        """
        orders
        id | status    | payment_status | total_amount
        o1 | cancelled | paid           | 100
        o2 | pending   | pending        | 200
        o3 | delivered | paid           | 400

        lab_work_orders
        id | pos_order_id | total_amount
        w1 | o1           | 100
        w2 | o2           | 200
        w3 | o3           | 999
        """
    )
    expect(report, kpis={"total_revenue": 400, "sales_count": 1, "outstanding_amount": 200})


# Status, payment status, whether it is a purchase, whether it is a sale.
ORDERS = [
    ("delivered", "paid", True, True),
    ("pending", "paid", True, True),
    ("weird", "paid", True, True),
    ("", "paid", True, True),
    ("delivered", "pending", True, False),
    ("delivered", "partial", True, False),
    ("delivered", "on_hold_payment", True, False),
    ("delivered", "partially_refunded", False, False),  # nothing was paid, so nothing was kept
    ("delivered", "", True, False),
    ("cancelled", "paid", False, False),
    ("refunded", "paid", False, False),
    ("delivered", "failed", False, False),
    ("delivered", "refunded", False, False),
]
WORK_ORDERS = [
    ("delivered", "paid", True, True),
    ("ordered", "paid", True, True),
    ("lost_in_mail", "paid", True, True),
    ("", "paid", True, True),
    ("on_hold_payment", "pending", True, False),
    ("delivered", "partial", True, False),
    ("delivered", "", True, False),
    ("quote", "paid", False, False),
    ("quote", "pending", False, False),
    ("cancelled", "paid", False, False),
    ("returned", "paid", False, False),
    ("delivered", "refunded", False, False),
]


@pytest.mark.parametrize(("table", "cases"), [("orders", ORDERS), ("lab_work_orders", WORK_ORDERS)])
def test_which_rows_are_purchases_and_which_are_sales(
    ask: Ask, table: str, cases: list[tuple[str, str, bool, bool]]
) -> None:
    """Each case has a customer and an amount of its own, a power of two: every sum tells what it holds."""
    customers, rows = (
        ["customers", "id"],
        [table, "id | customer_id | status | payment_status | total_amount"],
    )
    for number, (status, payment_status, _, _) in enumerate(cases):
        customers.append(f"c{number}")
        rows.append(f"x{number} | c{number} | {status} | {payment_status} | {2**number}")
    folder = write_export("\n".join([*customers, *rows]))
    segments = ask.segments(folder)
    for number, (*statuses, is_purchase, is_sale) in enumerate(cases):
        row = segments[f"c{number}"]
        counted = (row["purchases"], row["recognised_sales"], row["total_spent"])
        assert (statuses, counted) == (statuses, (is_purchase, is_sale, is_sale * 2**number))
    sold = sum(2**number for number, case in enumerate(cases) if case[3])
    bought = sum(2**number for number, case in enumerate(cases) if case[2])
    expect(
        ask.dashboard(folder),
        kpis={
            "total_revenue": sold,
            "outstanding_amount": bought - sold,
            "customers_buying": sum(case[2] for case in cases),
        },
        data_quality={"unpaid": {"amount": bought - sold}},
    )


def test_void_orders_are_reported(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | status    | payment_status | total_amount
        o1 | cancelled | paid           | 1
        o2 | refunded  | paid           | 10
        o3 | delivered | failed         | 100
        o4 | delivered | refunded       | 1000
        o5 | delivered | partial        | 10000

        lab_work_orders
        id | status    | payment_status | total_amount
        w1 | cancelled | paid           | 100000
        w2 | returned  | paid           | 1000000
        w3 | delivered | refunded       | 10000000
        """
    )
    expect(report, data_quality={"void": {"count": 7, "amount": 11101111}})


def test_paid_statuses_are_configuration(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | payment_status | total_amount
        o1 | paid           | 1
        o2 | partial        | 10
        o3 | pending        | 100

        lab_work_orders
        id | payment_status | total_amount
        w1 | partial        | 1000
        """,
        config='[metrics]\npaid_statuses = ["paid", "partial"]\n',
    )
    expect(report, kpis={"total_revenue": 1 + 10 + 1000, "sales_count": 3, "outstanding_amount": 100})


def test_channels(ask: Ask) -> None:
    """o1 to o3 have no work order; o4's is live, o5's is void, o6's is a quote, which is not void."""
    report = ask.dashboard(
        """
        orders
        id | is_pos_sale | total_amount
        o1 | t           | 1
        o2 | f           | 10
        o3 |             | 100
        o4 | t           | 1000
        o5 | t           | 10000
        o6 | f           | 100000

        lab_work_orders
        id | pos_order_id | status    | total_amount
        w4 | o4           | ordered   | 5
        w5 | o5           | cancelled | 5
        w6 | o6           | quote     | 5
        w7 |              | ordered   | 1000000
        """
    )
    expect(
        report,
        kpis={
            "pos_revenue": 1 + 10000,
            "other_revenue": 10 + 100,
            "work_order_revenue": 1000 + 100000 + 1000000,
            "total_revenue": 1111111,
        },
    )


CURRENCIES = """
organizations
id | metadata
g1 | {metadata}

customers
id
c1

orders
id | customer_id | currency | total_amount | created_at
o1 | c1          | CLP      | 1            | 2026-11-10
o2 | c1          |          | 10           | 2026-11-11
o3 | c1          | ARS      | 100          | 2026-11-12
o4 | c1          | USD      | 1000         | 2026-11-13
"""


def test_another_currency_counts_where_rows_are_counted_and_never_where_money_is_summed(ask: Ask) -> None:
    report = ask.dashboard(CURRENCIES.format(metadata=""))
    expect(
        report,
        currency="CLP",
        kpis={
            "total_revenue": 1 + 10,
            "sales_count": 4,
            "average_ticket": 5.5,  # 11 / 2: the rows whose currency is the report's
            "average_pos_ticket": 5.5,
            "orders_count": 4,
            "customers_recurring": 1,
        },
        data_quality={
            "other_currency": [
                {"currency": "ARS", "count": 1, "amount": 100},
                {"currency": "USD", "count": 1, "amount": 1000},
            ]
        },
    )


def test_the_organizations_currency(ask: Ask) -> None:
    report = ask.dashboard(CURRENCIES.format(metadata='{"currency": "ARS"}'))
    expect(report, currency="ARS", kpis={"total_revenue": 10 + 100, "sales_count": 4})


def test_an_alias_joins_two_codes(ask: Ask) -> None:
    report = ask.dashboard(CURRENCIES.format(metadata=""), config='[currency]\naliases = { ARS = "CLP" }\n')
    expect(
        report,
        currency="CLP",
        kpis={"total_revenue": 1 + 10 + 100, "average_ticket": 37},
        data_quality={"other_currency": [{"currency": "USD", "count": 1, "amount": 1000}]},
    )


def test_a_missing_currency_column_means_the_reports(ask: Ask) -> None:
    report = ask.dashboard(CURRENCIES.format(metadata=""), drop={"orders": ("currency",)})
    expect(
        report,
        kpis={"total_revenue": 1111, "sales_count": 4},
        data_quality={"other_currency": [], "missing_columns": {"orders": ["currency"]}},
    )


def test_a_null_amount_is_0_and_a_negative_amount_is_summed(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount
        o1 | 300
        o2 |
        o3 | -60
        """
    )
    expect(
        report,
        kpis={"total_revenue": 300 + 0 - 60, "sales_count": 3, "average_ticket": 80},  # 240 / 3
        data_quality={"null_amounts": 1, "negative_amounts": 1},
    )
