"""Section 6, `payment_methods`: change that was handed back is no money of the shop."""

from __future__ import annotations

from spec.harness import Ask, expect


def test_change_comes_off_the_cash_of_the_latest_payment(ask: Ask) -> None:
    """What the payments of an order come to beyond its amount."""
    report = ask.dashboard(
        """
        orders
        id | total_amount | currency | status
        o1 | 15990        |          | delivered
        o2 | 60000        |          | delivered
        o3 | 60000        |          | delivered
        o4 | 100          |          | delivered
        o5 | 10           | USD      | delivered
        o6 | 100          |          | cancelled

        order_payments
        id | order_id | amount | payment_method | paid_at
        p1 | o1       | 20000  | cash           | 2026-11-20
        p2 | o2       | 40000  | debit          | 2026-11-20
        p3 | o2       | 30000  | cash           | 2026-11-19
        p4 | o3       | 65000  | debit          | 2026-11-20
        p5 | o4       | 150    | cash           | 2026-11-19
        p6 | o4       | 30     | cash           | 2026-11-20
        p7 | o5       | 50     | cash           | 2026-11-20
        p8 | o6       | 500    | cash           | 2026-11-20
        """
    )
    # o1: 4010 off p1. o2: 10000 off p3, its only cash. o3: no cash, so nothing. o4: of 80 the 30 of p6, then 50 of p5.
    # o5 is in another currency and o6 void: no methods at all.
    expect(
        report,
        payment_methods={
            "methods": [
                {"method": "debit", "count": 2, "amount": 105000},
                {"method": "cash", "count": 4, "amount": 15990 + 20000 + 0 + 100},
            ]
        },
        data_quality={"change_given": {"count": 3, "amount": 4010 + 10000 + 80}},
    )


def test_undated_cash_is_the_latest_and_in_no_window(ask: Ask) -> None:
    """20000 + 20000 for 30000: the change is taken off the undated payment, which no method shows."""
    report = ask.dashboard(
        """
        orders
        id | total_amount
        o1 | 30000

        order_payments
        id | order_id | amount | payment_method | paid_at
        p1 | o1       | 20000  | cash           | 2026-11-20
        p2 | o1       | 20000  | cash           |
        """
    )
    expect(
        report,
        payment_methods={"methods": [{"method": "cash", "count": 1, "amount": 20000}]},
        data_quality={"change_given": {"count": 0, "amount": 0}},
    )


def test_payments_of_any_time_say_what_is_change(ask: Ask) -> None:
    """o1 of 100 had 90 in August; of the note of 50 in November, 40 are change. o2's later note is not known yet."""
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 100          | 2026-08-01
        o2 | 100          | 2026-11-01

        order_payments
        id | order_id | amount | payment_method | paid_at
        p1 | o1       | 90     | debit          | 2026-08-01
        p2 | o1       | 50     | cash           | 2026-11-20
        p3 | o2       | 100    | cash           | 2026-11-20
        p4 | o2       | 100    | cash           | 2026-11-23
        """
    )
    expect(
        report,
        payment_methods={"methods": [{"method": "cash", "count": 2, "amount": 10 + 100}]},
        data_quality={"change_given": {"count": 1, "amount": 40}},
    )
