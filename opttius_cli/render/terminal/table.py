"""An answer on a terminal: header, cards, trends, tables, and data quality notes.

Nothing here depends on a report. Parts under ``kpis`` become cards, parts under ``trends`` sparklines, and
everything else a table by its shape.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from rich.text import Text

from opttius_cli.i18n import _, n_
from opttius_cli.render import data_quality_notes
from opttius_cli.render.answer_header import build_header_lines
from opttius_cli.render.cell_formatter import (
    RIGHT_ALIGNED,
    build_formatter,
    build_formatter_for_currency,
)
from opttius_cli.render.chart_model import build_chart, build_finding
from opttius_cli.render.terminal import kpi_cards, matrix, trends, waterfall
from opttius_cli.render.terminal.grid import build_grid
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.screen import (
    QUIET,
    STRONG,
    TITLE,
    WARNING,
    Block,
    Screen,
    highlight_bars,
    wrap_text,
)
from opttius_cli.render.terminal.table_notes import explain_table, list_notes
from opttius_cli.result import MAP_SHAPES, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, AnswerPart, Column, Result

_KPI_KEY, _TRENDS_KEY, MATCHES_KEY = "kpis", "trends", "matches"
_SECTIONS_APART = {(_KPI_KEY,), (_TRENDS_KEY,), (MATCHES_KEY,)}
_LISTS_FOR_PEOPLE = {"customers"}
"""Lists below which a terminal only counts the notes: they would be longer than what was asked for."""
_MOST_CONTINUED_ROWS = 12
"""The columns of a table with no more rows than this go on below it where they do not fit."""
_MIN_LONG_ROWS = 40
"""A table with more rows than this is not put beside others, and is written line by line."""


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the answer for a terminal of ``style.width`` columns; nothing is cut if that is None."""
    if style.overview:
        from opttius_cli.render.terminal import check_screen, customer_screen, overview

        screens = {"customer": customer_screen.write, "check": check_screen.write}
        screens.get(answer.header.report, overview.write)(answer, out, style)
        return
    formatter = replace(build_formatter(style.language, answer), shows_codes=True)
    screen = Screen(out, style)
    first, *rest = build_header_lines(answer, formatter)
    screen.write_sentence(first, STRONG)
    for line in rest:
        screen.write_sentence(line, QUIET)
    for section, parts in _group_sections(answer.parts):
        screen.write_line()
        if section == (_KPI_KEY,):
            kpi_cards.write_cards(parts, formatter, screen)
        elif section == (MATCHES_KEY,):
            _write_matches(parts[0].result, formatter, screen)
        elif section == (_TRENDS_KEY,):
            trends.write_trends(parts, formatter, screen)
        else:
            _write_tables(parts, formatter, screen)
    _write_data_quality(answer, formatter, screen)


def write_rows(result: Result, out: BinaryIO, style: Style) -> None:
    """Write the rows of one result below a title, for a list that is not about the shop."""
    screen = Screen(out, style)
    formatter = build_formatter_for_currency(style.language, "")
    if len(result.table):
        _write_long_table(result, formatter, screen, makes_files=False)
    else:
        screen.write_blocks([_build_block(result, formatter, screen.width)])


def _group_sections(parts: Sequence[AnswerPart]) -> list[tuple[tuple[str, ...], list[AnswerPart]]]:
    """Group the parts by their first key. Neighbouring sections of one part are merged, to share lines."""
    sections: list[tuple[tuple[str, ...], list[AnswerPart]]] = []
    for section, group in groupby(parts, key=lambda part: part.path[:1]):
        section_parts = list(group)
        is_single = len(section_parts) == 1 and section not in _SECTIONS_APART
        if is_single and sections and sections[-1][0] == ():
            sections[-1][1].extend(section_parts)
        else:
            sections.append(((), section_parts) if is_single else (section, section_parts))
    return sections


def _write_data_quality(answer: Answer, formatter: CellFormatter, screen: Screen) -> None:
    if screen.width is not None and answer.header.report in _LISTS_FOR_PEOPLE:
        if note := data_quality_notes.count_notes(answer, formatter):
            screen.write_line()
            screen.write_sentence(note, QUIET)
        return
    sentences = data_quality_notes.build_notes(answer, formatter)
    if not sentences:
        return
    screen.write_line()
    screen.write_line(_("What was left out"), WARNING)
    for sentence in sentences:
        screen.write_sentence(sentence, indent="· ")


def _write_matches(result: Result, formatter: CellFormatter, screen: Screen) -> None:
    """Write how many customers fit, what they bought, and how to see those that are not listed."""
    row = result.table.to_pylist()[0]
    matches, shown = (formatter.format_value(row[name], ColumnKind.COUNT) for name in ("matches", "shown"))
    money = formatter.format_money(row["lifetime_value"])
    sentence = n_(
        "{shown} of {number} customer · bought {money} in total",
        "{shown} of {number} customers · bought {money} in total",
        row["matches"],
        shown=shown,
        number=matches,
        money=money,
    )
    if row["shown"] < row["matches"]:
        sentence += " · " + _("all: --limit {number}, or -o customers.xlsx", number=row["matches"])
    screen.write_sentence(sentence, STRONG)


def _write_tables(parts: Sequence[AnswerPart], formatter: CellFormatter, screen: Screen) -> None:
    """Write the tables of one section: small ones side by side, a long one by itself."""
    pending_blocks: list[Block] = []
    started = False
    for part in parts:
        if _stands_alone(part.result):
            if pending_blocks:
                screen.write_blocks(pending_blocks)
                pending_blocks = []
                started = True
            if started:
                screen.write_line()
            _write_alone(part.result, formatter, screen)
            started = True
        else:
            pending_blocks.append(_build_block(part.result, formatter, screen.width))
    if pending_blocks:
        if started:
            screen.write_line()
        screen.write_blocks(pending_blocks)


def _stands_alone(result: Result) -> bool:
    """Return whether nothing is put beside a result: a long list, or a waterfall."""
    if result.matrix or (result.chart and result.chart.chart_type == "waterfall"):
        return True
    return result.shape in MAP_SHAPES | {"rows", "list"} and len(result.table) > _MIN_LONG_ROWS


def _write_alone(result: Result, formatter: CellFormatter, screen: Screen) -> None:
    chart = build_chart(result, formatter) if result.chart_ends is not None else None
    if result.matrix and len(result.table) and not result.absent:
        matrix.write_matrix(result, result.matrix, formatter, screen)
    elif chart:
        plain = replace(formatter, shows_codes=False)
        waterfall.write_waterfall(chart, build_finding(build_chart(result, plain) or chart, plain), screen)
        for note in explain_table(result):
            screen.write_sentence(note, QUIET)
    elif len(result.table) and not result.absent:
        _write_long_table(result, formatter, screen)
    else:
        screen.write_blocks([_build_block(result, formatter, screen.width)])


def _write_long_table(
    result: Result, formatter: CellFormatter, screen: Screen, *, makes_files: bool = True
) -> None:
    grid = build_grid(result, formatter, screen.width)
    screen.write_line(formatter.get_title(result), TITLE)
    for line in grid.build_header():
        screen.write_line(line, STRONG)
    screen.write_line("─" * grid.width, QUIET)
    screen.write_lines(grid.iter_lines())
    for note in list_notes(result, grid.hidden_columns, formatter, makes_files=makes_files):
        screen.write_sentence(note, QUIET)


def _build_block(result: Result, formatter: CellFormatter, width: int | None) -> Block:
    title = Text(formatter.get_title(result), TITLE)
    if result.absent:
        return _build_message_block(title, data_quality_notes.explain_absence(result), width)
    if not len(result.table):
        return _build_message_block(title, _("Nothing to show: no row matches the request."), width)
    if result.shape == "record":
        return Block((title, *_build_record_lines(result, formatter, width)))
    lines, notes = [title], []
    hidden = result.columns
    while hidden:
        grid = build_grid(_select_columns(result, hidden), formatter, width)
        lines += [Text()] * (len(lines) > 1)
        lines += [Text(line, STRONG) for line in grid.build_header()]
        lines += [Text("─" * grid.width, QUIET), *map(highlight_bars, grid.iter_lines())]
        hidden = grid.hidden_columns
        if hidden and len(result.table) > _MOST_CONTINUED_ROWS:
            notes = list_notes(result, hidden, formatter)
            break
    notes += explain_table(result)
    lines += [Text(line, QUIET) for note in notes for line in wrap_text(note, width)]
    return Block(tuple(lines))


def _select_columns(result: Result, columns: Sequence[Column]) -> Result:
    """Return a table of these columns; the first one, which names the rows, stands in each."""
    names = {result.columns[0].name, *(column.name for column in columns)}
    places = [place for place, column in enumerate(result.columns) if column.name in names]
    if len(places) == len(result.columns):
        return result
    return replace(
        result, columns=tuple(result.columns[place] for place in places), table=result.table.select(places)
    )


def _build_message_block(title: Text, sentence: str, width: int | None) -> Block:
    return Block((title, *(Text(line, QUIET) for line in wrap_text(sentence, min(width or 60, 60)))))


def _build_record_lines(result: Result, formatter: CellFormatter, width: int | None) -> list[Text]:
    """Return a line per figure. Figures are aligned to the right, a record of texts to the left."""
    row = result.table.slice(0, 1).to_pylist()[0].values()
    pairs = [
        (formatter.get_label(column), formatter.format_cell(column, value))
        for column, value in zip(result.columns, row, strict=True)
    ]
    is_numeric = any(column.kind in RIGHT_ALIGNED for column in result.columns)
    label_width = max(Text(name).cell_len for name, _value in pairs)
    max_width = max(Text(value).cell_len for _name, value in pairs)
    value_width = max_width if width is None else max(1, min(max_width, width - label_width - 2))
    lines = []
    for name, value in pairs:
        # A sentence is told whole; a figure fits, or the screen is too narrow for any.
        first, *more = [value] if is_numeric else wrap_text(value, value_width)
        lines.append(
            Text()
            .append(f"{fit_text(name, label_width)}  ", QUIET)
            .append(fit_text(first, value_width, align_right=is_numeric))
        )
        lines += [Text(f"{'':{label_width}}  {text}") for text in more]
    return lines
