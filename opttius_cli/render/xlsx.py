"""An Excel workbook: an overview on the first sheet, then a sheet per list, and the explanations.

Numbers and dates are numbers and dates; ids, RUTs and all other texts are texts, whatever they look like.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from opttius_cli.i18n import _
from opttius_cli.render import xlsx_charts, xlsx_cover, xlsx_tables
from opttius_cli.render.cells import cells_for, day_pattern
from opttius_cli.render.charts import picture, weight
from opttius_cli.render.tabular import ROWS
from opttius_cli.render.workbook import MOST_ROWS, Book

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.charts import Picture
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Part, Result

_NARROWEST, _WIDEST, _SAMPLE = 9, 48, 500
_CHARTS_IN_FRONT = 3
"""The most charts that are also shown on the first sheet."""


def write(answer: Answer, out: BinaryIO, style: Style, *, most_rows: int = MOST_ROWS) -> None:
    """Write the answer as a workbook in the reader's language, with at most ``max_rows`` rows per sheet."""
    book = Book(cells_for(style.language, answer))
    cover = xlsx_cover.cover(book, answer)
    records = [part for part in answer.parts if part.result.shape == "record"]
    lists = [part for part in answer.parts if part.result.shape != "record"]
    charts: list[tuple[Picture, Any]] = []
    # The main part comes first: the answer's list if it has one, else its figures.
    for part in sorted(lists, key=lambda one: one.path != ROWS):
        if records and part.path != ROWS:
            _figures(book, records)
            records = []
        sheet = _list(book, part, most_rows)
        if drawn := picture(part.result, book.cells):
            sheet.add_chart(_chart(book, drawn, sheet), f"{_beside(part.result)}2")
            charts.append((drawn, sheet))
    if records:
        _figures(book, records)
    in_front = sorted(charts, key=lambda one: weight(one[0]))[:_CHARTS_IN_FRONT]
    xlsx_cover.show(cover, [_chart(book, drawn, sheet) for drawn, sheet in in_front])
    xlsx_cover.about(book, answer)
    book.save(out, answer.head.as_of)


def _list(book: Book, part: Part, most_rows: int) -> Any:
    """Add a sheet of rows, and more sheets if they do not fit; return the first one."""
    result = part.result
    header = xlsx_tables.headers([book.cells.label(column) for column in result.columns])
    table = result.table.slice(0, 0) if result.absent else result.table
    widths = _widths(book, result, header)
    # A list on several sheets has no total, because a sheet can only sum its own rows.
    total = 1 < len(table) < most_rows and any(column.total for column in result.columns)
    first = None
    for start in range(0, max(1, len(table)), most_rows):
        sheet = book.sheet(book.cells.title(result), widths, header, result.columns)
        first = first or sheet
        piece = replace(result, table=table.slice(start, most_rows))
        book.list(sheet, part.path or (result.name,), header, piece, total=total)
    return first


def _widths(book: Book, result: Result, header: Sequence[str]) -> list[float]:
    """Return widths that fit the first rows; a longer header wraps."""
    sample = result.table.slice(0, _SAMPLE)
    widths = []
    for place, (column, label) in enumerate(zip(result.columns, header, strict=True)):
        texts = book.cells.column(column, sample.column(place).to_pylist())
        longest = max(map(len, [*texts, *label.split()]), default=0)
        # Leave room for the filter button.
        widths.append(float(min(_WIDEST, max(_NARROWEST, longest + 3))))
    return widths


def _chart(book: Book, drawn: Picture, sheet: Any) -> Any:
    """Build the chart of the list in ``sheet``."""
    formats = (day_pattern(book.cells.locale), book.number_format(drawn.column.kind))
    return xlsx_charts.chart(drawn, sheet, formats, book.cells.label(drawn.column))


def _beside(result: Result) -> str:
    """Return the letters of the second column after a list, where its chart goes."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(len(result.columns) + 2)


def _figures(book: Book, parts: Sequence[Part]) -> None:
    """Add a sheet of all single figures, one per line, with their meanings."""
    header = [_("Section"), _("Figure"), _("Value"), _("Meaning")]
    sheet = book.sheet(_("Figures"), [26, 30, 20, 90], header)
    lines = 1
    for part in parts:
        result = part.result
        known = [] if result.absent else result.table.slice(0, 1).to_pylist()
        row = list(known[0].values()) if known else [None] * len(result.columns)
        for column, value in zip(result.columns, row, strict=True):
            lines += 1
            sheet.append(
                [
                    book.text(sheet, book.cells.title(result)),
                    book.text(sheet, book.cells.label(column)),
                    book.value(sheet, book.word(column, value), column.kind),
                    book.text(sheet, column.meanings.get(book.cells.language, ""), wrapped=True),
                ]
            )
    sheet.auto_filter.ref = f"A1:D{lines}"
