"""Every file of both worked examples comes out of the command line: figures, keys and their order."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from oracle.compare import differences, misplaced_keys, parse

from spec.harness import run

TESTS = Path(__file__).parent.parent
AS_OF = ("--as-of", "2026-11-22T15:00:00-03:00")
CORDILLERA = ("--organization", "Óptica Cordillera")
PLATA = ("--organization", "Visión del Plata, S.A.")
DASHBOARD = ("dashboard", "--period")
SEGMENTS = ("export", "segments", "-o", "-")

COMMANDS = {
    "example/dashboard-branch-30": (*DASHBOARD, "30", "--branch", "SCL-01", *AS_OF),
    "example/dashboard-two-branches-90": (
        *(*DASHBOARD, "90"),
        *("--branch", "SCL-01", "--branch", "VAL-01"),
        *AS_OF,
    ),
    "example/dashboard-organization-2026-09": (*DASHBOARD, "2026-09", *CORDILLERA, *AS_OF),
    "example/dashboard-organization-last-month-year": (
        *(*DASHBOARD, "last-month", "--compare", "year"),
        *(*CORDILLERA, *AS_OF),
    ),
    "example/dashboard-branch-cut-range": (
        *(*DASHBOARD, "2026-03-20..2026-04-10"),
        *("--branch", "SCL-01", "--as-of", "2026-04-04"),
    ),
    "example/dashboard-other-organization-ytd": (*DASHBOARD, "ytd", *PLATA, *AS_OF),
    "example/segments-branch": (*SEGMENTS, "--branch", "SCL-01", *AS_OF),
    "example/segments-organization": (*SEGMENTS, *CORDILLERA, *AS_OF),
    "example-single/dashboard": (*DASHBOARD, "30", *AS_OF),
    "example-single/dashboard-branch": (*DASHBOARD, "30", "--branch", "LA-01", *AS_OF),
    "example-single/dashboard-main": (*DASHBOARD, "this-month", "--branch", "MAIN", *AS_OF),
    "example-single/dashboard-latest": (*DASHBOARD, "7", "--as-of", "latest", "--compare", "none"),
    "example-single/segments": (*SEGMENTS, *AS_OF),
}


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of snapshots for all commands: each example is loaded once."""
    return tmp_path_factory.mktemp("cache")


def test_every_expected_file_has_its_command() -> None:
    files = {
        f"{example}/{file.stem}"
        for example in ("example", "example-single")
        for file in (TESTS / example / "expected").iterdir()
    }
    assert files == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_worked_example(name: str, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example, file = name.split("/")
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", str(cache))
    monkeypatch.setenv("OPTTIUS_NOW", "2026-12-15T12:00:00+00:00")
    ran = run(TESTS / example / "data", *COMMANDS[name])
    assert ran.code == 0, ran.stderr
    expected: Any = parse((TESTS / example / "expected" / f"{file}.json").read_text(encoding="utf-8"))
    answer: Any = parse(ran.stdout)
    if file.startswith("segments"):
        del answer["data_quality"]  # which the files leave out
    else:
        for line in expected["products"]["top"]:
            line["spellings"] = _spellings(TESTS / example / "data", line["name"])
    assert differences(expected, answer) == []
    assert misplaced_keys(expected, answer) == []


def _spellings(data: Path, name: str) -> set[str]:
    """Every name that an item of the same product carries, the product's own among them."""
    items, products = (_rows(data / f"{table}.csv") for table in ("order_items", "products"))
    keys = {row["id"] for row in products if row["name"] == name}
    keys |= {row["product_id"] for row in items if row["product_name"] == name and row["product_id"]}
    others = {row["product_name"] for row in items if row["product_id"] in keys}
    return {name} | others | {row["name"] for row in products if row["id"] in keys}


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
