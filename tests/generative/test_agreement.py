"""The command line and the reference model agree on every figure and every key of any data set."""

from __future__ import annotations

import copy
import os
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st
from oracle.compare import differences, misplaced_keys, parse
from oracle.model import (
    Request,
    read_customer,
    read_dashboard,
    read_drivers,
    read_movement,
    read_reconcile,
    read_segments,
)
from spec.harness import run

from generative.datasets import Dataset, datasets, write_dataset
from generative.fuzz import fuzz

# Later than every row of a world.
NOW = "2027-01-31T12:00:00+00:00"
ABSENT = st.sampled_from(
    [
        *("", "", "", "", "", "", "credit_notes", "order_payments", "order_items", "lab_work_orders"),
        *("quotes", "appointments", "product_branch_stock", "products", "organization_settings"),
    ]
)


def request(dataset: Dataset) -> Request:
    """The same question, for the model."""
    names = dataset.scope[1::2]
    by_branch = dataset.scope[:1] == ("--branch",)
    return Request(
        as_of=dataset.as_of,
        organization=names[0] if names and not by_branch else None,
        branches=names if by_branch else (),
        period=dataset.period,
        compare=dataset.compare,
        now=datetime.fromisoformat(NOW),
    )


def varied(dataset: Dataset, absent: str, *, latest: bool) -> Dataset:
    """A world without one of its tables, seen as of its newest sale."""
    tables = {table: rows for table, rows in dataset.tables.items() if table != absent}
    return replace(dataset, tables=tables, as_of="latest" if latest else dataset.as_of)


def ask(folder: Any, *argv: str) -> Any:
    """Run the command line for JSON."""
    with patch.dict(os.environ, {"OPTTIUS_NOW": NOW}):
        ran = run(folder, *argv)
    assert ran.code == 0, ran.stderr
    return parse(ran.stdout)


def comparable(report: dict[str, Any]) -> dict[str, Any]:
    """Put what the contract leaves open into one form: the names and the order of equal products."""
    answer = copy.deepcopy(report)
    for line in answer["products"]["top"] or ():
        line["name"] = min(line.pop("spellings", [line["name"]])).strip(" ").lower()
    if answer["products"]["top"]:
        answer["products"]["top"].sort(key=_place)
    return answer


def _place(line: dict[str, Any]) -> tuple[Any, ...]:
    return -line["revenue"], -line["quantity"], line["name"], line["category"], line["orders"]


@fuzz(10)
@given(dataset=datasets(), absent=ABSENT, latest=st.booleans())
def test_the_dashboard_agrees(*, dataset: Dataset, absent: str, latest: bool) -> None:
    visible = varied(dataset, absent, latest=latest)
    folder = write_dataset(visible.tables)
    expected = comparable(read_dashboard(folder, request(visible)))
    got = comparable(ask(folder, "dashboard", *visible.options, *visible.window))
    assert differences(expected, got) == []
    assert misplaced_keys(expected, got) == []


@fuzz(5)
@given(dataset=datasets(), absent=ABSENT, latest=st.booleans(), scheme=st.sampled_from(["lifecycle", "rfm"]))
def test_drivers_and_movement_agree(*, dataset: Dataset, absent: str, latest: bool, scheme: str) -> None:
    compare = "year" if dataset.compare == "none" else dataset.compare
    visible = replace(varied(dataset, absent, latest=latest), compare=compare)
    folder = write_dataset(visible.tables)
    asked = replace(request(visible), scheme=scheme)
    expected = read_drivers(folder, asked)
    got = ask(folder, "drivers", *visible.options, *visible.window)
    assert differences(expected, got) == []
    assert misplaced_keys(expected, got) == []
    assert sum(row["change"] for row in got["rows"]) == got["change"]
    for split in (got["branch"], got["channel"]):
        assert sum(row["change"] for row in split["rows"]) == got["change"]
        assert split["sales"] + split["mix"] + split["ticket"] == got["change"]
    if got["category"] is not None:
        assert sum(row["change"] for row in got["category"]) == got["change"]
    matrix = read_movement(folder, asked)
    answer = ask(folder, "segments", "--movement", "--scheme", scheme, *visible.options, *visible.window)
    assert differences(matrix, answer) == []
    assert misplaced_keys(matrix, answer) == []


@fuzz(5)
@given(dataset=datasets(), absent=ABSENT, days=st.sampled_from(["1", "7", "30", "90", "365"]))
def test_the_bridge_to_the_app_agrees(*, dataset: Dataset, absent: str, days: str) -> None:
    branch = next(name for name in ("b1", "b2", "b3", "MAIN") if name in dataset.owners)
    visible = replace(
        varied(dataset, absent, latest=False),
        scope=("--branch", next((name for name in dataset.scope[1:2] if name[0] == "b"), branch)),
        period=days,
    )
    folder = write_dataset(visible.tables)
    expected = read_reconcile(folder, request(visible))
    got = ask(folder, "reconcile", "--period", days, *visible.options)
    assert differences(expected, got) == []
    assert misplaced_keys(expected, got) == []
    assert got["rows"][-1] == {"item": "unexplained", "count": 0, "amount": 0}
    assert got["ours"] + sum(row["amount"] for row in got["rows"]) == got["app"]


@fuzz(6)
@given(dataset=datasets(), absent=ABSENT, latest=st.booleans())
def test_segments_and_customers_agree(*, dataset: Dataset, absent: str, latest: bool) -> None:
    visible = varied(dataset, absent, latest=latest)
    folder = write_dataset(visible.tables)
    model = read_segments(folder, request(visible))
    answer = ask(folder, "export", "segments", "-o", "-", *visible.options)
    assert differences(model, answer) == []
    assert misplaced_keys(model, answer) == []
    for row in model["rows"][:1]:
        page = read_customer(folder, row["customer_id"], request(visible))
        got = ask(folder, "customer", row["customer_id"], *visible.options)
        _sort_favourites(page, got)
        assert differences(page, got) == []
        for favourite in got["favourite_products"] or []:
            del favourite["category"]  # the contract names no keys of these lines
        assert misplaced_keys(page, got) == []


def _sort_favourites(*pages: dict[str, Any]) -> None:
    """Lines that tie on quantity and revenue go by name, of which there may be several spellings."""
    for page in pages:
        for line in page["favourite_products"] or ():
            line["name"] = min(line.pop("spellings", [line["name"]])).strip(" ").lower()
        (page["favourite_products"] or []).sort(
            key=lambda line: (-line["quantity"], -line["revenue"], line["name"])
        )
