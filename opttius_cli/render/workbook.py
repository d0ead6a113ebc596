"""A workbook while it is made: openpyxl keeps sheets, styles and headers; the file is the same every time.

The rows of lists do not pass through openpyxl. They are put into their sheets while the parts of the file
are copied into the final one, each with a fixed date.
"""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from tempfile import SpooledTemporaryFile, TemporaryFile
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import pyarrow as pa
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from opttius_cli.render import sheets
from opttius_cli.render.cells import Cells, money_form
from opttius_cli.render.formulas import runs
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.result import Column

MOST_ROWS = 1_048_575
"""Rows that a sheet holds below its header."""
_LONGEST_NAME = 31
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip file knows."""
_MANY_CELLS = 10_000_000
_IN_MEMORY = 32 * 1024 * 1024
_FIRST_DATE = date(1900, 3, 1)
_CORE = "docProps/core.xml"
_END_OF_ROWS = b"</sheetData>"


@dataclass(slots=True)
class Book:
    """The sheets made so far, and the rows that will stand in them by the name of their file."""

    cells: Cells
    workbook: Any = field(default_factory=lambda: Workbook(write_only=True))
    rows: dict[str, tuple[pa.Table, list[sheets.SheetColumn]]] = field(default_factory=dict)

    def sheet(self, title: str, header: Sequence[str], widths: Sequence[float]) -> Any:
        """A new sheet with a header that stays on the screen."""
        sheet = self.workbook.create_sheet(_free_name(title, self.workbook.sheetnames))
        for place, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(place)].width = width
        sheet.freeze_panes = "A2"
        sheet.append([self.text(sheet, label, bold=True) for label in header])
        return sheet

    def fill(self, sheet: Any, table: pa.Table, columns: Sequence[Column]) -> None:
        """Let the rows of ``table`` stand below the header of ``sheet``, with a filter."""
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(table) + 1}"
        shown = [
            sheets.SheetColumn(
                column,
                get_column_letter(place),
                self._style(sheet, column.kind, quoted=False),
                self._style(sheet, column.kind, quoted=True),
                column.words.get(self.cells.language, {}),
            )
            for place, column in enumerate(columns, start=1)
        ]
        self.rows[f"xl/worksheets/sheet{len(self.workbook.sheetnames)}.xml"] = (table, shown)

    def _style(self, sheet: Any, kind: Kind, *, quoted: bool) -> int:
        cell = WriteOnlyCell(sheet, None)
        cell.number_format = self.number_format(kind)
        cell.quotePrefix = quoted
        return int(cell.style_id)

    def value(self, sheet: Any, value: Any, kind: Kind) -> Any:
        """One cell, typed by its kind."""
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

    def text(self, sheet: Any, text: str, *, bold: bool = False, wrapped: bool = False) -> Any:
        """One cell that is a text, whatever it looks like."""
        plain = sheets.legal(pa.array([sheets.short(text)]))
        cell = WriteOnlyCell(sheet, plain[0].as_py())
        # openpyxl would store what begins with "=" as a formula.
        cell.data_type = "s"
        cell.quotePrefix = runs(plain) is not None
        if bold:
            cell.font = Font(bold=True)
            cell.fill = PatternFill("solid", fgColor="DDEBF7")
        if bold or wrapped:
            cell.alignment = Alignment(vertical="top", wrap_text=True)
        return cell

    def number_format(self, kind: Kind) -> str:
        """How a spreadsheet shows the numbers of a kind; the value behind is whole."""
        if kind is Kind.MONEY:
            form = money_form(self.cells.locale, self.cells.currency)
            digits = "#,##0" + ("." + "0" * form.most if form.most else "")
            return ";".join(_literal(before) + digits + _literal(after) for before, after in
                            (form.around, form.around_negative))  # fmt: skip
        if kind is Kind.DATE:
            return "dd-mm-yyyy" if self.cells.language == "es" else "yyyy-mm-dd"
        return {Kind.COUNT: "#,##0", Kind.PERCENT: '0.00"%"', Kind.DAYS: "0.0", Kind.NUMBER: "General"}.get(
            kind, "General"
        )

    def save(self, out: BinaryIO, made: datetime) -> None:
        """Write the file as it was made at ``made``, whenever that is done."""
        with SpooledTemporaryFile(_IN_MEMORY) as draft, TemporaryFile() as final:
            self.workbook.save(draft)
            # openpyxl writes the time of day there.
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
        table, columns = self.rows.get(name, (None, []))
        many = table is not None and len(table) * len(columns) > _MANY_CELLS
        with target.open(entry, "w", force_zip64=many) as part:
            if name == _CORE:
                part.write(tostring(self.workbook.properties.to_tree()))
            elif table is None:
                part.write(source.read(name))
            else:
                _write_rows(part, source.read(name), table, columns)


def _write_rows(part: IO[bytes], sheet: bytes, table: pa.Table, columns: list[sheets.SheetColumn]) -> None:
    before, _end, after = sheet.partition(_END_OF_ROWS)
    part.write(before)
    for piece in sheets.rows(table, columns, 2):
        part.write(piece)
    part.write(_END_OF_ROWS + after)


def _literal(text: str) -> str:
    return '"' + text.replace('"', "") + '"' if text else ""


def _free_name(title: str, taken: Sequence[str]) -> str:
    """A name that spreadsheets take and no other sheet has."""
    plain = "".join(" " if sign in "[]:*?/\\" or ord(sign) < ord(" ") else sign for sign in title)
    plain = plain.strip().strip("'") or "-"
    known = {name.casefold() for name in taken} | {"history"}
    number, name = 1, plain[:_LONGEST_NAME]
    while name.casefold() in known:
        number += 1
        name = f"{plain[: _LONGEST_NAME - len(str(number)) - 3]} ({number})"
    return name
