"""Cards on a terminal: one figure each, in a frame with its section, its growth and the previous value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from opttius_cli.i18n import _
from opttius_cli.render.kpis import Kpi, collect_kpis, describe_change
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.screen import DOWN, QUIET, STRONG, TITLE, UP, Block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.terminal.screen import Screen
    from opttius_cli.result import AnswerPart

_FRAME_WIDTH = 4
"""Columns that the frame and its padding take."""
_CARD_GAP = 1
_MAX_STRETCH = 8


def write_cards(parts: Sequence[AnswerPart], formatter: CellFormatter, screen: Screen) -> None:
    """Write a card for every figure of ``parts``; without a screen width, one line per figure."""
    kpis = collect_kpis(parts, formatter.language)
    if screen.width is None:
        _write_list(kpis, formatter, screen)
        return
    inner_width = max(
        Text(text).cell_len
        for kpi in kpis
        for text in (formatter.get_label(kpi.column), *_list_texts(kpi, formatter))
    )
    per_row = max(1, (screen.width + _CARD_GAP) // (inner_width + _FRAME_WIDTH + _CARD_GAP))
    available = (screen.width + _CARD_GAP) // per_row - _CARD_GAP - _FRAME_WIDTH
    # On a narrow screen a label may be shortened, but a figure never: the frame gets too wide instead.
    min_width = max(Text(text).cell_len for kpi in kpis for text in _list_texts(kpi, formatter))
    inner_width = max(min(available, inner_width + _MAX_STRETCH), min_width)
    for start in range(0, len(kpis), per_row):
        row = kpis[start : start + per_row]
        bodies = [_build_body(kpi, formatter, inner_width) for kpi in row]
        height = max(map(len, bodies))
        cards = [
            _build_card(title, body, inner_width, height)
            for title, body in zip(_list_titles(row, formatter), bodies, strict=True)
        ]
        for line_number in range(height + 2):
            screen.write_line(Text(" " * _CARD_GAP).join(card.lines[line_number] for card in cards))


def _write_list(kpis: Sequence[Kpi], formatter: CellFormatter, screen: Screen) -> None:
    entries = [
        (_format_name(kpi, formatter), formatter.format_value(kpi.value, kpi.column.kind), kpi)
        for kpi in kpis
    ]
    name_width = max(len(name) for name, _value, _kpi in entries)
    value_width = max(len(value) for _name, value, _kpi in entries)
    for name, value, kpi in entries:
        line = Text(f"{fit_text(name, name_width)}  {fit_text(value, value_width, align_right=True)}")
        for piece in _format_comparison(kpi, formatter):
            line.append("  ").append_text(piece)
        screen.write_line(line)


def _format_name(kpi: Kpi, formatter: CellFormatter) -> str:
    label = formatter.get_label(kpi.column)
    return label if not kpi.title or kpi.title == label else f"{kpi.title} · {label}"


def _list_texts(kpi: Kpi, formatter: CellFormatter) -> list[str]:
    return [
        formatter.format_value(kpi.value, kpi.column.kind),
        *(piece.plain for piece in _format_comparison(kpi, formatter)),
    ]


def _format_comparison(kpi: Kpi, formatter: CellFormatter) -> list[Text]:
    """Return growth and previous value, if any; the arrow shows the direction without colour."""
    pieces = []
    if kpi.growth is not None:
        style = UP if kpi.growth > 0 else DOWN if kpi.growth < 0 else QUIET
        pieces.append(Text(describe_change(kpi, formatter), style))
    if kpi.previous is not None:
        before = _("before {value}", value=formatter.format_value(kpi.previous, kpi.column.kind))
        pieces.append(Text(before, QUIET))
    return pieces


def _build_body(kpi: Kpi, formatter: CellFormatter, inner_width: int) -> list[Text]:
    value = Text(formatter.format_value(kpi.value, kpi.column.kind), STRONG)
    lines = [Text(fit_text(formatter.get_label(kpi.column), inner_width)), value]
    pieces = _format_comparison(kpi, formatter)
    together = Text("  ").join(pieces)
    return lines + ([together] if pieces and together.cell_len <= inner_width else pieces)


def _list_titles(row: Sequence[Kpi], formatter: CellFormatter) -> list[str]:
    """Return the section of each card: only once for neighbours, and never if it repeats the label."""
    titles = [kpi.title for kpi in row]
    return [
        "" if title == formatter.get_label(kpi.column) or (index and titles[index - 1] == title) else title
        for index, (kpi, title) in enumerate(zip(row, titles, strict=True))
    ]


def _build_card(title: str, body: Sequence[Text], inner_width: int, height: int) -> Block:
    title = f" {fit_text(title, min(len(title), inner_width - 2))} " if title else ""
    top = (
        Text()
        .append("╭─", QUIET)
        .append(title, TITLE)
        .append("─" * (inner_width + 1 - len(title)) + "╮", QUIET)
    )
    lines = [top]
    for line_number in range(height):
        text = body[line_number] if line_number < len(body) else Text()
        # The line has no style of its own, because everything appended to it would inherit that style.
        line = Text().append("│ ", QUIET)
        line.append_text(text).append(" " * (inner_width - text.cell_len)).append(" │", QUIET)
        lines.append(line)
    lines.append(Text("╰" + "─" * (inner_width + 2) + "╯", QUIET))
    return Block(tuple(lines))
