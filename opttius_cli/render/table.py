"""An answer on a terminal: header, cards, trends, tables, and data quality notes.

Nothing here depends on a report. Parts under ``kpis`` become cards, parts under ``trends`` sparklines, and
everything else a table by its shape.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, BinaryIO

from rich.text import Text

from opttius_cli.i18n import _, n_
from opttius_cli.render import cards, left_out, trends
from opttius_cli.render.about import facts
from opttius_cli.render.cells import RIGHT, cells_for, cells_of
from opttius_cli.render.grid import fit, fitted
from opttius_cli.render.screen import QUIET, STRONG, TITLE, WARNED, Block, Screen, drawn, folded
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cells import Cells
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Part, Result

_KPIS, _TRENDS = "kpis", "trends"
_LONG = 40
"""A table with more rows than this is not put beside others, and is written line by line."""


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the answer for a terminal of ``style.width`` columns; nothing is cut if that is None."""
    cells = cells_for(style.language, answer)
    screen = Screen(out, style)
    first, *rest = facts(answer, cells)
    screen.sentence(first, STRONG)
    for fact in rest:
        screen.sentence(fact, QUIET)
    for section, parts in _sections(answer.parts):
        screen.line()
        if section == (_KPIS,):
            cards.show(parts, cells, screen)
        elif section == (_TRENDS,):
            trends.show(parts, cells, screen)
        else:
            _tables(parts, cells, screen)
    _left_out(answer, cells, screen)


def write_rows(result: Result, out: BinaryIO, style: Style) -> None:
    """Write the rows of one result below a title, for a list that is not about the shop."""
    screen = Screen(out, style)
    cells = cells_of(style.language, "")
    if len(result.table):
        _long(result, cells, screen)
    else:
        screen.beside([_block(result, cells, screen.width)])


def _sections(parts: Sequence[Part]) -> list[tuple[tuple[str, ...], list[Part]]]:
    """Group the parts by their first key. Neighbouring sections of one part are merged, to share lines."""
    sections: list[tuple[tuple[str, ...], list[Part]]] = []
    for section, group in groupby(parts, key=lambda part: part.path[:1]):
        found = list(group)
        alone = len(found) == 1 and section not in {(_KPIS,), (_TRENDS,)}
        if alone and sections and sections[-1][0] == ():
            sections[-1][1].extend(found)
        else:
            sections.append(((), found) if alone else (section, found))
    return sections


def _left_out(answer: Answer, cells: Cells, screen: Screen) -> None:
    sentences = left_out.sentences(answer, cells)
    if not sentences:
        return
    screen.line()
    screen.line(_("What was left out"), WARNED)
    for sentence in sentences:
        screen.sentence(sentence, indent="· ")


def _tables(parts: Sequence[Part], cells: Cells, screen: Screen) -> None:
    """Write the tables of one section: small ones side by side, a long one by itself."""
    waiting: list[Block] = []
    started = False
    for part in parts:
        if part.result.shape in {"rows", "map", "list"} and len(part.result.table) > _LONG:
            if waiting:
                screen.beside(waiting)
                waiting = []
                started = True
            if started:
                screen.line()
            _long(part.result, cells, screen)
            started = True
        else:
            waiting.append(_block(part.result, cells, screen.width))
    if waiting:
        if started:
            screen.line()
        screen.beside(waiting)


def _long(result: Result, cells: Cells, screen: Screen) -> None:
    grid = fitted(result, cells, screen.width)
    screen.line(cells.title(result), TITLE)
    for line in grid.header():
        screen.line(line, STRONG)
    screen.line("─" * grid.width, QUIET)
    screen.rows(grid.lines())
    for note in _notes(result, [cells.label(column) for column in grid.hidden], cells):
        screen.sentence(note, QUIET)


def _block(result: Result, cells: Cells, width: int | None) -> Block:
    title = Text(cells.title(result), TITLE)
    if result.absent:
        return _told(title, _("No figures: the data lacks a table that they need."), width)
    if not len(result.table):
        return _told(title, _("Nothing to show: no row matches the request."), width)
    if result.shape == "record":
        return Block((title, *_record(result, cells, width)))
    grid = fitted(result, cells, width)
    header = [Text(line, STRONG) for line in grid.header()]
    lines = [title, *header, Text("─" * grid.width, QUIET), *map(drawn, grid.lines())]
    notes = _notes(result, [cells.label(column) for column in grid.hidden], cells) if grid.hidden else []
    lines += [Text(line, QUIET) for note in notes for line in folded(note, width)]
    return Block(tuple(lines))


def _told(title: Text, sentence: str, width: int | None) -> Block:
    return Block((title, *(Text(line, QUIET) for line in folded(sentence, min(width or 60, 60)))))


def _record(result: Result, cells: Cells, width: int | None) -> list[Text]:
    """Return a line per figure. Figures are aligned to the right, a record of texts to the left."""
    row = result.table.slice(0, 1).to_pylist()[0].values()
    pairs = [
        (cells.label(column), cells.of(column, value))
        for column, value in zip(result.columns, row, strict=True)
    ]
    right = any(column.kind in RIGHT for column in result.columns)
    label = max(Text(name).cell_len for name, _value in pairs)
    widest = max(Text(value).cell_len for _name, value in pairs)
    room = widest if width is None else max(1, min(widest, width - label - 2))
    return [
        Text().append(f"{fit(name, label)}  ", QUIET).append(fit(value, room, right=right))
        for name, value in pairs
    ]


def _notes(result: Result, hidden: Sequence[str], cells: Cells) -> list[str]:
    """Return how many rows there are, and which columns did not fit."""
    count = len(result.table)
    notes = [n_("{number} row", "{number} rows", count, number=cells.text(count, Kind.COUNT))]
    if hidden:
        notes.append(
            _(
                "{count} of {total} columns do not fit here: {names}. To see all, widen the window, "
                "add --format xlsx --output FILE, or pipe into less -S.",
                count=len(hidden),
                total=len(result.columns),
                names=", ".join(hidden),
            )
        )
    return notes
