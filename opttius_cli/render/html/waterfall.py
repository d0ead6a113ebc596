"""A waterfall of the page: where revenue was, one bar per part from where the last one ended, where it is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opttius_cli.render.chart_model import list_bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.render.chart_model import Bar, Chart

_BAR_STEP, _LABEL_LIMIT = 26, 260
_TEXT_ROOM_FACTOR = 1.35
_COLOURS = {"whole": "var(--accent)", "up": "var(--up)", "down": "var(--down)"}


def build_waterfall(chart: Chart, locale: str) -> dict[str, Any]:  # noqa: ARG001 - the texts are already formatted
    """Return the layers of a waterfall, a bar a line; its first bar is where it begins, its last where it ends."""
    bars = list_bars(chart)
    values = [_build_value(place, bar) for place, bar in enumerate(bars)]
    low = min(0.0, *(min(value["from"], value["to"]) for value in values))
    scale = {"domain": [low, max(value["at"] for value in values) * _TEXT_ROOM_FACTOR], "nice": False}
    quantity = {"type": "quantitative", "axis": None, "scale": scale}
    colour = {
        "field": "sign",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(_COLOURS), "range": list(_COLOURS.values())},
    }
    return {
        "height": _BAR_STEP * len(bars),
        "data": {"values": values},
        "encoding": {
            "y": {"field": "x", "type": "ordinal", "sort": None, "axis": _build_axis(bars)},
            "tooltip": [{"field": "name"}, {"field": "text"}],
        },
        "layer": [
            {
                "mark": {"type": "bar", "height": {"band": 0.7}},
                "encoding": {"x": {"field": "from", **quantity}, "x2": {"field": "to"}, "color": colour},
            },
            {
                "mark": {"type": "text", "align": "left", "dx": 5},
                "encoding": {"x": {"field": "at", **quantity}, "text": {"field": "text"}},
            },
        ],
    }


def _build_value(place: int, bar: Bar) -> dict[str, Any]:
    """Return one bar as data: where it begins and ends, and where its text stands."""
    return {
        "x": place,
        "from": float(bar.first),
        "to": float(bar.last),
        "at": float(max(bar.first, bar.last)),
        "sign": bar.sign,
        "name": bar.name,
        "text": bar.text,
    }


def _build_axis(bars: Sequence[Bar]) -> dict[str, Any]:
    """Return the axis of names; they are strings in its expression, quoted as JSON."""
    names = json.dumps([bar.name for bar in bars])
    return {
        "grid": False,
        "ticks": False,
        "domain": False,
        "labelLimit": _LABEL_LIMIT,
        "labelPadding": 6,
        "labelExpr": f"{names}[datum.value]",
    }
