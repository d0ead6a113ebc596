"""The command line and the reference model agree on every figure of any data set."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from oracle.compare import differences, parse
from oracle.model import Request, read_customer, read_dashboard, read_segments
from spec.harness import run

from generative.datasets import Dataset, datasets, write_dataset
from generative.fuzz import fuzz

COUNTS = ("unattributed", "duplicate_rows", "refused_rows", "rows_after_as_of", "rows")


def request(dataset: Dataset) -> Request:
    """The same question, for the model."""
    names = dataset.scope[1::2]
    by_branch = dataset.scope[0] == "--branch"
    return Request(
        as_of=dataset.as_of,
        organization=None if by_branch else names[0],
        branches=names if by_branch else (),
        period=dataset.period,
        compare=dataset.compare,
    )


def ask(folder: Any, *argv: str) -> Any:
    """Run the command line for JSON."""
    ran = run(folder, *argv)
    assert ran.code == 0, ran.stderr
    return parse(ran.stdout)


def comparable(report: dict[str, Any]) -> dict[str, Any]:
    """Put what the contract leaves open into one form: counts of 0, and the order of equal products."""
    answer = copy.deepcopy(report)
    quality = answer["data_quality"]
    for key in COUNTS:
        quality[key] = {name: count for name, count in quality[key].items() if _counts(count)}
    quality["rows"].pop("categories", None)  # categories have no tenant: the contract does not say
    for line in answer["products"]["top"]:
        line["name"] = min(line.pop("spellings", [line["name"]])).strip(" ").lower()
    answer["products"]["top"].sort(key=_place)
    return answer


def _counts(answer: Any) -> bool:
    return bool(answer["count"] if isinstance(answer, dict) else answer)


def _place(line: dict[str, Any]) -> tuple[Any, ...]:
    return -line["revenue"], -line["quantity"], line["name"], line["category"], line["orders"]


@fuzz(10)
@given(dataset=datasets())
def test_the_dashboard_agrees(dataset: Dataset) -> None:
    folder = write_dataset(dataset.tables)
    model = read_dashboard(folder, request(dataset))
    answer = ask(folder, "dashboard", *dataset.options, *dataset.window)
    expected, got = comparable(model), comparable(answer)
    for key in COUNTS:
        tables = set(expected["data_quality"][key]) | set(got["data_quality"][key])
        assert {name: got["data_quality"][key].get(name) for name in tables} == {
            name: expected["data_quality"][key].get(name) for name in tables
        }, key
    assert differences(expected, got) == []


@fuzz(6)
@given(dataset=datasets())
def test_segments_and_customers_agree(dataset: Dataset) -> None:
    folder = write_dataset(dataset.tables)
    model = read_segments(folder, request(dataset))
    answer = ask(folder, "export", "segments", "-o", "-", *dataset.options)
    assert differences(model["rows"], answer["rows"]) == []
    for row in model["rows"][:1]:
        page = read_customer(folder, row["customer_id"], request(dataset))
        got = ask(folder, "customer", row["customer_id"], *dataset.options)
        _sort_favourites(page, got)
        assert differences(page, got) == []


def _sort_favourites(*pages: dict[str, Any]) -> None:
    """Lines that tie on quantity and revenue go by name, of which there may be several spellings."""
    for page in pages:
        for line in page["favourite_products"]:
            line["name"] = min(line.pop("spellings", [line["name"]])).strip(" ").lower()
        page["favourite_products"].sort(key=lambda line: (-line["quantity"], -line["revenue"], line["name"]))
