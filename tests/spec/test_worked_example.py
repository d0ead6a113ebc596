"""Every file of the worked example comes out of the command line, number for number."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from oracle.compare import differences, parse

from spec.harness import run

EXAMPLE = Path(__file__).parent.parent / "example"
AS_OF = ("--as-of", "2026-11-22T15:00:00-03:00")
CORDILLERA = ("--organization", "Óptica Cordillera")
PLATA = ("--organization", "Visión del Plata, S.A.")
DASHBOARD = ("dashboard", "--period")
SEGMENTS = ("export", "segments", "-o", "-")

COMMANDS = {
    "dashboard-branch-30": (*DASHBOARD, "30", "--branch", "SCL-01", *AS_OF),
    "dashboard-two-branches-90": (*DASHBOARD, "90", "--branch", "SCL-01", "--branch", "VAL-01", *AS_OF),
    "dashboard-organization-2026-09": (*DASHBOARD, "2026-09", *CORDILLERA, *AS_OF),
    "dashboard-organization-last-month-year": (
        *(*DASHBOARD, "last-month", "--compare", "year"),
        *(*CORDILLERA, *AS_OF),
    ),
    "dashboard-branch-cut-range": (
        *(*DASHBOARD, "2026-03-20..2026-04-10"),
        *("--branch", "SCL-01", "--as-of", "2026-04-04"),
    ),
    "dashboard-other-organization-ytd": (*DASHBOARD, "ytd", *PLATA, *AS_OF),
    "segments-branch": (*SEGMENTS, "--branch", "SCL-01", *AS_OF),
    "segments-organization": (*SEGMENTS, *CORDILLERA, *AS_OF),
}


def test_every_expected_file_has_its_command() -> None:
    assert {file.stem for file in (EXAMPLE / "expected").iterdir()} == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_worked_example(name: str) -> None:
    ran = run(EXAMPLE / "data", *COMMANDS[name])
    assert ran.code == 0, ran.stderr
    expected: Any = parse((EXAMPLE / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    answer: Any = parse(ran.stdout)
    if isinstance(expected, list):
        assert differences(expected, answer["rows"]) == []
        return
    for line in expected["products"]["top"]:
        line["spellings"] = _spellings(line["name"])
    assert differences(expected, answer) == []


def _spellings(name: str) -> set[str]:
    """Every name that an item of the same product carries, the product's own among them."""
    items, products = (_rows(table) for table in ("order_items", "products"))
    keys = {row["id"] for row in products if row["name"] == name}
    keys |= {row["product_id"] for row in items if row["product_name"] == name and row["product_id"]}
    others = {row["product_name"] for row in items if row["product_id"] in keys}
    return {name} | others | {row["name"] for row in products if row["id"] in keys}


def _rows(table: str) -> list[dict[str, str]]:
    with (EXAMPLE / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
