"""Split the change of a product among its factors, exactly: the mean over all orders in which they could change."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import permutations
from math import factorial, prod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

Factor = tuple[Fraction | None, Fraction | None]
"""A factor before and now; None where it is over nothing."""


def split_product(factors: Sequence[Factor]) -> list[Fraction]:
    """Return each factor's part of the change of their product; the parts add up to it.

    A factor over nothing takes the other moment's value, so that it has no part.
    """
    filled = [_fill(*factor) for factor in factors]
    parts = [Fraction(0)] * len(filled)
    for order in permutations(range(len(filled))):
        values = [before for before, _now in filled]
        for place in order:
            product = prod(values)
            values[place] = filled[place][1]
            parts[place] += prod(values) - product
    return [part / factorial(len(filled)) for part in parts]


def _fill(before: Fraction | None, now: Fraction | None) -> tuple[Fraction, Fraction]:
    """Return both values, where one is missing the other twice, where both are 0."""
    value = next((moment for moment in (before, now) if moment is not None), Fraction(0))
    return value if before is None else before, value if now is None else now


def divide(amount: Fraction | int, count: int) -> Fraction | None:
    """Return an exact quotient; None over nothing."""
    return Fraction(amount) / count if count else None


def round_half_away(value: Fraction) -> Decimal:
    """Round to two decimals, halves away from zero."""
    hundredths = (2 * abs(value.numerator) * 100 + value.denominator) // (2 * value.denominator)
    return Decimal(-hundredths if value < 0 else hundredths).scaleb(-2)
