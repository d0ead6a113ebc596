"""An Excel workbook: a sheet per list, one for the single figures, and a last one that says what they mean.

Numbers and dates are numbers and dates; ids, RUTs and every other text are texts, whatever they look like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from opttius_cli.i18n import _
from opttius_cli.render import left_out
from opttius_cli.render.about import branch, loaded, scope, window
from opttius_cli.render.cells import Cells
from opttius_cli.render.tabular import ROWS
from opttius_cli.render.workbook import MOST_ROWS, Book

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Column, Part, Result

_NARROWEST, _WIDEST, _SAMPLE = 9, 48, 500


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """The answer as a workbook in the reader's language."""
    book = Book(Cells(style.language, answer.head.currency))
    records = [part for part in answer.parts if part.result.shape == "record"]
    lists = [part for part in answer.parts if part.result.shape != "record"]
    # What the answer is about comes first: its list where it has one, else its figures.
    for part in (one for one in lists if one.path == ROWS):
        _list(book, part.result)
    if records:
        _figures(book, records)
    for part in (one for one in lists if one.path != ROWS):
        _list(book, part.result)
    _about(book, answer)
    book.save(out, answer.head.as_of)


def _list(book: Book, result: Result) -> None:
    """A sheet of rows, and further ones where they do not fit on it."""
    header = [book.cells.label(column) for column in result.columns]
    table = result.table.slice(0, 0) if result.absent else result.table
    widths = _widths(book, result, header)
    for start in range(0, max(1, len(table)), MOST_ROWS):
        sheet = book.sheet(book.cells.title(result), header, widths)
        book.fill(sheet, table.slice(start, MOST_ROWS), result.columns)


def _widths(book: Book, result: Result, header: Sequence[str]) -> list[float]:
    """Widths that fit the first rows; the header is broken into lines where it is longer."""
    sample = result.table.slice(0, _SAMPLE)
    widths = []
    for place, (column, label) in enumerate(zip(result.columns, header, strict=True)):
        texts = book.cells.column(column, sample.column(place).to_pylist())
        longest = max(map(len, [*texts, *label.split()]), default=0)
        # Room for the button of the filter, too.
        widths.append(float(min(_WIDEST, max(_NARROWEST, longest + 3))))
    return widths


def _figures(book: Book, parts: Sequence[Part]) -> None:
    """The single figures of all records, one per line, with what each means."""
    sheet = book.sheet(_("Figures"), [_("Section"), _("Figure"), _("Value"), _("Meaning")], [26, 30, 20, 90])
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
                    book.value(sheet, _word(book, column, value), column.kind),
                    book.text(sheet, column.meanings.get(book.cells.language, "")),
                ]
            )
    sheet.auto_filter.ref = f"A1:D{lines}"


def _word(book: Book, column: Column, value: object) -> object:
    return column.words.get(book.cells.language, {}).get(value, value) if isinstance(value, str) else value


def _about(book: Book, answer: Answer) -> None:
    """The last sheet: whose figures these are, what was left out, what columns mean, and the SQL."""
    sheet = book.sheet(_("About"), [_("About"), "opttius"], [34, 120])
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
        # Not wrapped: a query in full would push everything else off the screen.
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
    yield _("Personal data"), _("masked") if answer.masking == "masked" else _("shown whole")
    for part in answer.parts:
        if part.result.absent:
            yield cells.title(part.result), _("No figures: the data lacks a table that they need.")


def _meanings(answer: Answer, cells: Cells) -> Iterator[tuple[str, str]]:
    """What the columns of lists mean; single figures say it beside themselves."""
    for part in answer.parts:
        if part.result.shape != "record":
            for column in part.result.columns:
                if meaning := column.meanings.get(cells.language):
                    yield f"{cells.title(part.result)}: {cells.label(column)}", meaning
