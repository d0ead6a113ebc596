"""Charts as data, for every format that draws: which values are drawn, and their description in words."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import N_, _, n_
from opttius_cli.render.kpis import compute_total
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import ChartType, Column, Result

MAX_BARS = 20
"""The most bars that are drawn; the table shows the rest of a longer list."""
_MAX_POINTS_LISTED = 31
"""Up to this many points, the description lists every value."""


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a chart: its row, its x value, its value, and both as people read them."""

    row: int
    x_value: Any
    value: Decimal
    x_text: str
    value_text: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a waterfall, from ``first`` to ``last``; ``sign`` is whole, up or down."""

    name: str
    first: Decimal
    last: Decimal
    text: str
    sign: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of the first ``row_count`` rows.

    ``x_index`` and ``y_index`` are positions of columns; ``omitted_rows`` is the number of rows that are
    not drawn. ``previous_points`` are those of the previous window, in the order of its dates.
    ``value_label`` names the values, and ``value_affixes`` stand around each: a currency or a percent sign.
    ``ends`` are the first and the last bar of a waterfall that leads from one figure to another.
    """

    title: str
    chart_type: ChartType
    x_index: int
    y_index: int
    value_column: Column
    points: tuple[Point, ...]
    row_count: int
    omitted_rows: int = 0
    previous_points: tuple[Point, ...] = ()
    value_label: str = ""
    value_affixes: tuple[str, str] = ("", "")
    ends: tuple[Bar, Bar] | None = None

    @property
    def is_dated(self) -> bool:
        """Whether the x axis is one of dates."""
        return self.chart_type == "line"

    @property
    def is_horizontal(self) -> bool:
        """Whether the bars lie beside their names."""
        return self.chart_type in {"bar", "waterfall"}

    @property
    def has_columns(self) -> bool:
        """Whether values stand on the axis as columns: counts by day are no line, nothing lies between them."""
        return self.chart_type == "column" or (self.is_dated and has_whole_numbers(self.value_column.kind))


def build_chart(result: Result, formatter: CellFormatter) -> Chart | None:
    """Return the chart of a list, or None if the report has no chart or there is nothing to draw."""
    spec = result.chart
    if spec is None or result.absent or not len(result.table):
        return None
    names = [column.name for column in result.columns]
    x_index, y_index = names.index(spec.x), names.index(spec.y)
    row_count = len(result.table) if spec.chart_type == "line" else min(MAX_BARS, len(result.table))
    columns = (result.columns[x_index], result.columns[y_index])
    points = _build_points(
        result.table.select([x_index, y_index]).slice(0, row_count),
        columns,
        formatter,
        _name_groups(result, formatter),
    )
    if not points or not any(point.value for point in points):
        return None
    return Chart(
        formatter.get_title(result),
        spec.chart_type,
        x_index,
        y_index,
        result.columns[y_index],
        points,
        row_count,
        len(result.table) - row_count,
        _build_points(result.previous_table, columns, formatter) if result.previous_table is not None else (),
        formatter.get_label(columns[1]),
        formatter.get_affixes(columns[1].kind),
        _build_ends(result, formatter),
    )


def _build_points(
    table: pa.Table, columns: tuple[Column, Column], formatter: CellFormatter, groups: Sequence[str] = ()
) -> tuple[Point, ...]:
    """Return the points of the two columns of ``table``, x and y; ``groups`` stand before the names of x."""
    x_values, values = (table.column(index).to_pylist() for index in (0, 1))
    return tuple(
        Point(
            row,
            x_value,
            Decimal(str(value)),
            (groups[row] if groups else "") + formatter.format_cell(columns[0], x_value),
            formatter.format_cell(columns[1], value),
        )
        for row, (x_value, value) in enumerate(zip(x_values, values, strict=True))
        if value is not None and x_value is not None
    )


def _name_groups(result: Result, formatter: CellFormatter) -> list[str]:
    """Return what stands before the name of each row: the group that it belongs to, where there is one."""
    if result.chart is None or result.chart.group is None:
        return []
    place = [column.name for column in result.columns].index(result.chart.group)
    column = result.columns[place]
    return [f"{formatter.format_cell(column, value)} · " for value in result.table.column(place).to_pylist()]


def _build_ends(result: Result, formatter: CellFormatter) -> tuple[Bar, Bar] | None:
    """Return the bars at which a waterfall begins and ends."""
    if result.chart_ends is None:
        return None
    start, end = (
        Bar(
            formatter.get_label(figure.column),
            Decimal(0),
            figure.value,
            formatter.format_value(figure.value, ColumnKind.MONEY),
            "whole",
        )
        for figure in result.chart_ends
    )
    return start, end


def list_bars(chart: Chart) -> list[Bar]:
    """Return the bars of a waterfall: where it begins, each part from where the last one ended, where it ends."""
    assert chart.ends is not None  # noqa: S101 - build_chart gives every waterfall its ends
    start, end = chart.ends
    bars, level = [start], start.last
    for point in chart.points:
        sign, mark = ("up", "+") if point.value > 0 else ("down", "")
        bars.append(Bar(point.x_text, level, level + point.value, mark + point.value_text, sign))
        level += point.value
    return [*bars, end]


_NAMED_PARTS = 2
"""How many parts of each sign the finding names."""


def build_finding(chart: Chart, formatter: CellFormatter) -> str | None:
    """Return how a waterfall splits in one sentence: the largest parts of each sign. It names no causes."""
    if chart.ends is None:
        return None
    change = chart.ends[1].last - chart.ends[0].last
    parts = []
    for text, sign in ((N_("up {parts}"), 1), (N_("down {parts}"), -1)):
        points = sorted(
            (point for point in chart.points if point.value * sign > 0), key=lambda point: -abs(point.value)
        )[:_NAMED_PARTS]
        if points:
            names = ", ".join(f"{point.x_text} {_sign(point.value, formatter)}" for point in points)
            parts.append(_(text, parts=names))
    return _(
        "{first} {start}, {last} {end}: {change}. How it splits, the largest parts: {parts}.",
        first=chart.ends[0].name,
        start=chart.ends[0].text,
        last=chart.ends[1].name,
        end=chart.ends[1].text,
        change=_sign(change, formatter),
        parts="; ".join(parts) or "0",
    )


def _sign(value: Decimal, formatter: CellFormatter) -> str:
    """Return money with its sign, plus signs too."""
    return ("+" if value > 0 else "") + formatter.format_value(value, ColumnKind.MONEY)


def get_sort_key(chart: Chart) -> int:
    """Return the position of a chart: money over time first, then other money, then the rest."""
    if chart.value_column.kind is not ColumnKind.MONEY:
        return 2
    return 0 if chart.chart_type == "line" else 1


def build_alt_text(chart: Chart, formatter: CellFormatter) -> str:
    """Return what the chart shows, with its numbers, for readers who cannot see it."""
    label = formatter.get_label(chart.value_column)
    sentences = [_("Chart: {title}. {label}.", title=chart.title, label=label)]
    if finding := build_finding(chart, formatter):
        return f"{sentences[0]} {finding}"
    total = compute_total([point.value for point in chart.points], chart.value_column.kind)
    if total is not None:
        sentences.append(_("Total: {value}.", value=formatter.format_value(total, chart.value_column.kind)))
    highest = max(chart.points, key=lambda point: point.value)
    lowest = min(chart.points, key=lambda point: point.value)
    sentences.append(_("Most: {name}, {value}.", name=highest.x_text, value=highest.value_text))
    sentences.append(_("Least: {name}, {value}.", name=lowest.x_text, value=lowest.value_text))
    if len(chart.points) <= _MAX_POINTS_LISTED:
        sentences.append("; ".join(f"{point.x_text}: {point.value_text}" for point in chart.points) + ".")
    if chart.omitted_rows:
        sentences.append(
            n_("{count} more row is in the table.", "{count} more rows are in the table.", chart.omitted_rows)
        )
    return " ".join(sentences)


def has_whole_numbers(kind: ColumnKind) -> bool:
    """Return whether values of a kind are whole numbers, so that an axis needs no fractions."""
    return kind is ColumnKind.COUNT
