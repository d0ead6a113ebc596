"""A figure that leaves its bounds is told in the report, on stderr, in the manifest and by the exit code."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from runs.folder import Place, manifest

if TYPE_CHECKING:
    from pathlib import Path

DAILY = """
[reports.daily]
parts = ["kpis"]
formats = ["json", "csv", "md"]
period = "last-month"
language = "en"
output = "out/{period}/daily"

[[reports.daily.alerts]]
figure = "kpis.total_revenue"
"""


def _kpis(place: Place, as_of: str) -> dict[str, Any]:
    ran = place.run(
        "dashboard", "--period", "last-month", "--as-of", as_of, "-f", "json", "--section", "kpis"
    )
    found: dict[str, Any] = json.loads(ran.out)["kpis"]
    return found


def _alerts(folder: Path) -> Any:
    return json.loads((folder / "daily.json").read_text(encoding="utf-8"))["alerts"]


def test_a_value_below_its_bound(place: Place) -> None:
    revenue = _kpis(place_with(place, "below = 1"), "2026-11-01")["total_revenue"]
    place_with(place, f'below = {revenue + 1}\ntitle = "Revenue of the month"')
    ran = place.run("report", "run", "daily", "--as-of", "2026-11-01")
    assert ran.code == 0
    says = f"Revenue of the month is CLP {revenue:,}, below CLP {revenue + 1:,}."
    assert f"Alert: {says}" in ran.err.replace("\u00a0", " ")
    folder = place.folder / "out" / "2026-10"
    (told,) = _alerts(folder)
    assert (told["figure"], told["value"], told["alert"].replace("\u00a0", " ")) == (
        "kpis.total_revenue",
        revenue,
        says,
    )
    assert says in (folder / "daily.md").read_text(encoding="utf-8").replace("\u00a0", " ").replace("\\", "")
    rows = list(csv.DictReader((folder / "daily.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["figure"] for row in rows if row["section"] == "alerts"] == [
        "figure",
        "value",
        "reference",
        "change_pct",
    ]
    assert [one["figure"] for one in manifest(folder)["alerts"]] == ["kpis.total_revenue"]
    assert place.run("report", "run", "daily", "--as-of", "2026-11-01", "--fail-on-alert").code == 10
    assert place.runs("daily")[-1].alerts == 1


def place_with(place: Place, alert: str) -> Place:
    place.define(DAILY + alert + "\n")
    return place


def test_a_value_within_its_bounds_raises_nothing(place: Place) -> None:
    place_with(place, "below = 1\nabove = 999999999999")
    ran = place.run("report", "run", "daily", "--as-of", "2026-11-01", "--fail-on-alert")
    assert (ran.code, ran.err) == (0, "")
    assert _alerts(place.folder / "out" / "2026-10") == []


@pytest.mark.parametrize(("bound", "raised"), [(0.01, 0), (-0.01, 1)])
def test_a_change_against_the_previous_period(place: Place, bound: float, raised: int) -> None:
    place_with(place, 'against = "previous"\nbelow = 0')
    growth = float(_kpis(place, "2026-11-01")["revenue_growth_pct"])
    place_with(place, f'against = "previous"\nabove = {growth + bound}')
    assert place.run("report", "run", "daily", "--as-of", "2026-11-01").code == 0
    found = _alerts(place.folder / "out" / "2026-10")
    assert len(found) == raised
    if raised:
        assert found[0]["change_pct"] == pytest.approx(growth, abs=0.006)


def test_a_change_against_the_mean_of_the_runs_before(place: Place) -> None:
    place_with(place, 'against = "mean"\nlast = 2\nabove = -1000')
    months = ("2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01")
    revenues = [_kpis(place, month)["total_revenue"] for month in months]
    for month in months:
        assert place.run("report", "run", "daily", "--as-of", month).code == 0
    assert _alerts(place.folder / "out" / "2026-06") == [], "there was nothing to compare with"
    (told,) = _alerts(place.folder / "out" / "2026-09")
    mean = (revenues[1] + revenues[2]) / 2
    assert told["reference"] == pytest.approx(mean)
    assert told["change_pct"] == pytest.approx((revenues[3] - mean) / mean * 100, abs=0.006)
    before = (place.folder / "out" / "2026-09" / "daily.json").read_bytes()
    assert place.run("report", "run", "daily", "--as-of", months[3]).code == 0
    assert (place.folder / "out" / "2026-09" / "daily.json").read_bytes() == before, (
        "a run is not compared with itself"
    )


def test_each_branch_is_judged_by_itself(place: Place) -> None:
    place.define(
        DAILY.replace("{period}/daily", "{period}/{branch}").replace(
            "language", "each_branch = true\nlanguage"
        )
        + "above = 0\n"
    )
    ran = place.run("report", "run", "daily", "--as-of", "2026-11-01")
    assert ran.code == 0
    found = manifest(place.folder / "out" / "2026-10")["alerts"]
    assert len({one["scope"] for one in found}) == 3
    assert len({one["value"] for one in found}) == 3
