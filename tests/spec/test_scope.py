"""Section 3: which rows a report may see, and that nobody can tell what the others are."""

from __future__ import annotations

from spec.harness import Ask, Record, days, expect, run, write_export

TWO_SHOPS = """
organizations
id
g1
g2

branches
id | organization_id | is_active
b1 | g1              | t
b2 | g1              | f
b9 | g2              | t

orders
id | branch_id | organization_id | total_amount
o1 | b1        | g1              | 1
o2 | b1        |                 | 10
o3 | b1        | g2              | 100
o4 | b2        | g1              | 1000
o5 | b9        | g1              | 10000
o6 |           | g1              | 100000
o7 |           | g2              | 1000000
o8 |           |                 | 10000000
"""


def test_a_row_belongs_to_its_branch_else_to_its_organization(ask: Ask) -> None:
    folder = write_export(TWO_SHOPS)
    for options, revenue in (
        # A branch: its rows whatever their organization_id says, and no row without a branch.
        (("--branch", "b1"), 1 + 10 + 100),
        (("--branch", "b2"), 1000),
        # Every branch of the organization, the inactive one too: its rows without a branch join.
        (("--branch", "b1", "--branch", "b2"), 111 + 1000 + 100000),
        (("--branch", "b2", "--branch", "b1", "--branch", "b2"), 111 + 1000 + 100000),
        (("--organization", "g1"), 111 + 1000 + 100000),
        (("--branch", "b9"), 10000 + 1000000),
        (("--organization", "g2"), 10000 + 1000000),
    ):
        report = ask.dashboard(folder, *options)
        assert (options, report["kpis"]["total_revenue"]) == (options, revenue)


def test_an_inactive_branch_still_keeps_the_scope_from_being_whole(ask: Ask) -> None:
    """b2 is closed, yet b1 alone is not the whole organization: o6, without a branch, is not seen."""
    report = ask.dashboard(TWO_SHOPS, "--branch", "b1")
    expect(report, kpis={"orders_count": 3})


def test_a_scope_never_spans_two_organizations() -> None:
    ran = run(write_export(TWO_SHOPS), "dashboard", "--branch", "b1", "--branch", "b9")
    assert ran.stdout == ""
    assert ran.code == 2


def test_customers_of_the_whole_organization_without_a_branch(ask: Ask) -> None:
    """c3 names nobody, and there are two organizations that it could belong to."""
    tables = """
        organizations
        id
        g1
        g2

        branches
        id
        b1
        b2

        customers
        id | branch_id | organization_id
        c1 | b1        |
        c2 |           | g1
        c3 |           |
        """
    expect(ask.dashboard(tables, "--branch", "b1"), kpis={"customers_total": 1})
    expect(ask.dashboard(tables, "--organization", "g1"), kpis={"customers_total": 2})


CHILDREN = """
branches
id
b1
b2

orders
id | branch_id
o1 | b1
o2 | b2

order_items
id | order_id | product_name | total_price
i1 | o1       | Uno          | 10
i2 | o2       | Dos          | 20
i3 | o77      | Nadie        | 40

order_payments
id | order_id | amount | payment_method
p1 | o1       | 1      | cash
p2 | o2       | 2      | debit
p3 | o77      | 4      | check
"""


def test_items_and_payments_follow_their_order(ask: Ask) -> None:
    report = ask.dashboard(CHILDREN, "--branch", "b1")
    expect(
        report,
        payment_methods={"methods": [{"method": "cash", "count": 1, "amount": 1}]},
        products={"top": [{"name": "Uno", "revenue": 10}]},
    )


def test_a_child_without_an_order_belongs_to_no_scope(ask: Ask) -> None:
    """o77 is not in the data: i3 and p3 are in no scope, the whole organization's neither."""
    report = ask.dashboard(CHILDREN)
    expect(
        report,
        payment_methods={
            "methods": [
                {"method": "debit", "count": 1, "amount": 2},
                {"method": "cash", "count": 1, "amount": 1},
            ]
        },
        products={"category_revenue": [{"category": "uncategorised", "revenue": 10 + 20}]},
    )


LINK_ACROSS = """
branches
id
b1
b2

customers
id | branch_id
c1 | b1

orders
id | branch_id | total_amount
o2 | b2        | 300

lab_work_orders
id | branch_id | customer_id | pos_order_id | total_amount
w1 | b1        | c1          | o2           | 300
"""


def test_a_link_to_an_order_of_another_branch(ask: Ask) -> None:
    folder = write_export(LINK_ACROSS)
    cases: tuple[tuple[tuple[str, ...], int, int, Record], ...] = (
        # In b1 the order is not seen: the work order is a sale of its own, and this is told.
        (("--branch", "b1"), 300, 0, {"count": 1, "amount": 300}),
        # In b2 only the order is seen.
        (("--branch", "b2"), 300, 0, {"count": 0, "amount": 0}),
        # Over both it counts once.
        ((), 300, 1, {"count": 0, "amount": 0}),
    )
    for options, revenue, linked, outside in cases:
        report = ask.dashboard(folder, *options)
        expect(report, kpis={"total_revenue": revenue, "sales_count": 1})
        expect(
            report["data_quality"],
            linked_work_orders={"count": linked, "amount": 300 * linked},
            link_outside_scope=outside,
        )


def test_of_two_copies_of_a_row_the_latest_update_counts_then_the_latest_creation(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at | updated_at
        o1 | 1            | 2026-11-12 | 2026-11-14
        o1 | 10           | 2026-11-11 | 2026-11-15
        o1 | 100          | 2026-11-13 | 2026-11-13
        o2 | 1000         | 2026-11-12 | 2026-11-15
        o2 | 10000        | 2026-11-13 | 2026-11-15
        o3 | 100000       | 2026-11-12 |
        o3 | 1000000      | 2026-11-13 |
        """
    )
    assert days(report["trends"]["sales"], "value") == {"2026-11-11": 10, "2026-11-13": 10000 + 1000000}
    expect(
        report,
        kpis={"orders_count": 3},
        data_quality={"duplicate_rows": {"orders": 2 + 1 + 1}},
    )


COPIES = """
branches
id
b1
b2

orders
id | branch_id | total_amount | created_at | updated_at
o1 | b1        | 10           | 2026-11-12 | 2026-11-12
o1 | b2        | 100          | 2026-11-12 | 2026-11-15
"""


def test_copies_in_two_branches_are_resolved_inside_the_scope(ask: Ask) -> None:
    """b1 cannot see that b2 holds a later copy."""
    folder = write_export(COPIES)
    cases: tuple[tuple[tuple[str, ...], int, int], ...] = (
        (("--branch", "b1"), 10, 0),
        (("--branch", "b2"), 100, 0),
        ((), 100, 1),
    )
    for options, revenue, duplicates in cases:
        report = ask.dashboard(folder, *options)
        expect(report, kpis={"total_revenue": revenue, "orders_count": 1})
        assert report["data_quality"]["duplicate_rows"].get("orders", 0) == duplicates


def test_a_copy_dated_after_as_of_does_not_exist(ask: Ask) -> None:
    report = ask.dashboard(
        """
        orders
        id | total_amount | created_at             | updated_at
        o1 | 10           | 2026-11-22 14:00:00-03 | 2026-11-22 14:00:00-03
        o1 | 100          | 2026-11-22 16:00:00-03 | 2026-11-22 17:00:00-03
        """
    )
    expect(report, kpis={"total_revenue": 10, "orders_count": 1})


def test_an_update_after_as_of_is_still_the_row(ask: Ask) -> None:
    """Orders are dated by `created_at`: the status is as it stands now."""
    report = ask.dashboard(
        """
        orders
        id | total_amount | payment_status | created_at             | updated_at
        o1 | 10           | paid           | 2026-11-22 14:00:00-03 | 2026-11-22 17:00:00-03
        o1 | 10           | pending        | 2026-11-22 14:00:00-03 | 2026-11-22 14:00:00-03
        """
    )
    expect(report, kpis={"total_revenue": 10, "sales_count": 1})


def test_copies_of_customers_and_work_orders_are_a_single_row(ask: Ask) -> None:
    report = ask.dashboard(
        """
        customers
        id | is_active | updated_at
        c1 | t         | 2026-11-01
        c1 | f         | 2026-11-02

        lab_work_orders
        id | customer_id | status    | updated_at
        w1 | c1          | cancelled | 2026-11-01
        w1 | c1          | delivered | 2026-11-02
        """
    )
    expect(
        report,
        kpis={"customers_total": 1, "customers_enabled": 0, "total_revenue": 1000},
        work_orders={"total": 1, "completed": 1, "cancelled": 0},
        data_quality={"duplicate_rows": {"customers": 1, "lab_work_orders": 1}},
    )


def test_products_belong_to_the_organization_or_to_a_branch_of_the_scope(ask: Ask) -> None:
    """Seen from b1: d1 (organization), d2 (branch), d3 (the organization's, kept at b2); not d4, d5."""
    report = ask.dashboard(
        """
        organizations
        id
        g1
        g2

        branches
        id | organization_id
        b1 | g1
        b2 | g1
        b9 | g2

        products
        id | organization_id | branch_id
        d1 | g1              |
        d2 |                 | b1
        d3 | g1              | b2
        d4 |                 | b2
        d5 | g2              |

        product_branch_stock
        product_id | branch_id | quantity
        d1         | b1        | 0
        d2         | b1        | 0
        d3         | b1        | 0
        d4         | b1        | 0
        d5         | b1        | 0
        """,
        *("--branch", "b1"),
    )
    expect(report, products={"inventory": {"out_of_stock": 3, "low_stock": 0}})


NEIGHBOUR = """
branches
id
b1
b2

customers
id | branch_id | email
c1 | b1        | ana@correo.cl
{customer}

orders
id | branch_id | customer_id | email         | total_amount
o1 | b1        |             | ana@correo.cl | 100
o2 | b1        | c2          | ana@correo.cl | 200
{order}
"""


def test_rows_outside_the_scope_change_no_byte() -> None:
    """A neighbour's customer shares the email and is named by o2; a neighbour's order is larger."""
    near = NEIGHBOUR.format(customer="", order="")
    far = NEIGHBOUR.format(customer="c2 | b2 | ana@correo.cl", order="o3 | b2 | | ana@correo.cl | 7000")
    answers = []
    for tables in (near, far):
        ran = run(write_export(tables), "dashboard", "--branch", "b1")
        assert ran.code == 0, ran.stderr
        answers.append(ran.stdout.split('"snapshot"', maxsplit=1)[0])
    assert answers[0] == answers[1]
