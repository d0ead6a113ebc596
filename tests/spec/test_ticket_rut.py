"""Section 4, rule 3: the RUT on the ticket names the one customer of the order's own branch who has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from spec.harness import Ask

PEOPLE = """
branches
id
b1
b2

customers
id | branch_id | rut          | email         | created_at
c1 | b1        | 12.345.678-5 | ana@correo.cl | 2026-01-01
c2 | b2        | 12.345.678-5 |               | 2026-01-01
c3 | b1        | 7.654.321-6  |               | 2026-01-01
c4 | b1        | 07654321-6   |               | 2026-01-01
c5 | b1        | 66.666.666-6 |               | 2026-01-01
c6 | b1        | 11.222.333-4 |               | 2026-01-01
c7 | b1        | 10.000.013-k |               | 2026-01-01
c8 | b1        | 1-9          |               | 2026-01-01
c9 | b1        | 9.876.543-3  |               | 2026-11-23
"""


def buyers(ask: Ask, tables: str, *options: str, config: str | None = None) -> dict[str, int]:
    """Purchases of each customer that has one."""
    rows = ask.segments(PEOPLE + tables, *options, config=config)
    return {key: row["purchases"] for key, row in rows.items() if row["purchases"]}


@pytest.mark.parametrize(
    ("ticket", "customer"),
    [
        ("12345678-5", "c1"),
        ("12 345 678 - 5", "c1"),
        ("012.345.678–5", "c1"),  # an en dash, as programs write it
        ("10000013K", "c7"),
        ("12345678-4", None),  # another check digit
        ("11222333-4", None),  # the wrong check digit, though c6 carries the same mistake
        ("66666666-6", None),  # one repeated digit stands for nobody, though c5 carries it
        ("7654321-6", None),  # c3 and c4 share it
        ("1-9", None),  # too few digits, though c8 carries it
        ("9876543-3", None),  # c9 comes after as-of
        ("RUT 12345678-5", None),  # any other sign is a part of it
        ("", None),
    ],
)
def test_a_ticket_is_compared_without_its_punctuation(ask: Ask, ticket: str, customer: str | None) -> None:
    result = buyers(
        ask,
        f"""
        orders
        id | sii_rut
        o1 | {ticket}
        """,
        "--branch",
        "b1",
    )
    assert result == ({customer: 1} if customer else {})


def test_the_orders_own_branch_decides(ask: Ask) -> None:
    """12.345.678-5 is c1 in b1 and c2 in b2; an order without branch has no own one."""
    result = buyers(
        ask,
        """
        orders
        id | branch_id | organization_id | sii_rut
        o1 | b1        | g1              | 12345678-5
        o2 | b2        | g1              | 12345678-5
        o3 |           | g1              | 12345678-5
        """,
    )
    assert result == {"c1": 1, "c2": 1}


def test_it_comes_after_the_link_and_before_the_email(ask: Ask) -> None:
    """o1 has a link to c3, o2 a ticket of c7. The ticket of o3 names two, so its email is asked."""
    result = buyers(
        ask,
        """
        orders
        id | sii_rut    | email
        o1 | 12345678-5 | ana@correo.cl
        o2 | 10000013-K | ana@correo.cl
        o3 | 7654321-6  | ana@correo.cl

        lab_work_orders
        id | customer_id | pos_order_id
        w1 | c3          | o1
        """,
    )
    assert result == {"c3": 1, "c7": 1, "c1": 1}


def test_an_order_that_names_a_customer_is_never_asked(ask: Ask) -> None:
    """c99 is nowhere: the reason is that, whatever the ticket says."""
    tables = """
        orders
        id | customer_id | sii_rut
        o1 | c99         | 12345678-5
        """
    assert buyers(ask, tables) == {}
    result = ask.dashboard(PEOPLE + tables)["data_quality"]["unattributed"]
    assert result == {"customer_not_in_scope": {"count": 1, "amount": 1000}}


def test_ruts_of_the_configuration_stand_for_nobody(ask: Ask) -> None:
    tables = """
        orders
        id | sii_rut
        o1 | 12345678-5
        o2 | 10.000.013-k
        """
    config = '[metrics]\nplaceholder_ruts = ["12.345.678-5"]\n'
    assert buyers(ask, tables, config=config) == {"c7": 1}
