"""Section 9, what cannot be read: an optional cell is emptied, a required one refuses its row."""

from __future__ import annotations

from spec.harness import Ask, Record, expect, write_export

TWO_BRANCHES = """
branches
id
b1
b2

customers
id | branch_id
c1 | b1
"""


def quality(ask: Ask, tables: str, *options: str) -> Record:
    """`data_quality` of a dashboard."""
    result: Record = ask.dashboard(TWO_BRANCHES + tables, *options)["data_quality"]
    return result


def test_an_optional_cell_is_emptied_and_its_row_counts(ask: Ask) -> None:
    """The promise of w1 is no date, so w1 is delivered and neither late nor on time."""
    report = ask.dashboard(
        TWO_BRANCHES
        + """
        lab_work_orders
        id | branch_id | customer_id | total_amount | delivered_at | lab_estimated_delivery_date
        w1 | b1        | c1          | 70           | 2026-11-21   | n/a-13-45
        w2 | b1        | c1          | 7            | 2026-11-21   | 2026-11-20
        """
    )
    expect(
        report,
        kpis={"total_revenue": 77, "work_orders_count": 2},
        work_orders={"delivery": {"count": 2, "on_time_pct": 0}},
    )
    assert report["data_quality"]["emptied_cells"] == {"lab_work_orders": {"lab_estimated_delivery_date": 1}}
    assert report["data_quality"]["refused_rows"] == {}


def test_cells_are_counted_by_table_and_column_in_order(ask: Ask) -> None:
    result = quality(
        ask,
        """
        quotes
        id | branch_id | customer_id | expiration_date | updated_at
        q1 | b1        | c1          | soon            | n/a-13-45
        q2 | b1        | c1          | n/a-13-45       |
        q3 | b1        | c1          | 2026-12-24      |

        orders
        id | branch_id | institutional_amount
        o1 | b1        | abc
        o2 | b1        | 84000
        """,
    )
    cells = result["emptied_cells"]
    assert cells == {
        "orders": {"institutional_amount": 1},
        "quotes": {"expiration_date": 2, "updated_at": 1},
    }
    assert [list(cells), *map(list, cells.values())] == [
        ["orders", "quotes"],
        ["institutional_amount"],
        ["expiration_date", "updated_at"],
    ]


def test_an_emptied_amount_is_nothing_in_its_figure(ask: Ask) -> None:
    result = quality(ask, "orders\nid | branch_id | institutional_amount\no1 | b1 | abc\no2 | b1 | 84000\n")
    expect(
        result,
        institutional={"count": 1, "amount": 84000},
        emptied_cells={"orders": {"institutional_amount": 1}},
    )


def test_cells_are_told_to_the_scope_of_their_row(ask: Ask) -> None:
    """b2 is not told of b1's, nor b1 of b2's; o3, without branch, is of the whole shop only."""
    folder = write_export(
        TWO_BRANCHES
        + """
        orders
        id | branch_id | institutional_amount
        o1 | b1        | abc
        o2 | b2        | abc
        o3 |           | abc
        """
    )
    for answer, count in ((("--branch", "b1"), 1), (("--branch", "b2"), 1), ((), 3)):
        result = ask.dashboard(folder, *answer)["data_quality"]["emptied_cells"]
        assert (answer, result) == (answer, {"orders": {"institutional_amount": count}})


def test_an_empty_cell_held_nothing(ask: Ask) -> None:
    result = quality(ask, "orders\nid | branch_id | institutional_amount\no1 | b1 |\n")
    assert result["emptied_cells"] == {}


def test_a_row_whose_required_cell_cannot_be_read_is_refused_where_it_belongs(ask: Ask) -> None:
    folder = write_export(
        TWO_BRANCHES
        + """
        orders
        id | branch_id | total_amount | institutional_amount
        o1 | b1        | abc          | abc
        o2 | b2        | abc          |
        o3 |           | abc          |
        o4 | b1        | 70           |
        """
    )
    for answer, refused in ((("--branch", "b1"), 1), (("--branch", "b2"), 1), ((), 3)):
        report = ask.dashboard(folder, *answer)
        result = report["data_quality"]
        assert (answer, result["refused_rows"]) == (answer, {"orders": refused})
        assert result["emptied_cells"] == {}  # the cells of a refused row went with it
    expect(ask.dashboard(folder), kpis={"total_revenue": 70, "orders_count": 1})
