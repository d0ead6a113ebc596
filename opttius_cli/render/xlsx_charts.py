"""Charts as Excel charts: they refer to the cells of a list, and cache its values for previews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.chart import BarChart, LineChart, Reference, Series
from openpyxl.chart.axis import DateAxis
from openpyxl.chart.data_source import AxDataSource, NumData, NumRef, NumVal, StrData, StrRef, StrVal
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.series import SeriesLabel
from openpyxl.chart.shapes import GraphicalProperties

if TYPE_CHECKING:
    from datetime import date

    from opttius_cli.render.charts import Picture

WIDTH, HEIGHT = 17.5, 8.0
"""In centimetres."""
_COLOUR, _GRID = "0B6BCB", "DFE3E8"
_STEP, _FRAME = 0.62, 2.2
_EPOCH = 25_569


def chart(drawn: Picture, sheet: Any, formats: tuple[str, str], label: str) -> Any:
    """Build the Excel chart of a list whose rows in ``sheet`` start at line 2.

    ``formats`` are the number formats of dates and values; ``label`` is the name of the values.
    """
    made = _line(drawn, formats[0]) if drawn.drawing == "line" else _bars(drawn)
    made.title, made.legend, made.style = drawn.title, None, 2
    made.width = WIDTH
    made.height = max(HEIGHT, _FRAME + _STEP * len(drawn.points)) if drawn.drawing == "bar" else HEIGHT
    # Without this, some programs hide the axes.
    made.x_axis.delete = made.y_axis.delete = False
    if drawn.drawing == "bar":
        made.y_axis.majorGridlines = None
    else:
        made.y_axis.majorGridlines.spPr = GraphicalProperties()
        made.y_axis.majorGridlines.spPr.line.solidFill = _GRID
    made.y_axis.number_format, made.y_axis.numFmt.sourceLinked = formats[1], False
    made.series.append(_series(drawn, sheet, formats[1], label))
    return made


def _series(drawn: Picture, sheet: Any, number_format: str, label: str) -> Any:
    last = 1 + drawn.rows
    values = Reference(sheet, min_col=drawn.y + 1, min_row=2, max_row=last)
    series = Series(values, title=label)
    series.tx = SeriesLabel(v=label)
    points = [NumVal(idx=point.row, v=str(point.value)) for point in drawn.points]
    series.val.numRef.numCache = NumData(formatCode=number_format, ptCount=drawn.rows, pt=points)
    names = str(Reference(sheet, min_col=drawn.x + 1, min_row=2, max_row=last))
    if drawn.drawing == "line":
        days = [NumVal(idx=point.row, v=str(_day(point.over))) for point in drawn.points]
        series.cat = AxDataSource(numRef=NumRef(f=names, numCache=NumData(ptCount=drawn.rows, pt=days)))
        series.graphicalProperties = GraphicalProperties()
        series.graphicalProperties.line.solidFill = _COLOUR
        series.graphicalProperties.line.width = 22_000
        series.smooth = False
        series.marker.symbol = "none"
    else:
        said = [StrVal(idx=point.row, v=point.name) for point in drawn.points]
        series.cat = AxDataSource(strRef=StrRef(f=names, strCache=StrData(ptCount=drawn.rows, pt=said)))
        series.graphicalProperties = GraphicalProperties(solidFill=_COLOUR)
        series.invertIfNegative = False
    return series


def _line(drawn: Picture, date_format: str) -> Any:
    made = LineChart()
    made.x_axis = DateAxis(crossAx=100)
    made.x_axis.number_format = date_format
    made.x_axis.majorTimeUnit = "days"
    made.x_axis.majorUnit = max(1, len(drawn.points) // 8)
    made.y_axis.crossAx = 500
    return made


def _bars(drawn: Picture) -> Any:
    made = BarChart()
    made.type = "bar" if drawn.drawing == "bar" else "col"
    made.gapWidth = 40
    if drawn.drawing == "bar":
        # Put the first row at the top, as in the list, and the values beside the bars.
        made.x_axis.scaling.orientation = "maxMin"
        made.dataLabels = DataLabelList(
            showVal=True, showSerName=False, showCatName=False, showLegendKey=False
        )
    return made


def _day(day: date) -> int:
    """Return the serial number of a date in a spreadsheet."""
    from datetime import date as of

    return (day - of(1970, 1, 1)).days + _EPOCH
