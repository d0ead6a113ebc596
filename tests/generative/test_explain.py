"""Every figure that can be explained is: its rows come to it, and every other row left by a step (metrics 17)."""

from __future__ import annotations

import os
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from oracle.compare import differences, parse
from oracle.explain import KEYS
from oracle.model import read_dashboard, read_steps
from oracle.sales import Settings
from spec.harness import run, uuid

from generative.datasets import Dataset, datasets, inside, write_dataset
from generative.fuzz import fuzz
from generative.test_agreement import ABSENT, NOW, request, varied
from opttius_cli.reports.figures import list_keys
from opttius_cli.reports.library import Library
from opttius_cli.reports.vocabulary import get_vocabulary

EVERY_KEY = [key for key in list_keys(Library(Path("nowhere"))) if ".ROW." not in key]
CHANGES = get_vocabulary("figure")["en"]
GOALS = ("to_date", "goal_pct", "expected_pct", "ahead", "projected", "projected_pct", "needed_per_day")
ROWS = [
    *("orders_by_status.delivered", "work_orders.by_status.delivered", "quotes.by_status.accepted"),
    *("appointments.by_status.completed", "payment_methods.cash", "payment_methods.debit.count"),
    *("segments.at-risk.customers", "segments.new.customers_pct", "segments.first-time.total_spent"),
    *(
        "segments.regular.joined",
        "segments.at-risk.departed",
        "rfm.lost.customers",
        "rfm.champions.spent_pct",
    ),
    *("rfm.prospect.previous_customers", "branches.b1.total_revenue", "branches.total.average_ticket"),
    *("branches.b1.customers_buying", "branches.b1.quote_conversion_pct", "branches.b1.revenue_share_pct"),
    *("branches.b1.on_time_pct", "branches.b1.attendance_pct", "branches.b1.outstanding_amount"),
    *("branches.b1.revenue_rank", "branches.b2.revenue_rank"),
    *(f"changes.{figure}.{column}" for figure in CHANGES for column in ("previous", "change")),
    *(f"goals.{row}.{column}" for row in ("b1", "total") for column in GOALS),
]
MONTHS = ("2024-02", "2026-03", "2026-04", "2026-09", "2026-11")
"""The months of every as-of."""
NOT_FOUND = 6


def write_goals(folder: Path) -> Path:
    """Write a goal for each branch of the shop in each month that as-of is of."""
    lines = [f"{branch},{month},1000" for branch in ("b1", "b2") for month in MONTHS]
    path = folder.with_name(f"{folder.name}-goals.csv")
    path.write_text("\n".join(["branch,month,revenue", *lines, ""]), encoding="utf-8")
    return path


def ask_of(dataset: Dataset, key: str) -> Dataset:
    """The same world; where goals are asked for, in the whole shop that has them, and nobody else's."""
    if not key.startswith("goals"):
        return dataset
    tables = dataset.tables | {"branches": [row for row in dataset.tables["branches"] if row["id"] != "b5"]}
    return replace(dataset, tables=tables, scope=("--organization", "g1"))


def explain(folder: Path, key: str, dataset: Dataset) -> tuple[int, Any]:
    """Run the command for JSON; what it says when it fails stands in place of the answer."""
    customer = key.startswith("customer.")
    customers = sorted({row["id"] for row in inside(dataset)["customers"]}) if customer else []
    if customer and not customers:
        return NOT_FOUND, ""
    options = ("--customer", uuid(customers[0])) if customer else dataset.window
    environment = {"OPTTIUS_NOW": NOW}
    if key.startswith("goals"):
        environment["OPTTIUS_GOALS"] = str(write_goals(folder))
    with patch.dict(os.environ, environment):
        ran = run(folder, "explain", key, *dataset.options, *options)
    return ran.code, parse(ran.stdout) if ran.code == 0 else ran.stderr


@fuzz(8)
@given(dataset=datasets(), key=st.sampled_from([*EVERY_KEY, *ROWS]))
def test_the_rows_of_every_figure_come_to_it(*, dataset: Dataset, key: str) -> None:
    dataset = ask_of(dataset, key)
    code, answer = explain(write_dataset(dataset.tables), key, dataset)
    if code == NOT_FOUND:
        return  # nobody, or nothing of that name, in this world
    assert code == 0, answer
    *taken, figure = answer["steps"]
    assert sum(line["count"] for line in taken) == figure["count"] == len(answer["rows"])
    assert sum(line["amount"] for line in taken) == figure["amount"]
    assert sum(row["amount"] for row in answer["rows"]) == figure["amount"]


@fuzz(8)
@given(dataset=datasets(), absent=ABSENT, key=st.sampled_from(KEYS))
def test_figure_and_steps_agree_with_the_model(*, dataset: Dataset, absent: str, key: str) -> None:
    visible = varied(ask_of(dataset, key), absent, latest=False)
    folder = write_dataset(visible.tables)
    code, answer = explain(folder, key, visible)
    asked = request(visible)
    if key.startswith("goals"):
        goals = {(branch, month): Decimal(1000) for branch in ("b1", "b2") for month in MONTHS}
        asked = replace(asked, settings=Settings(goals=goals))
    dashboard = read_dashboard(folder, asked)
    if code == NOT_FOUND:
        return  # no payment in cash, no item without a category
    assert code == 0, answer
    assert differences(_find(dashboard, key), answer["figure"]) == []
    if (
        not (absent == "order_payments" and key.startswith("payment_methods"))
        and answer["figure"] is not None
    ):
        assert differences(read_steps(folder, asked, key), answer["steps"]) == []


def _find(dashboard: dict[str, Any], key: str) -> Any:
    """The figure of a key in the model's dashboard."""
    if key == "payment_methods.cash":
        methods = dashboard["payment_methods"]["methods"]
        return next(line["amount"] for line in methods if line["method"] == "cash")
    if key.startswith("products.category_revenue"):
        lines = dashboard["products"]["category_revenue"]
        return next(line["revenue"] for line in lines if line["category"] == "uncategorised")
    report, *path = key.split(".")
    if report in {"branches", "goals"}:
        if report not in dashboard:
            return 1  # the rank of the only branch of the scope
        rows = dashboard[report]["rows"] if report == "branches" else dashboard[report]
        return next(line[path[1]] for line in rows if line["branch"] == path[0])
    value: Any = dashboard if "." in key else dashboard["kpis"]
    for name in key.split("."):
        value = value[name]
    return value
