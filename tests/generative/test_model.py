"""The reference model keeps the laws itself: else an agreement with it would mean little."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from oracle.model import read_dashboard, read_segments

from generative.datasets import Dataset, datasets, inside, write_dataset
from generative.fuzz import fuzz
from generative.test_agreement import comparable, request


def answers(tables: dict[str, list[dict[str, str]]], dataset: Dataset) -> list[dict[str, Any]]:
    """Both reports of the model."""
    folder = write_dataset(tables)
    return [comparable(read_dashboard(folder, request(dataset))), read_segments(folder, request(dataset))]


@fuzz(25)
@given(dataset=datasets())
def test_rows_outside_the_scope_change_nothing(dataset: Dataset) -> None:
    assert answers(dataset.tables, dataset) == answers(inside(dataset), dataset)


@fuzz(25)
@given(dataset=datasets())
def test_the_order_of_rows_changes_nothing(dataset: Dataset) -> None:
    turned = {table: rows[::-1] for table, rows in dataset.tables.items()}
    assert answers(dataset.tables, dataset) == answers(turned, dataset)


@fuzz(25)
@given(dataset=datasets())
def test_sums_that_must_hold(dataset: Dataset) -> None:
    report = answers(dataset.tables, dataset)[0]
    kpis, sales, quality = report["kpis"], report["trends"]["sales"], report["data_quality"]
    channels = ("pos_revenue", "work_order_revenue", "other_revenue")
    assert sum(kpis[channel] for channel in channels) == kpis["total_revenue"]
    assert sum(entry["value"] for entry in sales) == kpis["total_revenue"]
    assert sum(entry["count"] for entry in sales) == kpis["sales_count"]
    for section in ("work_orders", "quotes", "appointments"):
        buckets = [
            value for key, value in report[section].items() if isinstance(value, int) and key != "total"
        ]
        assert sum(buckets) == report[section]["total"] == sum(report[section]["by_status"].values())
    assert sum(report["orders_by_status"].values()) == kpis["orders_count"]
    assert quality["undated_deliveries"] == report["work_orders"]["delivery"]["undated"]
    assert kpis["outstanding_total"] >= kpis["outstanding_amount"]


@fuzz(25)
@given(dataset=datasets())
def test_the_previous_window_is_that_of_a_report_of_its_own(dataset: Dataset) -> None:
    """Where no day is cut, its figures are those of the same dates asked for by themselves."""
    uncut = replace(dataset, as_of=dataset.as_of[:10], period="7", compare="previous")
    folder = write_dataset(uncut.tables)
    now = read_dashboard(folder, request(uncut))
    first, last = now["previous"]["from"], now["previous"]["to"]
    before = read_dashboard(folder, request(replace(uncut, period=f"{first}..{last}")))
    for name, changed in now["changes"].items():
        assert (name, changed["previous"]) == (name, before["kpis"][name])
