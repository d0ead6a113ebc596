"""A workbook is one that Excel opens without repairing it: tables, sums, charts and their parts fit together."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import zipfile
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from external_tools import require_tool
from golden import hard
from openpyxl.utils import range_boundaries

from opttius_cli import i18n
from opttius_cli.render import registry
from opttius_cli.render.cell_formatter import CellFormatter
from opttius_cli.render.data_quality_notes import build_notes
from opttius_cli.render.style import Style
from opttius_cli.render.xlsx import tables, writer
from opttius_cli.result import AnswerPart, ChartSpec, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opttius_cli.result import Answer

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
HOSTILE = ("=cmd()", "=CMD()", "a[b]#'c@", "", "a\nb", "x" * 300, "+1+cmd|' /C calc'!A0")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = i18n.get_language()
    i18n.set_language("en")
    yield
    i18n.set_language(before)


def written(answer: Answer, style: Style | None = None, **more: Any) -> bytes:
    """The bytes of a workbook."""
    out = BytesIO()
    writer.write(answer, out, style or Style("en"), **more)
    return out.getvalue()


def hostile() -> Answer:
    """An answer whose headers are what nobody should call a column."""
    columns = [
        hard.column(f"c{place}", ColumnKind.COUNT, text, text, is_additive=place > 0)
        for place, text in enumerate(HOSTILE)
    ]
    columns = [
        dataclasses.replace(item, labels={"en": text, "es": text})
        for item, text in zip(columns, HOSTILE, strict=True)
    ]
    rows: list[list[Any]] = [[place * 10 + row for place in range(len(HOSTILE))] for row in range(3)]
    result = hard.result("x", ("x", "=1+1"), "rows", columns, rows)
    return dataclasses.replace(hard.board(), parts=(*hard.board().parts, AnswerPart(("odd", "one"), result)))


def read(file: Any, **how: Any) -> Any:
    """A workbook read back."""
    return openpyxl.load_workbook(file, **how)


def bounds(cells: str) -> tuple[int, int, int, int]:
    """First column and line, last column and line."""
    position = range_boundaries(cells)
    return tuple(position)  # type: ignore[return-value]


ANSWERS = {"board": hard.board(), "listing": hard.listing(), "hostile": hostile()}
each = pytest.mark.parametrize("name", ANSWERS)


@each
def test_tables_fit_their_sheets(name: str) -> None:
    book = read(BytesIO(written(ANSWERS[name])))
    names, numbers = [], []
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            left, top, right, bottom = bounds(table.ref)
            header = [cell.value for cell in sheet[top][left - 1 : right]]
            assert [column.name for column in table.tableColumns] == header
            assert len({text.casefold() for text in header}) == len(header)
            assert all(0 < len(text) <= 255 for text in header)
            assert [column.id for column in table.tableColumns] == list(range(1, right + 1))
            assert bottom - top >= 1 + bool(table.totalsRowCount)
            assert sheet.max_row <= bottom
            shorter = bottom - bool(table.totalsRowCount)
            assert table.autoFilter.ref == f"A1:{sheet.cell(1, right).column_letter}{shorter}"
            # Two filters over the same cells are what Excel repairs.
            assert sheet.auto_filter.ref is None
            names.append(table.displayName)
            numbers.append(table.id)
            assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]{0,254}", table.displayName)
    assert len({item.casefold() for item in names}) == len(names) == len(set(numbers))
    assert names


@each
def test_every_part_is_declared_and_every_relation_leads_to_a_part(name: str) -> None:
    file = zipfile.ZipFile(BytesIO(written(ANSWERS[name])))
    parts = set(file.namelist())
    assert len(parts) == len(file.namelist())
    declared = ET.fromstring(file.read("[Content_Types].xml"))
    overrides = {item.attrib["PartName"].lstrip("/") for item in declared.iter(f"{TYPES}Override")}
    defaults = {item.attrib["Extension"] for item in declared.iter(f"{TYPES}Default")}
    assert overrides <= parts
    assert {part for part in parts - overrides if part.rpartition(".")[2] not in defaults} <= {
        "[Content_Types].xml"
    }
    for part in parts:
        ET.fromstring(file.read(part))
        if not part.endswith(".rels"):
            continue
        folder = PurePosixPath(part).parent.parent
        for item in ET.fromstring(file.read(part)).iter(f"{RELATION}Relationship"):
            assert item.attrib.get("TargetMode") != "External"
            target = item.attrib["Target"]
            position = target.lstrip("/") if target.startswith("/") else str(folder / target)
            assert position in parts, (part, target)


@each
def test_charts_read_cells_that_are_there_and_hold_their_values(name: str) -> None:
    content = written(ANSWERS[name])
    book = read(BytesIO(content))
    file = zipfile.ZipFile(BytesIO(content))
    charts = [part for part in file.namelist() if part.startswith("xl/charts/")]
    assert len(charts) == (0 if name == "listing" else 4)
    for part in charts:
        tree = ET.fromstring(file.read(part))
        for formula in tree.iter(f"{CHART}f"):
            sheet, _sign, cells = (formula.text or "").rpartition("!")
            position = book[sheet.strip("'").replace("''", "'")]
            left, top, right, bottom = bounds(cells)
            assert (left, top, bottom) == (
                right,
                2,
                position.tables[next(iter(position.tables))].tableColumns and bottom,
            )
            assert bottom <= position.max_row
        values = tree.find(f".//{CHART}val//{CHART}numCache")
        assert values is not None
        numbers = [Decimal(item.text or "") for item in values.iter(f"{CHART}v")]
        assert numbers in ([Decimal(0), 100, 250, 0, 800], [Decimal("821555.20"), Decimal(103596)])


def test_only_sums_are_formulas_and_they_hold_their_results() -> None:
    content = written(hostile())
    formulas = {
        f"{sheet.title}!{cell.coordinate}": cell.value
        for sheet in read(BytesIO(content)).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    }
    assert {text.partition("(")[0] for text in formulas.values()} == {"=SUBTOTAL"}
    assert formulas["=1+1!C5"] == "=SUBTOTAL(109,opttius_odd_one[a'[b']'#''c'@])"
    assert formulas["=1+1!B5"] == "=SUBTOTAL(109,opttius_odd_one[=CMD() (2)])"
    book = read(BytesIO(content), data_only=True)
    assert [cell.value for cell in book["=1+1"][5]] == ["Total", 33, 63, 93, 123, 153, 183]
    header = book["=1+1"][1]
    assert [cell.data_type for cell in header] == ["s"] * len(HOSTILE)
    assert [bool(cell.quotePrefix) for cell in header] == [True, True, False, False, False, False, True]


def test_names_of_columns_and_tables() -> None:
    assert tables.build_column_names(["A", "a", "", "", "a"]) == ["A", "a (2)", "-", "- (2)", "a (3)"]
    taken: set[str] = set()
    assert tables.build_table_name(("quotes", "by-status"), taken) == "opttius_quotes_by_status"
    assert tables.build_table_name(("Quotes", "by status"), taken) == "opttius_Quotes_by_status_2"


def test_the_first_sheet_states_the_totals() -> None:
    sheet, left_out = read(BytesIO(written(hard.board()))).worksheets[:2]
    lines = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    assert sheet.title == "Overview"
    assert lines[:2] == [
        ["Dashboard of 5 days to Nov 22, 2026"],
        ["Óptica ␛[1mCordillera · SCL-01 Ñuñoa, b-2"],
    ]
    assert ["Revenue fell 33.27%, to CLP\u00a0123,456,789,012,345,678."] in lines
    assert ["Sales", "Revenue", pytest.approx(float(hard.BIG)), 7025464.65, -33.27] in lines
    assert len(sheet._charts) == 2
    # Complaints come after the figures.
    assert left_out.title == "What was left out"
    sentence = "12 linked work orders are not counted again; they would add CLP\u00a01,234,567 of paid money."
    assert f"{sentence} · --left-out linked" in [cell.value for cell in left_out["A"]]


def test_a_list_without_key_figures_begins_with_its_totals_and_its_chart() -> None:
    answer = dataclasses.replace(hard.listing(), parts=(AnswerPart(("rows",), hard.METHODS),))
    sheet = read(BytesIO(written(answer))).worksheets[0]
    lines = [[cell.value for cell in row if cell.value is not None] for row in sheet.iter_rows()]
    # 821 555.20 + 103 596.00 − 5.00
    assert lines[-3:] == [
        ["Section", "Figure", "Value"],
        ["Payment methods", "Rows", 3],
        ["Payment methods", "Amount", 925146.2],
    ]
    assert len(sheet._charts) == 1


def test_names_come_first_and_ids_last() -> None:
    sheet = read(BytesIO(written(hard.listing())))["Customers"]
    header = [cell.value for cell in sheet[1]]
    assert (header[0], header[-1]) == ("Name", "Id")
    journal = [hard.DATE, *hard.EVERY_KIND[:2]]
    rows: list[list[Any]] = [[date(2026, 11, 2), "7", "Ana"]]
    result = hard.result("x", ("x", "Sales"), "rows", journal, rows)
    answer = dataclasses.replace(hard.listing(), parts=(AnswerPart(("rows",), result),))
    sheet = read(BytesIO(written(answer)))["Sales"]
    assert [cell.value for cell in sheet[1]] == ["Date", "Name", "Id"]


def test_a_text_after_a_number_has_room() -> None:
    sheet = read(BytesIO(written(hard.listing())))["Customers"]
    header = [cell.value for cell in sheet[1]]
    after = header.index("Segment")
    assert sheet.cell(2, header.index("Enabled") + 1).alignment.indent == 0
    # The dates before it are right-aligned by no kind of theirs; the days before those are numbers.
    last = sheet.cell(2, header.index("Last purchase") + 1)
    assert (header[after - 2], last.alignment.indent) == ("Days between purchases", 1)


def test_the_sql_has_a_sheet_where_one_wants_it() -> None:
    plain = read(BytesIO(written(hard.board())))
    assert "SQL" not in plain.sheetnames
    book = read(BytesIO(written(dataclasses.replace(hard.board(), has_sql_sheet=True))))
    assert book.sheetnames == [*plain.sheetnames, "SQL"]
    assert [cell.value for cell in book["SQL"]["A"]] == [
        "SQL", "SQL of dashboard/sales", "SELECT 1 AS one", "FROM sales;"
    ]  # fmt: skip


@pytest.mark.slow
def test_every_printed_page_says_whose_it_is_and_cuts_no_line(tmp_path: Path) -> None:
    people: list[list[Any]] = [
        [f"{place:08}-aa72-4679-84cc-98750b4e7b15", *row[1:]]
        for place, row in enumerate([hard.PEOPLE[0], hard.PEOPLE[4]] * 40)
    ]
    wide = hard.result("x", ("Gente", "People"), "rows", hard.EVERY_KIND, people)
    answer = dataclasses.replace(hard.board(), parts=(*hard.board().parts, AnswerPart(("rows",), wide)))
    file = tmp_path / "book.xlsx"
    file.write_bytes(written(answer))
    office(tmp_path, "pdf", "paper", file)
    tool = require_tool("pdftotext")
    text = subprocess.run(
        [tool, "-layout", str(tmp_path / "paper" / "book.pdf"), "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    *pages, rest = text.split("\f")
    assert rest == ""
    for page in pages:
        first = page.strip().splitlines()[0]
        assert "Cordillera" in first
        assert first.endswith("Nov 18, 2026 – Nov 22, 2026")
    # The overview is one page; the notes are the second.
    assert "What was left out" in pages[1]
    for sentence in build_notes(answer, CellFormatter("en", "CLP")):
        assert re.sub(r"\s+", "", sentence) in re.sub(r"\s+", "", pages[1])
    assert all(re.search(rf"\b{row[0]}\b", text) for row in people)


def test_a_list_that_goes_on_has_no_sum_that_would_be_wrong() -> None:
    rows: list[list[Any]] = [[f"p{place}", Decimal(place)] for place in range(7)]
    long = hard.result("x", ("x", "Things"), "rows", [hard.STATUS, hard.AMOUNT], rows)
    answer = dataclasses.replace(hard.listing(), parts=(AnswerPart(("rows",), long),))
    book = read(BytesIO(written(answer, max_rows=3)))
    assert book.sheetnames == ["Overview", "What was left out", "Things", "Things (2)", "Things (3)", "About"]
    assert [[cell.value for cell in book[name]["A"]] for name in book.sheetnames[2:5]] == [
        ["Status", "p0", "p1", "p2"], ["Status", "p3", "p4", "p5"], ["Status", "p6"]
    ]  # fmt: skip
    assert [next(iter(book[name].tables.values())).totalsRowCount for name in book.sheetnames[2:5]] == [
        None
    ] * 3
    assert book.sheetnames[2:5] == [sheet.title for sheet in book.worksheets if sheet.tables]


@pytest.mark.parametrize(
    ("language", "money", "day"),
    [
        ("es", "[$$-340A]#,##0", "[$-340A]dd-mm-yyyy"),
        ("es-AR", '[$CLP-2C0A]"\u00a0"#,##0', "[$-2C0A]d/m/yyyy"),
        ("es-ES", '#,##0"\u00a0"[$CLP-C0A]', "[$-C0A]d/m/yyyy"),
        ("en-US", '[$CLP-409]"\u00a0"#,##0', "[$-409]m/d/yyyy"),
    ],
)
def test_formats_are_those_of_the_place(language: str, money: str, day: str) -> None:
    i18n.set_language(language)
    book = read(BytesIO(written(hard.listing(), Style(language))))
    row = book.worksheets[2][2]
    assert row[6].number_format.partition(";")[0] == money
    assert row[10].number_format == day


@pytest.mark.slow
# What LibreOffice writes holds more than openpyxl knows.
@pytest.mark.filterwarnings("ignore:.*xtension is not supported")
def test_libreoffice_opens_it_and_works_the_sums_out_again(tmp_path: Path) -> None:
    answer = hostile()
    days = hard.result(
        "t", ("Meses", "Months"), "rows", [hard.STATUS, hard.COUNT], [["a", 1], ["b", 2]],
        ChartSpec("column", "status", "count"),
    )  # fmt: skip
    answer = dataclasses.replace(answer, parts=(*answer.parts, AnswerPart(("months",), days)))
    file = tmp_path / "book.xlsx"
    # The sums that it carries are taken out: what is read back must be worked out anew.
    with zipfile.ZipFile(BytesIO(written(answer))) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            content = re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", source.read(name))
            target.writestr(name, content)
    office(tmp_path, "xlsx:Calc MS Excel 2007 XML", "again", file)
    book = read(tmp_path / "again" / "book.xlsx", data_only=True, read_only=True)
    assert [cell.value for cell in book["=1+1"][5]] == ["Total", 33, 63, 93, 123, 153, 183]
    sales = list(book["Sales by day"].iter_rows(values_only=True))
    assert list(book["Payment methods"].iter_rows(values_only=True))[-1][:3] == ("Total", None, 925146.2)
    assert sales[1][0].date() == date(2026, 11, 18)
    drawn = [
        name
        for name in zipfile.ZipFile(tmp_path / "again" / "book.xlsx").namelist()
        if "/charts/chart" in name
    ]
    assert len(drawn) == 6
    office(tmp_path, "pdf", "paper", file)
    assert (tmp_path / "paper" / "book.pdf").read_bytes().startswith(b"%PDF")


def office(folder: Path, form: str, into: str, file: Path) -> None:
    """Let LibreOffice convert a file, with a profile of its own."""
    done = subprocess.run(
        [
            require_tool("soffice"), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless",
            "--convert-to", form, "--outdir", str(folder / into), str(file),
        ],
        capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_a_workbook_is_the_same_every_time() -> None:
    for answer in ANSWERS.values():
        assert written(answer) == written(answer)
    assert registry.RENDERERS["xlsx"].extension == "xlsx"
