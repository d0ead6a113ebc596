"""Section 6, `products`: what sold by product and by category, and what runs out."""

from __future__ import annotations

from spec.harness import Ask, Record, expect, write_export

CATALOGUE = """
organizations
id
g1
g2

branches
id | organization_id
b1 | g1
b2 | g1
b9 | g2

categories
id | name
k1 | Armazones

products
id | name      | category_id | organization_id
d1 | Ray       | k1          | g1
d2 | Paño      |             | g1
d3 | Cristal   | k99         | g1
d9 | De otro   | k1          | g2
"""


def names(report: Record) -> list[str]:
    """Names of the top products, in order."""
    return [line["name"] for line in report["products"]["top"]]


def test_top_products_are_keyed_by_product_else_by_the_trimmed_lower_case_name(ask: Ask) -> None:
    """i1 to i3 are one product; i4 to i6 one name in three spellings; i7 a neighbour's product."""
    report = ask.dashboard(
        CATALOGUE
        + """
        orders
        id
        o1
        o2

        order_items
        id | order_id | product_id | product_name | quantity | total_price
        i1 | o1       | d1         | Ray          | 1        | 100
        i2 | o1       | d1         | Otra         | 2        | 200
        i3 | o2       | d1         |              | 1        | 400
        i4 | o1       |            | Ray          | 1        | 10
        i5 | o1       |            | ' RAY '      | 1        | 20
        i6 | o2       |            | ray          | 3        | 40
        i7 | o1       | d9         | Suelto       | 1        | 5
        """,
        *("--branch", "b1"),
    )
    expect(
        report,
        products={
            "top": [
                {"name": "Ray", "category": "Armazones", "revenue": 700, "quantity": 4, "orders": 2},
                {"category": "uncategorised", "revenue": 70, "quantity": 5, "orders": 2},
                {"name": "Suelto", "category": "uncategorised", "revenue": 5, "quantity": 1, "orders": 1},
            ],
            "category_revenue": [
                {"category": "Armazones", "revenue": 700},
                {"category": "uncategorised", "revenue": 75},
            ],
        },
    )
    assert names(report)[1].strip().lower() == "ray"


def test_ties_go_by_quantity_then_by_name(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id
        o1

        order_items
        id | order_id | product_name | quantity | total_price
        i1 | o1       | b            | 1        | 100
        i2 | o1       | a            | 1        | 100
        i3 | o1       | c            | 2        | 100
        i4 | o1       | z            | 1        | 101
        """
    )
    assert names(report) == ["z", "c", "a", "b"]


def test_the_first_ten_only_while_categories_count_all(ask: Ask) -> None:
    items = "\n".join(f"i{number} | o1 | p{number:02} | {number}" for number in range(1, 13))
    report = ask.dashboard(
        f"""
        orders
        id
        o1

        order_items
        id | order_id | product_name | total_price
        {items}
        """
    )
    assert names(report) == [f"p{number:02}" for number in range(12, 2, -1)]
    expect(report, products={"category_revenue": [{"category": "uncategorised", "revenue": 12 * 13 // 2}]})


def test_items_of_recognised_orders_of_the_window_in_the_reports_currency(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | payment_status | status    | currency | created_at
        o1 | paid           | delivered |          | 2026-11-20
        o2 | pending        | delivered |          | 2026-11-20
        o3 | paid           | cancelled |          | 2026-11-20
        o4 | paid           | delivered | USD      | 2026-11-20
        o5 | paid           | delivered |          | 2026-10-01

        order_items
        id | order_id | total_price
        i1 | o1       | 1
        i2 | o2       | 10
        i3 | o3       | 100
        i4 | o4       | 1000
        i5 | o5       | 10000
        """
    )
    expect(report, products={"top": [{"revenue": 1, "quantity": 1, "orders": 1}]})


def test_a_category_that_is_unknown_or_null_is_uncategorised(ask: Ask) -> None:
    report = ask.dashboard(
        CATALOGUE
        + """
        orders
        id
        o1

        order_items
        id | order_id | product_id | total_price
        i2 | o1       | d2         | 20
        i3 | o1       | d3         | 30
        """,
        *("--branch", "b1"),
    )
    expect(report, products={"category_revenue": [{"category": "uncategorised", "revenue": 50}]})


# Quantity, reserved, available, threshold, and where the product belongs.
STOCK_CASES = [
    ("9", "0", "0", "5", "out_of_stock"),  # what is available counts, not the quantity
    ("9", "0", "-1", "5", "out_of_stock"),
    ("9", "0", "1", "5", "low_stock"),
    ("9", "0", "5", "5", "low_stock"),
    ("9", "0", "6", "5", None),
    ("9", "0", "5", "", "low_stock"),  # a null threshold is 5
    ("9", "0", "6", "", None),
    ("9", "0", "1", "0", None),
    ("9", "4", "", "5", "low_stock"),  # else max(0, 9 - 4)
    ("9", "3", "", "5", None),
    ("3", "8", "", "5", "out_of_stock"),
    ("5", "", "", "5", "low_stock"),
]


def test_inventory_of_a_single_branch(ask: Ask) -> None:
    """Each case is a branch of its own."""
    branches, stock = ["branches", "id"], ["product_branch_stock"]
    stock.append(
        "product_id | branch_id | quantity | reserved_quantity | available_quantity | low_stock_threshold"
    )
    for number, (*cells, _) in enumerate(STOCK_CASES):
        branches.append(f"b{number}")
        stock.append(f"d1 | b{number} | {' | '.join(map(str, cells))}")
    folder = write_export("\n".join([*branches, *stock, "products", "id", "d1"]))
    for number, (*cells, status) in enumerate(STOCK_CASES):
        report = ask.dashboard(folder, "--branch", f"b{number}")
        expected = {name: int(name == status) for name in ("out_of_stock", "low_stock")}
        assert (cells, report["products"]["inventory"]) == (cells, expected)


STOCK = """
branches
id
b1
b2

products
id | status
d1 | active
d2 | active
d3 | active
d4 | archived
d5 | active
d6 | active

product_branch_stock
product_id | branch_id | quantity | available_quantity
d1         | b1        | 0        | 0
d1         | b2        | 9        | 9
d2         | b1        | 0        | 0
d2         | b2        | 2        | 2
d3         | b1        | 3        | 3
d3         | b2        | 3        | 3
d4         | b1        | 0        | 0
d5         | b2        | 0        | 0
d6         | b1        | 3        | 3
d6         | b2        | 0        | -3
"""


def test_inventory_over_the_branches_of_the_scope(ask: Ask) -> None:
    folder = write_export(STOCK)
    cases: tuple[tuple[tuple[str, ...], int, int], ...] = (
        # d1 and d2 are out, d3 and d6 are low; d5 has no stock row in b1, and d4 is not active.
        (("--branch", "b1"), 2, 2),
        # d5 and d6 are out; d2 and d3 are low; d1 has plenty.
        (("--branch", "b2"), 2, 2),
        # Over both, d1 has 9; d2 has 2, low in b2; d3 is low, though it has 6; d6 has 0: out, and so not low.
        ((), 2, 2),
    )
    for options, out, low in cases:
        report = ask.dashboard(folder, *options)
        assert report["products"]["inventory"] == {"out_of_stock": out, "low_stock": low}, options
