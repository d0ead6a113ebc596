"""A waterfall in characters: where it begins, one bar per part from where the last one ended, where it ends."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rich.text import Text

from opttius_cli.render.chart_model import list_bars
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.screen import BAR, DOWN, QUIET, STRONG, TITLE, UP, wrap_text

if TYPE_CHECKING:
    from opttius_cli.render.chart_model import Chart
    from opttius_cli.render.terminal.screen import Screen

_BAR_WIDTH, _MIN_BAR_WIDTH, _MAX_LABEL, _GAPS = 40, 8, 44, 4
_COLOURS = {"whole": BAR, "up": UP, "down": DOWN}


def write_waterfall(chart: Chart, finding: str | None, screen: Screen) -> None:
    """Write a line per bar with its money, and below them how they split, in the sentence ``finding``.

    A name that is longer than its room goes on below, so that nothing of it is cut.
    """
    bars = list_bars(chart)
    label_width = min(_MAX_LABEL, max(Text(bar.name).cell_len for bar in bars))
    text_width = max(Text(bar.text).cell_len for bar in bars)
    rest = _BAR_WIDTH if screen.width is None else screen.width - label_width - text_width - _GAPS
    bar_width = max(_MIN_BAR_WIDTH, min(_BAR_WIDTH, rest))
    low = min(Decimal(0), *(min(bar.first, bar.last) for bar in bars))
    high = max(Decimal(0), *(max(bar.first, bar.last) for bar in bars))
    scale = (high - low) / bar_width or Decimal(1)
    screen.write_line(chart.title, TITLE)
    for bar in bars:
        left, right = sorted(round((value - low) / scale) for value in (bar.first, bar.last))
        drawn = "█" * max(right - left, int(bar.first != bar.last))
        name, *more = wrap_text(bar.name, label_width - 2)
        line = Text(f"{fit_text(name, label_width)}  ", STRONG if bar.sign == "whole" else QUIET)
        line.append(f"{fit_text(bar.text, text_width, align_right=True)}  ")
        line.append(" " * min(left, bar_width - len(drawn))).append(drawn, _COLOURS[bar.sign])
        screen.write_line(line)
        for rest_of_name in more:
            screen.write_line(f"  {rest_of_name}", QUIET)
    screen.write_line()
    screen.write_sentence(finding or "")
