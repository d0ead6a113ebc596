"""An Excel workbook: figures on the first sheet, what was left out on the second, then a sheet per list.

Numbers and dates are numbers and dates; ids, RUTs and all other texts are texts, whatever they look like.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from opttius_cli.answer_parts import CHANGES_PATH
from opttius_cli.i18n import _
from opttius_cli.render.answer_header import format_window, get_owner
from opttius_cli.render.cell_formatter import RIGHT_ALIGNED, build_formatter, get_day_pattern
from opttius_cli.render.chart_model import build_chart, get_sort_key
from opttius_cli.render.flat_table import ROWS_PATHS
from opttius_cli.render.kpis import KPI_PATHS
from opttius_cli.render.reading_order import order_for_reading
from opttius_cli.render.xlsx import charts, cover, tables, worklist_form
from opttius_cli.render.xlsx.workbook import MAX_ROWS, WorkbookBuilder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.chart_model import Chart
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, AnswerPart, Result

_MIN_WIDTH, _MAX_WIDTH, _SAMPLE_ROWS = 9, 48, 500
_MAX_COVER_CHARTS = 3
"""The most charts that are also shown on the first sheet."""


def write(answer: Answer, out: BinaryIO, style: Style, *, max_rows: int = MAX_ROWS) -> None:
    """Write the answer as a workbook in the reader's language, with at most ``max_rows`` rows per sheet."""
    formatter = build_formatter(style.language, answer)
    book = WorkbookBuilder(formatter, (get_owner(answer.header.scope), _build_page_date(answer, formatter)))
    cover_sheet = cover.add_cover(book, answer)
    cover.add_left_out_sheet(book, answer)
    records = [part for part in answer.parts if part.result.shape == "record"]
    # Where there are key figures, each has its change beside it on the first sheet.
    folded = {CHANGES_PATH} if any(part.path in KPI_PATHS for part in records) else set()
    lists = [part for part in answer.parts if part.result.shape != "record" and part.path not in folded]
    charts_with_sheets: list[tuple[Chart, Any]] = []
    # The main part comes first: the answer's list if it has one, else its figures.
    for part in sorted(lists, key=lambda item: item.path not in ROWS_PATHS):
        if records and part.path not in ROWS_PATHS:
            _add_figures(book, records)
            records = []
        result = order_for_reading(part.result)
        sheet = _add_list(book, replace(part, result=result), max_rows)
        if chart := build_chart(result, book.formatter):
            sheet.add_chart(_build_excel_chart(book, chart, sheet), f"{_get_chart_column(result)}2")
            charts_with_sheets.append((chart, sheet))
    if records:
        _add_figures(book, records)
    cover_charts = sorted(charts_with_sheets, key=lambda item: get_sort_key(item[0]))[:_MAX_COVER_CHARTS]
    cover.add_charts(cover_sheet, [_build_excel_chart(book, chart, sheet) for chart, sheet in cover_charts])
    cover.add_about_sheet(book, answer)
    if answer.has_sql_sheet:
        cover.add_sql_sheet(book, answer)
    book.write_file(out, answer.header.as_of)


def _build_page_date(answer: Answer, formatter: CellFormatter) -> str:
    """Return what stands at the right above every printed page: the period, or the date."""
    if answer.header.period:
        return format_window(answer.header.period.window, formatter)
    return formatter.format_date(answer.header.as_of.date())


def _add_list(book: WorkbookBuilder, part: AnswerPart, max_rows: int) -> Any:
    """Add a sheet of rows, and more sheets if they do not fit; return the first one."""
    result = worklist_form.add_outcome_column(part.result)
    header = tables.build_column_names([book.formatter.get_label(column) for column in result.columns])
    table = result.table.slice(0, 0) if result.absent else result.table
    widths = _compute_widths(book, result, header)
    # A list on several sheets has no total, because a sheet can only sum its own rows.
    total = 1 < len(table) < max_rows and any(column.is_additive for column in result.columns)
    numeric = [index for index, column in enumerate(result.columns) if column.kind in RIGHT_ALIGNED]
    first_sheet = None
    for offset in range(0, max(1, len(table)), max_rows):
        sheet = book.add_sheet(book.formatter.get_title(result), widths, header, numeric)
        first_sheet = first_sheet or sheet
        piece = replace(result, table=table.slice(offset, max_rows))
        book.add_table(sheet, part.path or (result.name,), header, piece, total=total)
        worklist_form.lay_out_form(sheet, piece, book.formatter.language)
    return first_sheet


def _compute_widths(book: WorkbookBuilder, result: Result, header: Sequence[str]) -> list[float]:
    """Return widths that fit the first rows; a longer header wraps."""
    sample = result.table.slice(0, _SAMPLE_ROWS)
    widths = []
    for index, (column, label) in enumerate(zip(result.columns, header, strict=True)):
        texts = book.formatter.format_column(column, sample.column(index).to_pylist())
        longest = max(map(len, [*texts, *label.split()]), default=0)
        # Leave room for the filter button.
        widths.append(float(min(_MAX_WIDTH, max(_MIN_WIDTH, longest + 3))))
    return widths


def _build_excel_chart(book: WorkbookBuilder, chart: Chart, sheet: Any) -> Any:
    """Build the chart of the list in ``sheet``."""
    formats = (get_day_pattern(book.formatter.locale), book.get_number_format(chart.value_column.kind))
    return charts.build_excel_chart(chart, sheet, formats, book.formatter.get_label(chart.value_column))


def _get_chart_column(result: Result) -> str:
    """Return the letters of the second column after a list, where its chart goes."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(len(result.columns) + 2)


def _add_figures(book: WorkbookBuilder, parts: Sequence[AnswerPart]) -> None:
    """Add a sheet of all single figures, one per line, with their meanings."""
    header = [_("Section"), _("Figure"), _("Value"), _("Meaning")]
    sheet = book.add_sheet(_("Figures"), [24, 30, 20, 70], header, right_aligned=(2,))
    line_count = 1
    for part in parts:
        result = part.result
        rows = [] if result.absent else result.table.slice(0, 1).to_pylist()
        row = list(rows[0].values()) if rows else [None] * len(result.columns)
        for column, value in zip(result.columns, row, strict=True):
            line_count += 1
            sheet.append(
                [
                    book.build_text_cell(sheet, book.formatter.get_title(result)),
                    book.build_text_cell(sheet, book.formatter.get_label(column)),
                    book.build_cell(sheet, book.translate_code(column, value), column.kind),
                    book.build_text_cell(
                        sheet, column.meanings.get(book.formatter.language, ""), wrap=True, indent=True
                    ),
                ]
            )
    sheet.auto_filter.ref = f"A1:D{line_count}"
