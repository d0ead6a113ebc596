"""Charts as Vega-Lite specifications that need no network and evaluate no text as code, and as static SVGs.

Colours are variables of the page's style sheet, so the same drawing works in light, dark and print.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from opttius_cli.render.cell_formatter import get_number_format
from opttius_cli.render.chart_model import has_whole_numbers
from opttius_cli.render.html.waterfall import build_waterfall

if TYPE_CHECKING:
    from opttius_cli.render.chart_model import Chart, Point

_SVG_WIDTH, _WIDE_SVG_WIDTH = 400, 720
"""Widths of SVGs: for half a printed page, and for a whole one."""
_HEIGHT = 220
_MARGIN = {"left": 14, "right": 8, "top": 18, "bottom": 5}
_PADDING = {"left": 5, "right": 5, "top": 18, "bottom": 5}
_BAR_STEP = 26
_MAX_TICKS = 5
_TEXT_ROOM_FACTOR = 1.3
_MAX_DAYS_BY_DAY = 120
"""Up to this many days, an axis shows days; a longer one shows months."""
_FONT = "Arial, 'Liberation Sans', Helvetica, sans-serif"
"""Fonts of equal width: the SVG is laid out here but displayed with the reader's fonts."""
_AXIS = {
    "labelColor": "var(--muted)",
    "domainColor": "var(--line)",
    "tickColor": "var(--line)",
    "gridColor": "var(--line)",
    "labelFontSize": 12,
    "title": None,
}
_TITLE_ABOVE = {"titleAngle": 0, "titleAlign": "left", "titleAnchor": "end", "titleX": 0, "titleY": -8,
                "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": "var(--muted)"}  # fmt: skip
"""Where the name of an axis stands: above it, where it is read first."""
_CONFIG = {
    "aria": False,
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": _AXIS,
    "mark": {"color": "var(--accent)"},
    "text": {"color": "var(--text)", "fontSize": 12},
}
_TOOLTIP = [{"field": "name"}, {"field": "text"}, {"field": "before"}]


@cache
def load_vega_script() -> str:
    """Return the script of Vega, Vega-Lite and Vega-Embed, for a page without a network."""
    import vl_convert

    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script


def render_svg(spec: dict[str, Any], locale: str, *, wide: bool = False) -> str:
    """Return a specification drawn as an SVG that can be put into a page."""
    import vl_convert

    svg: str = vl_convert.vegalite_to_svg(
        spec | {"width": _WIDE_SVG_WIDTH if wide else _SVG_WIDTH, "padding": _MARGIN},
        format_locale=get_number_locale(locale),
        time_format_locale=get_time_locale(locale),
    )
    return svg


def build_spec(chart: Chart, locale: str) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart, as wide as its container."""
    before = {point.row: point for point in chart.previous_points}
    values = [
        {
            # Two rows may have the same name, so x is the row's position.
            "x": point.x_value.isoformat() if chart.is_dated else index,
            "y": float(point.value),
            "name": point.x_text,
            "text": point.value_text,
        }
        | _describe_previous(before.get(point.row))
        | (
            {"from": float(sum(p.value for p in chart.points[:index]))}
            if chart.chart_type == "waterfall"
            else {}
        )
        for index, point in enumerate(chart.points)
    ]
    builders = {
        "line": _build_line,
        "bar": _build_bars,
        "column": _build_columns,
        "waterfall": _build_waterfall,
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": _CONFIG,
        "data": {"values": values},
        "padding": _PADDING,
        "width": "container",
        **(build_waterfall if chart.ends else builders[chart.chart_type])(chart, locale),
    }


def _describe_previous(point: Point | None) -> dict[str, Any]:
    """Return the value of the previous window's date, in the same place, and its words for the tooltip."""
    if point is None:
        return {}
    return {"previous": float(point.value), "before": f"{point.x_text}: {point.value_text}"}


def _build_line(chart: Chart, locale: str) -> dict[str, Any]:
    days = (chart.points[-1].x_value - chart.points[0].x_value).days
    x_axis = {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"grid": False, "format": _get_date_format(locale, by_day=days <= _MAX_DAYS_BY_DAY), "tickCount": 6,
                 "labelOverlap": True, "labelFlush": True},
    }  # fmt: skip
    # An invisible stripe per point shows the tooltip at any height of the pointer.
    hover = {"name": "pointed", "select": {"type": "point", "on": "pointerover", "clear": "pointerout"}}
    stripe = {"type": "rule", "opacity": 0, "strokeWidth": {"expr": f"max(4, width / {len(chart.points)})"}}
    opacity = {"condition": {"param": "pointed", "empty": False, "value": 1}, "value": 0}
    y = {"y": _build_value_axis(chart)}
    if chart.has_columns:
        width = {"expr": f"max(1, width / {len(chart.points)} * 0.7)"}
        marks: list[dict[str, Any]] = [{"mark": {"type": "bar", "width": width}, "encoding": y}]
    else:
        marks = [
            {"mark": {"type": "area", "color": "var(--soft)", "opacity": 0.7}, "encoding": y},
            {"mark": {"type": "line", "strokeWidth": 2}, "encoding": y},
            {
                "mark": {"type": "point", "filled": True, "size": 70, "color": "var(--accent)"},
                "encoding": y | {"opacity": opacity},
            },
        ]
    if chart.previous_points:
        previous = {"y": y["y"] | {"field": "previous"}}
        dashed = {"type": "line", "strokeWidth": 1.5, "strokeDash": [4, 3], "color": "var(--muted)"}
        marks.append({"mark": dashed, "encoding": previous})
    return {
        "height": _HEIGHT,
        "encoding": {"x": x_axis},
        "layer": [*marks, {"params": [hover], "mark": stripe, "encoding": {"tooltip": _TOOLTIP}}],
    }


def _build_bars(chart: Chart, locale: str) -> dict[str, Any]:  # noqa: ARG001 - the texts are already formatted
    values = [float(point.value) for point in chart.points]
    # Room for the text at the end of the longest bar.
    scale = {
        "domain": [min(0, *values) * _TEXT_ROOM_FACTOR, max(0, *values) * _TEXT_ROOM_FACTOR],
        "nice": False,
    }
    return {
        "height": _BAR_STEP * len(chart.points),
        "encoding": {
            "y": _build_name_axis(chart),
            "x": {"field": "y", "type": "quantitative", "axis": None, "scale": scale},
            "tooltip": _TOOLTIP,
        },
        "layer": [
            {"mark": {"type": "bar", "height": {"band": 0.7}}},
            {"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": {"text": {"field": "text"}}},
        ],
    }


def _build_waterfall(chart: Chart, locale: str) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Return bars of which each begins where the one before ended: what rose to the right, what fell to the left."""
    ends = {"x": {"field": "from", "type": "quantitative", "axis": None}, "x2": {"field": "to"}}
    colour = {"condition": {"test": "datum.y < 0", "value": "var(--down)"}, "value": "var(--up)"}
    label = {"field": "end", "type": "quantitative"}
    return {
        "height": _BAR_STEP * len(chart.points),
        "transform": [
            {"calculate": "datum.from + datum.y", "as": "to"},
            {"calculate": "max(datum.from, datum.to)", "as": "end"},
        ],
        "encoding": {"y": _build_name_axis(chart), "tooltip": _TOOLTIP},
        "layer": [
            {"mark": {"type": "bar", "height": {"band": 0.7}}, "encoding": {**ends, "color": colour}},
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"x": label, "text": {"field": "text"}},
            },
        ],
    }


def _build_columns(chart: Chart, locale: str) -> dict[str, Any]:  # noqa: ARG001 - as above
    return {
        "height": _HEIGHT,
        "mark": {"type": "bar", "width": {"band": 0.7}},
        "encoding": {"x": _build_name_axis(chart), "y": _build_value_axis(chart), "tooltip": _TOOLTIP},
    }


def _build_name_axis(chart: Chart) -> dict[str, Any]:
    """Return an axis of names in the order of the rows."""
    names = [point.x_text for point in chart.points]
    return {
        "field": "x",
        "type": "ordinal",
        "sort": None,
        "axis": {"grid": False, "ticks": False, "domain": False, "labelLimit": 150, "labelPadding": 6,
                 "labelAngle": 0, "labelOverlap": chart.chart_type == "column", "labelExpr": _build_lookup(names)},
    }  # fmt: skip


def _build_lookup(names: list[str]) -> str:
    """Return an expression that turns a position into its name. Names are strings in it, quoted as JSON."""
    return f"{json.dumps(names)}[datum.value]"


def _build_value_axis(chart: Chart) -> dict[str, Any]:
    """Return the axis of values: money and percentages have their sign at each number, others their name above."""
    prefix, suffix = (json.dumps(affix) for affix in chart.value_affixes)
    axis: dict[str, Any] = {"format": "~s", "tickCount": _MAX_TICKS, "domain": False, "ticks": False}
    # Otherwise a scale in thousands would show 0k.
    axis["labelExpr"] = f"{prefix} + (datum.value === 0 ? '0' : datum.label) + {suffix}"
    if chart.value_affixes == ("", ""):
        axis |= _TITLE_ABOVE | {"title": chart.value_label}
    if has_whole_numbers(chart.value_column.kind):
        maximum = int(max(point.value for point in chart.points))
        axis |= {"tickMinStep": 1, "tickCount": max(1, min(_MAX_TICKS, maximum))}
    return {"field": "y", "type": "quantitative", "axis": axis}


@cache
def _get_date_format(locale: str, *, by_day: bool) -> str:
    """Return how an axis writes days or months, as a D3 format."""
    from babel import Locale

    pattern = str(Locale.parse(locale).datetime_skeletons["MMMd" if by_day else "yMMM"].pattern)
    d3_codes = {"MMM": "%b", "LLL": "%b", "d": "%-d", "y": "%Y"}
    return re.sub("MMM|LLL|d|y", lambda match: d3_codes[match[0]], pattern.replace("'", ""))


@cache
def get_number_locale(locale: str) -> dict[str, Any]:
    """Return the locale's number format for D3."""
    number_format = get_number_format(locale)
    return {
        "decimal": number_format.decimal_separator,
        "thousands": number_format.group_separator,
        "grouping": [3],
        "currency": ["", ""],
    }


@cache
def get_time_locale(locale: str) -> dict[str, Any]:
    """Return the locale's names of days and months for D3."""
    from babel.dates import get_day_names, get_month_names

    days = {width: get_day_names(width, locale=locale) for width in ("wide", "abbreviated")}
    months = {
        width: get_month_names(width, context="stand-alone", locale=locale)
        for width in ("wide", "abbreviated")
    }
    return {
        "dateTime": "%x %X",
        "date": "%Y-%m-%d",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        # D3's week starts on Sunday, Babel's on Monday.
        "days": [days["wide"][(day + 6) % 7] for day in range(7)],
        "shortDays": [days["abbreviated"][(day + 6) % 7] for day in range(7)],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
    }
