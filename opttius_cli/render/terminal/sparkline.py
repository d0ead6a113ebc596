"""Sparklines and bars drawn as text, readable without colour."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from opttius_cli.render.kpis import compute_sum

if TYPE_CHECKING:
    from collections.abc import Sequence

_LEVELS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"


def draw_sparkline(values: Sequence[Any], width: int) -> tuple[str, int]:
    """Draw ``values`` in at most ``width`` characters; also return how many values each character sums up.

    The lowest character means zero or less, so that a day without sales never looks like a day with few.
    The last character always covers a full group; if the values do not divide evenly, the first one covers
    fewer.
    """
    values_per_char = -(-len(values) // max(1, width)) or 1
    remainder = len(values) % values_per_char
    starts = [0] * bool(remainder) + list(range(remainder, len(values), values_per_char))
    sums = [compute_sum(values[start:end]) for start, end in pairwise([*starts, len(values)])]
    maximum = max(sums, default=Decimal(0))
    return "".join(_get_level(value, maximum) for value in sums), values_per_char


def _get_level(value: Decimal, maximum: Decimal) -> str:
    if value <= 0 or maximum <= 0:
        return _LEVELS[0]
    return _LEVELS[min(len(_LEVELS) - 1, 1 + int(value * (len(_LEVELS) - 1) / maximum))]


def draw_bar(value: Any, maximum: Any, width: int) -> str:
    """Draw a bar of ``value``, exact to an eighth of a character; ``maximum`` fills ``width`` characters."""
    if not value or not maximum or value <= 0 or maximum <= 0:
        return ""
    eighths = max(1, int(compute_sum([value]) * width * 8 / compute_sum([maximum])))
    return _FULL * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
