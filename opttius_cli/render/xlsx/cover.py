"""The sheets around the lists of a workbook: an overview first, what was left out second, explanations last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from opttius_cli.answer_parts import CHANGES_PATH
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
from opttius_cli.render.chart_model import build_chart, build_finding
from opttius_cli.render.headline.finding import describe_finding
from opttius_cli.render.headline.title import build_title
from opttius_cli.render.kpis import collect_headline
from opttius_cli.render.xlsx.number_formats import build_change_format
from opttius_cli.render.xlsx.workbook import add_growth_colours
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.kpis import Kpi
    from opttius_cli.render.xlsx.workbook import WorkbookBuilder
    from opttius_cli.result import Answer

_WIDTHS = [20, 30, 18, 18, 14, 3]
_CHANGE_COLUMN = "E"
_LINE_HEIGHT = 15
_POINTS_PER_CM = 28.35
_MAX_CHARTS_HEIGHT = 26.0
"""Centimetres of charts, one below the other, that fit on the printed page of the first sheet."""
_FIRST_CHART = 5


def add_cover(book: WorkbookBuilder, answer: Answer) -> Any:
    """Add the first sheet, which prints on one page: title, finding, and key figures with their change."""
    sheet = book.add_sheet(_("Overview"), _WIDTHS)
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.fitToHeight = 1
    sheet.append([book.build_title_cell(sheet, build_title(answer, book.formatter))])
    # A job's title stands in the title above already.
    untitled = replace(answer, header=replace(answer.header, title=None))
    lines = build_header_lines(untitled, book.formatter)
    for line in lines:
        sheet.append([book.build_text_cell(sheet, line)])
    findings = describe_finding(answer, book.formatter)
    if findings:
        sheet.append([book.build_title_cell(sheet, " ".join(findings), size=12)])
    kpis = collect_headline(answer, book.formatter.language)
    if kpis:
        _add_key_figures(book, sheet, kpis, first_line=len(lines) + len(findings[:1]) + 4)
    return sheet


def _add_key_figures(book: WorkbookBuilder, sheet: Any, kpis: Sequence[Kpi], first_line: int) -> None:
    """Add the key figures from ``first_line`` on, below their header."""
    header = [_("Section"), _("Figure"), _("Value")]
    if any(kpi.growth is not None or kpi.previous is not None for kpi in kpis):
        header += [_("Before"), _("Change")]
    sheet.append([])
    sheet.append(
        [
            book.build_text_cell(sheet, label, bold=True, align_right=index > 1)
            for index, label in enumerate(header)
        ]
    )
    changed: dict[bool, list[str]] = {False: [], True: []}
    for line, kpi in enumerate(kpis, start=first_line):
        kind = kpi.column.kind
        change = book.build_cell(sheet, kpi.growth, ColumnKind.PERCENT)
        if change is not None:
            change.number_format = build_change_format(kind, is_difference=kpi.is_difference)
            changed[kpi.column.lower_is_better].append(f"{_CHANGE_COLUMN}{line}")
        sheet.append(
            [
                book.build_text_cell(sheet, kpi.title),
                book.build_text_cell(sheet, book.formatter.get_label(kpi.column)),
                book.build_cell(sheet, book.translate_code(kpi.column, kpi.value), kind),
                book.build_cell(sheet, kpi.previous, kind),
                change,
            ]
        )
    for lower_is_better, cells in changed.items():
        if cells:
            add_growth_colours(sheet, " ".join(cells), lower_is_better=lower_is_better)


def add_charts(sheet: Any, charts: Sequence[Any]) -> None:
    """Add charts to the first sheet, to the right of the figures, as many as its page has room for."""
    row, height = _FIRST_CHART, 0.0
    for chart in charts:
        height += chart.height
        if height > _MAX_CHARTS_HEIGHT:
            return
        sheet.add_chart(chart, f"G{row}")
        row += 2 + round(chart.height * _POINTS_PER_CM / _LINE_HEIGHT)


def add_left_out_sheet(book: WorkbookBuilder, answer: Answer) -> None:
    """Add the second sheet: what a reader has to know before trusting the figures."""
    sheet = book.add_sheet(_("What was left out"), [130], [_("What was left out")])
    for sentence in data_quality_notes.build_notes(answer, book.formatter) or [_("Nothing.")]:
        sheet.append([book.build_text_cell(sheet, sentence, wrap=True)])


def add_about_sheet(book: WorkbookBuilder, answer: Answer) -> None:
    """Add the sheet that explains: scope and source, and what the columns mean."""
    sheet = book.add_sheet(_("About"), [34, 100], [_("About"), "opttius"])
    for name, text in (
        *_list_facts(answer, book.formatter),
        *_list_findings(answer, book.formatter),
        *_list_meanings(answer, book.formatter),
    ):
        sheet.append(
            [book.build_text_cell(sheet, name, wrap=True), book.build_text_cell(sheet, text, wrap=True)]
        )


def add_sql_sheet(book: WorkbookBuilder, answer: Answer) -> None:
    """Add the SQL of every report, a line in each row, for a reader who wants to check how it was computed."""
    sheet = book.add_sheet("SQL", [130], ["SQL"])
    for name, sql in answer.sql:
        sheet.append([book.build_text_cell(sheet, _("SQL of {report}", report=name), bold=True)])
        for line in sql.splitlines():
            sheet.append([book.build_text_cell(sheet, line)])


def _list_findings(answer: Answer, formatter: CellFormatter) -> Iterator[tuple[str, str]]:
    """Yield what the charts say in a sentence."""
    for part in answer.parts:
        chart = build_chart(part.result, formatter)
        if chart and (finding := build_finding(chart, formatter)):
            yield chart.title, finding


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
            yield formatter.get_title(part.result), data_quality_notes.explain_absence(part.result)


def _list_meanings(answer: Answer, formatter: CellFormatter) -> Iterator[tuple[str, str]]:
    """Yield the meanings of list columns; single figures have theirs beside them."""
    for part in answer.parts:
        if part.result.shape != "record" and part.path != CHANGES_PATH:
            for column in part.result.columns:
                if meaning := column.meanings.get(formatter.language):
                    yield f"{formatter.get_title(part.result)}: {formatter.get_label(column)}", meaning
