"""The reference model gives every figure of the worked example."""

from __future__ import annotations

from pathlib import Path

import pytest

from oracle.compare import differences, parse
from oracle.model import Request, read_dashboard, read_segments

EXAMPLE = Path(__file__).parent.parent / "example"
AS_OF = "2026-11-22T15:00:00-03:00"
CORDILLERA = "Óptica Cordillera"
DASHBOARDS = {
    "dashboard-branch-30": Request(AS_OF, branches=("SCL-01",)),
    "dashboard-two-branches-90": Request(AS_OF, branches=("SCL-01", "VAL-01"), period="90"),
    "dashboard-organization-2026-09": Request(AS_OF, CORDILLERA, period="2026-09"),
    "dashboard-organization-last-month-year": Request(AS_OF, CORDILLERA, period="last-month", compare="year"),
    "dashboard-branch-cut-range": Request(
        "2026-04-04", branches=("SCL-01",), period="2026-03-20..2026-04-10"
    ),
    "dashboard-other-organization-ytd": Request(AS_OF, "Visión del Plata, S.A.", period="ytd"),
}
SEGMENTS = {
    "segments-branch": Request(AS_OF, branches=("SCL-01",)),
    "segments-organization": Request(AS_OF, CORDILLERA),
}


def test_every_expected_file_is_compared() -> None:
    files = {file.stem for file in (EXAMPLE / "expected").iterdir()}
    assert files == {*DASHBOARDS, *SEGMENTS}


@pytest.mark.parametrize("name", DASHBOARDS)
def test_dashboard(name: str) -> None:
    expected = parse((EXAMPLE / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    answer = read_dashboard(EXAMPLE / "data", DASHBOARDS[name])
    tops = expected["products"].pop("top"), answer["products"].pop("top")
    assert differences(expected, answer) == []
    assert [_figures(line) for line in tops[0]] == [_figures(line) for line in tops[1]]
    for want, have in zip(*tops, strict=True):
        assert _spelled(want["name"]) in {_spelled(name) for name in have["spellings"]}


@pytest.mark.parametrize("name", SEGMENTS)
def test_segments(name: str) -> None:
    expected = parse((EXAMPLE / "expected" / f"{name}.json").read_text(encoding="utf-8"))
    answer = read_segments(EXAMPLE / "data", SEGMENTS[name])
    assert differences(expected, answer["rows"]) == []


def _figures(line: dict[str, object]) -> list[object]:
    return [line[key] for key in ("category", "revenue", "quantity", "orders")]


def _spelled(name: str) -> str:
    return name.strip(" ").lower()
