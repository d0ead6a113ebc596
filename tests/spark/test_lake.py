"""A lake is written whole, and what cannot be read as one, or run on a cluster, is said in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from spec.harness import RunResult, run_bare

from opttius_cli.cli import main
from opttius_cli.engines import spark

DATA = Path(__file__).parent.parent / "example-single" / "data"
CLUSTER = ("--engine", "spark", "--remote", "sc://localhost:1")


def run(*arguments: str) -> RunResult:
    return run_bare(main, [*arguments, "--quiet", "--lang", "en"])


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    folder = tmp_path / "lake"
    ran = run("load", str(DATA), "--into", f"{folder}/")
    assert ran.code == 0, ran.stderr
    return folder


def read_manifest(lake: Path) -> dict[str, object]:
    manifest: dict[str, object] = json.loads((lake / "lake.json").read_text(encoding="utf-8"))
    return manifest


def test_a_lake_has_every_row_and_says_how_many(lake: Path) -> None:
    manifest = read_manifest(lake)
    tables = manifest["tables"]
    assert isinstance(tables, dict)
    rows = {name: pq.read_table(lake / str(manifest["load"]) / name).num_rows for name in tables}
    assert rows == {name: table["rows"] for name, table in tables.items()}
    assert rows["raw.orders"] > 0
    assert tables["raw.orders"]["columns"]["id"] == "VARCHAR"


def test_a_second_load_leaves_the_first_to_its_readers(lake: Path) -> None:
    loads = [read_manifest(lake)["load"]]
    for _again in range(2):
        assert run("load", str(DATA), "--into", f"{lake}/").code == 0
        loads.append(read_manifest(lake)["load"])
    assert {entry.name for entry in lake.iterdir()} == {"lake.json", *loads[1:]}


def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("x")
    ran = run("load", str(DATA), "--into", f"{tmp_path}/letters/")
    assert ran.code == 7
    assert "holds something else" in ran.stderr
    assert [entry.name for entry in (tmp_path / "letters").iterdir()] == ["dear.txt"]


def test_duckdb_reads_no_lake(lake: Path) -> None:
    ran = run("dashboard", "--source", str(lake))
    assert ran.code == 4
    assert "add --engine spark --remote sc://HOST:15002" in ran.stderr


def test_a_cluster_reads_nothing_but_a_lake() -> None:
    ran = run("dashboard", "--source", str(DATA), *CLUSTER)
    assert ran.code == 4
    assert "it has no lake.json. Type: opttius load SOURCE --into lake/" in ran.stderr


def test_the_engine_spark_needs_an_address(lake: Path) -> None:
    ran = run("dashboard", "--source", str(lake), "--engine", "spark")
    assert (ran.code, ran.stdout) == (2, "")
    assert "add --remote sc://HOST:15002" in ran.stderr


def test_an_address_is_one_of_spark_connect(lake: Path) -> None:
    ran = run("dashboard", "--source", str(lake), "--engine", "spark", "--remote", "http://localhost")
    assert ran.code == 2
    assert "sc://localhost:15002" in ran.stderr


def test_without_the_packages_it_says_what_to_install(lake: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "is_installed", lambda _module: False)
    ran = run("dashboard", "--source", str(lake), *CLUSTER)
    assert ran.code == 3
    assert "opttius-cli[spark]" in ran.stderr
