"""What a change of revenue is made of (metrics 14): parts that add up to it, to the cent."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from opttius_cli.models.shapley import split_product
from spec.harness import Ask, expect, run, run_bare, write_export

# Two windows of 30 days: 09-24 to 10-23, and 10-24 to 11-22.
SHOP = """
customers
id
c1
c2
c3

orders
id | customer_id | total_amount | created_at
o1 | c1          | 100000       | 2026-09-28
o2 | c2          | 60000        | 2026-09-30
o3 |             | 20000        | 2026-10-05
o4 | c1          | 90000        | 2026-11-01
o5 | c1          | 30000        | 2026-11-10
o6 | c3          | 150000       | 2026-11-12
o7 |             | 25000        | 2026-11-15
o8 |             | 15000        | 2026-11-16
o9 | c1          | 10000        | 2025-01-05
o10 | c2         | 10000        | 2025-01-05
"""


def part(group: str, factor: str, before: object, now: object, change: object) -> dict[str, object]:
    return {"group": group, "factor": factor, "before": before, "now": now, "change": change}


def test_the_parts_add_up_to_the_change(ask: Ask) -> None:
    report = ask.drivers(SHOP, "--as-of", "2026-11-22")
    expect(
        report,
        before=180000,  # 100 000 + 60 000 + 20 000
        now=310000,  # 90 000 + 30 000 + 150 000 + 25 000 + 15 000
        change=130000,
        rows=[
            part("new", "customers", 0, 1, 150000),
            part("new", "purchases_per_customer", None, 1, 0),
            part("new", "ticket", None, 150000, 0),
            # 2 → 1 customers, 1 → 2 purchases each, 80 000 → 60 000 a ticket.
            # −1 · (2·1·80 + 1·60 + 2·80 + 2·2·60) / 6 = −620 / 6 thousand
            part("returning", "customers", 2, 1, Decimal("-103333.33")),
            # +1 · (2·2·80 + 2·60 + 1·80 + 2·1·60) / 6 = +640 / 6 thousand
            part("returning", "purchases_per_customer", 1, 2, Decimal("106666.67")),
            # what is left of 120 000 − 160 000 = −40 000
            part("returning", "ticket", 80000, 60000, Decimal("-43333.34")),
            # 1 → 2 sales of 20 000
            part("unattributed", "sales", 1, 2, 20000),
            part("unattributed", "ticket", 20000, 20000, 0),
        ],
        # 3 → 5 sales · (60 000 + 62 000) / 2, and (62 000 − 60 000) · 4
        branch={
            "rows": [{"key": "b1", "before": 180000, "now": 310000, "change": 130000}],
            "sales": 122000,
            "mix": 0,
            "ticket": 8000,
        },
        category=[{"category": "not_in_items", "before": 180000, "now": 310000, "change": 130000}],
    )


def test_opening_a_branch_is_mix_and_a_first_window_is_all_sales(ask: Ask) -> None:
    orders = """
    branches
    id
    b1
    b2

    orders
    id | branch_id | total_amount | created_at
    o1 | b1        | 100          | 2026-10-01
    o2 | b1        | 100          | 2026-11-10
    o3 | b2        | 300          | 2026-11-10
    """
    report = ask.drivers(orders, "--as-of", "2026-11-22")
    # N 1 → 2; b1: s 1 → 1/2, t 100; b2: s 0 → 1/2, t 300 (borrowed). The t never change, so halves are enough:
    # sales 1 · ((100 + 0) + (50 + 150)) / 2 = 150 · mix 3/2 · (−1/2 · 100 + 1/2 · 300) = 150
    assert report["branch"] | {"rows": None} == {"rows": None, "sales": 150, "mix": 150, "ticket": 0}
    alone = ask.drivers(orders, "--as-of", "2026-10-20", "--period", "15")
    expect(alone, before=100, now=0, change=-100)
    assert alone["branch"] | {"rows": None} == {"rows": None, "sales": -100, "mix": 0, "ticket": 0}


def test_items_need_not_add_up_to_their_order(ask: Ask) -> None:
    report = ask.drivers(
        """
        categories
        id | name
        k1 | Armazones

        products
        id | category_id
        d1 | k1

        orders
        id | total_amount | created_at
        o1 | 1000         | 2026-11-10

        order_items
        order_id | product_id | total_price
        o1       | d1         | 700
        o1       |            | 100
        """,
        "--as-of",
        "2026-11-22",
    )
    assert [tuple(row.values()) for row in report["category"]] == [
        ("Armazones", 0, 700, 700),
        ("uncategorised", 0, 100, 100),
        ("not_in_items", 0, 200, 200),
    ]


def test_other_currencies_carry_no_money_and_part_refunds_what_was_kept(ask: Ask) -> None:
    report = ask.drivers(
        """
        orders
        id | total_amount | currency | payment_status     | created_at
        o1 | 1000         | USD      | paid               | 2026-11-10
        o2 | 1000         |          | partially_refunded | 2026-11-10

        order_payments
        order_id | amount
        o2       | 900

        credit_notes
        order_id | amount
        o2       | 300
        """,
        "--as-of",
        "2026-11-22",
    )
    expect(report, before=0, now=600, change=600)


def test_swapping_the_windows_flips_every_sign() -> None:
    half, third = Fraction(1, 2), Fraction(1, 3)
    there = [(Fraction(2), Fraction(5)), (half, third), (Fraction(7), None)]
    back = [(now, before) for before, now in there]
    assert split_product(back) == [-part for part in split_product(there)]
    assert sum(split_product(there)) == 5 * third * 7 - 2 * half * 7


def test_nothing_to_compare_with_is_wrong_usage() -> None:
    ran = run(write_export(SHOP), "drivers", "--compare", "none", "--lang", "en")
    assert (ran.code, ran.stdout) == (2, "")
    assert ran.stderr == (
        "Error: This compares two windows. Leave out --compare none, or type --compare previous or --compare year.\n"
    )


def test_the_screen_says_how_it_splits_and_never_why() -> None:
    from opttius_cli.cli import main

    folder = write_export(SHOP)
    for language, sentence in (
        (
            "en",
            (
                "Before CLP 180,000, Now CLP 310,000: +CLP 130,000. How it splits, the largest parts: up "
                "new customers · "
                "customers +CLP 150,000, returning customers · purchases per customer +CLP 106,667; down returning "
                "customers · customers -CLP 103,333, returning customers · ticket -CLP 43,333."
            ),
        ),
        (
            "es",
            (
                "Antes $180.000, Ahora $310.000: +$130.000. Cómo se reparte, las partes mayores: suman "
                "clientes nuevos · "
                "clientes +$150.000, clientes que vuelven · compras por cliente +$106.667; restan "
                "clientes que vuelven "
                "· clientes $-103.333, clientes que vuelven · ticket $-43.333."
            ),
        ),
    ):
        command = ["drivers", "--source", str(folder), "--as-of", "2026-11-22", "--lang", language]
        for format_name in ("table", "md"):
            text = run_bare(main, [*command, "--format", format_name]).stdout
            assert sentence in text.replace("\N{NO-BREAK SPACE}", " ").replace("\\", ""), text


def test_the_dashboard_holds_the_section_only_when_asked() -> None:
    folder = write_export(SHOP)
    whole = run(folder, "dashboard", "--as-of", "2026-11-22")
    asked = run(folder, "dashboard", "--as-of", "2026-11-22", "--section", "drivers")
    assert '"drivers"' not in whole.stdout
    assert '"drivers": {\n    "before": 180000,' in asked.stdout
