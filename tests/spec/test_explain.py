"""What a figure means, how it comes about, and the rows behind it, which add up to it (metrics 17)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from oracle.compare import parse

from opttius_cli.cli import main
from opttius_cli.reports.figures import list_keys
from opttius_cli.reports.layouts import CUSTOMER, DASHBOARD, SCHEMES
from opttius_cli.reports.library import Library
from opttius_cli.reports.slots import Slot
from spec.harness import run, run_bare, shorten, write_export
from spec.test_branches import THIS_MONTH, TWO_BRANCHES, write_goals
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


def test_a_comparison_is_of_both_windows() -> None:
    folder = write_export(
        """
        orders
        id | total_amount | created_at
        o1 | 100          | 2026-11-20
        o2 | 300          | 2026-11-21
        o3 | 150          | 2026-10-20
        """
    )
    whole = ("--as-of", "2026-11-22")
    before = ask(folder, "changes.average_ticket.previous", as_of=whole)
    assert before["definition"]["formula"] == "total_revenue / sales in the report's currency = 150 / 1 = 150"
    assert ([row["id"] for row in before["rows"]], before["figure"]) == (["o3"], 150)
    # (400 / 2 − 150) / 150
    change = ask(folder, "changes.average_ticket.change", as_of=whole)
    assert change["definition"]["formula"] == (
        "(average_ticket - previous) / previous * 100 = (200 - 150) / 150 * 100 = 33.33"
    )
    assert sorted(row["id"] for row in change["rows"]) == ["o1", "o2"]
    assert ask(folder, "changes.sales_count.change", as_of=whole)["figure"] == 100


def test_a_rank_counts_the_branches_ahead() -> None:
    rank = ask(write_export(TWO_BRANCHES), "branches.N.revenue_rank", *THIS_MONTH[:2], as_of=THIS_MONTH[2:])
    assert rank["figure"] == 2
    assert rank["definition"]["formula"] == "1 + branches with more revenue = 1 + 1 = 2"
    assert sorted(row["id"] for row in rank["rows"]) == ["o1", "o2", "o3"]


def test_goals_are_explained_by_the_days_that_are_over() -> None:
    write_goals("C,2026-11,900000", "N,2026-11,500000")
    folder = write_export(TWO_BRANCHES)
    formulas = {
        column: ask(folder, f"goals.C.{column}", *THIS_MONTH[:2], as_of=THIS_MONTH[2:])["definition"][
            "formula"
        ]
        for column in ("goal_pct", "expected_pct", "projected", "needed_per_day")
    }
    assert formulas == {
        "goal_pct": "amount of the sales / goal * 100 = 400000 / 900000 * 100 = 44.44",
        "expected_pct": "weight of the days that are over / weight of the month * 100 = 15 / 30 * 100 = 50",
        "projected": (
            "amount of the sales * weight of the month / weight of the days that are over "
            "= 400000 * 30 / 15 = 800000"
        ),
        "needed_per_day": "what is missing to the goal / days left = 500000 / 15 = 33333.33",
    }
    total = ask(folder, "goals.total.to_date", *THIS_MONTH[:2], as_of=THIS_MONTH[2:])
    assert (total["figure"], sorted(row["id"] for row in total["rows"])) == (600000, ["o1", "o2", "o3"])


def test_a_score_shows_its_cut_points() -> None:
    folder = write_export(
        "customers\nid\n"
        + "".join(f"c{number}\n" for number in range(1, 7))
        + "\norders\nid | customer_id | total_amount | created_at\n"
        + "".join(f"o{n} | c{n} | {n}00 | 2026-11-{10 + n}\n" for n in range(1, 6))
    )
    asked = ("--customer", shorten_back("c4"))
    whole = ("--as-of", "2026-11-22")
    # Spent 100 … 500: the 20, 40, 60 and 80 % quantiles lie between two of the five values, above the first of them.
    spent = ask(folder, "customer.m_score", *asked, as_of=whole)
    assert spent["definition"]["formula"] == (
        "1 + cut points below the value = 1 + 3 = 4; the value is 400, the cut points lie at 100, 200, 300, 400"
    )
    assert sorted(row["id"] for row in spent["rows"]) == ["c1", "c2", "c3", "c4", "c5"]
    assert ("never_bought", -1, 0) in steps(spent)
    recency = ask(folder, "customer.r_score", *asked, as_of=whole)
    # 11, 10, 9, 8 and 7 days of silence; 8 of c4.
    assert recency["definition"]["formula"].startswith(
        "5 - cut points below the value = 5 - 1 = 4; the value is 8"
    )
    whole_score = ask(folder, "customer.rfm_score", *asked, as_of=whole)
    assert (whole_score["figure"], whole_score["definition"]["formula"]) == (
        "414",
        "r_score * 100 + f_score * 10 + m_score = 4 * 100 + 1 * 10 + 4 = 414",
    )


WITHOUT_FIGURE = {
    "names of rows": ("figure", "status", "method", "category", "segment", "branch", "month"),
    "who the customer is": ("id", "branch", "name", "email", "phone", "rut", "is_active", "created"),
    "words, which follow from scores and figures that are explained": (
        "segment",
        "rfm_segment",
        "basis",
        "source",
    ),
    "set by the user in goals.csv": ("goal",),
}
"""The columns that hold no figure of rows, by the reason."""
LISTS_WITHOUT_NAMES = {"trends", "products.top", "monthly_spending", "favourite_products", "timeline"}
"""Days, months, ranks and events: their rows have no name by which one could ask (metrics 17)."""


def test_every_figure_is_explained_or_has_a_reason_not_to() -> None:
    """A new column of the dashboard, the branches, the segments or the customer is explained, or named above."""
    library = Library(Path("nowhere"))
    keys = {key.rpartition(".")[2] + "@" + key.rpartition(".")[0] for key in list_keys(library)}
    reasons = {name for names in WITHOUT_FIGURE.values() for name in names}
    schemes = [Slot((name,), report) for name, report in (("segments", "lifecycle"), ("rfm", "rfm"))]
    missing = []
    for slot in (*DASHBOARD, *CUSTOMER, *schemes):
        place = ".".join(slot.path)
        if place in LISTS_WITHOUT_NAMES or slot.path[0] in LISTS_WITHOUT_NAMES:
            continue
        report = library.load_report(SCHEMES.get(slot.report, slot.report))
        columns = slot.columns or [(column.name, column.name) for column in report.columns]
        for name, key in columns:
            if name not in report.sources and name not in reasons:
                missing.append(f"{place}.{key}")
            elif name in report.sources:
                assert any(known.startswith(f"{key}@") for known in keys), (place, key)
    assert missing == []
    assert reasons.isdisjoint({"revenue_rank", "previous", "change", "r_score", "to_date"})


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

    monkeypatch.setattr("opttius_cli.engines.explained_rows.build_fill_sql", lose_a_row)
    ran = run(write_export(SHOP), "explain", "total_revenue", *AS_OF, "--lang", "en")
    assert (ran.code, ran.stdout) == (1, "")
    assert "The rows behind total_revenue come to 330000.00, the report says 390000" in ran.stderr


def test_a_pipe_has_every_row_and_a_terminal_says_how_many() -> None:
    """The limit of a screen holds on a terminal only: what is piped is whole, as a table too."""
    rows = "\n".join(f"o{number} | 1234" for number in range(25))
    folder = write_export(f"orders\nid | total_amount\n{rows}\n")
    argv = ["explain", "sales_count", "--source", str(folder), *AS_OF, "--lang", "en", "--format", "table"]
    ran = run_bare(main, argv)
    assert ran.code == 0, ran.stderr
    assert ran.stdout.count("1,234") >= 25
    assert run_bare(main, [*argv, "--limit", "3"]).stdout.count("1,234") < 25


def test_what_is_owed_names_the_customer_that_the_purchase_counts_for() -> None:
    """By the address on it, however old it is; a work order of somebody who is not here names nobody."""
    tables = """
        customers
        id | first_name | email
        c1 | Ana        | ana@x.cl

        orders
        id | customer_id | email    | payment_status | total_amount | created_at
        o1 |             | ANA@x.cl | pending        | 5000         | 2024-01-10

        lab_work_orders
        id | customer_id | payment_status | total_amount | created_at
        w1 | c9          | pending        | 7000         | 2026-11-20
        """
    report = ask(tables, "outstanding_total")
    assert {row["id"]: row["customer"] for row in report["rows"]} == {"o1": "A.", "w1": None}


def test_stock_is_the_same_wherever_it_is_counted() -> None:
    """Without its branch, which is a part of its key, a stock row is refused: it is in no figure and no list."""
    folder = write_export(
        """
        products
        id | name | status
        p1 | A    | active
        p2 | B    | active

        product_branch_stock
        product_id | branch_id | quantity
        p1         | b1        | 0
        p2         |           | 0
        """
    )
    dashboard = parse(run(folder, "dashboard", *AS_OF).stdout)
    assert dashboard["products"]["inventory"]["out_of_stock"] == 1
    assert dashboard["data_quality"]["refused_rows"] == {"product_branch_stock": 1}
    assert len(ask(folder, "products.inventory.out_of_stock")["rows"]) == 1
    assert len(parse(run(folder, "export", "stock", "-o", "-", *AS_OF).stdout)["rows"]) == 1
