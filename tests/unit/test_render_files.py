"""What programs read back from files is what was written, and spreadsheets run none of it."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
import zipfile
from decimal import Decimal
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from golden import hard
from hypothesis import given
from hypothesis import strategies as st

from opttius_cli import i18n
from opttius_cli.render import registry
from opttius_cli.render.formulas import is_formula
from opttius_cli.render.style import CsvDialect, Style
from opttius_cli.render.xlsx import workbook
from opttius_cli.result import AnswerPart, Column, ColumnKind, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.result import Answer

TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
ROWS = st.lists(st.tuples(st.one_of(st.none(), TEXTS), st.one_of(st.none(), TEXTS)), max_size=6)
MONEY = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**20), max_value=10**20)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = i18n.get_language()
    i18n.set_language("en")
    yield
    i18n.set_language(before)


def rendered(name: str, answer: Answer, style: Style | None = None) -> bytes:
    """The bytes of an answer."""
    out = BytesIO()
    registry.RENDERERS[name].write(answer, out, style or Style("en"))
    return out.getvalue()


def listing(columns: dict[str, tuple[ColumnKind, pa.Array]]) -> Answer:
    """An answer of one list with these columns."""
    columns_of_table = tuple(
        Column(name, kind, {"en": name.title()}) for name, (kind, _values) in columns.items()
    )
    table = pa.table([values for _kind, values in columns.values()], names=list(columns))
    result = Result("things", {"en": "Things"}, "rows", columns_of_table, table)
    return dataclasses.replace(hard.listing(), parts=(AnswerPart(("rows",), result),))


def texts(values: Sequence[str | None]) -> Answer:
    """An answer of one list with a column of texts, and one of counts beside it."""
    counts = pa.array(range(len(values)), pa.int64())
    return listing(
        {"text": (ColumnKind.TEXT, pa.array(values, pa.string())), "count": (ColumnKind.COUNT, counts)}
    )


FORMULAS = ["=1+1", "+1+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1",
            "\u00a0=1",
            "\ufeff=1", "＝1", "＋a", "－a", "＠a", "\tplain", "+569x", "-", "+"]  # fmt: skip
PLAIN = ["-5", "+5", "-1234.50", "-1.234,5", " -5 ", "+56912345678", "+56 9 1234 5678", "+56 (2) 2345-6789",
         "+56 9 *** 123", "*** 123", "**.***.***-5", "a=b", "1-2", "", "ana@mail.cl",
            "2026-11-22"]  # fmt: skip


def test_which_texts_run() -> None:
    flags = is_formula(pa.array([*FORMULAS, *PLAIN, None]))
    assert flags is not None
    assert flags.to_pylist() == [True] * len(FORMULAS) + [False] * len(PLAIN) + [False]
    assert is_formula(pa.array(PLAIN)) is None


@given(ROWS)
def test_csv_is_read_back(rows: list[tuple[str | None, str | None]]) -> None:
    left, right = [row[0] for row in rows], [row[1] for row in rows]
    columns = {
        "left": (ColumnKind.TEXT, pa.array(left, pa.string())),
        "right": (ColumnKind.NAME, pa.array(right, pa.string())),
    }
    written = rendered("csv", listing(columns)).decode()
    read = list(csv.reader(StringIO(written, newline="")))[1:]
    assert written.endswith("\r\n")
    assert len(read) == len(rows)
    for cells, row in zip(read, rows, strict=True):
        for cell, value in zip(cells, row, strict=True):
            assert cell in {value or "", f"'{value}"}
            assert not runs_alone(cell)


def runs_alone(value: str) -> bool:
    """Whether a spreadsheet would run a single text."""
    return is_formula(pa.array([value])) is not None


@pytest.mark.parametrize("dialect", ["plain", "excel-es"])
def test_formulas_are_neutralised_in_csv(dialect: CsvDialect) -> None:
    written = rendered("csv", texts([*FORMULAS, *PLAIN]), Style(csv_dialect=dialect)).decode("utf-8-sig")
    delimiter = ";" if dialect == "excel-es" else ","
    read = [row[0] for row in csv.reader(StringIO(written, newline=""), delimiter=delimiter)][1:]
    assert read == [f"'{formula}" for formula in FORMULAS] + PLAIN


def test_what_nobody_sees_is_not_in_a_file_for_people() -> None:
    value = "\x1b=1+1\u202e\u2067 a\nb\tc"
    assert f'"\'{value}"'.encode() in rendered("csv", texts([value]))
    assert b'"\'=1+1 a\nb\tc"' in rendered("csv", texts([value]), Style(csv_dialect="excel-es"))


def test_a_column_of_another_text_type_is_neutralised_too() -> None:
    for kind in (pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string())):
        values = pa.array(["=1+1"]).cast(kind)
        assert b"'=1+1" in rendered("csv", listing({"text": (ColumnKind.TEXT, values)}))


def test_null_and_empty_differ_and_an_only_cell_is_a_row() -> None:
    assert rendered("csv", texts([None, ""])) == b'text,count\r\n,0\r\n"",1\r\n'
    only = listing({"text": (ColumnKind.TEXT, pa.array([None, "", "x"]))})
    assert rendered("csv", only) == b'text\r\n""\r\n""\r\nx\r\n'


@given(ROWS, st.lists(st.one_of(st.none(), MONEY), min_size=6, max_size=6))
def test_json_is_read_back(rows: list[tuple[str | None, str | None]], money: list[Decimal | None]) -> None:
    names = [row[0] for row in rows]
    amounts = pa.array(money[: len(rows)], pa.decimal128(38, 2))
    written = rendered(
        "json",
        listing(
            {'na"me': (ColumnKind.TEXT, pa.array(names, pa.string())), "money": (ColumnKind.MONEY, amounts)}
        ),
    )
    read = json.loads(written, parse_float=Decimal)["rows"]
    assert [row['na"me'] for row in read] == names
    assert [row["money"] for row in read] == money[: len(rows)]


def test_json_of_rows_has_the_shape_that_the_standard_library_writes() -> None:
    for answer in (hard.listing(), hard.board()):
        written = rendered("json", answer).decode()
        assert shape(json.dumps(json.loads(written), ensure_ascii=False, indent=2)) == shape(
            written.rstrip("\n")
        )


def shape(text: str) -> str:
    """JSON without the digits of its numbers, and without the escapes that only keep a terminal safe."""
    acting = "\u200b\u202c\u202e\ufeff\u200e"
    return re.sub(
        r": -?[0-9.e+]+", ": #", text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in acting})
    )


def test_batches_leave_no_seam() -> None:
    values = [f"text {number}" for number in range(20_001)]
    answer = texts(values)
    read = json.loads(rendered("json", answer))["rows"]
    assert [row["text"] for row in read] == values
    lines = rendered("csv", answer).decode().splitlines()[1:]
    assert lines == [f"{value},{number}" for number, value in enumerate(values)]
    sheet = openpyxl.load_workbook(BytesIO(rendered("xlsx", answer)), read_only=True)["Things"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == values


def test_answers_of_several_parts_become_a_long_table() -> None:
    read = list(csv.DictReader(StringIO(rendered("csv", hard.board()).decode(), newline="")))
    figures = {(row["section"], row["item"], row["figure"]): row["value"] for row in read}
    assert figures["kpis", "", "total_revenue"] == str(hard.BIG)
    assert figures["quotes.by_status", "sent", "count"] == "3"
    assert figures["trends.sales", "2026-11-22", "value"] == "800"
    assert figures["data_quality", "linked_work_orders", "count"] == "12"
    assert figures["work_orders", "", "total"] == ""
    assert not [key for key in figures if key[0] == "work_orders.by_status"]


def test_a_list_beside_its_summary_is_the_table() -> None:
    summary = AnswerPart(("summary",), hard.QUOTES)
    answer = dataclasses.replace(hard.listing(), parts=(summary, *hard.listing().parts))
    assert rendered("csv", answer) == rendered("csv", hard.listing())


def sheet_of(answer: Answer, title: str = "Things") -> Any:
    """A sheet of the workbook of an answer, read back."""
    return openpyxl.load_workbook(BytesIO(rendered("xlsx", answer)))[title]


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    sheet = sheet_of(texts([*FORMULAS, *PLAIN]))
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells if cell.value] == [
        value.replace("\r", "\n") for value in [*FORMULAS, *PLAIN] if value
    ]
    assert [cell.quotePrefix for cell in cells] == [True] * len(FORMULAS) + [False] * len(PLAIN)


@pytest.mark.slow
@given(st.lists(TEXTS, max_size=5))
def test_any_text_stands_in_a_workbook(values: list[str]) -> None:
    sheet = sheet_of(texts(values))
    cells = [
        "".join(sign for sign in value.replace("\r\n", "\n").replace("\r", "\n")
                if sign in "\t\n" or (ord(sign) >= ord(" ") and sign not in "\ufffe\uffff"))
        for value in values
    ]  # fmt: skip
    assert [row[0].value or "" for row in sheet.iter_rows(min_row=2)][: len(values)] == cells


def test_a_text_that_no_cell_can_hold_is_cut() -> None:
    value = sheet_of(texts(["x" * 40_000, "👓" * 20_000]))
    long, astral = value["A2"].value, value["A3"].value
    assert (len(long), long[-1]) == (32_767, "…")
    assert len(astral.encode("utf-16-le")) // 2 <= 32_767
    assert astral.endswith("👓…")


def test_more_rows_than_a_sheet_holds_continue_on_the_next() -> None:
    from opttius_cli.render.xlsx import writer

    out = BytesIO()
    writer.write(texts(list("abcdefg")), out, Style("en"), max_rows=3)
    book = openpyxl.load_workbook(out)
    assert book.sheetnames == ["Overview", "What was left out", "Things", "Things (2)", "Things (3)", "About"]
    assert [cell.value for cell in book["Things (3)"]["A"]] == ["Text", "g"]
    assert [table.ref for name in book.sheetnames[2:5] for table in book[name].tables.values()] == [
        "A1:B4", "A1:B4", "A1:B2"
    ]  # fmt: skip
    assert workbook.MAX_ROWS == 1_048_575


def test_names_of_sheets() -> None:
    answer = texts(["a"])
    for title, name in (
        ("a/b:c*[d]?", "a b c  d"),
        ("x" * 40, "x" * 31),
        ("History", "History (2)"),
        ("''", "-"),
    ):
        result = dataclasses.replace(answer.parts[0].result, titles={"en": title})
        columns_of_table = dataclasses.replace(answer, parts=(AnswerPart(("rows",), result),))
        assert openpyxl.load_workbook(BytesIO(rendered("xlsx", columns_of_table))).sheetnames[2] == name


def test_a_workbook_is_dated_by_its_answer() -> None:
    file = zipfile.ZipFile(BytesIO(rendered("xlsx", hard.listing())))
    assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    core = file.read("docProps/core.xml").decode()
    assert core.count("2026-11-22T18:00:00Z") == 2


def test_parquet_of_several_parts_is_the_long_table() -> None:
    table = pq.read_table(BytesIO(rendered("parquet", hard.board())))
    assert table.column_names == ["section", "item", "figure", "value"]
    assert {str(field.type) for field in table.schema} == {"string"}
    about = json.loads(table.schema.metadata[b"opttius"])
    assert about["report"] == "dashboard"
    assert about["data_quality"]["linked_work_orders"]["count"] == 12


def test_markdown_shows_markup_as_it_is() -> None:
    written = rendered("md", texts(["<b>x</b> | [a](b) `c` *d* _e_ #f ~~g~~ \\|", "a\nb"])).decode()
    assert r"| &lt;b&gt;x&lt;/b&gt; \| \[a\](b) \`c\` \*d\* \_e\_ \#f \~\~g\~\~ \\\| | 0 |" in written
    assert "| a⏎b | 1 |" in written
