"""Cards on a terminal: one figure each, in a frame with its section, its growth and the previous value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from opttius_cli.i18n import _
from opttius_cli.render.figures import Figure, arrow, figures
from opttius_cli.render.grid import fit
from opttius_cli.render.screen import DOWN, QUIET, STRONG, TITLE, UP, Block
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cells import Cells
    from opttius_cli.render.screen import Screen
    from opttius_cli.result import Part

_FRAME = 4
"""Columns that the frame and its padding take."""
_BETWEEN = 1
_STRETCH = 8


def show(parts: Sequence[Part], cells: Cells, screen: Screen) -> None:
    """Write a card for every figure of ``parts``; without a screen width, one line per figure."""
    found = figures(parts, cells.language)
    if screen.width is None:
        _list(found, cells, screen)
        return
    inside = max(
        Text(text).cell_len
        for figure in found
        for text in (cells.label(figure.column), *_said(figure, cells))
    )
    per_row = max(1, (screen.width + _BETWEEN) // (inside + _FRAME + _BETWEEN))
    room = (screen.width + _BETWEEN) // per_row - _BETWEEN - _FRAME
    # On a narrow screen a label may be shortened, but a figure never: the frame gets too wide instead.
    figure_width = max(Text(text).cell_len for figure in found for text in _said(figure, cells))
    inside = max(min(room, inside + _STRETCH), figure_width)
    for start in range(0, len(found), per_row):
        row = found[start : start + per_row]
        bodies = [_body(figure, cells, inside) for figure in row]
        height = max(map(len, bodies))
        cards = [
            _card(title, body, inside, height)
            for title, body in zip(_titles(row, cells), bodies, strict=True)
        ]
        for place in range(height + 2):
            screen.line(Text(" " * _BETWEEN).join(card.lines[place] for card in cards))


def _list(found: Sequence[Figure], cells: Cells, screen: Screen) -> None:
    named = [(_name(figure, cells), cells.text(figure.value, figure.column.kind), figure) for figure in found]
    label = max(len(name) for name, _value, _figure in named)
    width = max(len(value) for _name, value, _figure in named)
    for name, value, figure in named:
        line = Text(f"{fit(name, label)}  {fit(value, width, right=True)}")
        for piece in _comparison(figure, cells):
            line.append("  ").append_text(piece)
        screen.line(line)


def _name(figure: Figure, cells: Cells) -> str:
    label = cells.label(figure.column)
    return label if not figure.title or figure.title == label else f"{figure.title} · {label}"


def _said(figure: Figure, cells: Cells) -> list[str]:
    return [
        cells.text(figure.value, figure.column.kind),
        *(piece.plain for piece in _comparison(figure, cells)),
    ]


def _comparison(figure: Figure, cells: Cells) -> list[Text]:
    """Return growth and previous value, if any; the sign shows the direction without colour."""
    pieces = []
    if figure.growth is not None:
        style = UP if figure.growth > 0 else DOWN if figure.growth < 0 else QUIET
        plus = "+" if figure.growth > 0 else ""
        pieces.append(Text(f"{arrow(figure.growth)} {plus}{cells.text(figure.growth, Kind.PERCENT)}", style))
    if figure.previous is not None:
        before = _("before {value}", value=cells.text(figure.previous, figure.column.kind))
        pieces.append(Text(before, QUIET))
    return pieces


def _body(figure: Figure, cells: Cells, inside: int) -> list[Text]:
    value = Text(cells.text(figure.value, figure.column.kind), STRONG)
    lines = [Text(fit(cells.label(figure.column), inside)), value]
    pieces = _comparison(figure, cells)
    together = Text("  ").join(pieces)
    return lines + ([together] if pieces and together.cell_len <= inside else pieces)


def _titles(row: Sequence[Figure], cells: Cells) -> list[str]:
    """Return the section of each card: only once for neighbours, and never if it repeats the label."""
    told = [figure.title for figure in row]
    return [
        "" if title == cells.label(figure.column) or (place and told[place - 1] == title) else title
        for place, (figure, title) in enumerate(zip(row, told, strict=True))
    ]


def _card(title: str, body: Sequence[Text], inside: int, height: int) -> Block:
    title = f" {fit(title, min(len(title), inside - 2))} " if title else ""
    top = Text().append("╭─", QUIET).append(title, TITLE).append("─" * (inside + 1 - len(title)) + "╮", QUIET)
    lines = [top]
    for place in range(height):
        text = body[place] if place < len(body) else Text()
        # The line has no style of its own, because everything appended to it would inherit that style.
        line = Text().append("│ ", QUIET)
        line.append_text(text).append(" " * (inside - text.cell_len)).append(" │", QUIET)
        lines.append(line)
    lines.append(Text("╰" + "─" * (inside + 2) + "╯", QUIET))
    return Block(tuple(lines))
