"""Section 9: what a report left out, key by key."""

from __future__ import annotations

import pytest
from oracle.compare import parse

from spec.harness import Ask, Record, expect, run, write_export

EVERYTHING = """
branches
id
b1
b2

customers
id | branch_id | email
c1 | b1        | ana@correo.cl
"""


def quality(ask: Ask, tables: str, *options: str) -> Record:
    """`data_quality` of a dashboard of b1."""
    answer: Record = ask.dashboard(EVERYTHING + tables, "--branch", "b1", *options)["data_quality"]
    return answer


def test_unattributed_sums_purchases_in_the_reports_currency(ask: Ask) -> None:
    """o3 is in another currency, o4 before the window, o5 somebody's."""
    answer = quality(
        ask,
        """
        orders
        id | customer_id | email           | currency | payment_status | total_amount | created_at
        o1 |             | venta@pos.local |          | paid           | 1            | 2026-11-20
        o2 |             | venta@pos.local |          | pending        | 10           | 2026-11-20
        o3 |             | venta@pos.local | USD      | paid           | 100          | 2026-11-20
        o4 |             | venta@pos.local |          | paid           | 1000         | 2026-10-01
        o5 | c1          | venta@pos.local |          | paid           | 10000        | 2026-11-20
        """,
    )
    expect(answer, unattributed={"placeholder_email": {"count": 3, "amount": 11}})


def test_linked_work_orders_report_the_amount_that_is_not_counted_twice(ask: Ask) -> None:
    """w2 is unpaid, w3 in another currency: rows, but no money. w4 to w7 are no such rows."""
    answer = quality(
        ask,
        """
        orders
        id
        o1

        lab_work_orders
        id | pos_order_id | status    | payment_status | currency | total_amount | created_at
        w1 | o1           | delivered | paid           |          | 1            | 2026-11-20
        w2 | o1           | delivered | pending        |          | 10           | 2026-11-20
        w3 | o1           | delivered | paid           | USD      | 100          | 2026-11-20
        w4 | o1           | quote     | paid           |          | 1000         | 2026-11-20
        w5 | o1           | cancelled | paid           |          | 10000        | 2026-11-20
        w6 | o1           | delivered | paid           |          | 100000       | 2026-10-01
        w7 |              | delivered | paid           |          | 1000000      | 2026-11-20
        """,
    )
    expect(answer, linked_work_orders={"count": 3, "amount": 1}, link_outside_scope={"count": 0, "amount": 0})


def test_link_outside_scope(ask: Ask) -> None:
    """o2 is of b2, o9 of nobody, o3 comes after as-of."""
    answer = quality(
        ask,
        """
        orders
        id | branch_id | created_at
        o2 | b2        | 2026-11-20
        o3 | b1        | 2026-11-23

        lab_work_orders
        id | pos_order_id | status    | payment_status | total_amount
        w1 | o2           | delivered | paid           | 1
        w2 | o9           | delivered | paid           | 10
        w3 | o3           | delivered | paid           | 100
        w4 | o2           | delivered | pending        | 1000
        w5 | o2           | cancelled | paid           | 10000
        w6 | o2           | quote     | paid           | 100000
        w7 |              | delivered | paid           | 1000000
        """,
    )
    expect(
        answer, linked_work_orders={"count": 0, "amount": 0}, link_outside_scope={"count": 4, "amount": 111}
    )


def test_void_and_unpaid(ask: Ask) -> None:
    """Void: o1, o2, w1, not the linked w2. Unpaid: o3, w3, and o4, without money. o5 is too early."""
    answer = quality(
        ask,
        """
        orders
        id | status    | payment_status | currency | total_amount | created_at
        o1 | cancelled | paid           |          | 1            | 2026-11-20
        o2 | delivered | failed         |          | 10           | 2026-11-20
        o3 | delivered | pending        |          | 100          | 2026-11-20
        o4 | delivered | pending        | USD      | 5000         | 2026-11-20
        o5 | cancelled | paid           |          | 5000         | 2026-10-01

        lab_work_orders
        id | pos_order_id | status    | payment_status | total_amount
        w1 |              | returned  | paid           | 1000
        w2 | o3           | returned  | paid           | 5000
        w3 |              | delivered | partial        | 10000
        """,
    )
    expect(answer, void={"count": 3, "amount": 1011}, unpaid={"count": 3, "amount": 10100})


def test_other_currency_null_and_negative_amounts_are_of_purchases_of_the_window(ask: Ask) -> None:
    answer = quality(
        ask,
        """
        orders
        id | status    | payment_status | currency | total_amount | created_at
        o1 | delivered | paid           | USD      | 10           | 2026-11-20
        o2 | delivered | pending        | USD      | -3           | 2026-11-20
        o3 | delivered | paid           | ARS      |              | 2026-11-20
        o4 | cancelled | paid           | EUR      | -10          | 2026-11-20
        o5 | delivered | paid           | EUR      | -10          | 2026-10-01
        """,
    )
    expect(
        answer,
        other_currency=[
            {"currency": "ARS", "count": 1, "amount": 0},
            {"currency": "USD", "count": 2, "amount": 7},
        ],
        null_amounts=1,
        negative_amounts=1,
    )


def test_rows_are_counted_inside_the_scope(ask: Ask) -> None:
    """b2 holds a copy and a late row of its own: b1 is not told."""
    answer = quality(
        ask,
        """
        orders
        id | branch_id | created_at
        o1 | b1        | 2026-11-20
        o1 | b1        | 2026-11-19
        o2 | b1        | 2026-11-23
        o3 | b2        | 2026-11-20
        o3 | b2        | 2026-11-19
        o4 | b2        | 2026-11-23
        """,
    )
    expect(answer, duplicate_rows={"orders": 1}, rows_after_as_of={"orders": 1})


def test_rows(ask: Ask) -> None:
    answer = quality(
        ask,
        """
        orders
        id | branch_id
        o1 | b1
        o2 | b1
        o3 | b2

        order_items
        id | order_id
        i1 | o1
        i2 | o1
        i3 | o3

        lab_work_orders
        id | branch_id
        w1 | b1

        quotes
        id | branch_id
        q1 | b1
        q2 | b2

        appointments
        id | branch_id
        a1 | b1
        """,
    )
    expect(
        answer,
        rows={
            "customers": 1,
            "orders": 2,
            "lab_work_orders": 1,
            "quotes": 1,
            "appointments": 1,
        },
    )
    assert "order_items" not in answer["rows"]  # children are told of by their orders


def test_refused_rows_are_reported_to_their_branch() -> None:
    """The second order's amount is no number, and the third, of b2, is not told to b1."""
    folder = write_export(
        EVERYTHING
        + """
        orders
        id | branch_id | total_amount
        o1 | b1        | 100
        o2 | b1        | plenty
        o3 | b2        | plenty
        """
    )
    ran = run(folder, "dashboard", "--branch", "b1")
    assert ran.code == 0, ran.stderr
    report = parse(ran.stdout)
    expect(report, kpis={"total_revenue": 100}, data_quality={"refused_rows": {"orders": 1}})


def test_missing_tables_and_columns(ask: Ask) -> None:
    answer = ask.dashboard(
        "",
        missing=("quotes", "order_payments"),
        drop={"orders": ("customer_id", "agreement_id"), "customers": ("email",)},
    )["data_quality"]
    assert {"quotes", "order_payments"} <= set(answer["missing_tables"])
    assert not {"orders", "customers", "lab_work_orders"} & set(answer["missing_tables"])
    assert answer["missing_columns"]["orders"] == ["agreement_id", "customer_id"]
    assert answer["missing_columns"]["customers"] == ["email"]


def test_every_key_in_order_and_snapshot_last() -> None:
    ran = run(write_export(""), "dashboard")
    assert ran.code == 0, ran.stderr
    answer = parse(ran.stdout)["data_quality"]
    assert list(answer) == [
        "unattributed",
        "linked_work_orders",
        "link_outside_scope",
        "void",
        "unpaid",
        "other_currency",
        "null_amounts",
        "negative_amounts",
        "duplicate_rows",
        "refused_rows",
        "emptied_cells",
        "rows_after_as_of",
        "rows",
        "latest",
        "unfilled",
        "adopted_branches",
        "adopted_rows",
        "refunded_in_part",
        "change_given",
        "institutional",
        "undated_deliveries",
        "not_itemised",
        "not_in_payments",
        "cut",
        "missing_tables",
        "missing_columns",
        "snapshot",
    ]
    assert {"source", "loaded_at"} <= set(answer["snapshot"])


THROUGH_THE_YEARS = """
orders
id | created_at
o1 | 1969-12-20
o2 | 1970-01-10
o3 | 2024-03-01
o4 | 2026-11-20
o4 | 2026-11-20
o5 | 2026-11-24
o6 | 2031-01-01

order_payments
id | order_id | amount | paid_at
p1 | o1       | 1      | 2026-11-23
p2 | o3       | 1      | 2026-11-20
p3 | o4       | 1      |
p4 | o4       | 1      | 2031-01-01
p5 | o5       | 1      | 2026-11-24

order_items
id | order_id | quantity | total_price
i1 | o1       | 1        | 1
i2 | o4       | 1        | 1
i3 | o6       | 1        | 1

appointments
id | customer_id | appointment_date
a1 | c1          | 2024-03-01
a2 | c1          | 2026-11-22
a3 | c1          | 2026-11-23
"""


@pytest.mark.parametrize(
    ("as_of", "orders", "appointments"),
    [
        # The rows there are, and those dated later.
        ("1969-12-31", (1, 5), (0, 3)),
        ("2024-06-30", (3, 3), (1, 2)),
        ("2026-11-20", (4, 2), (1, 2)),
        ("2026-11-22", (4, 2), (2, 1)),
        ("2026-11-23", (4, 2), (3, 0)),
        ("2026-11-24", (5, 1), (3, 0)),
        ("2031-01-01", (6, 0), (3, 0)),
    ],
)
def test_rows_and_rows_after_at_every_moment(
    ask: Ask, as_of: str, orders: tuple[int, int], appointments: tuple[int, int]
) -> None:
    answer = quality(ask, THROUGH_THE_YEARS, "--as-of", as_of)
    expected = {"orders": orders, "appointments": appointments}
    counted = {
        table: (answer["rows"].get(table, 0), answer["rows_after_as_of"].get(table, 0)) for table in expected
    }
    assert counted == expected
    assert not {"order_items", "order_payments"} & ({*answer["rows"]} | {*answer["rows_after_as_of"]})
    assert answer["duplicate_rows"].get("orders", 0) == (1 if as_of >= "2026-11-20" else 0)
