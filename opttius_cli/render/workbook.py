"""Build a workbook: openpyxl writes sheets, styles and headers; the same answer gives the same file.

The rows of lists do not go through openpyxl. They are inserted into their sheets while the parts of the file
are copied into the final one, each with a fixed date.
"""

from __future__ import annotations

import re
import shutil
import textwrap
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.formatting.rule import CellIsRule, DataBarRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.xml.functions import tostring

from opttius_cli.render import sheets, xlsx_tables
from opttius_cli.render.cells import RIGHT, Cells, date_pattern, money_form
from opttius_cli.render.formulas import runs
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.result import Column, Result

MOST_ROWS = 1_048_575
"""The most rows that a sheet can hold below its header."""
_LONGEST_NAME = 31
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip file can store."""
_MANY_CELLS = 10_000_000
_IN_MEMORY = 32 * 1024 * 1024
_FIRST_DATE = date(1900, 3, 1)
_CORE = "docProps/core.xml"
_A4, _LINE = 9, 15
"""The number of the paper size; the points of a line."""
_FONT = "Calibri"
_DARK, _HEADER, _BAR, _UP, _DOWN = "1F3864", "DDEBF7", "8FBBE8", "14743B", "B3261E"
_LCIDS = {"es_CL": "340A", "es_AR": "2C0A", "es_ES": "C0A", "en_US": "409"}
"""The Windows locale ids of number formats; separators follow the settings of the reader's own program."""
_END_OF_ROWS = b"</sheetData>"


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows below the header of a sheet, and the XML of their totals row."""

    table: pa.Table
    columns: list[sheets.SheetColumn]
    tail: bytes = b""


@dataclass(slots=True)
class Book:
    """The sheets so far, and the rows to insert into them, by the name of their file."""

    cells: Cells
    workbook: Any = field(default_factory=lambda: Workbook(write_only=True))
    rows: dict[str, _Rows] = field(default_factory=dict)
    tables: set[str] = field(default_factory=set)

    def sheet(
        self, title: str, widths: Sequence[float], header: Sequence[str] = (), columns: Sequence[Column] = ()
    ) -> Any:
        """Add a sheet that prints on A4; its header stays on the screen and repeats on every printed page.

        ``columns`` decide which headers are right-aligned.
        """
        sheet = self.workbook.create_sheet(_free_name(title, self.workbook.sheetnames))
        for place, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P / &N"
        if header:
            sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
            # Some programs do not adjust the row height to a header of several lines.
            sheet.row_dimensions[1].height = _LINE * max(map(_lines, header, widths))
            right = [column.kind in RIGHT for column in columns] or [False] * len(header)
            sheet.append(
                [
                    self.text(sheet, label, bold=True, right=to_the_right)
                    for label, to_the_right in zip(header, right, strict=True)
                ]
            )
        return sheet

    def list(
        self, sheet: Any, path: Sequence[str], header: Sequence[str], result: Result, *, total: bool
    ) -> None:
        """Put the rows of ``result`` below the header of ``sheet``, as a table with its totals."""
        columns, table = result.columns, result.table
        name = xlsx_tables.table_name(path, self.tables)
        made = xlsx_tables.made(name, header, columns, len(table), total=total)
        made.id = len(self.tables)
        # add_table reads the header cells, which a write-only sheet does not keep; the columns are set.
        sheet.tables.add(made)
        shown = [self._column(sheet, place, column) for place, column in enumerate(columns, start=1)]
        end = len(table) + 1
        tail = xlsx_tables.totals_row(name, header, table, shown, end + 1) if total else b""
        self.rows[f"xl/worksheets/sheet{len(self.workbook.sheetnames)}.xml"] = _Rows(table, shown, tail)
        for column in shown:
            cells = f"{column.letters}2:{column.letters}{max(2, end)}"
            if column.column.share:
                bars = DataBarRule("num", 0, "max", None, _BAR)  # type: ignore[no-untyped-call]
                sheet.conditional_formatting.add(cells, bars)
            if column.column.kind is Kind.PERCENT and column.column.name.endswith("growth_pct"):
                colour_growth(sheet, cells)

    def _column(self, sheet: Any, place: int, column: Column) -> sheets.SheetColumn:
        return sheets.SheetColumn(
            column,
            get_column_letter(place),
            self._style(sheet, column.kind),
            self._style(sheet, column.kind, quoted=True),
            column.words.get(self.cells.language, {}),
            self._style(sheet, column.kind, strong=True),
        )

    def _style(self, sheet: Any, kind: Kind, *, quoted: bool = False, strong: bool = False) -> int:
        cell = WriteOnlyCell(sheet, None)
        cell.number_format = self.number_format(kind)
        cell.quotePrefix = quoted
        if strong:
            cell.font = Font(name=_FONT, size=11, bold=True)
        return int(cell.style_id)

    def value(self, sheet: Any, value: Any, kind: Kind) -> Any:
        """Return one cell, typed by its kind."""
        if value is None:
            return None
        if isinstance(value, list):
            return self.text(sheet, ", ".join(map(str, value)))
        if isinstance(value, str) or kind is Kind.ID:
            return self.text(sheet, str(value))
        if isinstance(value, date) and not isinstance(value, datetime) and value < _FIRST_DATE:
            return self.text(sheet, value.isoformat())
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = self.number_format(kind)
        return cell

    def text(
        self, sheet: Any, text: str, *, bold: bool = False, wrapped: bool = False, right: bool = False
    ) -> Any:
        """Return one text cell, whatever the text looks like."""
        plain = sheets.legal(pa.array([sheets.short(text)]))
        cell = WriteOnlyCell(sheet, plain[0].as_py())
        # openpyxl would store a text that begins with "=" as a formula.
        cell.data_type = "s"
        cell.quotePrefix = runs(plain) is not None
        if bold:
            cell.font = Font(name=_FONT, size=11, bold=True, color=_DARK)
            cell.fill = PatternFill("solid", fgColor=_HEADER)
        if bold or wrapped:
            cell.alignment = Alignment(vertical="top", wrap_text=True, horizontal="right" if right else None)
        return cell

    def title(self, sheet: Any, text: str, *, size: int = 16) -> Any:
        """Return one heading cell."""
        cell = self.text(sheet, text)
        cell.font = Font(name=_FONT, size=size, bold=True, color=_DARK)
        return cell

    def word(self, column: Column, value: object) -> object:
        """Return the word that people use for a code of ``column``."""
        return (
            column.words.get(self.cells.language, {}).get(value, value) if isinstance(value, str) else value
        )

    def number_format(self, kind: Kind) -> str:
        """Return the number format of a kind; it changes only the display, not the value."""
        if kind is Kind.MONEY:
            form = money_form(self.cells.locale, self.cells.currency)
            digits = "#,##0" + ("." + "0" * form.most if form.most else "")
            lcid = _LCIDS.get(self.cells.locale, "")
            return ";".join(
                _around(before, lcid) + digits + _around(after, lcid)
                for before, after in (form.around, form.around_negative)
            )
        if kind is Kind.DATE:
            place = _LCIDS.get(self.cells.locale)
            return (f"[$-{place}]" if place else "") + date_pattern(self.cells.locale)
        return {Kind.COUNT: "#,##0", Kind.PERCENT: '0.00"%"', Kind.DAYS: "0.0", Kind.NUMBER: "General"}.get(
            kind, "General"
        )

    def save(self, out: BinaryIO, made: datetime) -> None:
        """Write the file with ``created_at`` as its creation time, whenever it is written."""
        with SpooledTemporaryFile(_IN_MEMORY) as draft, TemporaryFile() as final:
            self.workbook.save(draft)
            # openpyxl sets the current time when it saves.
            self.workbook.properties.created = self.workbook.properties.modified = made.astimezone(
                UTC
            ).replace(tzinfo=None, microsecond=0)
            self.workbook.properties.creator = "opttius"
            with zipfile.ZipFile(draft) as source, zipfile.ZipFile(final, "w") as target:
                for name in source.namelist():
                    self._copy(source, target, name)
            final.seek(0)
            shutil.copyfileobj(final, out)

    def _copy(self, source: zipfile.ZipFile, target: zipfile.ZipFile, name: str) -> None:
        entry = zipfile.ZipInfo(name, _BEGINNING)
        entry.compress_type = zipfile.ZIP_DEFLATED
        rows = self.rows.get(name)
        many = rows is not None and len(rows.table) * len(rows.columns) > _MANY_CELLS
        with target.open(entry, "w", force_zip64=many) as part:
            if name == _CORE:
                part.write(tostring(self.workbook.properties.to_tree()))
            elif rows is None:
                part.write(source.read(name))
            else:
                _write_rows(part, source.read(name), rows)


def _lines(label: str, width: float) -> int:
    """Return how many lines a label takes in a column, broken between words."""
    return len(textwrap.wrap(label, max(1, int(width) - 2))) or 1


def _write_rows(part: IO[bytes], sheet: bytes, rows: _Rows) -> None:
    before, _end, after = sheet.partition(_END_OF_ROWS)
    part.write(before)
    for piece in sheets.rows(rows.table, rows.columns, 2):
        part.write(piece)
    part.write(rows.tail + _END_OF_ROWS + after)


def colour_growth(sheet: Any, cells: str) -> None:
    """Show growth in green and decline in red, in a range of cells."""
    for sign, colour in (("greaterThan", _UP), ("lessThan", _DOWN)):
        rule = CellIsRule(sign, ["0"], font=Font(color=colour, bold=True))  # type: ignore[no-untyped-call]
        sheet.conditional_formatting.add(cells, rule)


def _around(text: str, lcid: str) -> str:
    """Quote the text before or after the digits for a number format; a currency sign gets its locale id."""
    found = re.fullmatch(r"(-?)(.*?)(-?)([\s\u00a0]*)", text) if lcid else None
    if found is None or not found[2].strip() or re.search(r"[\[\]\-]", found[2]):
        return _literal(text)
    before = re.match(r"[\s\u00a0]*", found[2])
    blank = before[0] if before else ""
    return _literal(found[1] + blank) + f"[${found[2].strip()}-{lcid}]" + _literal(found[3] + found[4])


def _literal(text: str) -> str:
    return '"' + text.replace('"', "") + '"' if text else ""


def _free_name(title: str, taken: Sequence[str]) -> str:
    """Return a valid sheet name that no other sheet has."""
    plain = "".join(" " if sign in "[]:*?/\\" or ord(sign) < ord(" ") else sign for sign in title)
    plain = plain.strip().strip("'") or "-"
    known = {name.casefold() for name in taken} | {"history"}
    number, name = 1, plain[:_LONGEST_NAME]
    while name.casefold() in known:
        number += 1
        name = f"{plain[: _LONGEST_NAME - len(str(number)) - 3]} ({number})"
    return name
