"""The first and the last sheet of a workbook: an overview of the answer, and an explanation of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _
from opttius_cli.render import data_quality_notes
from opttius_cli.render.answer_header import (
    MASKING_LABELS,
    build_header_lines,
    describe_branch,
    describe_scope,
    format_loaded_at,
    format_window,
)
from opttius_cli.render.kpis import collect_kpis
from opttius_cli.render.xlsx.workbook import add_growth_colours
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.xlsx.workbook import WorkbookBuilder
    from opttius_cli.result import Answer

_WIDTHS = [24, 28, 20, 20, 13, 3]
_LAST_COLUMN = "E"
_LINE_LENGTH = 105
"""Characters of a sentence that fit into one line across the sheet."""
_LINE_HEIGHT = 15
_POINTS_PER_CM = 28.35
_FIRST_CHART = 5
_SUMMARIES = (("kpis",), ("summary",))
"""The paths of an answer's key figures."""


def add_cover(book: WorkbookBuilder, answer: Answer) -> Any:
    """Add the first sheet: the answer's header, key figures with growth, and data quality notes."""
    sheet = book.add_sheet(_("Overview"), _WIDTHS)
    sheet.sheet_view.showGridLines = False
    first, *rest = build_header_lines(answer, book.formatter)
    sheet.append([book.build_title_cell(sheet, first)])
    line_count = 1 + len(rest)
    for line in rest:
        sheet.append([book.build_text_cell(sheet, line)])
    line_count = _add_key_figures(book, sheet, answer, line_count)
    sentences = data_quality_notes.build_notes(answer, book.formatter) or [_("Nothing.")]
    for text, is_heading in [
        ("", False),
        (_("What was left out"), True),
        *((sentence, False) for sentence in sentences),
    ]:
        line_count += 1
        sheet.append(
            [
                book.build_title_cell(sheet, text, size=12)
                if is_heading
                else book.build_text_cell(sheet, text, wrap=True)
            ]
        )
        if text and not is_heading:
            sheet.merged_cells.add(f"A{line_count}:{_LAST_COLUMN}{line_count}")
            sheet.row_dimensions[line_count].height = _LINE_HEIGHT * (1 + len(text) // _LINE_LENGTH)
    return sheet


def _add_key_figures(book: WorkbookBuilder, sheet: Any, answer: Answer, line_count: int) -> int:
    """Add the key figures; return the number of the last line."""
    parts = [part for part in answer.parts if part.path in _SUMMARIES and part.result.shape == "record"]
    kpis = collect_kpis(parts, book.formatter.language) if parts else []
    if not kpis:
        return line_count
    header = [_("Section"), _("Figure"), _("Value"), _("Before"), _("Growth")]
    sheet.append([])
    sheet.append([book.build_text_cell(sheet, label, bold=True) for label in header])
    first_line = line_count + 3
    for kpi in kpis:
        kind = kpi.column.kind
        sheet.append(
            [
                book.build_text_cell(sheet, kpi.title),
                book.build_text_cell(sheet, book.formatter.get_label(kpi.column)),
                book.build_cell(sheet, book.translate_code(kpi.column, kpi.value), kind),
                book.build_cell(sheet, kpi.previous, kind),
                book.build_cell(sheet, kpi.growth, ColumnKind.PERCENT),
            ]
        )
    last_line = first_line + len(kpis) - 1
    add_growth_colours(sheet, f"{_LAST_COLUMN}{first_line}:{_LAST_COLUMN}{last_line}")
    return last_line


def add_charts(sheet: Any, charts: Sequence[Any]) -> None:
    """Add charts to the first sheet, to the right of the figures, one below the other."""
    row = _FIRST_CHART
    for chart in charts:
        sheet.add_chart(chart, f"G{row}")
        row += 2 + round(chart.height * _POINTS_PER_CM / _LINE_HEIGHT)


def add_about_sheet(book: WorkbookBuilder, answer: Answer) -> None:
    """Add the last sheet: scope and source, data quality notes, meanings of columns, and the SQL."""
    sheet = book.add_sheet(_("About"), [34, 120], [_("About"), "opttius"])
    for name, text in (
        *_list_facts(answer, book.formatter),
        *(
            (_("What was left out"), line)
            for line in data_quality_notes.build_notes(answer, book.formatter) or [_("Nothing.")]
        ),
        *_list_meanings(answer, book.formatter),
    ):
        sheet.append(
            [book.build_text_cell(sheet, name, wrap=True), book.build_text_cell(sheet, text, wrap=True)]
        )
    for name, sql in answer.sql:
        # Do not wrap SQL: a complete query would push everything else off the screen.
        sheet.append(
            [book.build_text_cell(sheet, _("SQL of {report}", report=name)), book.build_text_cell(sheet, sql)]
        )


def _list_facts(answer: Answer, formatter: CellFormatter) -> Iterator[tuple[str, str]]:
    header = answer.header
    yield _("Report"), header.report
    yield _("Scope"), describe_scope(header.scope)
    for branch in header.scope.branches:
        yield _("Branch"), describe_branch(branch)
    if header.period:
        yield _("Period"), format_window(header.period.window, formatter)
        yield (
            _("Compared with"),
            format_window(header.previous, formatter) if header.previous else _("Nothing."),
        )
    yield _("As of"), f"{formatter.format_datetime(header.as_of)} ({header.timezone})"
    yield _("Currency"), header.currency
    yield _("Source"), answer.source
    yield _("Loaded"), format_loaded_at(answer, formatter)
    yield _("Personal data"), _(MASKING_LABELS[answer.masking])
    for part in answer.parts:
        if part.result.absent:
            yield formatter.get_title(part.result), data_quality_notes.absence(part.result)


def _list_meanings(answer: Answer, formatter: CellFormatter) -> Iterator[tuple[str, str]]:
    """Yield the meanings of list columns; single figures have theirs beside them."""
    for part in answer.parts:
        if part.result.shape != "record":
            for column in part.result.columns:
                if meaning := column.meanings.get(formatter.language):
                    yield f"{formatter.get_title(part.result)}: {formatter.get_label(column)}", meaning
