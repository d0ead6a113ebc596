"""Every format of the registry keeps the contract: it parses, has a golden file, and agrees cell for cell."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from golden import hard
from opttius_cli import i18n
from opttius_cli.render.cell_formatter import CellFormatter
from opttius_cli.render.registry import RENDERERS
from opttius_cli.render.style import Style
from opttius_cli.result import NUMERIC_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from opttius_cli.result import Column

FILES = Path(__file__).parent / "files"
COLUMNS = hard.listing().parts[0].result.columns


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = i18n.get_language()
    i18n.set_language("en")
    yield
    i18n.set_language(before)


def normalize(value: Any, column: Column) -> Any:
    """A value as every format for machines can hold it."""
    if column.kind is ColumnKind.LIST:
        return (", ".join(value) if isinstance(value, list) else value or "").removeprefix("'")
    if value is None or (value == "" and column.kind is not ColumnKind.TEXT):
        return None
    if column.kind is ColumnKind.FLAG:
        return str(value).lower() == "true"
    if column.kind is ColumnKind.DATE:
        text = value.date() if isinstance(value, datetime) else value
        return text if isinstance(text, date) else date.fromisoformat(text)
    if column.kind in NUMERIC_KINDS:
        return Decimal(str(value))
    # An apostrophe keeps a spreadsheet from running what looks like a formula.
    return str(value).removeprefix("'")


def read_json(text: bytes) -> list[list[Any]]:
    return [list(row.values()) for row in json.loads(text, parse_float=Decimal)["rows"]]


def read_ndjson(text: bytes) -> list[list[Any]]:
    lines = text.decode().split("\n")
    assert lines.pop() == ""
    return [list(json.loads(line, parse_float=Decimal).values()) for line in lines]


def read_csv(text: bytes) -> list[list[Any]]:
    return list(csv.reader(StringIO(text.decode(), newline="")))[1:]


def read_parquet(data: bytes) -> list[list[Any]]:
    return [list(row.values()) for row in pq.read_table(BytesIO(data)).to_pylist()]


def read_xlsx(data: bytes) -> list[list[Any]]:
    sheet: Any = openpyxl.load_workbook(BytesIO(data))["Customers"]
    header, *rows = sheet.iter_rows(values_only=True)
    # A person reads names first and ids last.
    order = [header.index(column.labels["en"]) for column in COLUMNS]
    return [[row[place] for place in order] for row in rows[: len(hard.PEOPLE)]]


VALUES: dict[str, Callable[[bytes], list[list[Any]]]] = {
    "json": read_json,
    "ndjson": read_ndjson,
    "csv": read_csv,
    "parquet": read_parquet,
    "xlsx": read_xlsx,
}
"""Formats that hold values."""
TEXTS = {"table", "md", "html"}
"""Formats that hold what a person reads."""


def render(name: str) -> bytes:
    """The list of every kind in one format."""
    out = BytesIO()
    RENDERERS[name].write(hard.listing(), out, Style("en"))
    return out.getvalue()


def test_every_format_is_read_here() -> None:
    assert set(VALUES) | TEXTS == set(RENDERERS)


@pytest.mark.parametrize("name", RENDERERS)
def test_a_golden_file_holds_every_format(name: str) -> None:
    assert list(FILES.glob(f"listing*.{RENDERERS[name].extension}*"))


@pytest.mark.parametrize("name", [name for name, renderer in RENDERERS.items() if renderer.has_lists])
def test_a_bare_list_can_be_written(name: str) -> None:
    out = BytesIO()
    RENDERERS[name].write_rows(hard.listing().parts[0].result, out, Style("en"))
    assert out.getvalue().decode().strip()


@pytest.mark.parametrize("name", VALUES)
def test_values_agree_cell_for_cell(name: str) -> None:
    rows = VALUES[name](render(name))
    assert len(rows) == len(hard.PEOPLE)
    for row, person in zip(rows, hard.PEOPLE, strict=True):
        for cell, value, column in zip(row, person, COLUMNS, strict=True):
            expected, actual = normalize(value, column), normalize(cell, column)
            if name == "xlsx" and column.kind not in NUMERIC_KINDS:
                # A sheet has its own words for codes, pictures for control characters, and no early dates.
                assert (actual is None) <= (expected in {None, ""}), column.name
            elif name == "xlsx" and value == hard.BIG:
                assert float(actual) == float(value)
            elif name == "csv" and value is None:
                # A reader of CSV cannot tell an empty cell from an empty text.
                assert cell == "", column.name
            else:
                assert actual == expected, column.name


@pytest.mark.parametrize("name", sorted(TEXTS))
@pytest.mark.parametrize("row", [0, 4])
def test_texts_agree_cell_for_cell(name: str, row: int) -> None:
    """The rows without hostile texts: how each format escapes those stands in its golden file."""
    text = render(name).decode()
    formatter = CellFormatter("en", "CLP")
    line = next(line for line in text.splitlines() if hard.PEOPLE[row][0] in line and "<style" not in line)
    end, place = line, 0
    pairs = list(zip(hard.PEOPLE[row], COLUMNS, strict=True))
    if name == "html":
        # A person reads names first and ids last.
        pairs = [*pairs[1:], pairs[0]]
    for value, column in pairs:
        if value is None or column.kind is ColumnKind.LIST:
            continue
        cell = formatter.format_cell(column, value).strip()
        if name == "md":
            cell = cell.replace("*", "\\*")
        place = end.find(cell, place)
        assert place >= 0, (column.name, cell)
