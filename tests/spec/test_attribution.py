"""Section 4: whose order is it: the first of four rules, and for nobody the reason."""

from __future__ import annotations

from spec.harness import Ask, Record, expect

PEOPLE = """
branches
id
b1
b2

customers
id | branch_id | email
c1 | b1        | ana@correo.cl
c2 | b1        | shared@correo.cl
c3 | b1        | shared@correo.cl
c4 | b2        | ben@correo.cl
c5 | b1        | venta@pos.local
c6 | b1        |
c7 | b1        | JOSÉ@correo.cl
"""


def buyers(ask: Ask, tables: str, *options: str) -> dict[str, int]:
    """Purchases of each customer that has one."""
    rows = ask.segments(PEOPLE + tables, *options)
    return {key: row["purchases"] for key, row in rows.items() if row["purchases"]}


def nobody(ask: Ask, tables: str, *options: str) -> dict[str, Record]:
    """Unattributed purchases by reason, those of none aside."""
    reasons = ask.dashboard(PEOPLE + tables, *options)["data_quality"]["unattributed"]
    return {reason: figures for reason, figures in reasons.items() if figures["count"]}


def test_first_the_customer_id(ask: Ask) -> None:
    """The linked work order and the email name others; `customer_id` is what applies."""
    tables = """
        orders
        id | customer_id | email
        o1 | c1          | ben@correo.cl

        lab_work_orders
        id | customer_id | pos_order_id
        w1 | c2          | o1
        """
    assert buyers(ask, tables, "--branch", "b1") == {"c1": 1}
    assert nobody(ask, tables, "--branch", "b1") == {}


def test_then_the_only_customer_of_the_linked_work_orders(ask: Ask) -> None:
    """Whether `customer_id` is null, a neighbour or unknown; the void work orders w3 and w4 do not vote."""
    tables = """
        orders
        id | customer_id | email
        o1 |             | ana@correo.cl
        o2 | c4          | ana@correo.cl
        o3 | c99         | ana@correo.cl

        lab_work_orders
        id | customer_id | pos_order_id | status    | payment_status
        w1 | c2          | o1           | delivered | paid
        w2 | c2          | o1           | ordered   | pending
        w3 | c3          | o1           | cancelled | paid
        w4 | c1          | o1           | delivered | refunded
        w5 | c2          | o2           | delivered | paid
        w6 | c2          | o3           | delivered | paid
        """
    assert buyers(ask, tables, "--branch", "b1") == {"c2": 3}


def test_linked_work_orders_that_do_not_agree_name_nobody(ask: Ask) -> None:
    """One names c2, the other someone else, or someone not in scope: the email rule follows."""
    tables = """
        orders
        id | email
        o1 | ana@correo.cl
        o2 | ana@correo.cl
        o3 | ana@correo.cl

        lab_work_orders
        id | customer_id | pos_order_id
        w1 | c2          | o1
        w2 | c3          | o1
        w3 | c2          | o2
        w4 | c4          | o2
        w5 | c2          | o3
        w6 | c99         | o3
        """
    assert buyers(ask, tables, "--branch", "b1") == {"c1": 3}


def test_then_the_email(ask: Ask) -> None:
    """Spaces at both ends and case do not matter."""
    tables = """
        orders
        id | email
        o1 | ana@correo.cl
        o2 | ANA@Correo.CL
        o3 | '  ana@correo.cl '
        """
    assert buyers(ask, tables, "--branch", "b1") == {"c1": 3}


def test_accents_are_letters_of_their_own(ask: Ask) -> None:
    tables = """
        orders
        id | email
        o1 | josé@correo.cl
        o2 | jose@correo.cl
        """
    assert buyers(ask, tables, "--branch", "b1") == {"c7": 1}
    assert nobody(ask, tables, "--branch", "b1") == {"no_match": {"count": 1, "amount": 1000}}


def test_a_repeat_customer_matched_by_email(ask: Ask) -> None:
    report = ask.dashboard(
        PEOPLE
        + """
        orders
        id | customer_id | email         | created_at
        o1 |             | ana@correo.cl | 2026-11-02
        o2 |             | ANA@correo.cl | 2026-11-12
        o3 | c6          |               | 2026-11-12
        """,
        *("--branch", "b1"),
    )
    expect(report, kpis={"customers_buying": 2, "customers_recurring": 1})


def test_the_email_is_looked_up_in_the_orders_own_branch(ask: Ask) -> None:
    """Over both branches: an order of b1 with the email of a customer of b2 is nobody's."""
    tables = """
        orders
        id | branch_id | email
        o1 | b1        | ben@correo.cl
        o2 | b2        | ben@correo.cl
        o3 | b2        | ana@correo.cl
        """
    assert buyers(ask, tables) == {"c4": 1}
    assert nobody(ask, tables) == {"no_match": {"count": 2, "amount": 2000}}


def test_the_reason_why_an_order_is_nobodys(ask: Ask) -> None:
    """o1 names a neighbour: its email is not looked at. c5 has o3's placeholder, c6 no email, like o7."""
    tables = """
        orders
        id | customer_id | email            | total_amount
        o1 | c4          | ana@correo.cl    | 1
        o2 | c99         |                  | 10
        o3 |             | venta@pos.local  | 100
        o4 |             | Caja2@POS.local  | 1000
        o5 |             | shared@correo.cl | 10000
        o6 |             | nobody@correo.cl | 100000
        o7 |             |                  | 1000000
        """
    assert nobody(ask, tables, "--branch", "b1") == {
        "customer_not_in_scope": {"count": 2, "amount": 1 + 10},
        "placeholder_email": {"count": 2, "amount": 100 + 1000},
        "ambiguous_email": {"count": 1, "amount": 10000},
        "no_match": {"count": 2, "amount": 100000 + 1000000},
    }
    assert buyers(ask, tables, "--branch", "b1") == {}


def test_an_order_without_a_branch_has_no_own_branch(ask: Ask) -> None:
    tables = """
        orders
        id | branch_id | organization_id | email
        o1 |           | g1              | ana@correo.cl
        """
    assert nobody(ask, tables) == {"no_match": {"count": 1, "amount": 1000}}


def test_a_customer_who_does_not_exist_yet_shares_no_email(ask: Ask) -> None:
    """c9 was created after as-of: the email is c1's alone."""
    report = ask.segments(
        """
        customers
        id | email         | created_at
        c1 | ana@correo.cl | 2026-01-01
        c9 | ana@correo.cl | 2026-11-23

        orders
        id | email
        o1 | ana@correo.cl
        """
    )
    assert {key: row["purchases"] for key, row in report.items()} == {"c1": 1}


def test_a_work_orders_customer_is_its_customer_id(ask: Ask) -> None:
    tables = """
        lab_work_orders
        id | customer_id | total_amount
        w1 | c1          | 100
        w2 | c4          | 30
        w3 | c99         | 4
        """
    assert buyers(ask, tables, "--branch", "b1") == {"c1": 1}
    assert nobody(ask, tables, "--branch", "b1") == {"customer_not_in_scope": {"count": 2, "amount": 34}}


def test_an_unattributed_purchase_counts_in_revenue_and_in_no_customer_figure(ask: Ask) -> None:
    report = ask.dashboard(
        PEOPLE
        + """
        orders
        id | email           | total_amount
        o1 | venta@pos.local | 100
        o2 | venta@pos.local | 200
        """,
        *("--branch", "b1"),
    )
    expect(
        report,
        kpis={
            "total_revenue": 300,
            "sales_count": 2,
            "customers_active": 0,
            "customers_buying": 0,
            "customers_recurring": 0,
        },
    )


def test_only_purchases_are_reported_as_unattributed(ask: Ask) -> None:
    """A void order is no purchase; an unpaid one is."""
    tables = """
        orders
        id | status    | payment_status | total_amount
        o1 | cancelled | paid           | 100
        o2 | pending   | pending        | 200
        """
    assert nobody(ask, tables, "--branch", "b1") == {"no_match": {"count": 1, "amount": 200}}
