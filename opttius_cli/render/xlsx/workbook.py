"""Build a workbook: openpyxl writes sheets, styles and headers; the same answer gives the same file.

The rows of lists do not go through openpyxl. They are inserted into their sheets while the parts of the file
are copied into the final one, each with a fixed date.
"""

from __future__ import annotations

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
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from opttius_cli.render.cell_formatter import RIGHT_ALIGNED, CellFormatter
from opttius_cli.render.formulas import is_formula
from opttius_cli.render.reading_order import is_change
from opttius_cli.render.xlsx import tables, worksheet_xml
from opttius_cli.render.xlsx.number_formats import build_number_format
from opttius_cli.render.xlsx.sheet_setup import find_free_name, set_up_page
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from opttius_cli.result import Column, Result

MAX_ROWS = 1_048_575
"""The most rows that a sheet can hold below its header."""
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a zip file can store."""
_MANY_CELLS = 10_000_000
_MAX_MEMORY = 32 * 1024 * 1024
_FIRST_DATE = date(1900, 3, 1)
_CORE_PROPERTIES = "docProps/core.xml"
_LINE_HEIGHT = 15
"""The points of a line."""
_FONT = "Calibri"
_DARK, _HEADER, _BAR, _UP, _DOWN = "1F3864", "DDEBF7", "8FBBE8", "14743B", "B3261E"
_WRAPPED_WIDTH = 45
"""A column of texts that is as wide as this breaks its lines, because a longer text would be cut."""
_END_OF_ROWS = b"</sheetData>"


@dataclass(frozen=True, slots=True)
class _SheetRows:
    """The rows below the header of a sheet, and the XML of their totals row."""

    table: pa.Table
    columns: list[worksheet_xml.SheetColumn]
    tail: bytes = b""


@dataclass(slots=True)
class WorkbookBuilder:
    """The sheets so far, and the rows to insert into them, by the name of their file.

    ``page_header`` stands above every printed page, at the left and at the right: whose figures, and of when.
    """

    formatter: CellFormatter
    page_header: tuple[str, str] = ("", "")
    workbook: Any = field(default_factory=lambda: Workbook(write_only=True))
    rows_by_part: dict[str, _SheetRows] = field(default_factory=dict)
    table_names: set[str] = field(default_factory=set)

    def add_sheet(
        self,
        title: str,
        widths: Sequence[float],
        header: Sequence[str] = (),
        right_aligned: Collection[int] = (),
    ) -> Any:
        """Add a sheet that prints on A4; its header stays on the screen and repeats on every printed page.

        ``right_aligned`` are the positions of the headers above numbers.
        """
        sheet = self.workbook.create_sheet(find_free_name(title, self.workbook.sheetnames))
        for index, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        set_up_page(sheet, sum(widths), self.page_header)
        if header:
            sheet.freeze_panes, sheet.print_title_rows = "A2", "1:1"
            # Some programs do not adjust the row height to a header of several lines.
            sheet.row_dimensions[1].height = _LINE_HEIGHT * max(map(_count_lines, header, widths))
            sheet.append(
                [
                    self.build_text_cell(
                        sheet,
                        label,
                        bold=True,
                        align_right=index in right_aligned,
                        indent=index not in right_aligned and index - 1 in right_aligned,
                    )
                    for index, label in enumerate(header)
                ]
            )
        return sheet

    def add_table(
        self, sheet: Any, path: Sequence[str], header: Sequence[str], result: Result, *, total: bool
    ) -> None:
        """Put the rows of ``result`` below the header of ``sheet``, as a table with its totals."""
        columns, table = result.columns, result.table
        name = tables.build_table_name(path, self.table_names)
        excel_table = tables.build_table(name, header, columns, len(table), has_totals=total)
        excel_table.id = len(self.table_names)
        # add_table reads the header cells, which a write-only sheet does not keep; the columns are set.
        sheet.tables.add(excel_table)
        sheet_columns = [self._build_column(sheet, index, columns) for index in range(len(columns))]
        last_row = len(table) + 1
        totals_xml = (
            tables.render_totals_row(name, header, table, sheet_columns, last_row + 1) if total else b""
        )
        self.rows_by_part[f"xl/worksheets/sheet{len(self.workbook.sheetnames)}.xml"] = _SheetRows(
            table, sheet_columns, totals_xml
        )
        for column in sheet_columns:
            cell_range = f"{column.letters}2:{column.letters}{max(2, last_row)}"
            if column.column.has_share_bar:
                bars = DataBarRule("num", 0, "max", None, _BAR)  # type: ignore[no-untyped-call]
                sheet.conditional_formatting.add(cell_range, bars)
            if heat_top := result.find_heat_top(column.column):
                heat = ColorScaleRule(  # type: ignore[no-untyped-call]
                    "num", 0, "FFFFFF", end_type="num", end_value=heat_top, end_color=_BAR
                )
                sheet.conditional_formatting.add(cell_range, heat)
            if is_change(column.column):
                add_growth_colours(sheet, cell_range)

    def _build_column(self, sheet: Any, index: int, columns: Sequence[Column]) -> worksheet_xml.SheetColumn:
        column, letters = columns[index], get_column_letter(index + 1)
        alignment = None
        if column.kind not in RIGHT_ALIGNED:
            # Digits end where a text beside them begins: give it room.
            follows_number = index > 0 and columns[index - 1].kind in RIGHT_ALIGNED
            is_wrapped = (sheet.column_dimensions[letters].width or 0) >= _WRAPPED_WIDTH
            alignment = Alignment(
                horizontal="left" if follows_number else None,
                indent=int(follows_number),
                vertical="top" if is_wrapped else None,
                wrap_text=is_wrapped or None,
            )
        return worksheet_xml.SheetColumn(
            column,
            letters,
            self._get_style_id(sheet, column.kind, alignment),
            self._get_style_id(sheet, column.kind, alignment, is_quoted=True),
            column.vocabulary.get(self.formatter.language, {}),
            self._get_style_id(sheet, column.kind, alignment, is_bold=True),
        )

    def _get_style_id(
        self,
        sheet: Any,
        kind: ColumnKind,
        alignment: Alignment | None,
        *,
        is_quoted: bool = False,
        is_bold: bool = False,
    ) -> int:
        cell = WriteOnlyCell(sheet, None)
        cell.number_format = self.get_number_format(kind)
        cell.quotePrefix = is_quoted
        if alignment is not None:
            cell.alignment = alignment
        if is_bold:
            cell.font = Font(name=_FONT, size=11, bold=True)
        return int(cell.style_id)

    def build_cell(self, sheet: Any, value: Any, kind: ColumnKind) -> Any:
        """Return one cell, typed by its kind."""
        if value is None:
            return None
        if isinstance(value, list):
            return self.build_text_cell(sheet, ", ".join(map(str, value)))
        if isinstance(value, str) or kind is ColumnKind.ID:
            return self.build_text_cell(sheet, str(value))
        if isinstance(value, date) and not isinstance(value, datetime) and value < _FIRST_DATE:
            return self.build_text_cell(sheet, value.isoformat())
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = self.get_number_format(kind)
        return cell

    def build_text_cell(
        self,
        sheet: Any,
        text: str,
        *,
        bold: bool = False,
        wrap: bool = False,
        align_right: bool = False,
        indent: bool = False,
    ) -> Any:
        """Return one text cell, whatever the text looks like. ``indent`` leaves room after a number."""
        legal_text = worksheet_xml.remove_illegal_chars(pa.array([worksheet_xml.truncate_text(text)]))
        cell = WriteOnlyCell(sheet, legal_text[0].as_py())
        # openpyxl would store a text that begins with "=" as a formula.
        cell.data_type = "s"
        cell.quotePrefix = is_formula(legal_text) is not None
        if bold:
            cell.font = Font(name=_FONT, size=11, bold=True, color=_DARK)
            cell.fill = PatternFill("solid", fgColor=_HEADER)
        if bold or wrap:
            horizontal = "right" if align_right else "left" if indent else None
            cell.alignment = Alignment(
                vertical="top", wrap_text=True, horizontal=horizontal, indent=int(indent)
            )
        return cell

    def build_title_cell(self, sheet: Any, text: str, *, size: int = 16) -> Any:
        """Return one heading cell."""
        cell = self.build_text_cell(sheet, text)
        cell.font = Font(name=_FONT, size=size, bold=True, color=_DARK)
        return cell

    def translate_code(self, column: Column, value: object) -> object:
        """Return the word that people use for a code of ``column``."""
        return (
            column.vocabulary.get(self.formatter.language, {}).get(value, value)
            if isinstance(value, str)
            else value
        )

    def get_number_format(self, kind: ColumnKind) -> str:
        """Return the number format of a kind; it changes only the display, not the value."""
        return build_number_format(kind, self.formatter)

    def write_file(self, out: BinaryIO, created_at: datetime) -> None:
        """Write the file with ``created_at`` as its creation time, whenever it is written."""
        with SpooledTemporaryFile(_MAX_MEMORY) as draft, TemporaryFile() as final:
            self.workbook.save(draft)
            # openpyxl sets the current time when it saves.
            self.workbook.properties.created = self.workbook.properties.modified = created_at.astimezone(
                UTC
            ).replace(tzinfo=None, microsecond=0)
            self.workbook.properties.creator = "opttius"
            with zipfile.ZipFile(draft) as source, zipfile.ZipFile(final, "w") as target:
                for name in source.namelist():
                    self._copy_part(source, target, name)
            final.seek(0)
            shutil.copyfileobj(final, out)

    def _copy_part(self, source: zipfile.ZipFile, target: zipfile.ZipFile, name: str) -> None:
        entry = zipfile.ZipInfo(name, _ZIP_EPOCH)
        entry.compress_type = zipfile.ZIP_DEFLATED
        rows = self.rows_by_part.get(name)
        is_large = rows is not None and len(rows.table) * len(rows.columns) > _MANY_CELLS
        with target.open(entry, "w", force_zip64=is_large) as part:
            if name == _CORE_PROPERTIES:
                part.write(tostring(self.workbook.properties.to_tree()))
            elif rows is None:
                part.write(source.read(name))
            else:
                _write_rows(part, source.read(name), rows)


def _count_lines(label: str, width: float) -> int:
    """Return how many lines a label takes in a column, broken between words."""
    return len(textwrap.wrap(label, max(1, int(width) - 2))) or 1


def _write_rows(part: IO[bytes], sheet: bytes, rows: _SheetRows) -> None:
    before, _end, after = sheet.partition(_END_OF_ROWS)
    part.write(before)
    for piece in worksheet_xml.render_rows(rows.table, rows.columns, 2):
        part.write(piece)
    part.write(rows.tail + _END_OF_ROWS + after)


def add_growth_colours(sheet: Any, cell_range: str, *, lower_is_better: bool = False) -> None:
    """Show growth in green and decline in red, in a range of cells; the other way round where less is better."""
    colours = (_DOWN, _UP) if lower_is_better else (_UP, _DOWN)
    for operator, colour in zip(("greaterThan", "lessThan"), colours, strict=True):
        rule = CellIsRule(operator, ["0"], font=Font(color=colour, bold=True))  # type: ignore[no-untyped-call]
        sheet.conditional_formatting.add(cell_range, rule)
