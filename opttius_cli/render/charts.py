"""Charts as data, for every format that draws: which values are drawn, and their description in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _, n_
from opttius_cli.render.figures import summed
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from opttius_cli.render.cells import Cells
    from opttius_cli.result import Column, Drawing, Result

MOST_NAMES = 20
"""The most bars that are drawn; the table shows the rest of a longer list."""
_MOST_SAID = 31
"""Up to this many points, the description lists every value."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a chart: its row, its x value, its value, and both as people read them."""

    row: int
    over: Any
    value: Decimal
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart of the first ``row_count`` rows.

    ``x_index`` and ``y_index`` are positions of columns; ``omitted_rows`` is the number of rows that are
    not drawn.
    """

    title: str
    drawing: Drawing
    x: int
    y: int
    column: Column
    points: tuple[Point, ...]
    rows: int
    more: int = 0


def picture(result: Result, cells: Cells) -> Picture | None:
    """Return the chart of a list, or None if the report has no chart or there is nothing to draw."""
    chart = result.chart
    if chart is None or result.absent or not len(result.table):
        return None
    names = [column.name for column in result.columns]
    x, y = names.index(chart.x), names.index(chart.y)
    across, up = result.columns[x], result.columns[y]
    length = len(result.table) if chart.drawing == "line" else min(MOST_NAMES, len(result.table))
    overs, values = (result.table.column(place).slice(0, length).to_pylist() for place in (x, y))
    points = tuple(
        Point(row, over, Decimal(str(value)), cells.of(across, over), cells.of(up, value))
        for row, (over, value) in enumerate(zip(overs, values, strict=True))
        if value is not None and over is not None
    )
    if not points or not any(point.value for point in points):
        return None
    return Picture(cells.title(result), chart.drawing, x, y, up, points, length, len(result.table) - length)


def weight(drawn: Picture) -> int:
    """Return the position of a chart: money over time first, then other money, then the rest."""
    if drawn.column.kind is not Kind.MONEY:
        return 2
    return 0 if drawn.drawing == "line" else 1


def in_words(drawn: Picture, cells: Cells) -> str:
    """Return what the chart shows, with its numbers, for readers who cannot see it."""
    label = cells.label(drawn.column)
    said = [_("Chart: {title}. {label}.", title=drawn.title, label=label)]
    total = summed([point.value for point in drawn.points], drawn.column.kind)
    if total is not None:
        said.append(_("Total: {value}.", value=cells.text(total, drawn.column.kind)))
    most = max(drawn.points, key=lambda point: point.value)
    least = min(drawn.points, key=lambda point: point.value)
    said.append(_("Most: {name}, {value}.", name=most.name, value=most.text))
    said.append(_("Least: {name}, {value}.", name=least.name, value=least.text))
    if len(drawn.points) <= _MOST_SAID:
        said.append("; ".join(f"{point.name}: {point.text}" for point in drawn.points) + ".")
    if drawn.more:
        said.append(
            n_("{count} more row is in the table.", "{count} more rows are in the table.", drawn.more)
        )
    return " ".join(said)


def is_whole(kind: Kind) -> bool:
    """Return whether values of a kind are whole numbers, so that an axis needs no fractions."""
    return kind is Kind.COUNT
