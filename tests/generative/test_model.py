"""The reference model keeps the laws itself: else an agreement with it would mean little."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from oracle.model import read_dashboard, read_segments

from generative.fuzz import fuzz
from generative.test_agreement import comparable, request
from generative.worlds import World, inside, worlds, write_world


def answers(tables: dict[str, list[dict[str, str]]], world: World) -> list[dict[str, Any]]:
    """Both reports of the model."""
    folder = write_world(tables)
    return [comparable(read_dashboard(folder, request(world))), read_segments(folder, request(world))]


@fuzz(25)
@given(world=worlds())
def test_what_lies_outside_the_scope_changes_nothing(world: World) -> None:
    assert answers(world.tables, world) == answers(inside(world), world)


@fuzz(25)
@given(world=worlds())
def test_the_order_of_rows_changes_nothing(world: World) -> None:
    turned = {table: rows[::-1] for table, rows in world.tables.items()}
    assert answers(world.tables, world) == answers(turned, world)


@fuzz(25)
@given(world=worlds())
def test_sums_that_must_hold(world: World) -> None:
    report = answers(world.tables, world)[0]
    kpis, sales = report["kpis"], report["trends"]["sales"]
    channels = ("pos_revenue", "work_order_revenue", "other_revenue")
    assert sum(kpis[channel] for channel in channels) == kpis["total_revenue"]
    assert sum(entry["value"] for entry in sales) == kpis["total_revenue"]
    assert sum(entry["count"] for entry in sales) == kpis["sales_count"]
    for section in ("work_orders", "quotes", "appointments"):
        buckets = [
            value for key, value in report[section].items() if isinstance(value, int) and key != "total"
        ]
        assert sum(buckets) == report[section]["total"] == sum(report[section]["by_status"].values())
