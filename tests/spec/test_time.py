"""Section 2: as-of, the zone, and the local date of a row.

Santiago has UTC-3 in summer and UTC-4 in winter: 4 April 2026 has 25 hours, and 6 September 2026 starts at
one o'clock, because it has no midnight.
"""

from __future__ import annotations

import pytest

from spec.harness import Ask, days, expect, write_export


def test_a_sale_belongs_to_the_day_of_the_wall_clock(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 10           | 2026-11-20 23:59:59-03
        o2 | 200          | 2026-11-21 00:00:00-03
        """
    )
    assert days(report["trends"]["sales"], "value") == {"2026-11-20": 10, "2026-11-21": 200}


def test_a_window_starts_at_local_midnight_and_ends_before_the_next(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1            | 2026-11-19 23:59:59.999999-03
        o2 | 10           | 2026-11-20 00:00:00-03
        o3 | 100          | 2026-11-20 23:59:59.999999-03
        o4 | 1000         | 2026-11-21 00:00:00-03
        """,
        *("--period", "2026-11-20..2026-11-20"),
    )
    expect(report, kpis={"total_revenue": 10 + 100, "sales_count": 2, "orders_count": 2})


def test_the_day_that_has_25_hours(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1            | 2026-04-04 02:59:59+00
        o2 | 10           | 2026-04-04 03:00:00+00
        o3 | 100          | 2026-04-05 02:30:00+00
        o4 | 1000         | 2026-04-05 03:30:00+00
        o5 | 10000        | 2026-04-05 03:59:59+00
        o6 | 100000       | 2026-04-05 04:00:00+00
        """,
        *("--period", "2026-04-03..2026-04-05"),
    )
    assert days(report["trends"]["sales"], "value") == {
        "2026-04-03": 1,
        "2026-04-04": 10 + 100 + 1000 + 10000,
        "2026-04-05": 100000,
    }


def test_the_day_that_has_no_midnight(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1            | 2026-09-06 03:59:59+00
        o2 | 10           | 2026-09-06 04:00:00+00
        o3 | 100          | 2026-09-07 02:59:59+00
        o4 | 1000         | 2026-09-07 03:00:00+00

        customers
        id | created_at
        c1 | 2026-09-06 04:00:00+00

        lab_work_orders
        id | customer_id | status | created_at
        w1 | c1          | quote  | 2026-09-06 04:00:00+00
        """,
        *("--period", "2026-09-05..2026-09-07"),
    )
    trends = report["trends"]
    assert [entry["date"] for entry in trends["sales"]] == ["2026-09-05", "2026-09-06", "2026-09-07"]
    assert days(trends["sales"], "value") == {"2026-09-05": 1, "2026-09-06": 10 + 100, "2026-09-07": 1000}
    assert days(trends["customers"]) == {"2026-09-06": 1}
    assert days(trends["work_orders"]) == {"2026-09-06": 1}


def test_a_timestamp_without_an_offset_is_utc(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1            | 2026-11-21 02:59:59
        o2 | 10           | 2026-11-21 03:00:00
        """
    )
    assert days(report["trends"]["sales"], "value") == {"2026-11-20": 1, "2026-11-21": 10}


ZONES = """
organizations
id | metadata
g1 | {metadata}

orders
id | created_at
o1 | 2026-11-21 04:30:00+00
"""


@pytest.mark.parametrize(
    ("metadata", "options", "zone", "day"),
    [
        ("", (), "America/Santiago", "2026-11-21"),  # 01:30
        ('{"timezone": "America/Lima"}', (), "America/Lima", "2026-11-20"),  # 23:30
        ('{"timezone": "America/Lima"}', ("--tz", "Asia/Tokyo"), "Asia/Tokyo", "2026-11-21"),  # 13:30
    ],
)
def test_the_zone_is_the_option_else_the_organizations_else_santiago(
    ask: Ask, metadata: str, options: tuple[str, ...], zone: str, day: str
) -> None:
    report = ask.dashboard(ZONES.format(metadata=metadata), *options)
    assert report["timezone"] == zone
    assert days(report["trends"]["sales"]) == {day: 1}


AROUND_THE_END_OF_22_NOVEMBER = """
orders
id | total_amount | created_at
o1 | 1            | 2026-11-22 18:00:00+00
o2 | 10           | 2026-11-22 18:00:00.000001+00
o3 | 100          | 2026-11-23 02:59:59.999999+00
o4 | 1000         | 2026-11-23 03:00:00+00
"""


def test_as_of_is_an_instant_and_a_date_is_its_last_instant(ask: Ask) -> None:
    folder = write_export(AROUND_THE_END_OF_22_NOVEMBER)
    for as_of, revenue in (
        ("2026-11-22", 1 + 10 + 100),
        ("2026-11-22T15:00:00", 1),
        ("2026-11-22T15:00:00-03:00", 1),
        ("2026-11-22T18:00:00+00:00", 1),
        ("2026-11-22T14:59:59-03:00", 0),
        ("2026-11-23T00:00:00", 1 + 10 + 100 + 1000),
    ):
        report = ask.dashboard(folder, "--as-of", as_of)
        assert (as_of, report["kpis"]["total_revenue"]) == (as_of, revenue)


def test_the_last_instant_of_the_day_that_has_25_hours(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at
        o1 | 1            | 2026-04-05 03:59:59.999999+00
        o2 | 10           | 2026-04-05 04:00:00+00
        """,
        *("--as-of", "2026-04-04", "--period", "1"),
    )
    expect(report, period={"from": "2026-04-04", "to": "2026-04-04"}, kpis={"total_revenue": 1})


def test_rows_dated_after_as_of_do_not_exist(ask: Ask) -> None:
    """After 15:00: a customer, so o1 is nobody's; o2, so w1 is not linked; a payment, a quote, a visit."""
    report = ask.dashboard(
        """
        customers
        id | created_at
        c1 | 2026-11-22 15:00:01-03
        c2 | 2026-11-22 15:00:00-03

        orders
        id | customer_id | total_amount | payment_status | created_at
        o1 | c1          | 100          | pending        | 2026-11-22 10:00-03
        o2 | c2          | 5000         | paid           | 2026-11-22 15:00:01-03

        lab_work_orders
        id | customer_id | pos_order_id | total_amount | created_at
        w1 | c2          | o2           | 700          | 2026-11-22 10:00-03
        w2 | c2          |              | 9000         | 2026-11-22 15:00:01-03

        order_payments
        id | order_id | amount | paid_at
        p1 | o1       | 30     | 2026-11-22 15:00:00-03
        p2 | o1       | 50     | 2026-11-22 15:00:01-03

        quotes
        id | customer_id | created_at
        q1 | c2          | 2026-11-22 15:00:01-03

        appointments
        id | customer_id | appointment_date
        a1 | c2          | 2026-11-22
        a2 | c2          | 2026-11-23
        """
    )
    expect(
        report,
        kpis={
            "customers_total": 1,
            "customers_new": 1,
            "total_revenue": 700,
            "work_order_revenue": 700,
            "orders_count": 1,
            "work_orders_count": 1,
            "quotes_count": 0,
            "appointments_count": 1,
            "outstanding_amount": 100 - 30,
        },
        payment_methods={"methods": [{"method": "cash", "count": 1, "amount": 30}]},
        data_quality={
            "unattributed": {"customer_not_in_scope": {"count": 1, "amount": 100}},
            "link_outside_scope": {"count": 1, "amount": 700},
            "rows_after_as_of": {
                "customers": 1,
                "orders": 1,
                "lab_work_orders": 1,
                "quotes": 1,
                "appointments": 1,
            },
        },
    )


def test_a_delivery_after_as_of_has_not_happened(ask: Ask) -> None:
    report = ask.dashboard(
        """
        lab_work_orders
        id | status           | ordered_at             | delivered_at
        w1 | delivered        | 2026-11-20 15:00:00-03 | 2026-11-22 15:00:00-03
        w2 | ready_for_pickup | 2026-11-01 15:00:00-03 | 2026-11-22 15:00:01-03
        """
    )
    expect(report, work_orders={"total": 2, "delivery": {"count": 1, "average_days": 2}})


def test_appointments_are_dated_by_their_own_local_date(ask: Ask) -> None:
    """At 23:30 of the 20th it is the 21st in UTC; the appointment's date is not moved."""
    report = ask.dashboard(
        """
        appointments
        id | appointment_date | appointment_time | created_at
        a1 | 2026-11-20       | 23:30:00         | 2026-10-01
        """
    )
    assert days(report["trends"]["appointments"]) == {"2026-11-20": 1}
