"""The way from our revenue to the app's, row by row, to the peso (metrics 16)."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from spec.harness import Ask, expect, run, shorten, write_export

AS_OF = ("--as-of", "2026-11-22T15:00:00-03:00")
# Ours: 10-24 to 11-22, whole dates. The app's: 30 · 24 hours, from 10-23 18:00 UTC.
SHOP = """
orders
id | total_amount | status    | payment_status | is_pos_sale | currency | created_at
o1 | 100000       | delivered | paid           | t           |          | 2026-11-20
o2 | 200000       | delivered | paid           | t           |          | 2026-11-20
o3 | 50000        | delivered | pending        | t           |          | 2026-11-20
o4 | 40000        | cancelled | paid           | t           |          | 2026-11-20
o5 | 30000        | delivered | paid           | f           |          | 2026-11-20
o6 | 25000        | delivered | paid           | t           | USD      | 2026-11-20
o7 | 10000        | delivered | paid           | t           |          | 2026-10-23 21:00:00+00

lab_work_orders
id | pos_order_id | total_amount | status    | payment_status
w2 | o2           | 200000       | delivered | paid
w8 |              | 70000        | returned  | paid
w9 |              | 60000        | delivered | paid
"""
ITEMS = {
    "window_edge": (1, 10000),  # o7: 10-23 18:00 in Santiago
    "not_pos": (1, -30000),  # o5
    "delivered_unpaid": (1, 50000),  # o3
    "void_orders": (1, 40000),  # o4
    "refunded_in_part": (0, 0),
    "linked_again": (1, 200000),  # w2
    "void_work_orders": (1, 70000),  # w8
    "quote_work_orders": (0, 0),
    "other_currency": (1, 25000),  # o6
    "paid_statuses": (0, 0),
    "duplicate_rows": (0, 0),
    "no_branch": (0, 0),
    "unexplained": (0, 0),
}


def bridge(report: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {row["item"]: (row["count"], row["amount"]) for row in report["rows"]}


def test_ours_and_the_items_add_up_to_the_apps(ask: Ask) -> None:
    report = ask.reconcile(SHOP, *AS_OF)
    # ours 100 + 200 + 30 + 60; 390 + 10 − 30 + 50 + 40 + 200 + 70 + 25 = 755 thousand
    expect(report, ours=390000, app=755000, row_cap={})
    assert bridge(report) == ITEMS
    assert list(bridge(report)) == list(ITEMS)


def test_a_row_without_branch_and_a_further_row_count_on_one_side_only(ask: Ask) -> None:
    report = ask.reconcile(
        """
        orders
        id | branch_id | total_amount | payment_status     | created_at
        o1 |           | 1000         | paid               | 2026-11-20
        o2 | b1        | 2000         | paid               | 2026-11-20
        o2 | b1        | 500          | paid               | 2026-11-19
        o3 | b1        | 900          | partially_refunded | 2026-11-20

        order_payments
        order_id | amount
        o3       | 900

        credit_notes
        order_id | amount
        o3       | 300

        lab_work_orders
        id | status | total_amount
        w1 | quote  | 70
        """,
        *AS_OF,
    )
    # ours: 1 000 + 2 000 + 600 kept; the app: 2 000 + 500 + 900 (delivered) + 70
    expect(report, ours=3600, app=3470)
    shown = {item: values for item, values in bridge(report).items() if values != (0, 0)}
    assert shown == {
        "refunded_in_part": (1, 300),
        "quote_work_orders": (1, 70),
        "duplicate_rows": (1, 500),
        "no_branch": (1, -1000),
    }


def test_the_other_figures_say_why_they_differ(ask: Ask) -> None:
    report = ask.reconcile(
        """
        customers
        id | created_at
        c1 | 2026-10-23 21:00:00+00

        orders
        id | total_amount | created_at
        o1 | 1000         | 2026-11-20
        o2 | 3000         | 2026-10-10

        lab_work_orders
        id | pos_order_id | customer_id | total_amount | status          | ordered_at | delivered_at | created_at
        w1 | o1           | c1          | 1000         | in_progress_lab |            |              | 2026-11-20
        w2 |              | c1 | 500 | delivered | 2026-11-01 | 2026-11-02 16:00:00+00 | 2026-11-20
        w3 |              | c1          | 700          | delivered       |            |              | 2026-10-10

        quotes
        id | status   | total_amount
        q1 | accepted | 100
        q2 | sent     |

        appointments
        id | status    | appointment_date
        a1 | completed | 2026-10-23
        """,
        *AS_OF,
    )
    lines = {row["key"]: (row["ours"], row["app"], row["why"]) for row in report["figures"]}
    assert lines == {
        "posRevenue": (0, 1000, "linked_in_pos"),
        "workOrdersRevenue": (1500, 1500, None),
        "previousRevenue": (3700, 700, "no_previous_pos"),
        # (1 500 − 3 700) / 3 700, and (2 500 − 700) / 700
        "revenueGrowth": (Decimal("-59.46"), Decimal("257.14"), "no_previous_pos"),
        "totalOrders": (1, 1, None),
        "totalWorkOrders": (2, 2, None),
        "totalQuotes": (2, 2, None),
        "totalAppointments": (0, 1, "utc_dates"),
        "totalCustomers": (1, 1, None),
        "newCustomers": (0, 1, "window_edge"),
        "recurringCustomers": (1, 1, None),
        "avgOrderValue": (None, 1000, None),
        "avgWorkOrderValue": (750, 750, None),
        "avgQuoteValue": (100, 50, "other_rule"),
        "quoteConversionRate": (50, 50, None),
        "appointmentCompletionRate": (None, 100, None),
        # 25 hours: 1.0 day, and 2 days rounded up
        "avgDeliveryDays": (1, 2, "other_rule"),
        "pendingWorkOrders": (1, 0, "other_rule"),
    }


@pytest.mark.parametrize("missing", ["lab_work_orders", "quotes", "appointments"])
def test_a_table_that_the_data_lack_makes_its_own_figures_null(ask: Ask, missing: str) -> None:
    """Never the others: without work orders, what was sold before is still known."""
    own = {
        "lab_work_orders": {"workOrdersRevenue", "totalWorkOrders", "avgWorkOrderValue", "avgDeliveryDays",
                            "pendingWorkOrders"},
        "quotes": {"totalQuotes", "avgQuoteValue", "quoteConversionRate"},
        "appointments": {"totalAppointments", "appointmentCompletionRate"},
    }  # fmt: skip
    sales = """
        customers
        id
        c1

        orders
        id | customer_id | total_amount | is_pos_sale | created_at
        o1 | c1          | 1000         | t           | 2026-11-20
        o2 | c1          | 2000         | t           | 2026-11-19
        o3 | c1          | 4000         | t           | 2026-10-10

        quotes
        id | total_amount
        q1 | 100

        appointments
        id | status
        a1 | completed

        lab_work_orders
        id | total_amount | ordered_at | delivered_at
        w1 | 500          | 2026-11-19 | 2026-11-20
        """
    answers = [ask.reconcile(sales, *AS_OF, missing=names) for names in ((), (missing,))]
    whole, lacking = ({row["key"]: row for row in answer["figures"]} for answer in answers)
    assert {key for key, row in lacking.items() if row["ours"] is None} == own[missing]
    assert {key for key, row in lacking.items() if row["app"] is None} == own[missing]
    assert not [key for key, row in whole.items() if row["ours"] is None or row["app"] is None]
    before = 4000
    assert (lacking["previousRevenue"]["ours"], lacking["recurringCustomers"]["ours"]) == (before, 1)


def test_the_app_lacks_steps_of_work_that_is_pending(ask: Ask) -> None:
    """Of our nine it counts six: what waits for a payment or is at the lab is not pending to it."""
    statuses = ("quote", "ordered", "on_hold_payment", "sent_to_lab", "in_progress_lab", "ready_at_lab",
                "received_from_lab", "mounted", "quality_check", "ready_for_pickup", "delivered", "cancelled",
                "returned")  # fmt: skip
    rows = "\n".join(f"w{number} | b1 | {status}" for number, status in enumerate(statuses))
    report = ask.reconcile(f"lab_work_orders\nid | branch_id | status\n{rows}\n", "--branch", "b1")
    (line,) = [row for row in report["figures"] if row["key"] == "pendingWorkOrders"]
    assert (line["ours"], line["app"], line["why"]) == (9, 6, "other_rule")


def test_what_the_database_cuts_cannot_be_known(ask: Ask) -> None:
    rows = "\n".join("| 10" for _number in range(1001))
    report = ask.reconcile(f"lab_work_orders\ncustomer_id | total_amount\n{rows}\n", *AS_OF)
    assert report["row_cap"] == {"lab_work_orders": 1001}
    assert (report["ours"], report["app"]) == (10010, None)
    assert {value for values in bridge(report).values() for value in values} == {None}
    known = {row["key"] for row in report["figures"] if row["app"] is not None}
    assert "posRevenue" in known
    assert known.isdisjoint({"workOrdersRevenue", "previousRevenue", "revenueGrowth", "pendingWorkOrders"})


def test_the_rows_of_an_item_are_listed_with_both_amounts() -> None:
    folder = write_export(SHOP)
    report = shorten(json.loads(run(folder, "reconcile", *AS_OF, "--rows", "linked_again").stdout))
    assert report["item"] == "linked_again"
    assert [
        (row["table"], row["id"], row["amount"], row["ours"], row["app"]) for row in report["listed"]
    ] == [("lab_work_orders", "w2", 200000, 0, 200000)]


def test_the_figures_of_the_app_are_compared_with_the_ones_worked_out() -> None:
    folder, saved = write_export(SHOP), Path("saved.json")
    kpis = {"totalRevenue": 755000, "posRevenue": 425000.0, "totalOrders": 9, "unheard": 1}
    saved.write_text(json.dumps({"analytics": {"kpis": kpis}}), encoding="utf-8")
    ran = run(folder, "reconcile", *AS_OF, "--app", str(saved))
    assert ran.code == 0
    # The seven orders lie in its window.
    assert json.loads(ran.stdout)["app_differs"] == [{"key": "totalOrders", "told": 9, "expected": 7}]


BRANCHES = "branches\nid\nb1\nb2\n"


@pytest.mark.parametrize(
    ("tables", "options", "code", "message"),
    [
        (BRANCHES, (), 2, "The app's figures are those of one branch. Choose it with --branch: b1, b2."),
        (
            SHOP,
            ("--period", "this-month"),
            2,
            "The app knows periods of N days only. Type a number of days: --period 30.",
        ),
        (
            SHOP,
            ("--compare", "year"),
            2,
            "The app compares with the N days before only. Leave out --compare.",
        ),
        (SHOP, ("--rows", "void_order"), 6, "There is no reason “void_order”. The nearest: void_orders, "),
        (SHOP, ("--app", "none.json"), 4, "none.json cannot be read: No such file or directory. "),
        (SHOP, ("--app", "cut.json"), 4, "cut.json is not JSON. "),
        (SHOP, ("--app", "foreign.json"), 4, "foreign.json holds no object “kpis”: it is not the answer of "),
    ],
    ids=["branches", "month", "year", "reason", "no file", "damaged", "foreign"],
)
def test_bad_input_is_one_sentence(tables: str, options: tuple[str, ...], code: int, message: str) -> None:
    folder = write_export(tables)
    Path("cut.json").write_text('{"kpis": {"totalRev', encoding="utf-8")
    Path("foreign.json").write_text('{"kpis": 3, "a": {"b": {"c": {"d": {"kpis": {}}}}}}', encoding="utf-8")
    ran = run(folder, "reconcile", *options, *AS_OF, "--lang", "en")
    assert (ran.code, ran.stdout) == (code, "")
    assert ran.stderr.startswith(f"Error: {message}")
    assert ran.stderr.count("\n") == 1
