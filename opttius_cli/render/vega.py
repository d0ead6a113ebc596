"""Charts as Vega-Lite specifications that need no network and evaluate no text as code, and as static SVGs.

Colours are variables of the page's style sheet, so the same drawing works in light, dark and print.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from opttius_cli.render.cells import number_form
from opttius_cli.render.charts import is_whole

if TYPE_CHECKING:
    from opttius_cli.render.charts import Picture

_STILL_WIDTH, _STILL_WIDE = 400, 720
"""Widths of SVGs: for half a printed page, and for a whole one."""
_HEIGHT = 220
_MARGIN = {"left": 14, "right": 8, "top": 5, "bottom": 5}
_STEP = 26
_TICKS = 5
_ROOM_FOR_TEXT = 1.3
_DAYS_BY_DAY = 120
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
_CONFIG = {
    "aria": False,
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": _AXIS,
    "mark": {"color": "var(--accent)"},
    "text": {"color": "var(--text)", "fontSize": 12},
}
_TOOLTIP = [{"field": "name"}, {"field": "text"}]


@cache
def program() -> str:
    """Return the script of Vega, Vega-Lite and Vega-Embed, for a page without a network."""
    import vl_convert

    script: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return script


def still(spec: dict[str, Any], locale: str, *, wide: bool = False) -> str:
    """Return a specification drawn as an SVG that can be put into a page."""
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(
        spec | {"width": _STILL_WIDE if wide else _STILL_WIDTH, "padding": _MARGIN},
        format_locale=number_words(locale),
        time_format_locale=time_words(locale),
    )
    return drawn


def specification(drawn: Picture, locale: str) -> dict[str, Any]:
    """Return the Vega-Lite specification of a chart, as wide as its container."""
    values = [
        {"x": point.over.isoformat(), "y": float(point.value), "name": point.name, "text": point.text}
        if drawn.drawing == "line"
        # Two rows may have the same name, so x is the row's position.
        else {"x": place, "y": float(point.value), "name": point.name, "text": point.text}
        for place, point in enumerate(drawn.points)
    ]
    shape = {"line": _line, "bar": _bars, "column": _columns}[drawn.drawing]
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "config": _CONFIG,
        "data": {"values": values},
        "width": "container",
        **shape(drawn, locale),
    }


def _line(drawn: Picture, locale: str) -> dict[str, Any]:
    days = (drawn.points[-1].over - drawn.points[0].over).days
    across = {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {"grid": False, "format": _dates(locale, by_day=days <= _DAYS_BY_DAY), "tickCount": 6,
                 "labelOverlap": True, "labelFlush": True},
    }  # fmt: skip
    # An invisible stripe per point shows the tooltip at any height of the pointer.
    hover = {"name": "pointed", "select": {"type": "point", "on": "pointerover", "clear": "pointerout"}}
    stripe = {"type": "rule", "opacity": 0, "strokeWidth": {"expr": f"max(4, width / {len(drawn.points)})"}}
    seen = {"condition": {"param": "pointed", "empty": False, "value": 1}, "value": 0}
    return {
        "height": _HEIGHT,
        "encoding": {"x": across},
        "layer": [
            {"mark": {"type": "area", "color": "var(--soft)", "opacity": 0.7}, "encoding": {"y": _up(drawn)}},
            {"mark": {"type": "line", "strokeWidth": 2}, "encoding": {"y": _up(drawn)}},
            {
                "mark": {"type": "point", "filled": True, "size": 70, "color": "var(--accent)"},
                "encoding": {"y": _up(drawn), "opacity": seen},
            },
            {"params": [hover], "mark": stripe, "encoding": {"tooltip": _TOOLTIP}},
        ],
    }


def _bars(drawn: Picture, locale: str) -> dict[str, Any]:  # noqa: ARG001 - the texts are already formatted
    values = [float(point.value) for point in drawn.points]
    # Room for the text at the end of the longest bar.
    scale = {"domain": [min(0, *values) * _ROOM_FOR_TEXT, max(0, *values) * _ROOM_FOR_TEXT], "nice": False}
    return {
        "height": _STEP * len(drawn.points),
        "encoding": {
            "y": _names(drawn),
            "x": {"field": "y", "type": "quantitative", "axis": None, "scale": scale},
            "tooltip": _TOOLTIP,
        },
        "layer": [
            {"mark": {"type": "bar", "height": {"band": 0.7}}},
            {"mark": {"type": "text", "align": "left", "dx": 5}, "encoding": {"text": {"field": "text"}}},
        ],
    }


def _columns(drawn: Picture, locale: str) -> dict[str, Any]:  # noqa: ARG001 - as above
    return {
        "height": _HEIGHT,
        "mark": {"type": "bar", "width": {"band": 0.7}},
        "encoding": {"x": _names(drawn), "y": _up(drawn), "tooltip": _TOOLTIP},
    }


def _names(drawn: Picture) -> dict[str, Any]:
    """Return an axis of names in the order of the rows."""
    names = [point.name for point in drawn.points]
    return {
        "field": "x",
        "type": "ordinal",
        "sort": None,
        "axis": {"grid": False, "ticks": False, "domain": False, "labelLimit": 150, "labelPadding": 6,
                 "labelAngle": 0, "labelOverlap": drawn.drawing == "column", "labelExpr": _looked_up(names)},
    }  # fmt: skip


def _looked_up(names: list[str]) -> str:
    """Return an expression that turns a position into its name. Names are strings in it, quoted as JSON."""
    import json

    return f"{json.dumps(names)}[datum.value]"


def _up(drawn: Picture) -> dict[str, Any]:
    axis: dict[str, Any] = {"format": "~s", "tickCount": _TICKS, "domain": False, "ticks": False}
    # Otherwise a scale in thousands would show 0k.
    axis["labelExpr"] = "datum.value === 0 ? '0' : datum.label"
    if is_whole(drawn.column.kind):
        most = int(max(point.value for point in drawn.points))
        axis |= {"tickMinStep": 1, "tickCount": max(1, min(_TICKS, most))}
    return {"field": "y", "type": "quantitative", "axis": axis}


@cache
def _dates(locale: str, *, by_day: bool) -> str:
    """Return how an axis writes days or months, as a D3 format."""
    from babel import Locale

    pattern = str(Locale.parse(locale).datetime_skeletons["MMMd" if by_day else "yMMM"].pattern)
    signs = {"MMM": "%b", "LLL": "%b", "d": "%-d", "y": "%Y"}
    return re.sub("MMM|LLL|d|y", lambda found: signs[found[0]], pattern.replace("'", ""))


@cache
def number_words(locale: str) -> dict[str, Any]:
    """Return the locale's number format for D3."""
    form = number_form(locale)
    return {"decimal": form.decimal, "thousands": form.group, "grouping": [3], "currency": ["", ""]}


@cache
def time_words(locale: str) -> dict[str, Any]:
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
