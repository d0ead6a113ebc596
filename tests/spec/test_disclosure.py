"""Section 9: how fresh the data are, what is counted in part, and what a table does not break down."""

from __future__ import annotations

import pytest

from spec.harness import Ask, Record, expect, run, write_export


def quality(ask: Ask, tables: str, *options: str, **layout: object) -> Record:
    """`data_quality` of a dashboard."""
    result: Record = ask.dashboard(tables, *options, **layout)["data_quality"]
    return result


def test_latest_is_the_newest_row_up_to_as_of_as_the_clock_shows_it(ask: Ask) -> None:
    """In summer Santiago is three hours behind UTC, in winter four. Rows after as-of do not exist."""
    result = quality(
        ask,
        """
        orders
        id | created_at
        o1 | 2026-11-20 15:00:00.25+00
        o2 | 2026-11-23 15:00:00+00

        customers
        id | created_at
        c1 | 2026-07-01 15:00:00+00
        c2 | 2026-06-01 15:00:00+00

        appointments
        id | appointment_date
        a1 | 2026-11-22
        a2 | 2026-11-23
        """,
    )
    assert result["latest"] == {
        "appointments": "2026-11-22",
        "customers": "2026-07-01T11:00:00-04:00",
        "lab_work_orders": None,
        "orders": "2026-11-20T12:00:00.250000-03:00",
        "quotes": None,
    }


@pytest.mark.parametrize(
    ("orders", "options", "unfilled"),
    [
        # The window begins on 24 October, the one before on 24 September; as-of is 22 November.
        (("2026-09-24", "2026-11-20"), (), []),
        (("2026-09-25", "2026-11-20"), (), ["previous"]),
        (("2026-10-24", "2026-11-20"), (), ["previous"]),
        (("2026-10-25", "2026-11-20"), (), ["current", "previous"]),
        (("2026-09-24", "2026-11-19"), (), ["current"]),  # three dates before as-of
        ((), (), ["current", "previous"]),
        (("2026-10-25", "2026-11-20"), ("--compare", "none"), ["current"]),
    ],
)
def test_unfilled(ask: Ask, orders: tuple[str, ...], options: tuple[str, ...], unfilled: list[str]) -> None:
    rows = "\n".join(f"o{number} | {day}" for number, day in enumerate(orders, 1))
    tables = f"orders\nid | created_at\n{rows}" if rows else ""
    assert quality(ask, tables, *options)["unfilled"] == unfilled


def test_work_orders_fill_a_window_too_whatever_their_status(ask: Ask) -> None:
    result = quality(
        ask,
        """
        lab_work_orders
        id | status    | created_at
        w1 | cancelled | 2026-09-24
        w2 | quote     | 2026-11-22
        """,
    )
    assert result["unfilled"] == []


def test_a_report_without_a_window_has_none_to_fill() -> None:
    ran = run(write_export(""), "export", "segments", "-o", "-")
    assert ran.code == 0, ran.stderr
    assert '"unfilled": null' in ran.stdout


def test_the_part_that_an_institution_owes(ask: Ask) -> None:
    """o2 is not paid, o3 has no such part, o4 is in another currency, o5 before the window."""
    result = quality(
        ask,
        """
        orders
        id | total_amount | institutional_amount | payment_status | currency | created_at
        o1 | 120          | 84                   | paid           |          | 2026-11-20
        o2 | 120          | 84                   | pending        |          | 2026-11-20
        o3 | 120          | 0                    | paid           |          | 2026-11-20
        o4 | 120          | 84                   | paid           | USD      | 2026-11-20
        o5 | 120          | 84                   | paid           |          | 2026-10-01
        """,
    )
    assert result["institutional"] == {"count": 2, "amount": 84}


def test_deliveries_of_which_nobody_wrote_when(ask: Ask) -> None:
    """Of the work orders made in the window: w1."""
    report = ask.dashboard(
        """
        lab_work_orders
        id | status    | created_at | delivered_at
        w1 | delivered | 2026-11-20 |
        w2 | delivered | 2026-11-20 | 2026-11-21
        w3 | ordered   | 2026-11-20 |
        w4 | delivered | 2026-10-01 |
        """
    )
    expect(report, work_orders={"delivery": {"undated": 1}}, data_quality={"undated_deliveries": 1})


def test_sales_that_are_in_no_product_or_no_method(ask: Ask) -> None:
    """o1 has both, o2 no item, o3 no payment; w1 stands alone and has neither. o4 is not paid."""
    result = quality(
        ask,
        """
        orders
        id | total_amount | payment_status
        o1 | 1            | paid
        o2 | 10           | paid
        o3 | 100          | paid
        o4 | 1000         | pending

        order_items
        id | order_id
        i1 | o1
        i3 | o3

        order_payments
        id | order_id | paid_at
        p1 | o1       | 2026-11-20
        p2 | o2       |

        lab_work_orders
        id | total_amount
        w1 | 10000
        """,
    )
    expect(
        result,
        not_itemised={"count": 2, "amount": 10010},
        not_in_payments={"count": 2, "amount": 10100},
    )


def test_a_figure_whose_table_is_absent_is_null(ask: Ask) -> None:
    missing = ("order_items", "order_payments", "lab_work_orders", "credit_notes")
    result = quality(ask, "", missing=missing)
    expect(
        result,
        linked_work_orders=None,
        link_outside_scope=None,
        refunded_in_part=None,
        change_given=None,
        undated_deliveries=None,
        not_itemised=None,
        not_in_payments=None,
        institutional={"count": 0, "amount": 0},
    )


@pytest.mark.parametrize(("rows", "cut"), [(999, []), (1000, ["quotes"]), (1001, [])])
def test_a_table_of_exactly_a_thousand_rows_is_likely_cut(ask: Ask, rows: int, cut: list[str]) -> None:
    """As they lie in the data: one is there twice, and one comes after as-of."""
    quotes = "\n".join(f"q{number} | 2026-11-20" for number in range(1, rows - 1))
    result = quality(ask, f"quotes\nid | created_at\n{quotes}\nq1 | 2026-11-20\nq9999 | 2026-11-24")
    assert result["cut"] == cut


def test_a_generated_column_is_missing_only_where_its_parts_are(ask: Ask) -> None:
    dropped: dict[str, tuple[str, ...]] = {"product_branch_stock": ("available_quantity",)}
    assert "product_branch_stock" not in quality(ask, "", drop=dropped)["missing_columns"]
    dropped = {"product_branch_stock": ("available_quantity", "reserved_quantity")}
    result = quality(ask, "", drop=dropped)["missing_columns"]
    assert result["product_branch_stock"] == ["available_quantity", "reserved_quantity"]


def test_maps_leave_out_what_is_zero(ask: Ask) -> None:
    assert quality(ask, "orders\nid\no1")["rows"] == {"orders": 1}
