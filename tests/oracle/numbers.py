"""Exact arithmetic: fractions inside, and one rounding at the end, half away from zero.

Nothing over nothing is None, never 0.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Number = Decimal | Fraction | int


def rounded(value: Number, places: int) -> Decimal:
    """Round half away from zero to so many decimals."""
    scale: int = 10**places
    exact = Fraction(value) * scale
    steps = (abs(exact) + Fraction(1, 2)).__floor__()
    return Decimal(steps if exact >= 0 else -steps) / scale


def round_all(value: Any, name: str = "") -> Any:
    """Round every number of a record: days to one decimal, money and percentages to two."""
    if isinstance(value, dict):
        return {
            key: round_all(part, name if key in {"previous", "change"} else key)
            for key, part in value.items()
        }
    if isinstance(value, list):
        return [round_all(part, name) for part in value]
    if isinstance(value, Decimal | Fraction):
        return rounded(value, 1 if "days" in name else 2)
    return value


def total(values: Iterable[Decimal]) -> Decimal:
    """Sum money; nothing sums to 0."""
    return sum(values, start=Decimal(0))


def average(amount: Number, count: int) -> Fraction | None:
    """An average, exact."""
    return None if count == 0 else Fraction(amount) / count


def percent(part: Number, whole: Number) -> Fraction | None:
    """A percentage, exact."""
    return None if whole == 0 else Fraction(part) / Fraction(whole) * 100


def quantile(values: Sequence[Number], share: Fraction) -> Fraction:
    """Interpolate a quantile (type 7): position (n - 1) x share in the sorted values."""
    ordered = sorted(Fraction(value) for value in values)
    position = share * (len(ordered) - 1)
    low = position.__floor__()
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)
