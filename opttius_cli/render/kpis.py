"""Key figures with their growth, and sparklines and bars drawn as text that is readable without colour."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.result import AnswerPart, Column

_LEVELS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"
_GROWTH_SUFFIX, _PREVIOUS_PREFIX, _TOTAL_PREFIX = "_growth_pct", "previous_", "total_"


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure, with its previous value and growth if the report has them."""

    title: str
    column: Column
    value: Any
    previous: Any = None
    growth: Any = None


def collect_kpis(parts: Sequence[AnswerPart], language: str) -> list[Kpi]:
    """Return the figures of the records ``parts``, each with its growth.

    Names decide what belongs together: ``previous_X`` and ``X_growth_pct`` belong to ``X`` or ``total_X``.
    """
    values_by_name: dict[str, tuple[str, Column, Any]] = {}
    for part in parts:
        rows = [] if part.result.absent else part.result.table.slice(0, 1).to_pylist()
        row: Mapping[str, Any] = rows[0] if rows else {}
        title = part.result.titles.get(language, "")
        for name, column in zip(part.result.table.column_names, part.result.columns, strict=True):
            values_by_name[column.name] = (title, column, row.get(name))
    comparison_names = {name for name in values_by_name if _find_base(name, values_by_name)}
    return [
        Kpi(
            title,
            column,
            value,
            _get_value(values_by_name, _PREVIOUS_PREFIX + name.removeprefix(_TOTAL_PREFIX)),
            _get_value(values_by_name, name.removeprefix(_TOTAL_PREFIX) + _GROWTH_SUFFIX),
        )
        for name, (title, column, value) in values_by_name.items()
        if name not in comparison_names
    ]


def _find_base(name: str, values_by_name: Mapping[str, Any]) -> str | None:
    stem = None
    if name.startswith(_PREVIOUS_PREFIX):
        stem = name.removeprefix(_PREVIOUS_PREFIX)
    elif name.endswith(_GROWTH_SUFFIX):
        stem = name.removesuffix(_GROWTH_SUFFIX)
    return next((base for base in (stem, f"{_TOTAL_PREFIX}{stem}") if stem and base in values_by_name), None)


def _get_value(values_by_name: Mapping[str, tuple[str, Column, Any]], name: str) -> Any:
    return values_by_name[name][2] if name in values_by_name else None


def get_growth_arrow(growth: Any) -> str:
    """Return an arrow up or down, or ``=`` for no change."""
    if growth is None or growth == 0:
        return "="
    return "▲" if growth > 0 else "▼"


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


def compute_total(values: Sequence[Any], kind: ColumnKind) -> Any:
    """Return the sum of a column if its kind can be added up, else None."""
    if kind not in {ColumnKind.MONEY, ColumnKind.COUNT, ColumnKind.NUMBER}:
        return None
    return compute_sum(values)


def compute_sum(values: Sequence[Any]) -> Decimal:
    """Return the exact sum of the values that are not null."""
    # Convert a float by its text, because its exact binary value has a long tail of digits.
    return sum((Decimal(str(value)) for value in values if value is not None), Decimal(0))
