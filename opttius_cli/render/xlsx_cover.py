"""The first and the last sheet of a workbook: an overview of the answer, and an explanation of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _
from opttius_cli.render import left_out
from opttius_cli.render.about import MASKING, branch, facts, loaded, scope, window
from opttius_cli.render.figures import figures
from opttius_cli.render.workbook import colour_growth
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.cells import Cells
    from opttius_cli.render.workbook import Book
    from opttius_cli.result import Answer

_WIDTHS = [24, 28, 20, 20, 13, 3]
_LAST = "E"
_LINE_LENGTH = 105
"""Characters of a sentence that fit into one line across the sheet."""
_LINE_HEIGHT = 15
_POINTS_PER_CM = 28.35
_FIRST_CHART = 5
_SUMMARIES = (("kpis",), ("summary",))
"""The paths of an answer's key figures."""


def cover(book: Book, answer: Answer) -> Any:
    """Add the first sheet: the answer's header, key figures with growth, and data quality notes."""
    sheet = book.sheet(_("Overview"), _WIDTHS)
    sheet.sheet_view.showGridLines = False
    first, *rest = facts(answer, book.cells)
    sheet.append([book.title(sheet, first)])
    lines = 1 + len(rest)
    for fact in rest:
        sheet.append([book.text(sheet, fact)])
    lines = _key_figures(book, sheet, answer, lines)
    sentences = left_out.sentences(answer, book.cells) or [_("Nothing.")]
    for text, heading in [("", False), (_("What was left out"), True), *((one, False) for one in sentences)]:
        lines += 1
        sheet.append([book.title(sheet, text, size=12) if heading else book.text(sheet, text, wrapped=True)])
        if text and not heading:
            sheet.merged_cells.add(f"A{lines}:{_LAST}{lines}")
            sheet.row_dimensions[lines].height = _LINE_HEIGHT * (1 + len(text) // _LINE_LENGTH)
    return sheet


def _key_figures(book: Book, sheet: Any, answer: Answer, lines: int) -> int:
    """Add the key figures; return the number of the last line."""
    parts = [part for part in answer.parts if part.path in _SUMMARIES and part.result.shape == "record"]
    found = figures(parts, book.cells.language) if parts else []
    if not found:
        return lines
    header = [_("Section"), _("Figure"), _("Value"), _("Before"), _("Growth")]
    sheet.append([])
    sheet.append([book.text(sheet, label, bold=True) for label in header])
    start = lines + 3
    for figure in found:
        kind = figure.column.kind
        sheet.append(
            [
                book.text(sheet, figure.title),
                book.text(sheet, book.cells.label(figure.column)),
                book.value(sheet, book.word(figure.column, figure.value), kind),
                book.value(sheet, figure.previous, kind),
                book.value(sheet, figure.growth, Kind.PERCENT),
            ]
        )
    end = start + len(found) - 1
    colour_growth(sheet, f"{_LAST}{start}:{_LAST}{end}")
    return end


def show(sheet: Any, charts: Sequence[Any]) -> None:
    """Add charts to the first sheet, to the right of the figures, one below the other."""
    line = _FIRST_CHART
    for chart in charts:
        sheet.add_chart(chart, f"G{line}")
        line += 2 + round(chart.height * _POINTS_PER_CM / _LINE_HEIGHT)


def about(book: Book, answer: Answer) -> None:
    """Add the last sheet: scope and source, data quality notes, meanings of columns, and the SQL."""
    sheet = book.sheet(_("About"), [34, 120], [_("About"), "opttius"])
    for name, text in (
        *_facts(answer, book.cells),
        *(
            (_("What was left out"), line)
            for line in left_out.sentences(answer, book.cells) or [_("Nothing.")]
        ),
        *_meanings(answer, book.cells),
    ):
        sheet.append([book.text(sheet, name, wrapped=True), book.text(sheet, text, wrapped=True)])
    for name, sql in answer.sql:
        # Do not wrap SQL: a complete query would push everything else off the screen.
        sheet.append([book.text(sheet, _("SQL of {report}", report=name)), book.text(sheet, sql)])


def _facts(answer: Answer, cells: Cells) -> Iterator[tuple[str, str]]:
    head = answer.head
    yield _("Report"), head.report
    yield _("Scope"), scope(head.scope)
    for one in head.scope.branches:
        yield _("Branch"), branch(one)
    if head.period:
        yield _("Period"), window(head.period.window, cells)
        yield _("Compared with"), window(head.previous, cells) if head.previous else _("Nothing.")
    yield _("As of"), f"{cells.instant(head.as_of)} ({head.timezone})"
    yield _("Currency"), head.currency
    yield _("Source"), answer.source
    yield _("Loaded"), loaded(answer, cells)
    yield _("Personal data"), _(MASKING[answer.masking])
    for part in answer.parts:
        if part.result.absent:
            yield cells.title(part.result), _("No figures: the data lacks a table that they need.")


def _meanings(answer: Answer, cells: Cells) -> Iterator[tuple[str, str]]:
    """Yield the meanings of list columns; single figures have theirs beside them."""
    for part in answer.parts:
        if part.result.shape != "record":
            for column in part.result.columns:
                if meaning := column.meanings.get(cells.language):
                    yield f"{cells.title(part.result)}: {cells.label(column)}", meaning
