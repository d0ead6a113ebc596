"""What the page of evidence counts is counted rightly, and what a rival does better is never left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from oracle import model

from docs import counts, evidence, forecast_results, rivals
from docs.spanish import translate
from opttius_cli import i18n

if TYPE_CHECKING:
    from pathlib import Path

DRAWN = '''\
"""Sections 3 and 5: an example."""
LEAST_ROWS = 7
KINDS: dict[str, int] = {"a": 1, "b": 2}

@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", ["left", "right", "both"])
@fuzz(40)
@given(data=st.data())
def test_drawn(data, kind, side):
    del expected["data_quality"]
    assert differences(read_forecast(kind), side) == []

@pytest.mark.parametrize("number", range(9))
@fuzz(5)
def test_with_cases_that_only_a_run_knows(number):
    from opttius_cli import period

def test_plain():
    pass

def helper():
    pass
'''


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "test_drawn.py"
    path.write_text(DRAWN, encoding="utf-8")
    return path


def test_drawn_tests_are_counted_with_their_cases(module: Path) -> None:
    first, second = counts.list_drawn_tests(module.parent)
    # Two kinds times three sides.
    assert (first.examples, first.cases, first.drops_quality) == (40, 6, True)
    assert {"differences", "read_forecast"} <= first.calls
    assert (second.examples, second.cases, second.drops_quality) == (5, 1, False)


def test_tests_sections_bounds_and_imports_are_counted(module: Path) -> None:
    assert counts.count_tests(module) == 3
    assert counts.list_tested_sections(module.parent) == {3, 5}
    assert counts.read_least(module) == 7
    assert counts.count_imports(module.parent, "opttius_cli") == 1


def test_every_section_of_the_contract_has_examples() -> None:
    sections = set(counts.list_sections(counts.ROOT / "docs" / "metrics.md"))
    assert len(sections) > 15
    assert sections - counts.list_tested_sections(counts.TESTS / "spec") == set()


def test_the_second_calculation_shares_nothing_with_the_program() -> None:
    assert counts.count_imports(counts.TESTS / "oracle", "opttius_cli") == 0


def test_every_answer_of_the_oracle_is_compared_with_the_program() -> None:
    functions = {name for name in vars(model) if name.startswith("read_")}
    # These read rows and instants, not answers.
    assert functions - {"read_export", "read_as_of", "read_latest"} == set(evidence.count_compared_keys()) - {
        evidence.QUALITY
    }
    i18n.set_language("en")
    rows = [row.split(" | ") for row in evidence.format_oracle().splitlines() if row.startswith("| `")]
    assert all(int(row[2].strip(" |").replace(",", "")) > 0 for row in rows)


def test_a_ratio_above_one_is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(by: str, wall: float, memory: float) -> dict[str, Any]:
        return {"job": "load", "by": by, "ratios": {"wall": wall, "cpu": 0.5, "memory": memory}}

    rows = [build("opttius", 1, 1), build("faster", 2.5, 0.9), build("slower", 0.9, 0.9), build("even", 1, 1)]
    monkeypatch.setattr(rivals, "list_records", lambda: [{"customers": 2000, "rows": rows}])
    i18n.set_language("en")
    assert rivals.format_losses().splitlines()[2:] == [
        "| 2,000 | load of the Parquet exports | faster | 2.50 × |  |  |"
    ]


def test_a_forecast_is_worse_where_another_is_nearer_or_ranks_better(monkeypatch: pytest.MonkeyPatch) -> None:
    def build(model: str, *figures: float) -> dict[str, Any]:
        names = ("purchases", "money", "auc", "skill")
        return {"data": "CDNOW", "model": model, **dict(zip(names, figures, strict=True)), "refused": False}

    rows = [build("opttius", -3, 2, 0.7, 10), build("other", 2.5, -2.5, 0.7, 11)]
    monkeypatch.setattr(forecast_results, "read_rows", lambda: rows)
    i18n.set_language("en")
    assert forecast_results.format_losses().splitlines()[2:] == [
        "| CDNOW | purchases | -3.0 % | other (+2.5 %) |",
        "| CDNOW | skill | +10.0 % | other (+11.0 %) |",
    ]


def test_a_phrase_without_spanish_is_named() -> None:
    i18n.set_language("es")
    with pytest.raises(LookupError, match="no Spanish for “nobody wrote this”"):
        translate("nobody wrote this")
