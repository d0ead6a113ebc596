"""Section 5: a sale of which a part was given back counts with what was kept."""

from __future__ import annotations

import pytest

from spec.harness import Ask, expect


@pytest.mark.parametrize(
    ("status", "paid", "notes", "kept_amount"),
    [
        # The order is of 1000.
        ("refunded", (1000,), (300, 200), 500),  # min(1000, 1000) - 500
        ("refunded", (400,), (100,), 300),  # min(400, 1000) - 100
        ("refunded", (1500,), (100,), 900),  # min(1500, 1000) - 100: change is not kept
        ("refunded", (1000,), (1000,), None),  # nothing kept
        ("refunded", (1000,), (), None),  # no notes: all of it was given back
        ("refunded", (1000,), (0,), None),
        ("refunded", (), (100,), None),  # nothing was ever paid
        ("partially_refunded", (1000,), (100,), 900),
        ("partially_refunded", (700,), (), 700),
        ("partially_refunded", (200,), (200,), None),
        ("paid", (1000,), (100,), 1000),  # not refunded: the notes mean nothing
        ("failed", (1000,), (100,), None),
    ],
)
def test_kept(
    ask: Ask, status: str, paid: tuple[int, ...], notes: tuple[int, ...], kept_amount: int | None
) -> None:
    payments = "\n".join(f"p{number} | o1 | {amount}" for number, amount in enumerate(paid, 1))
    credits_given = "\n".join(f"n{number} | o1 | {amount}" for number, amount in enumerate(notes, 1))
    report = ask.dashboard(
        f"""
        orders
        id | status    | payment_status | total_amount
        o1 | {"cancelled" if status == "refunded" else "delivered"} | {status} | 1000

        order_payments
        id | order_id | amount
        {payments}

        credit_notes
        id | order_id | amount
        {credits_given}
        """
    )
    in_part = kept_amount is not None and status != "paid"
    expect(
        report,
        kpis={
            "total_revenue": kept_amount or 0,
            "sales_count": int(kept_amount is not None),
            "outstanding_total": 0,
        },
        data_quality={
            "refunded_in_part": {"count": int(in_part), "amount": sum(notes) if in_part else 0},
            "void": {"count": int(kept_amount is None), "amount": 1000 if kept_amount is None else 0},
        },
    )


def test_notes_and_payments_count_up_to_as_of_and_undated(ask: Ask) -> None:
    """o1: 1000 - 100 - 50; the note of 23 November is not known yet. o2 has only that one, so it is void."""
    report = ask.dashboard(
        """
        orders
        id | status    | payment_status | total_amount
        o1 | cancelled | refunded       | 2000
        o2 | cancelled | refunded       | 1000

        order_payments
        id | order_id | amount | paid_at
        p1 | o1       | 600    | 2026-10-01
        p2 | o1       | 400    |
        p3 | o1       | 1000   | 2026-11-23
        p4 | o2       | 1000   | 2026-11-20

        credit_notes
        id | order_id | amount | created_at
        n1 | o1       | 100    | 2026-11-21
        n2 | o1       | 50     |
        n3 | o1       | 500    | 2026-11-23
        n4 | o2       | 100    | 2026-11-23
        """
    )
    expect(
        report, kpis={"total_revenue": 850}, data_quality={"refunded_in_part": {"count": 1, "amount": 150}}
    )


def test_what_is_kept_is_the_amount_everywhere(ask: Ask) -> None:
    """900 of o1 were kept. Its item is in no product figure, its payment whole in the methods."""
    tables = """
        customers
        id
        c1

        orders
        id | customer_id | status    | payment_status | total_amount
        o1 | c1          | cancelled | refunded       | 1000
        o2 | c1          | delivered | paid           | 50

        order_items
        id | order_id | product_name | total_price
        i1 | o1       | Armazon      | 1000
        i2 | o2       | Estuche      | 50

        order_payments
        id | order_id | amount | payment_method
        p1 | o1       | 1000   | debit

        credit_notes
        id | order_id | amount
        n1 | o1       | 100
        """
    report = ask.dashboard(tables)
    expect(
        report,
        kpis={"total_revenue": 950, "average_ticket": 475, "customers_buying": 1, "customers_recurring": 1},
        payment_methods={"methods": [{"method": "debit", "count": 1, "amount": 1000}]},
        products={"category_revenue": [{"category": "uncategorised", "revenue": 50}]},
        data_quality={"not_itemised": {"count": 1, "amount": 900}},
    )
    expect(ask.segments(tables)["c1"], purchases=2, recognised_sales=2, total_spent=950)


def test_another_currency_is_counted_and_never_summed(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | payment_status     | currency | total_amount
        o1 | partially_refunded | USD      | 1000

        order_payments
        id | order_id | amount
        p1 | o1       | 1000

        credit_notes
        id | order_id | amount
        n1 | o1       | 100
        """
    )
    expect(
        report,
        kpis={"sales_count": 1, "total_revenue": 0},
        data_quality={
            "refunded_in_part": {"count": 1, "amount": 0},
            "other_currency": [{"currency": "USD", "count": 1, "amount": 900}],
        },
    )


REFUNDS = """
orders
id | status    | payment_status     | total_amount
o1 | cancelled | refunded           | 1000
o2 | delivered | partially_refunded | 500

order_payments
id | order_id | amount
p1 | o1       | 1000
p2 | o2       | 400

credit_notes
id | order_id | amount
n1 | o1       | 300
n2 | o2       | 100
"""


def test_without_notes_a_refund_is_whole(ask: Ask) -> None:
    """o2 keeps its payments: min(400, 500). What was given back is not known."""
    report = ask.dashboard(REFUNDS, missing=("credit_notes",))
    expect(report, kpis={"total_revenue": 400}, data_quality={"refunded_in_part": None})
    assert "credit_notes" in report["data_quality"]["missing_tables"]


def test_without_payments_the_amount_is_what_was_paid(ask: Ask) -> None:
    """1000 - 300 and 500 - 100."""
    report = ask.dashboard(REFUNDS, missing=("order_payments",))
    expect(
        report,
        kpis={"total_revenue": 1100},
        data_quality={
            "refunded_in_part": {"count": 2, "amount": 400},
            "change_given": None,
            "not_in_payments": None,
        },
    )
