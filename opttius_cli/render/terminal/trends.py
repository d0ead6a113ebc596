"""Trends on a terminal: one sparkline each, with the sum and the best day, all over the same dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from opttius_cli.i18n import _
from opttius_cli.render.kpis import compute_total
from opttius_cli.render.terminal.grid import GAP
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.screen import BAR, QUIET, TITLE
from opttius_cli.render.terminal.sparkline import draw_sparkline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.terminal.screen import Screen
    from opttius_cli.result import AnswerPart, Result

_MAX_WIDTH = 120
_MIN_WIDTH = 10


def write_trends(parts: Sequence[AnswerPart], formatter: CellFormatter, screen: Screen) -> None:
    """Write the sparklines of ``parts``: the first column is the date, the second the value."""
    series = [(formatter.get_title(part.result), _read_values(part.result), part.result) for part in parts]
    totals = [_format_total(values, result, formatter) for _title, values, result in series]
    title_width = max(Text(title).cell_len for title, _values_, _result in series)
    total_width = max(map(len, totals))
    width = screen.width or title_width + total_width + len(GAP) * 2 + _MAX_WIDTH + 40
    sparkline_width = max(_MIN_WIDTH, min(_MAX_WIDTH, width - title_width - total_width - len(GAP) * 2))
    screen.write_line(_("Day by day"), TITLE)
    scales = set()
    for (title, values, result), total in zip(series, totals, strict=True):
        line = Text(fit_text(title, title_width) + GAP)
        if values is None:
            screen.write_line(
                line.append(
                    fit_text(_("no figures: the data lacks this table"), width - title_width - 2).rstrip(),
                    QUIET,
                )
            )
            continue
        if not values:
            screen.write_line(line.append(_("no days"), QUIET))
            continue
        sparkline, days_per_char = draw_sparkline(values, sparkline_width)
        scales.add(days_per_char)
        line.append(sparkline, BAR).append(GAP + fit_text(total, total_width, align_right=True))
        best_day = _format_best_day(values, result, formatter)
        if best_day and line.cell_len + len(GAP) + Text(best_day).cell_len <= width:
            line.append(GAP + best_day, QUIET)
        screen.write_line(line)
    if max(scales, default=1) > 1:
        screen.write_sentence(_("Each sign stands for {count} days.", count=max(scales)), QUIET)


def _read_values(result: Result) -> list[Any] | None:
    if result.absent or result.table.column(1).null_count == len(result.table) > 0:
        return None
    return list(result.table.column(1).to_pylist())


def _format_total(values: Sequence[Any] | None, result: Result, formatter: CellFormatter) -> str:
    column = result.columns[1]
    total = compute_total(values, column.kind) if values else None
    return "" if total is None else formatter.format_value(total, column.kind)


def _format_best_day(values: Sequence[Any], result: Result, formatter: CellFormatter) -> str:
    """Return the largest value and its (first) date; empty if no value is above zero."""
    maximum = max((value for value in values if value is not None), default=0)
    if maximum <= 0:
        return ""
    dates, column = result.table.column(0).to_pylist(), result.columns[1]
    day = dates[list(values).index(maximum)]
    return _(
        "most: {value} on {date}",
        value=formatter.format_value(maximum, column.kind),
        date=formatter.format_value(day, result.columns[0].kind),
    )
