"""The figures that the README of ``sample_data/`` promises are those that the tool answers for it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from opttius_cli.cli import main

SAMPLE = Path(__file__).parents[2] / "sample_data"
ROW = re.compile(r"^\| `(?P<command>[^`]+)` \| `(?P<figure>[^`]+)` \| (?P<value>[-\d.]+) \|$", re.MULTILINE)


def promises() -> list[tuple[str, str, str]]:
    """(command line, figure, value) of every line of the table of totals."""
    text = (SAMPLE / "README.md").read_text(encoding="utf-8")
    table = text.partition("<!-- totals -->")[2].partition("<!-- /totals -->")[0]
    return [(row["command"], row["figure"], row["value"]) for row in ROW.finditer(table)]


def test_there_are_promises() -> None:
    """An empty table would promise nothing, and the test below would pass."""
    assert len(promises()) >= 20


@pytest.mark.parametrize("command", sorted({command for command, _figure, _value in promises()}))
def test_the_readme_knows_the_figures(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Each figure, by its path in the JSON of its command."""
    assert main([*command.split()[1:], "--source", str(SAMPLE), "--format", "json"]) == 0
    answer = json.loads(capfd.readouterr().out)
    for promised_command, figure, value in promises():
        if promised_command == command:
            assert str(read_figure(answer, figure)) == value, figure


def read_figure(answer: Any, figure: str) -> Any:
    """The value at a dotted path; a part of it like ``rows[segment=vip]`` picks the row that says so."""
    for key in figure.split("."):
        if picked := re.fullmatch(r"(\w+)\[(\w+)=([^\]]+)\]", key):
            answer = next(row for row in answer[picked[1]] if row[picked[2]] == picked[3])
        else:
            answer = answer[key]
    return answer
