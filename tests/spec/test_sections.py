"""Section 6: work orders, quotes, appointments, payment methods; every status falls into one bucket."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from opttius_cli.cli import main
from spec.harness import AS_OF, Ask, Record, expect, run, run_bare, write_export

WORK_ORDERS = {
    "pending": (
        "quote",
        "ordered",
        "on_hold_payment",
        "sent_to_lab",
        "in_progress_lab",
        "ready_at_lab",
        "received_from_lab",
        "mounted",
        "quality_check",
    ),
    "ready": ("ready_for_pickup",),
    "completed": ("delivered",),
    "cancelled": ("cancelled",),
    "returned": ("returned",),
    "unknown": ("", "lost_in_mail"),
}
QUOTES = {
    "open": ("draft", "sent"),
    "accepted": ("accepted",),
    "converted": ("converted_to_work",),
    "rejected": ("rejected",),
    "expired": ("expired",),
    "unknown": ("", "raro"),
}
APPOINTMENTS = {
    "scheduled": ("scheduled",),
    "confirmed": ("confirmed",),
    "completed": ("completed",),
    "cancelled": ("cancelled",),
    "no_show": ("no_show",),
    "unknown": ("", "rescheduled"),
}
SECTIONS = {
    "work_orders": ("lab_work_orders", WORK_ORDERS),
    "quotes": ("quotes", QUOTES),
    "appointments": ("appointments", APPOINTMENTS),
}


@pytest.mark.parametrize("section", SECTIONS)
def test_every_status_falls_into_a_single_bucket(ask: Ask, section: str) -> None:
    """The first status has one row, the second two, and so on: each bucket shows which statuses it holds."""
    table, buckets = SECTIONS[section]
    statuses = [status for counts_of_bucket in buckets.values() for status in counts_of_bucket]
    counts = {status: number for number, status in enumerate(statuses, start=1)}
    rows = "\n".join(
        f"x{number:02}{copy:02} | {status}" for status, number in counts.items() for copy in range(number)
    )
    counts_of_bucket = ask.dashboard(f"{table}\nid | status\n{rows}\n")[section]
    assert {name: counts_of_bucket[name] for name in buckets} == {
        name: sum(counts[status] for status in members) for name, members in buckets.items()
    }
    assert (
        counts_of_bucket["total"] == sum(counts_of_bucket[name] for name in buckets) == sum(counts.values())
    )
    expect(counts_of_bucket, by_status={status or "unknown": number for status, number in counts.items()})
    assert list(counts_of_bucket["by_status"]) == sorted(counts_of_bucket["by_status"])


def test_lists_of_statuses_are_in_the_order_of_work() -> None:
    """JSON sorts the keys of a map; every other format has the steps one after the other, others before none."""
    statuses = ("delivered", "", "pending", "cancelled", "lost_in_mail", "shipped")
    rows = "\n".join(f"o{number} | {status}" for number, status in enumerate(statuses))
    folder = write_export(f"orders\nid | status\n{rows}\n")
    argv = ["dashboard", "--section", "orders_by_status", "--source", str(folder), "--as-of", AS_OF]
    ran = run_bare(main, [*argv, "--format", "csv"])
    listed = [line.split(",")[0] for line in ran.stdout.splitlines()[1:]]
    assert listed == ["pending", "shipped", "delivered", "cancelled", "lost_in_mail", "unknown"]
    sections = json.loads(run(folder, "dashboard").stdout)["orders_by_status"]
    assert list(sections) == sorted(listed)


def delivery(ask: Ask, rows: str) -> Record:
    """The delivery figures of some work orders."""
    head = "id | status | ordered_at | delivered_at | lab_estimated_delivery_date | created_at"
    section_answer: Record = ask.dashboard(f"lab_work_orders\n{head}\n{rows}")["work_orders"]["delivery"]
    return section_answer


def test_delivery_quantiles_are_interpolated(ask: Ask) -> None:
    """Days 1, 2, 4, 10: the median lies at position 1.5, the 90 % quantile at 2.7: 4 + 0.7 x (10 - 4)."""
    section_answer = delivery(
        ask,
        """
        w1 | delivered | 2026-11-10 | 2026-11-11 | | 2026-11-10
        w2 | delivered | 2026-11-10 | 2026-11-12 | | 2026-11-10
        w3 | delivered | 2026-11-10 | 2026-11-14 | | 2026-11-10
        w4 | delivered | 2026-11-10 | 2026-11-20 | | 2026-11-10
        """,
    )
    assert section_answer == {
        "count": 4,
        "average_days": Decimal("4.3"),  # 17 / 4 = 4.25, half away from zero
        "median_days": 3,
        "p90_days": Decimal("8.2"),
        "on_time_pct": None,
        "undated": 0,
    }


def test_which_work_orders_are_deliveries_of_the_window(ask: Ask) -> None:
    """By `delivered_at`, whatever the status and `created_at`; w4 to w7 are none, and w7 has no date."""
    section_answer = delivery(
        ask,
        """
        w1 | returned  | 2026-10-20             | 2026-10-24 03:00:00+00 | | 2026-09-01
        w2 | cancelled | 2026-11-01             | 2026-11-01             | | 2026-11-01
        w3 | ordered   | 2026-11-22 17:00:00+00 | 2026-11-22 18:00:00+00 | | 2026-11-01
        w4 | delivered | 2026-10-20             | 2026-10-24 02:59:59+00 | | 2026-11-01
        w5 | delivered | 2026-11-03             | 2026-11-02             | | 2026-11-01
        w6 | delivered |                        | 2026-11-02             | | 2026-11-03
        w7 | delivered | 2026-11-01             |                        | | 2026-11-01
        """,
    )
    assert (section_answer["count"], section_answer["undated"]) == (3, 1)


def test_a_delivery_that_nobody_ordered_starts_when_it_was_created(ask: Ask) -> None:
    """w1: 5 days from its creation. w2: 2 days from its order, though it was created 7 days before."""
    section_answer = delivery(
        ask,
        """
        w1 | delivered |            | 2026-11-15 | | 2026-11-10
        w2 | delivered | 2026-11-13 | 2026-11-15 | | 2026-11-08
        """,
    )
    assert (section_answer["count"], section_answer["average_days"]) == (2, Decimal("3.5"))  # (5 + 2) / 2


def test_delivery_days_are_seconds_over_86400(ask: Ask) -> None:
    """From noon to 18:00 the next day, over the night that has 25 hours: 31 hours."""
    section_answer = ask.dashboard(
        """
        lab_work_orders
        id | ordered_at             | delivered_at
        w1 | 2026-04-04 12:00:00-03 | 2026-04-05 18:00:00-04
        """,
        *("--period", "2026-04"),
    )
    assert section_answer["work_orders"]["delivery"]["average_days"] == Decimal(
        "1.3"
    )  # 111,600 / 86,400 = 1.29


def test_on_time_is_by_the_local_date(ask: Ask) -> None:
    """w1: 23:30 on the promised day (the next one in UTC); w2: the day after; w3: no promise."""
    section_answer = delivery(
        ask,
        """
        w1 | delivered | 2026-11-01 | 2026-11-11 02:30:00+00 | 2026-11-10 | 2026-11-01
        w2 | delivered | 2026-11-01 | 2026-11-11 03:00:00+00 | 2026-11-10 | 2026-11-01
        w3 | delivered | 2026-11-01 | 2026-11-11 03:00:00+00 |            | 2026-11-01
        w4 | delivered | 2026-11-01 | 2026-11-09 03:00:00+00 | 2026-11-10 | 2026-11-01
        """,
    )
    assert (section_answer["count"], section_answer["on_time_pct"]) == (4, Decimal("66.67"))  # 2 / 3


def test_a_draft_or_sent_quote_expires_on_its_own(ask: Ask) -> None:
    """As-of's local date is 22 November: that date is not before it. `by_status` stays as stored."""
    section_answer = ask.dashboard(
        """
        quotes
        id | status   | expiration_date
        q1 | draft    | 2026-11-21
        q2 | sent     | 2026-11-21
        q3 | sent     | 2026-11-22
        q4 | sent     |
        q5 | accepted | 2026-11-21
        q6 | raro     | 2026-11-21
        """
    )["quotes"]
    expect(
        section_answer,
        total=6,
        open=2,
        accepted=1,
        expired=2,
        unknown=1,
        by_status={"accepted": 1, "draft": 1, "raro": 1, "sent": 3},
    )


def test_quote_rates_and_values(ask: Ask) -> None:
    section_answer = ask.dashboard(
        """
        quotes
        id | status            | total_amount | currency
        q1 | accepted          | 100          |
        q2 | converted_to_work | 200          | CLP
        q3 | rejected          |              | CLP
        q4 | expired           | 9000         | USD
        q5 | sent              | 31           | CLP
        q6 | draft             | 9000         | USD
        q7 | raro              | 0            | CLP
        """
    )["quotes"]
    expect(
        section_answer,
        conversion_pct=Decimal("28.57"),  # 2 / 7
        decided_conversion_pct=50,  # 2 / (1 + 1 + 1 + 1)
        average_value=Decimal("82.75"),  # (100 + 200 + 31 + 0) / 4
        open_value=31,
    )


def test_quote_rates_over_nothing_are_null(ask: Ask) -> None:
    section_answer = ask.dashboard("quotes\nid | status | total_amount\nq1 | sent | \n")["quotes"]
    expect(section_answer, conversion_pct=0, decided_conversion_pct=None, average_value=None, open_value=0)


def test_appointment_rates(ask: Ask) -> None:
    """Two of six are completed; two of the three that were due came."""
    section_answer = ask.dashboard(
        """
        appointments
        id | status    | customer_id
        a1 | completed |
        a2 | completed | c1
        a3 | no_show   |
        a4 | scheduled |
        a5 | cancelled |
        a6 |           |
        """
    )["appointments"]
    expect(section_answer, total=6, completion_pct=Decimal("33.33"), attendance_pct=Decimal("66.67"))


def test_payment_methods(ask: Ask) -> None:
    """p1 to p5 count. Void, other currency, before the window, undated: p6 to p9 do not."""
    report = ask.dashboard(
        """
        orders
        id | status    | payment_status | currency | total_amount | created_at
        o1 | delivered | pending        | CLP      | 9000         | 2026-01-01
        o2 | cancelled | paid           | CLP      | 1000         | 2026-11-20
        o3 | delivered | paid           | USD      | 1000         | 2026-11-20

        order_payments
        id | order_id | amount | payment_method | paid_at
        p1 | o1       | 100    | debit          | 2026-11-20
        p2 | o1       | 30     | cash           | 2026-10-24 03:00:00+00
        p3 | o1       | 70     | cash           | 2026-11-22 18:00:00+00
        p4 | o1       | 5      |                | 2026-11-20
        p5 | o1       | 300    | transfer       | 2026-11-20
        p6 | o2       | 900    | cash           | 2026-11-20
        p7 | o3       | 900    | cash           | 2026-11-20
        p8 | o1       | 900    | cash           | 2026-10-24 02:59:59+00
        p9 | o1       | 900    | cash           |
        """
    )
    assert report["payment_methods"] == {
        "source": "order_payments",
        "methods": [
            {"method": "transfer", "count": 1, "amount": 300},
            {"method": "cash", "count": 2, "amount": 100},
            {"method": "debit", "count": 1, "amount": 100},
            {"method": "unknown", "count": 1, "amount": 5},
        ],
    }


def test_payment_methods_from_orders_where_there_are_no_payments(ask: Ask) -> None:
    """Recognised orders only: o4 is unpaid, o5 void, o6 before the window; w1 is no order."""
    report = ask.dashboard(
        """
        orders
        id | payment_method_type | status    | payment_status | total_amount | created_at
        o1 | cash                | delivered | paid           | 10           | 2026-11-20
        o2 | cash                | delivered | paid           | 20           | 2026-11-20
        o3 |                     | delivered | paid           | 500          | 2026-11-20
        o4 | cash                | delivered | pending        | 900          | 2026-11-20
        o5 | cash                | cancelled | paid           | 900          | 2026-11-20
        o6 | cash                | delivered | paid           | 900          | 2026-10-01

        lab_work_orders
        id | total_amount
        w1 | 900
        """,
        missing=("order_payments",),
    )
    assert report["payment_methods"] == {
        "source": "orders",
        "methods": [
            {"method": "unknown", "count": 1, "amount": 500},
            {"method": "cash", "count": 2, "amount": 30},
        ],
    }
