"""A waterfall as an Excel chart: stacked bars on an invisible one, their values inside the chart.

Excel's own kind of waterfall is unknown to other programs. Positive and negative values stack apart, so a bar
that crosses zero is drawn in two pieces.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from openpyxl.chart import BarChart
from openpyxl.chart.data_source import AxDataSource, NumData, NumDataSource, NumVal, StrData, StrVal
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties

from opttius_cli.render.chart_model import list_bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.chart_model import Bar, Chart

_WIDTH, _FRAME_HEIGHT, _BAR_STEP = 17.5, 2.2, 0.62
_COLOURS = {"whole": "0B6BCB", "up": "1A7F37", "down": "CF222E"}
_NOTHING = Decimal(0)


def build_waterfall(chart: Chart, number_format: str) -> Any:
    """Build the Excel chart of a waterfall."""
    bars = list_bars(chart)
    excel_chart: Any = BarChart()
    excel_chart.type, excel_chart.grouping, excel_chart.overlap, excel_chart.gapWidth = (
        "bar",
        "stacked",
        100,
        40,
    )
    excel_chart.title, excel_chart.legend, excel_chart.style = chart.title, None, 2
    excel_chart.width, excel_chart.height = _WIDTH, _FRAME_HEIGHT + _BAR_STEP * len(bars)
    excel_chart.x_axis.delete = excel_chart.y_axis.delete = False
    excel_chart.x_axis.scaling.orientation = "maxMin"
    excel_chart.y_axis.majorGridlines = None
    excel_chart.y_axis.number_format, excel_chart.y_axis.numFmt.sourceLinked = number_format, False
    pieces = [_cut_at_zero(bar) for bar in bars]
    names = [f"{bar.name}: {bar.text}" for bar in bars]
    excel_chart.series.append(_build_series("", names, [piece[0] for piece in pieces], None))
    for sign, colour in _COLOURS.items():
        for place in (1, 2):
            values = [
                piece[place] if bar.sign == sign else _NOTHING
                for bar, piece in zip(bars, pieces, strict=True)
            ]
            if any(values):
                excel_chart.series.append(_build_series(sign, names, values, colour))
    return excel_chart


def _cut_at_zero(bar: Bar) -> tuple[Decimal, Decimal, Decimal]:
    """Return what is invisible below a bar, and its pieces above and below zero."""
    low, high = sorted((bar.first, bar.last))
    if low >= 0:
        return low, high - low, _NOTHING
    if high <= 0:
        return high, _NOTHING, low - high
    return _NOTHING, high, low


def _build_series(title: str, names: Sequence[str], values: Sequence[Decimal], colour: str | None) -> Any:
    series = Series(tx=SeriesLabel(v=title))
    points = [NumVal(idx=place, v=str(value)) for place, value in enumerate(values)]
    series.val = NumDataSource(numLit=NumData(ptCount=len(values), pt=points))
    texts = [StrVal(idx=place, v=name) for place, name in enumerate(names)]
    series.cat = AxDataSource(strLit=StrData(ptCount=len(names), pt=texts))
    series.graphicalProperties = (
        GraphicalProperties(noFill=True) if colour is None else GraphicalProperties(solidFill=colour)
    )
    series.invertIfNegative = False
    return series
