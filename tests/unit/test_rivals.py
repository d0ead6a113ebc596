"""The rivals that the tool is measured against come to its figures, and what is stored of them is compared rightly."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.cases import PROGRAM, SCOPE
from benchmarks.measure import Measure
from benchmarks.rivals import agreement, database, records
from benchmarks.rivals.jobs import ANSWER, DATABASE, Place, list_jobs
from benchmarks.rivals.server_usage import PEAK, measure_with_server

if TYPE_CHECKING:
    from types import ModuleType

    from postgres.server import Server

SCRIPTS = ("polars", "pandas", "duckdb", "plain", "postgres")


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


@pytest.fixture(scope="module")
def address(server: Server, place: Place) -> str:
    """The shop in a database with the app's keys and indexes."""
    filled = server.database()
    database.fill_database(filled, place.exports)
    return filled.address_with_password


def import_script(name: str) -> ModuleType:
    """The module of a rival; skips where its library is not installed."""
    if name not in {"duckdb", "plain", "postgres"}:
        pytest.importorskip(name, reason=f"{name} is not installed: pip install -e '.[rivals]'")
    return importlib.import_module(f"benchmarks.rivals.{name}_script")


def list_words(name: str, place: Place, address: str) -> list[tuple[str, ...]]:
    """What follows the question on a rival's command line, for each form of the data that it reads."""
    if name == "postgres":
        return [(address,)]
    exports = str(place.exports)
    forms = [("exports", exports), ("snapshot", str(place.find_snapshot()))]
    return list(forms) if name == "duckdb" else [(exports,)]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_rival_comes_to_the_same_revenue(
    name: str, place: Place, address: str, revenue: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = import_script(name)
    assert revenue.count("\n") >= 2, "the shop has three branches"
    for words in list_words(name, place, address):
        script.main("revenue", *words)
        assert capsys.readouterr().out.strip() == revenue


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_rival_comes_to_the_same_segments(
    name: str, place: Place, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = import_script(name)
    monkeypatch.chdir(tmp_path)
    for words in list_words(name, place, address):
        script.main("segments", *words)
        ours, theirs = place.create_working_folder() / ANSWER, tmp_path / ANSWER
        assert agreement.count_differences(ours, theirs) == 0


def test_a_difference_is_counted(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    script, question = import_script("plain"), importlib.import_module("benchmarks.rivals.question")
    monkeypatch.setattr(question, "AT_RISK_DAYS", 180)
    script.main("segments", str(place.exports))
    assert agreement.count_differences(place.create_working_folder() / ANSWER, tmp_path / ANSWER) > 0


def test_the_database_takes_part_while_there_is_one(tmp_path: Path, place: Place) -> None:
    here = Place(place.exports, tmp_path)
    here.cache.symlink_to(place.cache)
    served = [
        contender.name for job in list_jobs(here) for contender in job.contenders if contender.is_client
    ]
    assert served == []
    here.address_file.write_text("postgresql://127.0.0.1/shop", encoding="utf-8")
    served = [
        contender.name for job in list_jobs(here) for contender in job.contenders if contender.is_client
    ]
    assert served == [DATABASE, DATABASE]
    assert DATABASE not in {one.name for job in list_jobs(here, [DATABASE]) for one in job.contenders}


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="only where there is /proc")
def test_what_a_server_does_counts_for_its_client(tmp_path: Path) -> None:
    def ask() -> Measure:
        # This process is the server, and its child works for the client.
        burn = "import time\nwhile time.process_time() < 0.4: pass"
        subprocess.run([sys.executable, "-c", burn], check=True)
        (tmp_path / PEAK).write_text("5000", encoding="utf-8")
        return Measure(wall=1, cpu=1, memory=1000)

    measured = measure_with_server(os.getpid(), tmp_path, ask)
    assert (measured.wall, measured.memory) == (1, 6000)
    assert 1.35 < measured.cpu < 4


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
