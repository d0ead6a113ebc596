"""What a figure means, how it comes about, and the rows behind it, which add up to it (metrics 17)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from oracle.compare import parse

from spec.harness import run, shorten, write_export
from spec.test_reconcile import AS_OF, SHOP


def ask(tables: str | Path, key: str, *options: str, as_of: tuple[str, ...] = AS_OF) -> dict[str, Any]:
    folder = tables if isinstance(tables, Path) else write_export(tables)
    ran = run(folder, "explain", key, *as_of, *options)
    assert ran.code == 0, ran.stderr
    report: dict[str, Any] = shorten(parse(ran.stdout))
    return report


def steps(report: dict[str, Any]) -> list[tuple[str, int, object]]:
    return [(row["step"], row["count"], row["amount"]) for row in report["steps"]]


def test_the_steps_lead_from_all_rows_to_the_figure() -> None:
    folder = write_export(SHOP)
    report = ask(folder, "total_revenue")
    assert report["figure"] == 390000
    assert steps(report) == [
        ("rows", 9, 750000),  # all but o7, which is of 10-23
        ("void", -2, -110000),  # o4 and w8
        ("quote", 0, 0),
        ("linked", -1, -200000),  # w2
        ("unpaid", -1, -50000),  # o3
        ("not_kept", 0, 0),
        ("other_currency", -1, 0),  # o6
        ("figure", 4, 390000),
    ]
    assert sorted(row["id"] for row in report["rows"]) == ["o1", "o2", "o5", "w9"]
    counted = ask(folder, "sales_count")
    assert counted["figure"] == 5
    assert steps(counted)[:-1] == steps(report)[:6]
    assert steps(counted)[-1] == ("figure", 5, 390000)


def test_the_definition_is_that_of_the_column() -> None:
    folder = write_export(SHOP)
    report = ask(folder, "dashboard.average_ticket", "--lang", "es")
    assert report["key"] == "average_ticket"
    assert report["definition"] == {
        "label": "Average ticket",
        "meaning": "revenue / sales in the report's currency",
        "section": "6",
        "formula": "total_revenue / sales in the report's currency = 390000 / 4 = 97500",
    }
    assert report["sql"] == {"file": "sql/dashboard/sales.sql", "text": None}
    assert "FROM sale_sums AS now" in ask(folder, "average_ticket", "--sql")["sql"]["text"]


def test_what_a_step_took_away_is_listed_with_its_reason() -> None:
    rows = ask(SHOP, "total_revenue", "--left-out", "void")["rows"]
    assert sorted((row["id"], row["amount"], row["reason"]) for row in rows) == [
        ("o4", 40000, "void"),
        ("w8", 70000, "void"),
    ]


def test_a_sale_refunded_in_part_leaves_money_and_no_row() -> None:
    report = ask(
        """
        orders
        id | total_amount | payment_status
        o1 | 900          | partially_refunded

        order_payments
        order_id | amount
        o1       | 900

        credit_notes
        order_id | amount
        o1       | 300
        """,
        "total_revenue",
    )
    assert steps(report)[0] == ("rows", 1, 900)
    assert ("not_kept", 0, -300) in steps(report)
    assert (report["figure"], [row["amount"] for row in report["rows"]]) == (600, [600])


def test_change_handed_back_is_taken_off_at_the_end() -> None:
    report = ask(
        """
        orders
        id | total_amount
        o1 | 900

        order_payments
        order_id | amount | payment_method
        o1       | 1000   | cash
        o1       | 200    | debit
        """,
        "payment_methods.cash",
    )
    # 1 200 for 900: 300 of change, out of the cash
    assert steps(report) == [
        ("rows", 2, 1200),
        ("void", 0, 0),
        ("other_currency", 0, 0),
        ("other_method", -1, -200),
        ("change_given", 0, -300),
        ("figure", 1, 700),
    ]


def test_a_quantile_shows_its_place() -> None:
    report = ask(
        """
        lab_work_orders
        id | ordered_at | delivered_at
        w1 | 2026-11-01 | 2026-11-03
        w2 | 2026-11-01 | 2026-11-05
        w3 | 2026-11-01 | 2026-11-11
        """,
        "work_orders.delivery.p90_days",
    )
    # 2, 4 and 10 days: place 1 + 2 · 0.9 = 2.8, 4 + 0.8 · 6
    assert report["figure"] == Decimal("8.8")
    assert report["definition"]["formula"] == "value 2.80 of 3 sorted, between 4.00 and 10.00 = 8.80"


def test_figures_of_rows_customers_and_branches_have_keys_of_their_own() -> None:
    folder = write_export(
        """
        branches
        id
        b1
        b2

        customers
        id
        c1
        c2

        orders
        id | customer_id | branch_id | total_amount
        o1 | c1          | b1        | 100
        o2 | c1          | b2        | 300
        """
    )
    whole = ("--as-of", "2026-11-22")
    assert ask(folder, "branches.b2.total_revenue", as_of=whole)["figure"] == 300
    share = ask(folder, "branches.b2.revenue_share_pct", as_of=whole)
    assert (
        share["definition"]["formula"]
        == "total_revenue / total_revenue of total * 100 = 300 / 400 * 100 = 75"
    )
    assert ask(folder, "segments.first-time.customers", as_of=whole)["figure"] == 1
    assert ask(folder, "rfm.prospect.customers", as_of=whole)["figure"] == 1
    assert ask(folder, "customers_buying", as_of=whole)["figure"] == 1
    options = ("--customer", shorten_back("c1"))
    spent = ask(folder, "customer.average_order_value", *options, as_of=whole)
    assert spent["definition"]["formula"] == "total_spent / sales in the report's currency = 400 / 2 = 200"
    assert ask(folder, "last_purchase", *options, as_of=whole)["figure"] == "2026-11-20"


def shorten_back(name: str) -> str:
    from spec.harness import uuid

    return uuid(name)


def test_the_screen_lists_twenty_rows_and_a_file_all() -> None:
    folder = write_export("orders\nid\n" + "\n".join(f"o{number}" for number in range(30)) + "\n")
    assert len(ask(folder, "total_revenue")["rows"]) == 30
    assert len(ask(folder, "total_revenue", "--limit", "3")["rows"]) == 3


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("total_revenu",), 6, "There is no figure “total_revenu”. The nearest: total_revenue"),
        (
            ("total",),
            2,
            "“total” is the name of several figures. Type one of them: work_orders.total, quotes.total",
        ),
        (("segments.nobody.customers",), 6, "There is no row “nobody”. The nearest: "),
        (("total_spent",), 2, "customer.total_spent is a figure of one customer. Add --customer ID."),
        (
            ("total_revenue", "--customer", "x"),
            2,
            "total_revenue is not a figure of one customer. Leave out --customer",
        ),
        (("total_revenue", "--left-out", "voids"), 6, "There is no step “voids”. The nearest: void"),
    ],
    ids=["unknown", "ambiguous", "row", "customer", "no customer", "step"],
)
def test_bad_input_is_one_sentence(options: tuple[str, ...], code: int, message: str) -> None:
    ran = run(write_export(SHOP), "explain", *options, "--lang", "en")
    assert (ran.code, ran.stdout) == (code, "")
    assert ran.stderr.startswith(f"Error: {message}"), ran.stderr
    assert ran.stderr.count("\n") == 1


def test_an_explanation_that_does_not_add_up_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that loses a row is found out: exit 1, both numbers, and nothing on stdout."""
    from opttius_cli.engines import explained_rows

    whole = explained_rows.build_fill_sql

    def lose_a_row(selection: explained_rows.RowSelection) -> tuple[str, list[str]]:
        statement, values = whole(selection)
        return f"{statement} AND amount <> 60000", values

    monkeypatch.setattr("opttius_cli.engines.duckdb.build_fill_sql", lose_a_row)
    ran = run(write_export(SHOP), "explain", "total_revenue", *AS_OF, "--lang", "en")
    assert (ran.code, ran.stdout) == (1, "")
    assert "The rows behind total_revenue come to 330000.00, the report says 390000" in ran.stderr
