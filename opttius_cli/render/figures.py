"""Key figures with their growth, and sparklines and bars drawn as text that is readable without colour."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.result import Column, Part

_LEVELS = "▁▂▃▄▅▆▇█"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"
_GROWTH, _PREVIOUS, _TOTAL = "_growth_pct", "previous_", "total_"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure, with its previous value and growth if the report has them."""

    title: str
    column: Column
    value: Any
    previous: Any = None
    growth: Any = None


def figures(parts: Sequence[Part], language: str) -> list[Figure]:
    """Return the figures of the records ``parts``, each with its growth.

    Names decide what belongs together: ``previous_X`` and ``X_growth_pct`` belong to ``X`` or ``total_X``.
    """
    found: dict[str, tuple[str, Column, Any]] = {}
    for part in parts:
        rows = [] if part.result.absent else part.result.table.slice(0, 1).to_pylist()
        row: Mapping[str, Any] = rows[0] if rows else {}
        title = part.result.titles.get(language, "")
        for name, column in zip(part.result.table.column_names, part.result.columns, strict=True):
            found[column.name] = (title, column, row.get(name))
    compared = {name for name in found if _base_of(name, found)}
    return [
        Figure(
            title,
            column,
            value,
            _value(found, _PREVIOUS + name.removeprefix(_TOTAL)),
            _value(found, name.removeprefix(_TOTAL) + _GROWTH),
        )
        for name, (title, column, value) in found.items()
        if name not in compared
    ]


def _base_of(name: str, found: Mapping[str, Any]) -> str | None:
    stem = None
    if name.startswith(_PREVIOUS):
        stem = name.removeprefix(_PREVIOUS)
    elif name.endswith(_GROWTH):
        stem = name.removesuffix(_GROWTH)
    return next((base for base in (stem, f"{_TOTAL}{stem}") if stem and base in found), None)


def _value(found: Mapping[str, tuple[str, Column, Any]], name: str) -> Any:
    return found[name][2] if name in found else None


def arrow(growth: Any) -> str:
    """Return an arrow up or down, or ``=`` for no change."""
    if growth is None or growth == 0:
        return "="
    return "▲" if growth > 0 else "▼"


def sparkline(values: Sequence[Any], width: int) -> tuple[str, int]:
    """Draw ``values`` in at most ``width`` characters; also return how many values each character sums up.

    The lowest character means zero or less, so that a day without sales never looks like a day with few.
    The last character always covers a full group; if the values do not divide evenly, the first one covers
    fewer.
    """
    size = -(-len(values) // max(1, width)) or 1
    first = len(values) % size
    starts = [0] * bool(first) + list(range(first, len(values), size))
    sums = [_total(values[start:end]) for start, end in pairwise([*starts, len(values)])]
    most = max(sums, default=Decimal(0))
    return "".join(_level(value, most) for value in sums), size


def _level(value: Decimal, most: Decimal) -> str:
    if value <= 0 or most <= 0:
        return _LEVELS[0]
    return _LEVELS[min(len(_LEVELS) - 1, 1 + int(value * (len(_LEVELS) - 1) / most))]


def bar(part: Any, most: Any, width: int) -> str:
    """Draw a bar of ``value``, exact to an eighth of a character; ``maximum`` fills ``width`` characters."""
    if not part or not most or part <= 0 or most <= 0:
        return ""
    eighths = max(1, int(_total([part]) * width * 8 / _total([most])))
    return _FULL * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def summed(values: Sequence[Any], kind: Kind) -> Any:
    """Return the sum of a column if its kind can be added up, else None."""
    if kind not in {Kind.MONEY, Kind.COUNT, Kind.NUMBER}:
        return None
    return _total(values)


def _total(values: Sequence[Any]) -> Decimal:
    # Convert a float by its text, because its exact binary value has a long tail of digits.
    return sum((Decimal(str(value)) for value in values if value is not None), Decimal(0))
