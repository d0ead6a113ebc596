"""Every format of the hard answers against its golden file. ``OPTTIUS_UPDATE_GOLDEN=1`` writes them anew."""

from __future__ import annotations

import csv
import json
import os
import re
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from rich.cells import set_cell_size

from golden import hard
from opttius_cli import i18n
from opttius_cli.errors import UsageError
from opttius_cli.render import registry
from opttius_cli.render.cell_formatter import CellFormatter, escape_control_chars
from opttius_cli.render.style import Style
from opttius_cli.render.terminal.grid import GAP, build_grid
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.result import Answer, Column

FILES = Path(__file__).parent / "files"
ANSWERS = {"board": hard.board(), "listing": hard.listing()}
TEXTS = {
    "json": ("json", Style()),
    "csv": ("csv", Style()),
    "excel-es.csv": ("csv", Style(csv_dialect="excel-es")),
    "screen.csv": ("csv", Style(width=80)),
    "es.md": ("md", Style("es")),
    "en.md": ("md", Style("en")),
    **{
        f"{language}.{width}{'.color' if color else ''}.txt": ("table", Style(language, width, color=color))
        for language in ("es", "en")
        for width in (80, 120, 200)
        for color in (False, True)
    },
    "en.piped.txt": ("table", Style("en")),
}


@pytest.fixture(autouse=True)
def _spoken() -> Iterator[None]:
    before = i18n.get_language()
    yield
    i18n.set_language(before)


def rendered(answer: Answer, name: str, style: Style) -> bytes:
    """The bytes of an answer, made twice: they must be the same."""
    i18n.set_language(style.language)
    written = []
    for _time in range(2):
        out = BytesIO()
        registry.RENDERERS[name].write(answer, out, style)
        written.append(out.getvalue())
    assert written[0] == written[1]
    return written[0]


def compare(file: str, actual: bytes) -> None:
    """Against the golden file, or into it."""
    path = FILES / file
    if os.environ.get("OPTTIUS_UPDATE_GOLDEN") == "1":
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(actual)
    assert actual.decode() == path.read_bytes().decode(), (
        f"{file} differs; OPTTIUS_UPDATE_GOLDEN=1 writes it anew"
    )


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("variant", TEXTS)
def test_text(answer: str, variant: str) -> None:
    name, style = TEXTS[variant]
    compare(f"{answer}.{variant}", rendered(ANSWERS[answer], name, style))


def test_ndjson() -> None:
    compare("listing.ndjson", rendered(ANSWERS["listing"], "ndjson", Style()))


def test_ndjson_of_several_parts_is_refused() -> None:
    i18n.set_language("en")
    with pytest.raises(UsageError, match=r"several parts. Choose --format json"):
        registry.RENDERERS["ndjson"].write(ANSWERS["board"], BytesIO(), Style())


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("language", ["es", "en"])
def test_xlsx(answer: str, language: str) -> None:
    """A workbook is compared cell by cell: its bytes change with the compressor of the machine."""
    book: Any = openpyxl.load_workbook(BytesIO(rendered(ANSWERS[answer], "xlsx", Style(language))))
    lines = []
    for sheet in book.worksheets:
        lines.append(f"== {sheet.title} {sheet.freeze_panes} {sheet.auto_filter.ref}")
        lines += [f"table {item.name} {item.ref}" for item in sheet.tables.values()]
        lines += [f"chart {item.tagname} {item.anchor._from.col}" for item in sheet._charts]
        lines += [
            f"{cell.coordinate} {cell.data_type} {cell.number_format} "
            f"{'q ' if cell.quotePrefix else ''}{cell.value!r}"
            for row in sheet.iter_rows()
            for cell in row
            if cell.value is not None
        ]
    compare(f"{answer}.{language}.xlsx.txt", ("\n".join(lines) + "\n").encode())


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("language", ["es", "en"])
def test_html(answer: str, language: str) -> None:
    """A page without what is the same in each: styles and scripts; and without drawings, which their library makes."""
    page = rendered(ANSWERS[answer], "html", Style(language)).decode()
    page = re.sub(r"<script>.*?</script>\n|(?<=<style>).*?(?=</style>)", "", page, flags=re.DOTALL)
    page = re.sub(r"'sha256-[^']*'", "'sha256-…'", page)
    page = re.sub(r'(?<=<div class="still">).*?(?=</div>)', "", page, flags=re.DOTALL)
    compare(f"{answer}.{language}.html", page.encode())


@pytest.mark.parametrize("answer", ANSWERS)
def test_parquet(answer: str) -> None:
    table = pq.read_table(BytesIO(rendered(ANSWERS[answer], "parquet", Style())))
    about = json.loads(table.schema.metadata[b"opttius"])
    lines = [f"{field.name} {field.type}" for field in table.schema]
    lines += [json.dumps(row, ensure_ascii=True, default=str) for row in table.to_pylist()]
    lines += json.dumps(about, indent=1, ensure_ascii=True).splitlines()
    compare(f"{answer}.parquet.txt", ("\n".join(lines) + "\n").encode())


def test_a_change_has_an_arrow_or_a_sign_and_not_both() -> None:
    """An arrow stands before a size; a sign stands where there is no arrow: in columns and in sentences."""
    captured = [file for folder in (FILES, FILES.parent / "screens") for file in folder.iterdir()]
    texts = {file.name: file.read_text(encoding="utf-8") for file in captured}
    assert any("▼ " in text for text in texts.values())
    assert [name for name, text in texts.items() if re.search(r"[▲▼=] [+−-]\d", text)] == []


def test_every_file_has_a_test() -> None:
    expected = {f"{answer}.{variant}" for answer in ANSWERS for variant in TEXTS}
    expected |= {
        f"{answer}.{end}"
        for answer in ANSWERS
        for end in ("es.xlsx.txt", "en.xlsx.txt", "es.html", "en.html", "parquet.txt")
    }
    expected.add("listing.ndjson")
    assert {path.name for path in FILES.iterdir()} == expected


def value_of(text: str, column: Column) -> Any:
    """The value that a cell of CSV stands for."""
    if text == "" and column.kind is not ColumnKind.TEXT:
        return None
    if column.kind is ColumnKind.FLAG:
        return text == "true"
    if column.kind is ColumnKind.DATE:
        return date.fromisoformat(text)
    if column.kind in {
        ColumnKind.MONEY,
        ColumnKind.COUNT,
        ColumnKind.NUMBER,
        ColumnKind.PERCENT,
        ColumnKind.DAYS,
    }:
        return Decimal(text)
    return text.removeprefix("'") if text[:1] == "'" else text


def split(line: str, widths: list[int]) -> list[str]:
    """The cells of a line of the table, by the widths of its columns on the screen."""
    cells = []
    for width in widths:
        cell = set_cell_size(line, width)
        cells.append(cell.strip())
        line = line[len(cell.rstrip()) :] if len(line) <= len(cell) else line[len(cell) + len(GAP) :]
    return cells


def test_table_and_csv_agree_cell_for_cell() -> None:
    answer = ANSWERS["listing"]
    result = answer.parts[0].result
    cells = CellFormatter("en", "CLP")
    grid = build_grid(result, cells, None)
    rows = list(csv.reader(StringIO(rendered(answer, "csv", Style()).decode(), newline="")))[1:]
    i18n.set_language("en")
    lines = list(grid.iter_lines())
    assert len(rows) == len(lines) == len(hard.PEOPLE)
    assert "\n".join(line.rstrip() for line in lines) in rendered(answer, "table", Style("en")).decode()
    for number, (row, line) in enumerate(zip(rows, lines, strict=True)):
        shown = split(line, [column.total_width for column in grid.columns])
        for place, (text, cell, column) in enumerate(zip(row, shown, result.columns, strict=True)):
            value = value_of(text, column)
            if hard.PEOPLE[number][place] is None:
                assert (text, cell) == ("", "—")
            elif column.has_share_bar:
                assert cell.rstrip("█▏▎▍▌▋▊▉ ") == cells.format_cell(column, value)
            elif column.kind is ColumnKind.LIST:
                assert cell == (escape_control_chars(text.removeprefix("'")) or "—")
            else:
                assert cell == cells.format_cell(column, value).strip()


def test_xlsx_cells_have_the_types_of_their_kinds() -> None:
    book = openpyxl.load_workbook(BytesIO(rendered(ANSWERS["listing"], "xlsx", Style("en"))))
    sheet = book["Customers"]
    first = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    assert first["Id"].value == "0001"
    assert first["Spent"].value == 1234567.5
    assert (first["Last purchase"].data_type, first["Enabled"].value) == ("d", True)
    assert first["RUT"].data_type == "s"
    hostile = sheet["A3"]
    assert (hostile.value, hostile.data_type, hostile.quotePrefix) == (hard.HOSTILE[0], "s", True)
    formulas = [
        cell
        for worksheet in book.worksheets
        for row in worksheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas == []


def test_parquet_keeps_types() -> None:
    table = pq.read_table(BytesIO(rendered(ANSWERS["listing"], "parquet", Style())))
    assert table.schema.field("total_spent").type == pa.decimal128(38, 2)
    assert table.schema.field("last_purchase").type == pa.date32()
    assert table.schema.field("purchases").type == pa.int64()
    assert table.column("total_spent").to_pylist()[2] == hard.BIG


def test_json_keeps_every_digit_of_money() -> None:
    text = rendered(ANSWERS["listing"], "json", Style()).decode()
    rows = json.loads(text, parse_float=Decimal)["rows"]
    assert rows[2]["total_spent"] == hard.BIG
    assert [row["name"] for row in rows] == [person[1] for person in hard.PEOPLE]
