"""A figure that leaves its bounds is told in the files, on stderr, in the manifest and by the exit code."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from cli.run_program import run_subprocess
from sources.snapshots import order_line, orders_csv, write_shop

from jobs.project import Project, read_manifest
from opttius_cli.jobs import generate

if TYPE_CHECKING:
    from pathlib import Path

DAILY = """
[jobs.daily]
parts = ["kpis"]
formats = ["json", "csv", "md"]
period = "last-month"
language = "en"
output = "out/{period}/daily"

[[jobs.daily.alerts]]
figure = "kpis.total_revenue"
"""


def _kpis(project: Project, as_of: str) -> dict[str, Any]:
    ran = project.run(
        "dashboard", "--period", "last-month", "--as-of", as_of, "-f", "json", "--section", "kpis"
    )
    kpis: dict[str, Any] = json.loads(ran.out)["kpis"]
    return kpis


def _alerts(folder: Path) -> Any:
    return json.loads((folder / "daily.json").read_text(encoding="utf-8"))["alerts"]


def test_a_value_below_its_bound(project: Project) -> None:
    revenue = _kpis(place_with(project, "below = 1"), "2026-11-01")["total_revenue"]
    place_with(project, f'below = {revenue + 1}\ntitle = "Revenue of the month"')
    ran = project.run("job", "run", "daily", "--as-of", "2026-11-01")
    assert ran.code == 0
    says = f"Revenue of the month is CLP {revenue:,}, below CLP {revenue + 1:,}."
    assert f"Alert: {says}" in ran.err.replace("\u00a0", " ")
    folder = project.folder / "out" / "2026-10"
    (alert,) = _alerts(folder)
    assert (alert["figure"], alert["value"], alert["alert"].replace("\u00a0", " ")) == (
        "kpis.total_revenue",
        revenue,
        says,
    )
    assert says in (folder / "daily.md").read_text(encoding="utf-8").replace("\u00a0", " ").replace("\\", "")
    rows = list(csv.DictReader((folder / "daily.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["figure"] for row in rows if row["section"] == "alerts"] == [
        "state",
        "figure",
        "value",
        "reference",
        "change_pct",
    ]
    assert [entry["figure"] for entry in read_manifest(folder)["alerts"]] == ["kpis.total_revenue"]
    assert project.run("job", "run", "daily", "--as-of", "2026-11-01", "--fail-on-alert").code == 10
    assert project.runs("daily")[-1].alerts == 1


def place_with(project: Project, alert: str) -> Project:
    project.write_config(DAILY + alert + "\n")
    return project


def test_a_value_within_its_bounds_raises_nothing(project: Project) -> None:
    place_with(project, "below = 1\nabove = 999999999999")
    ran = project.run("job", "run", "daily", "--as-of", "2026-11-01", "--fail-on-alert")
    assert (ran.code, ran.err) == (0, "")
    assert _alerts(project.folder / "out" / "2026-10") == []


@pytest.mark.parametrize(("bound", "raised"), [(0.01, 0), (-0.01, 1)])
def test_a_change_against_the_previous_period(project: Project, bound: float, raised: int) -> None:
    place_with(project, 'against = "previous"\nbelow = 0')
    growth = float(_kpis(project, "2026-11-01")["revenue_growth_pct"])
    place_with(project, f'against = "previous"\nabove = {growth + bound}')
    assert project.run("job", "run", "daily", "--as-of", "2026-11-01").code == 0
    alerts = _alerts(project.folder / "out" / "2026-10")
    assert len(alerts) == raised
    if raised:
        assert alerts[0]["change_pct"] == pytest.approx(growth, abs=0.006)


@pytest.mark.slow
def test_a_change_against_the_mean_of_the_runs_before(project: Project) -> None:
    place_with(project, 'against = "mean"\nlast = 2\nabove = -1000')
    months = ("2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01")
    revenues = [_kpis(project, month)["total_revenue"] for month in months]
    for month in months:
        assert project.run("job", "run", "daily", "--as-of", month).code == 0
    assert _alerts(project.folder / "out" / "2026-06") == [], "there was nothing to compare with"
    (alert,) = _alerts(project.folder / "out" / "2026-09")
    mean = (revenues[1] + revenues[2]) / 2
    assert alert["reference"] == pytest.approx(mean)
    assert alert["change_pct"] == pytest.approx((revenues[3] - mean) / mean * 100, abs=0.006)
    before = (project.folder / "out" / "2026-09" / "daily.json").read_bytes()
    assert project.run("job", "run", "daily", "--as-of", months[3]).code == 0
    assert (project.folder / "out" / "2026-09" / "daily.json").read_bytes() == before, (
        "a run is not compared with itself"
    )


def test_each_branch_is_judged_by_itself(project: Project) -> None:
    project.write_config(
        DAILY.replace("{period}/daily", "{period}/{branch}").replace(
            "language", "each_branch = true\nlanguage"
        )
        + "above = 0\n"
    )
    ran = project.run("job", "run", "daily", "--as-of", "2026-11-01")
    assert ran.code == 0
    alerts = read_manifest(project.folder / "out" / "2026-10")["alerts"]
    assert len({entry["scope"] for entry in alerts}) == 3
    assert len({entry["value"] for entry in alerts}) == 3


def _of_a_shop(project: Project, alert: str, *paid: str) -> None:
    """Define the job of a shop that sells ``paid`` from July on, one sale a month."""
    sales = [
        order_line(month, total=total, created=f"2026-{month:02d}-10 12:00:00+00")
        for month, total in enumerate(paid, start=7)
    ]
    source = write_shop(project.folder / "export", orders=orders_csv(*sales))
    text = f'source = "{source}"\n{DAILY}{alert}\n'
    (project.folder / "opttius.toml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("bound", "raised"),
    [("1_000_000.1", 0), ("1_000_000.100_000_000_000_000_01", 1), ("1000000", 0), ("1000001", 1)],
)
def test_an_amount_and_its_bound_are_compared_to_the_last_digit(
    project: Project, bound: str, raised: int
) -> None:
    _of_a_shop(project, f"below = {bound}", "1000000.10")
    ran = project.run("job", "run", "daily", "--as-of", "2026-08-01")
    assert ran.code == 0, ran.err
    folder = project.folder / "out" / "2026-07"
    assert [entry["value"] for entry in _alerts(folder)] == [1000000.1] * raised
    assert '"value": 1000000.1,' in (folder / "manifest.json").read_text(encoding="utf-8") or not raised
    assert project.runs("daily")[-1].figures == {"all": {"kpis.total_revenue": Decimal("1000000.10")}}


@pytest.mark.parametrize("older", [False, True])
def test_a_figure_like_all_those_before_it_has_not_changed(project: Project, *, older: bool) -> None:
    # As floats, the mean of three times 0.1 is more than 0.1.
    _of_a_shop(project, 'against = "mean"\nlast = 3\nbelow = 0', *["0.10"] * 4)
    for month in ("2026-08-01", "2026-09-01", "2026-10-01"):
        assert project.run("job", "run", "daily", "--as-of", month).code == 0
    if older:
        # A ledger of an older version holds numbers.
        with closing(sqlite3.connect(project.ledger.file)) as con, con:
            con.execute("UPDATE runs SET figures = ?", ['{"all": {"kpis.total_revenue": 0.1}}'])
    assert project.run("job", "run", "daily", "--as-of", "2026-11-01").code == 0
    assert _alerts(project.folder / "out" / "2026-10") == []


def test_a_change_is_compared_exactly_and_reported_with_two_decimals(project: Project) -> None:
    # As floats, from 1.00 to 1.10 is more than 10 percent; from 1.10 to 1.50 it is 36.36.
    _of_a_shop(project, 'against = "previous"\nabove = 10', "1.00", "1.10", "1.50")
    for month, changes in (("2026-09-01", []), ("2026-10-01", [36.36])):
        assert project.run("job", "run", "daily", "--as-of", month).code == 0
        folder = project.folder / "out" / ("2026-08" if month == "2026-09-01" else "2026-09")
        assert [entry["change_pct"] for entry in _alerts(folder)] == changes


@pytest.mark.parametrize("bound", ["inf", "nan", "1e999", "1e9999999999999999999", "true", '"1"'])
def test_a_bound_that_is_no_number_is_refused(project: Project, bound: str) -> None:
    place_with(project, f"below = {bound}")
    ran = project.run("job", "run", "daily")
    assert ran.code == 3
    assert "jobs.daily.alerts.below: must be a number" in ran.err


def test_a_word_is_no_figure(project: Project) -> None:
    place_with(project, "below = 1")
    file = project.folder / "opttius.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("kpis.total_revenue", "payment_methods.source"), encoding="utf-8")
    ran = project.run("job", "run", "daily")
    assert ran.code == 3
    assert "there is no figure “payment_methods.source”" in ran.err


@pytest.mark.parametrize(
    ("figure", "label"),
    [
        # Nothing was sold in September, so August has no growth; without work orders nothing was delivered.
        ("kpis.revenue_growth_pct", "Growth"),
        ("kpis.average_delivery_days", "kpis.average_delivery_days"),
    ],
)
def test_a_figure_that_is_null_or_missing_is_unknown(project: Project, figure: str, label: str) -> None:
    _of_a_shop(project, "above = 5", "0.00", "1.00")
    file = project.folder / "opttius.toml"
    text = file.read_text(encoding="utf-8").replace("kpis.total_revenue", figure)
    file.write_text(text + f'title = "{label}"\n', encoding="utf-8")
    ran = project.run("job", "run", "daily", "--as-of", "2026-09-01", "--fail-on-alert")
    sentence = f"{label} is not known, so it cannot be compared with its bounds."
    assert (ran.code, f"Alert: {sentence}" in ran.err) == (10, True), ran.err
    folder = project.folder / "out" / "2026-08"
    assert _alerts(folder) == [
        {
            "alert": sentence,
            "state": "unknown",
            "figure": figure,
            "value": None,
            "reference": None,
            "change_pct": None,
        }
    ]
    assert [(entry["state"], entry["value"]) for entry in read_manifest(folder)["alerts"]] == [
        ("unknown", None)
    ]
    assert project.runs("daily")[-1].alerts == 1


@pytest.mark.slow
def test_a_newer_snapshot_is_not_compared_with_an_older_snapshot(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    alert = 'against = "previous"\nabove = -1000'
    _of_a_shop(project, alert, "1.00", "1.10")
    before, later = generate._read_previous_figures, "2026-11-23T16:00:00+00:00"

    def load_again(*arguments: Any) -> Any:
        monkeypatch.setattr(generate, "_read_previous_figures", before)
        _of_a_shop(project, alert, "5.00", "6.00")
        assert run_subprocess("load", folder=project.folder, OPTTIUS_NOW=later).code == 0
        return before(*arguments)

    monkeypatch.setattr(generate, "_read_previous_figures", load_again)
    ran = project.run("job", "run", "daily", "--as-of", "2026-09-01")
    assert ran.code == 0, ran.err
    content = read_manifest(project.folder / "out" / "2026-08")
    assert [(entry["value"], entry["reference"]) for entry in content["alerts"]] == [(6, 5)]
    assert content["loaded_at"] == later
