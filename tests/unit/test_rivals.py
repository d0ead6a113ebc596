"""The rivals that the tool is measured against come to its figures, and what is stored of them is compared rightly."""

from __future__ import annotations

import importlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.cases import PROGRAM, SCOPE
from benchmarks.measure import Measure
from benchmarks.rivals import agreement, records
from benchmarks.rivals.jobs import ANSWER, Place

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

SCRIPTS = ("polars", "pandas", "duckdb", "plain")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """A small shop with every odd row of the sample, its snapshot, and the tool's segments."""
    folder = tmp_path_factory.mktemp("rivals")
    sample = ("--format", "parquet", "--customers", "150", "--seed", "2026", "--until", "2026-11-22")
    subprocess.run(
        [sys.executable, "-m", "opttius_cli.sample", "--out", str(folder / "exports"), *sample],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    place = Place(folder / "exports", folder)
    export = (PROGRAM, "export", "segments", *SCOPE, "--source", str(place.exports), "-o", ANSWER)
    agreement.run_command(export, place)
    return place


@pytest.fixture(scope="module")
def revenue(place: Place) -> str:
    return agreement.read_revenue(place)


def import_script(name: str) -> ModuleType:
    """The module of a rival; skips where its library is not installed."""
    if name not in {"duckdb", "plain"}:
        pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[rivals]'")
    return importlib.import_module(f"benchmarks.rivals.{name}_script")


def list_words(name: str, place: Place) -> list[tuple[str, ...]]:
    """What follows the question on a rival's command line, for each form of the data that it reads."""
    exports = str(place.exports)
    forms = [("exports", exports), ("snapshot", str(place.find_snapshot()))]
    return list(forms) if name == "duckdb" else [(exports,)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_rival_comes_to_the_same_revenue(
    name: str, place: Place, revenue: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = import_script(name)
    assert revenue.count("\n") >= 2, "the shop has three branches"
    for words in list_words(name, place):
        script.main("revenue", *words)
        assert capsys.readouterr().out.strip() == revenue


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_rival_comes_to_the_same_segments(
    name: str, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = import_script(name)
    monkeypatch.chdir(tmp_path)
    for words in list_words(name, place):
        script.main("segments", *words)
        ours, theirs = place.create_working_folder() / ANSWER, tmp_path / ANSWER
        assert agreement.count_differences(ours, theirs) == 0


def test_a_difference_is_counted(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    script, question = import_script("plain"), importlib.import_module("benchmarks.rivals.question")
    monkeypatch.setattr(question, "AT_RISK_DAYS", 180)
    script.main("segments", str(place.exports))
    assert agreement.count_differences(place.create_working_folder() / ANSWER, tmp_path / ANSWER) > 0


def test_a_ratio_is_the_median_of_its_rounds() -> None:
    ours = [Measure(2, 1, 100), Measure(4, 1, 100), Measure(9, 1, 100)]
    theirs = [Measure(1, 2, 400), Measure(4, 2, 400), Measure(3, 2, 400)]
    mine, other = records.summarise_job("load", {"opttius": ours, "other": theirs})
    assert mine["ratios"] == {"wall": 1, "cpu": 1, "memory": 1}
    # 2 / 1, 4 / 4 and 9 / 3
    assert other["ratios"] == {"wall": 2, "cpu": 0.5, "memory": 0.25}
    assert (other["wall"], other["runs"]) == (3, 3)


@pytest.mark.parametrize(
    ("runs", "wall", "lines"),
    [
        (5, 1.2, []),
        (5, 1.21, ["load, other: wall 1.21 × now, 1.00 × stored"]),
        # What ran once is no measure.
        (1, 9.0, []),
    ],
)
def test_a_ratio_is_worse_from_a_fifth_on(runs: int, wall: float, lines: list[str]) -> None:
    def build(ratio: float) -> dict[str, object]:
        ratios = {"wall": ratio, "cpu": 1.0, "memory": 1.0}
        return {"rows": [{"job": "load", "by": "other", "ratios": ratios, "runs": runs}]}

    assert records.list_regressions(build(1.0), build(wall)) == lines
