"""Charts as Excel charts: they refer to the cells of a list, and cache its values for previews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.axis import DateAxis
from openpyxl.chart.data_source import AxDataSource, NumData, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties

from opttius_cli.render.xlsx.waterfall import build_waterfall

if TYPE_CHECKING:
    from datetime import date

    from opttius_cli.render.chart_model import Chart

CHART_WIDTH, CHART_HEIGHT = 17.5, 8.0
"""In centimetres."""
_COLOUR, _GRID = "0B6BCB", "DFE3E8"
_BAR_STEP, _FRAME_HEIGHT = 0.62, 2.2
_EPOCH = 25_569


def build_excel_chart(chart: Chart, sheet: Any, formats: tuple[str, str], label: str) -> Any:
    """Build the Excel chart of a list whose rows in ``sheet`` start at line 2.

    ``formats`` are the number formats of dates and values; ``label`` is the name of the values.
    """
    if chart.ends:
        return build_waterfall(chart, formats[1])
    excel_chart = _build_dated_chart(chart, formats[0]) if chart.is_dated else _build_bar_chart(chart)
    excel_chart.title, excel_chart.legend, excel_chart.style = chart.title, None, 2
    excel_chart.width = CHART_WIDTH
    excel_chart.height = (
        max(CHART_HEIGHT, _FRAME_HEIGHT + _BAR_STEP * len(chart.points))
        if chart.is_horizontal
        else CHART_HEIGHT
    )
    # Without this, some programs hide the axes.
    excel_chart.x_axis.delete = excel_chart.y_axis.delete = False
    if chart.is_horizontal:
        excel_chart.y_axis.majorGridlines = None
    else:
        excel_chart.y_axis.majorGridlines.spPr = GraphicalProperties()
        excel_chart.y_axis.majorGridlines.spPr.line.solidFill = _GRID
    if chart.is_dated and chart.value_affixes == ("", ""):
        excel_chart.y_axis.title = chart.value_label
    excel_chart.y_axis.number_format, excel_chart.y_axis.numFmt.sourceLinked = formats[1], False
    excel_chart.series.append(_build_series(chart, sheet, formats[1], label))
    return excel_chart


def _build_series(chart: Chart, sheet: Any, number_format: str, label: str) -> Any:
    last_row = 1 + chart.row_count
    values = Reference(sheet, min_col=chart.y_index + 1, min_row=2, max_row=last_row)
    series = Series(values, title=label)
    series.tx = SeriesLabel(v=label)
    points = [NumVal(idx=point.row, v=str(point.value)) for point in chart.points]
    series.val.numRef.numCache = NumData(formatCode=number_format, ptCount=chart.row_count, pt=points)
    name_range = str(Reference(sheet, min_col=chart.x_index + 1, min_row=2, max_row=last_row))
    if chart.is_dated:
        days = [NumVal(idx=point.row, v=str(_get_serial_day(point.x_value))) for point in chart.points]
        series.cat = AxDataSource(
            numRef=NumRef(f=name_range, numCache=NumData(ptCount=chart.row_count, pt=days))
        )
    else:
        names = [StrVal(idx=point.row, v=point.x_text) for point in chart.points]
        series.cat = AxDataSource(
            strRef=StrRef(f=name_range, strCache=StrData(ptCount=chart.row_count, pt=names))
        )
    if chart.is_dated and not chart.has_columns:
        series.graphicalProperties = GraphicalProperties()
        series.graphicalProperties.line.solidFill = _COLOUR
        series.graphicalProperties.line.width = 22_000
        series.smooth = False
        series.marker.symbol = "none"
    else:
        series.graphicalProperties = GraphicalProperties(solidFill=_COLOUR)
        series.invertIfNegative = False
    return series


def _build_dated_chart(chart: Chart, date_format: str) -> Any:
    excel_chart: Any
    if chart.has_columns:
        excel_chart = BarChart()
        excel_chart.type, excel_chart.gapWidth = "col", 40
    else:
        excel_chart = LineChart()
    excel_chart.x_axis = DateAxis(crossAx=100)
    excel_chart.x_axis.number_format = date_format
    excel_chart.x_axis.majorTimeUnit = "days"
    excel_chart.x_axis.majorUnit = max(1, len(chart.points) // 8)
    excel_chart.y_axis.crossAx = 500
    return excel_chart


def _build_bar_chart(chart: Chart) -> Any:
    excel_chart = BarChart()
    excel_chart.type = "bar" if chart.is_horizontal else "col"
    excel_chart.gapWidth = 40
    if chart.is_horizontal:
        # Put the first row at the top, as in the list, and the values beside the bars.
        excel_chart.x_axis.scaling.orientation = "maxMin"
        excel_chart.dataLabels = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False
        )
    return excel_chart


def _get_serial_day(day: date) -> int:
    """Return the serial number of a date in a spreadsheet."""
    from datetime import date as of

    return (day - of(1970, 1, 1)).days + _EPOCH
