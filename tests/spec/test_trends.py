"""Section 6, `trends`: one entry for each local date of the window; and what absent tables make null."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from spec.harness import Ask, days, expect, is_absent, write_export

DAYS = """
customers
id | created_at
c1 | 2026-11-20
c2 | 2026-11-20

orders
id | customer_id | currency | payment_status | total_amount | created_at
o1 | c1          |          | paid           | 100          | 2026-11-20
o2 | c1          |          | paid           | -40          | 2026-11-20
o3 | c1          | USD      | paid           | 900          | 2026-11-21
o4 | c1          |          | pending        | 900          | 2026-11-19

lab_work_orders
id | customer_id | status  | total_amount | created_at
w1 | c1          | quote   | 900          | 2026-11-18
w2 | c1          | ordered | 7            | 2026-11-22

quotes
id | created_at
q1 | 2026-11-21

appointments
id | status    | appointment_date
a1 | cancelled | 2026-11-22
"""


def test_values_and_counts(ask: Ask) -> None:
    trends = ask.dashboard(DAYS)["trends"]
    assert days(trends["sales"], "value") == {"2026-11-20": 100 - 40, "2026-11-22": 7}
    assert days(trends["sales"]) == {"2026-11-20": 2, "2026-11-21": 1, "2026-11-22": 1}
    assert days(trends["customers"]) == {"2026-11-20": 2}
    assert days(trends["work_orders"]) == {"2026-11-18": 1, "2026-11-22": 1}
    assert days(trends["quotes"]) == {"2026-11-21": 1}
    assert days(trends["appointments"]) == {"2026-11-22": 1}
    for name in ("customers", "work_orders", "quotes", "appointments"):
        assert all(entry["value"] == entry["count"] for entry in trends[name])


def test_exactly_1_entry_for_each_date(ask: Ask) -> None:
    folder = write_export(DAYS)
    for period in ("1", "30", "2026-03-20..2026-04-10", "2026-09", "ytd"):
        report = ask.dashboard(folder, "--period", period)
        first = date.fromisoformat(report["period"]["from"])
        expected = [(first + timedelta(number)).isoformat() for number in range(report["period"]["days"])]
        for trend in report["trends"].values():
            assert [entry["date"] for entry in trend] == expected
        assert expected[-1] == report["period"]["to"]


def test_the_sales_add_up_to_the_revenue(ask: Ask) -> None:
    report = ask.dashboard(DAYS)
    sales = report["trends"]["sales"]
    assert sum(entry["value"] for entry in sales) == report["kpis"]["total_revenue"] == 67
    assert sum(entry["count"] for entry in sales) == report["kpis"]["sales_count"] == 4


FIGURES = {
    "lab_work_orders": {
        "work_order_revenue",
        "average_work_order_ticket",
        "work_orders_count",
        "average_delivery_days",
    },
    "quotes": {"quotes_count", "average_quote_value", "quote_conversion_pct"},
    "appointments": {"appointments_count", "appointment_completion_pct"},
}
COMPLETE = """
customers
id | created_at
c1 | 2026-11-20

orders
id | customer_id | is_pos_sale | payment_status | total_amount | created_at
o1 | c1          | t           | paid           | 100          | 2026-11-20
o2 | c1          | f           | paid           | 10           | 2026-11-20
o3 | c1          | f           | pending        | 1            | 2026-11-20
o4 | c1          | f           | paid           | 40           | 2026-10-20

lab_work_orders
id | customer_id | total_amount | ordered_at | delivered_at
w1 | c1          | 5000         | 2026-11-19 | 2026-11-20

quotes
id | status
q1 | accepted

appointments
id | status
a1 | completed

order_items
id | order_id
i1 | o1

order_payments
id | order_id
p1 | o1

products
id
d1

product_branch_stock
product_id
d1
"""


def test_no_figure_of_complete_data_is_null(ask: Ask) -> None:
    kpis = ask.dashboard(COMPLETE)["kpis"]
    assert [key for key, value in kpis.items() if value is None] == []


@pytest.mark.parametrize("table", FIGURES)
def test_an_absent_table_makes_its_own_figures_null_and_no_other(ask: Ask, table: str) -> None:
    report = ask.dashboard(COMPLETE, missing=(table,))
    nulls = {key for key, value in report["kpis"].items() if value is None}
    section = table.removeprefix("lab_")
    assert nulls == FIGURES[table]
    assert is_absent(report[section])
    assert report["trends"][section] is None
    assert report["data_quality"]["missing_tables"].count(table) == 1
    assert not any(is_absent(report[other.removeprefix("lab_")]) for other in FIGURES if other != table)


def test_without_work_orders_the_revenue_is_that_of_the_orders(ask: Ask) -> None:
    report = ask.dashboard(COMPLETE, missing=("lab_work_orders",))
    expect(
        report,
        kpis={
            "total_revenue": 110,
            "pos_revenue": 100,
            "other_revenue": 10,
            "previous_revenue": 40,
            "sales_count": 2,
            "customers_recurring": 1,
        },
    )
    assert days(report["trends"]["sales"], "value") == {"2026-11-20": 110}


@pytest.mark.parametrize(
    ("table", "absent", "present"),
    [
        ("order_items", ("top", "category_revenue"), ("inventory",)),
        ("product_branch_stock", ("inventory",), ("top", "category_revenue")),
    ],
)
def test_absent_tables_of_products(
    ask: Ask, table: str, absent: tuple[str, ...], present: tuple[str, ...]
) -> None:
    products = ask.dashboard(COMPLETE, missing=(table,))["products"]
    assert all(is_absent(products[name]) for name in absent)
    assert not any(is_absent(products[name]) for name in present)
