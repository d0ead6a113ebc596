"""Section 3, the only organization: rows and branches that name nobody belong to it, and this is told."""

from __future__ import annotations

import pytest

from spec.harness import Ask, expect, run, write_export

# Each order has an amount of its own, a power of ten: every sum tells what it holds.
NOBODY = """
organizations
id | metadata
g1 | {shop}
{others}

branches
id | organization_id
b1 | g1
b2 |
{branches}

customers
id | branch_id | organization_id
c1 | b1        | g1
c2 | b2        |
c3 |           |

orders
id | branch_id | organization_id | customer_id | total_amount | created_at
o1 | b1        |                 | c1          | 1            | 2026-11-20
o2 | b2        |                 | c2          | 10           | 2026-11-20
o3 |           |                 | c3          | 100          | 2026-11-20
o4 |           | g1              |             | 1000         | 2026-11-20
o5 | b7        |                 |             | 10000        | 2026-11-20
o6 |           |                 |             | 100000       | 2026-11-23
"""
PLATFORM = 'p1 | {"is_platform": true}'
TESTING = 'p2 | {"is_root_testing": true}'
DEMO = 'p3 | {"is_demo": true}'


def shop(*others: str, branches: str = "", metadata: str = "{}") -> str:
    """A shop, its branch b1, a branch b2 of nobody, and rows of nobody; other organizations beside it."""
    return NOBODY.format(shop=metadata, others="\n".join(others), branches=branches)


def test_what_names_nobody_belongs_to_the_only_organization(ask: Ask) -> None:
    """b7 is not in the data: o5 names somebody, though nobody knows whom. o6 comes after as-of."""
    report = ask.dashboard(shop())
    expect(
        report,
        kpis={"total_revenue": 1 + 10 + 100 + 1000, "orders_count": 4, "customers_total": 3},
        data_quality={
            "adopted_branches": ["b2"],
            "adopted_rows": {"customers": 1, "orders": 1},
            "unattributed": {"no_match": {"count": 1, "amount": 1000}},
        },
    )
    assert report["scope"]["global"] is True
    assert [branch["code"] for branch in report["scope"]["branches"]] == ["b1", "b2"]


def test_a_scope_of_branches_adopts_no_row_without_branch(ask: Ask) -> None:
    folder = write_export(shop())
    for answer, revenue, branches, rows in (
        (("--branch", "b1"), 1, [], {}),
        (("--branch", "b2"), 10, ["b2"], {}),
        # Both are all branches of the organization, so its rows without branch join.
        (("--branch", "b1", "--branch", "b2"), 1111, ["b2"], {"customers": 1, "orders": 1}),
    ):
        report = ask.dashboard(folder, *answer)
        result = report["data_quality"]
        assert (answer, report["kpis"]["total_revenue"]) == (answer, revenue)
        assert (result["adopted_branches"], result["adopted_rows"]) == (branches, rows)


@pytest.mark.parametrize(
    "others",
    [
        (PLATFORM,),
        (TESTING,),
        (PLATFORM, TESTING),
        (DEMO,),
        (PLATFORM, DEMO),
    ],
)
def test_the_apps_own_and_demo_organizations_do_not_count(ask: Ask, others: tuple[str, ...]) -> None:
    """g1 is left alone: no name is needed, and it adopts."""
    report = ask.dashboard(shop(*others))
    expect(report, kpis={"total_revenue": 1111}, data_quality={"adopted_branches": ["b2"]})


def test_a_flag_that_is_false_says_nothing(ask: Ask) -> None:
    tables = shop(PLATFORM, metadata='{"is_platform": false, "is_root_testing": false, "is_demo": false}')
    expect(ask.dashboard(tables), kpis={"total_revenue": 1111})


def test_a_demo_organization_counts_where_there_is_no_other(ask: Ask) -> None:
    report = ask.dashboard(shop(PLATFORM, metadata='{"is_demo": true}'))
    expect(report, kpis={"total_revenue": 1111}, data_quality={"adopted_branches": ["b2"]})


def test_two_organizations_adopt_nothing(ask: Ask) -> None:
    """b2 is then in no scope, and neither are o2 and o3; o4 names g1."""
    folder = write_export(shop("g2 | {}"))
    report = ask.dashboard(folder, "--organization", "g1")
    expect(
        report,
        kpis={"total_revenue": 1 + 1000, "customers_total": 1},
        data_quality={"adopted_branches": [], "adopted_rows": {}},
    )
    assert [branch["code"] for branch in report["scope"]["branches"]] == ["b1"]


def test_an_organization_that_only_a_branch_names_is_one_of_the_data(ask: Ask) -> None:
    """g5 has no row of its own, but b5 names it: two are left."""
    report = ask.dashboard(shop(branches="b5 | g5"), "--organization", "g1")
    expect(report, kpis={"total_revenue": 1001}, data_quality={"adopted_branches": []})


def test_the_only_organization_may_be_named_by_branches_alone(ask: Ask) -> None:
    report = ask.dashboard(shop(), missing=("organizations",))
    expect(report, kpis={"total_revenue": 1111}, data_quality={"adopted_branches": ["b2"]})


def test_an_internal_organization_can_still_be_named(ask: Ask) -> None:
    """It adopts nothing: g1 does, for it is the only one that counts."""
    tables = shop(PLATFORM, branches="b8 | p1") + "o8 | b8 | | | 1000000 | 2026-11-20\n"
    report = ask.dashboard(tables, "--organization", "p1")
    expect(
        report,
        kpis={"total_revenue": 1000000},
        data_quality={"adopted_branches": [], "adopted_rows": {}},
    )


def test_a_branch_that_nobody_adopts_is_in_no_scope() -> None:
    ran = run(write_export(shop("g2 | {}")), "dashboard", "--branch", "b2")
    assert (ran.code, ran.stdout) == (2, "")
    assert "b2" in ran.stderr


def test_adoption_can_be_switched_off(ask: Ask) -> None:
    report = ask.dashboard(shop(), config="[scope]\nadopt = false\n")
    expect(
        report,
        kpis={"total_revenue": 1001, "customers_total": 1},
        data_quality={"adopted_branches": [], "adopted_rows": {}},
    )
    assert report["scope"]["global"] is True


def test_where_no_organization_is_known_all_branches_are_one(ask: Ask) -> None:
    tables = """
        branches
        id | organization_id
        b1 |
        b2 |

        orders
        id | branch_id | total_amount
        o1 | b1        | 1
        o2 | b2        | 10
        """
    report = ask.dashboard(tables, missing=("organizations",))
    expect(report, kpis={"total_revenue": 11})
    assert report["scope"]["global"] is True
    report = ask.dashboard(tables, "--branch", "b2", missing=("organizations",))
    expect(report, kpis={"total_revenue": 10})
    assert report["scope"]["global"] is False


NAMED = """
organizations
id | slug
g1 | norte
g2 | sur

branches
id | organization_id
b1 | g1
b2 |
b3 | g2

orders
id | branch_id | organization_id | total_amount
o1 | b1        |                 | 1
o2 | b2        |                 | 10
o3 |           |                 | 100
o4 | b3        |                 | 1000
"""


def test_adoption_can_name_the_organization_by_its_slug(ask: Ask) -> None:
    folder = write_export(NAMED, config='[scope]\nadopt = "sur"\n')
    for organization, revenue, branches, rows in (
        ("g1", 1, [], {}),
        ("g2", 10 + 100 + 1000, ["b2"], {"orders": 1}),
    ):
        report = ask.dashboard(folder, "--organization", organization)
        result = report["data_quality"]
        assert (organization, report["kpis"]["total_revenue"]) == (organization, revenue)
        assert (result["adopted_branches"], result["adopted_rows"]) == (branches, rows)


def test_products_that_name_nobody_belong_to_the_shop_in_every_scope(ask: Ask) -> None:
    """d1 names nobody, d2 the shop, d3 the branch b2 of nobody: b1 sees the first two."""
    tables = shop() + (
        """
        products
        id | organization_id | branch_id
        d1 |                 |
        d2 | g1              |
        d3 |                 | b2

        product_branch_stock
        product_id | branch_id | quantity
        d1         | b1        | 0
        d2         | b1        | 0
        d3         | b1        | 0
        """
    )
    for answer, out in ((("--branch", "b1"), 2), (("--branch", "b1", "--branch", "b2"), 3)):
        report = ask.dashboard(tables, *answer)
        assert (answer, report["products"]["inventory"]["out_of_stock"]) == (answer, out)
        assert report["data_quality"]["adopted_rows"]["products"] == 1


def test_every_table_that_can_name_nobody_is_told_and_children_are_not(ask: Ask) -> None:
    """Copies are one row; what comes after as-of is none. i1 and p1 follow their order o1."""
    report = ask.dashboard(
        """
        customers
        id | branch_id | updated_at
        c1 |           | 2026-11-01
        c1 |           | 2026-11-02

        orders
        id | branch_id | total_amount | created_at
        o1 |           | 70           | 2026-11-20
        o2 |           | 900          | 2026-11-23

        order_items
        id | order_id | total_price
        i1 | o1       | 70

        order_payments
        id | order_id | amount
        p1 | o1       | 70

        lab_work_orders
        id | branch_id | customer_id | total_amount
        w1 |           | c1          | 30

        quotes
        id | branch_id | customer_id
        q1 |           | c1

        appointments
        id | branch_id | appointment_date
        a1 |           | 2026-11-20
        a2 |           | 2026-11-23
        """
    )
    expect(
        report,
        kpis={"total_revenue": 70 + 30, "quotes_count": 1, "appointments_count": 1},
        payment_methods={"methods": [{"method": "cash", "count": 1, "amount": 70}]},
    )
    assert report["data_quality"]["adopted_rows"] == {
        "appointments": 1,
        "customers": 1,
        "lab_work_orders": 1,
        "orders": 1,
        "quotes": 1,
    }


def test_the_rules_of_a_branch_hold_in_an_adopted_one(ask: Ask) -> None:
    """o1 and c1 are of b2; o2 has no branch of its own, so the same address finds nobody."""
    report = ask.dashboard(
        """
        branches
        id | organization_id
        b1 | g1
        b2 |

        customers
        id | branch_id | email
        c1 | b2        | ana@correo.cl

        orders
        id | branch_id | email         | total_amount
        o1 | b2        | ana@correo.cl | 1
        o2 |           | ana@correo.cl | 10
        """
    )
    expect(
        report,
        kpis={"customers_buying": 1},
        data_quality={"unattributed": {"no_match": {"count": 1, "amount": 10}}},
    )


def test_what_is_adopted_is_seen_by_its_own_scope_only() -> None:
    """A row of nobody more or less changes no byte of a report of b1."""
    more = shop() + "o9 | | | | 5000 | 2026-11-20\no7 | b2 | | | 7000 | 2026-11-20\n"
    answers = []
    for tables in (shop(), more):
        ran = run(write_export(tables), "dashboard", "--branch", "b1")
        assert ran.code == 0, ran.stderr
        answers.append(ran.stdout.split('"snapshot"', maxsplit=1)[0])
    assert answers[0] == answers[1]
