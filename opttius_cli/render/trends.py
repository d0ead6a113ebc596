"""Trends on a terminal: one sparkline each, with the sum and the best day, all over the same dates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from opttius_cli.i18n import _
from opttius_cli.render.figures import sparkline, summed
from opttius_cli.render.grid import GAP, fit
from opttius_cli.render.screen import DRAWN, QUIET, TITLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.cells import Cells
    from opttius_cli.render.screen import Screen
    from opttius_cli.result import Part, Result

_LONGEST = 120
_SHORTEST = 10


def show(parts: Sequence[Part], cells: Cells, screen: Screen) -> None:
    """Write the sparklines of ``parts``: the first column is the date, the second the value."""
    read = [(cells.title(part.result), _values(part.result), part.result) for part in parts]
    sums = [_sum(values, result, cells) for _title, values, result in read]
    label = max(Text(title).cell_len for title, _values_, _result in read)
    total = max(map(len, sums))
    width = screen.width or label + total + len(GAP) * 2 + _LONGEST + 40
    room = max(_SHORTEST, min(_LONGEST, width - label - total - len(GAP) * 2))
    screen.line(_("Day by day"), TITLE)
    sizes = set()
    for (title, values, result), told in zip(read, sums, strict=True):
        line = Text(fit(title, label) + GAP)
        if values is None:
            screen.line(
                line.append(
                    fit(_("no figures: the data lacks this table"), width - label - 2).rstrip(), QUIET
                )
            )
            continue
        if not values:
            screen.line(line.append(_("no days"), QUIET))
            continue
        drawn, size = sparkline(values, room)
        sizes.add(size)
        line.append(drawn, DRAWN).append(GAP + fit(told, total, right=True))
        best = _best(values, result, cells)
        if best and line.cell_len + len(GAP) + Text(best).cell_len <= width:
            line.append(GAP + best, QUIET)
        screen.line(line)
    if max(sizes, default=1) > 1:
        screen.sentence(_("Each sign stands for {count} days.", count=max(sizes)), QUIET)


def _values(result: Result) -> list[Any] | None:
    if result.absent or result.table.column(1).null_count == len(result.table) > 0:
        return None
    return list(result.table.column(1).to_pylist())


def _sum(values: Sequence[Any] | None, result: Result, cells: Cells) -> str:
    column = result.columns[1]
    total = summed(values, column.kind) if values else None
    return "" if total is None else cells.text(total, column.kind)


def _best(values: Sequence[Any], result: Result, cells: Cells) -> str:
    """Return the largest value and its (first) date; empty if no value is above zero."""
    best = max((value for value in values if value is not None), default=0)
    if best <= 0:
        return ""
    dates, column = result.table.column(0).to_pylist(), result.columns[1]
    day = dates[list(values).index(best)]
    return _(
        "most: {value} on {date}",
        value=cells.text(best, column.kind),
        date=cells.text(day, result.columns[0].kind),
    )
