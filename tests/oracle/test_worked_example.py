"""The reference model gives every file of both worked examples, to the letter."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from oracle.model import Request, read_dashboard, read_segments
from oracle.sales import Settings

TESTS = Path(__file__).parent.parent
AS_OF = "2026-11-22T15:00:00-03:00"
CORDILLERA = "Óptica Cordillera"
DASHBOARDS = {
    "example/dashboard-branch-30": Request(AS_OF, branches=("SCL-01",)),
    "example/dashboard-two-branches-90": Request(AS_OF, branches=("SCL-01", "VAL-01"), period="90"),
    "example/dashboard-organization-2026-09": Request(AS_OF, CORDILLERA, period="2026-09"),
    "example/dashboard-organization-last-month-year": Request(
        AS_OF, CORDILLERA, period="last-month", compare="year"
    ),
    "example/dashboard-branch-cut-range": Request(
        "2026-04-04", branches=("SCL-01",), period="2026-03-20..2026-04-10"
    ),
    "example/dashboard-other-organization-ytd": Request(AS_OF, "Visión del Plata, S.A.", period="ytd"),
    "example-single/dashboard": Request(AS_OF),
    "example-single/dashboard-branch": Request(AS_OF, branches=("LA-01",)),
    "example-single/dashboard-main": Request(AS_OF, branches=("MAIN",), period="this-month"),
    "example-single/dashboard-latest": Request("latest", period="7", compare="none"),
}
SEGMENTS = {
    "example/segments-branch": Request(AS_OF, branches=("SCL-01",)),
    "example/segments-organization": Request(AS_OF, CORDILLERA),
    "example-single/segments": Request(AS_OF),
}


class Number(str):
    """A number as it is spelled."""

    __slots__ = ()


def expected_of(name: str) -> Any:
    """What a file of the examples holds, its numbers as they are spelled."""
    example, file = name.split("/")
    text = (TESTS / example / "expected" / f"{file}.json").read_text(encoding="utf-8")
    return json.loads(text, parse_float=Number, parse_int=Number)


def data_of(name: str) -> Path:
    """The folder that a file of the examples is about."""
    return TESTS / name.split("/", maxsplit=1)[0] / "data"


def spelled(value: Any) -> Any:
    """An answer of the model as JSON spells it."""
    if isinstance(value, dict):
        return {key: spelled(part) for key, part in value.items()}
    if isinstance(value, list):
        return [spelled(part) for part in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Number(format(Decimal(value), "f"))
    return value


def as_text(value: Any) -> str:
    """One text for the same keys in the same order and the same letters."""
    return json.dumps(value, ensure_ascii=False, indent=1)


@pytest.mark.parametrize("example", ["example", "example-single"])
def test_every_expected_file_is_compared(example: str) -> None:
    files = {f"{example}/{file.stem}" for file in (TESTS / example / "expected").iterdir()}
    assert files == {name for name in (*DASHBOARDS, *SEGMENTS) if name.split("/")[0] == example}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_dashboard(name: str) -> None:
    expected = expected_of(name)
    answer = read_dashboard(data_of(name), DASHBOARDS[name])
    for want, have in zip(expected["products"]["top"], answer["products"]["top"], strict=True):
        # Names and spellings may be any of the item's.
        if want["name"].strip(" ").lower() in {name.strip(" ").lower() for name in have.pop("spellings")}:
            have["name"] = want["name"]
    assert as_text(spelled(answer)) == as_text(expected)


@pytest.mark.parametrize("name", SEGMENTS)
def test_segments(name: str) -> None:
    answer = read_segments(data_of(name), SEGMENTS[name])
    del answer["data_quality"]  # which the files leave out
    assert as_text(spelled(answer)) == as_text(expected_of(name))


def test_the_start_of_at_risk_is_a_setting() -> None:
    """Ten bought 541 days ago and nine 540; with 180 both are at risk."""
    folder = data_of("example-single/segments")
    rows = read_segments(folder, Request(AS_OF, settings=Settings(at_risk_days=180)))["rows"]
    assert [row["customer_id"][-2:] for row in rows if row["segment"] == "at-risk"] == ["09", "10"]
