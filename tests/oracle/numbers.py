"""Exact arithmetic: fractions inside, and one rounding at the end, half away from zero.

Nothing over nothing is None, never 0.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Number = Decimal | Fraction | int


def rounded(value: Number, places: int) -> Decimal:
    """Round half away from zero to so many decimals."""
    scale: int = 10**places
    exact = Fraction(value) * scale
    steps = (abs(exact) + Fraction(1, 2)).__floor__()
    return Decimal(steps if exact >= 0 else -steps) / scale


def money(value: Number) -> Decimal:
    """Money has at most two decimals."""
    return rounded(value, 2)


def total(values: Iterable[Decimal]) -> Decimal:
    """Sum money; nothing sums to 0."""
    return sum(values, start=Decimal(0))


def average(amount: Number, count: int) -> Decimal | None:
    """An average of money."""
    return None if count == 0 else money(Fraction(amount) / count)


def percent(part: Number, whole: Number) -> Decimal | None:
    """A percentage, two decimals."""
    return None if whole == 0 else rounded(Fraction(part) / Fraction(whole) * 100, 2)


def quantile(values: Sequence[Number], share: Fraction) -> Fraction:
    """Interpolate a quantile (type 7): position (n - 1) x share in the sorted values."""
    ordered = sorted(Fraction(value) for value in values)
    position = share * (len(ordered) - 1)
    low = position.__floor__()
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)
