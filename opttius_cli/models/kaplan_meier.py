"""The Kaplan–Meier curve of the time until a customer buys again, in exact fractions (metrics 12)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

QUANTILES = {
    "p25_days": Fraction(3, 4),
    "median_days": Fraction(1, 2),
    "p75_days": Fraction(1, 4),
}
"""The share that has not returned yet at each quantile."""
HORIZONS = (182, 365, 547, 730, 1095)
"""The lengths in days at which the share that has returned is told."""


@dataclass(frozen=True, slots=True)
class SpellCounts:
    """How many spells of one length ended with a return, and how many are open."""

    returned: int
    open: int


def describe_returns(spells: Mapping[int, SpellCounts]) -> dict[str, int | str | None]:
    """Return the figures of spells by their length in days; a share is text of two decimals, None when unknown."""
    returned = sum(counts.returned for counts in spells.values())
    open_count = sum(counts.open for counts in spells.values())
    at_risk = returned + open_count
    figures: dict[str, int | str | None] = {"spells": at_risk, "returned": returned, "open": open_count}
    days: dict[str, int | None] = dict.fromkeys(QUANTILES)
    longest = max(spells, default=-1)
    shares = dict.fromkeys(HORIZONS, "0.00")
    # The share that has not returned is staying / total: whole numbers that are never rounded.
    staying, total = 1, 1
    for length in sorted(spells):
        if spells[length].returned:
            staying, total = staying * (at_risk - spells[length].returned), total * at_risk
            for name, share in QUANTILES.items():
                if days[name] is None and staying * share.denominator <= total * share.numerator:
                    days[name] = length
            shares |= {
                horizon: _format_percent(total - staying, total) for horizon in HORIZONS if horizon >= length
            }
        at_risk -= spells[length].returned + spells[length].open
    figures |= days
    return figures | {
        f"returned_{horizon}d_pct": shares[horizon] if longest >= horizon else None for horizon in HORIZONS
    }


def _format_percent(part: int, whole: int) -> str:
    """Return a percentage with two decimals, halves rounded up; neither is negative."""
    return str(Decimal((2 * part * 10_000 + whole) // (2 * whole)).scaleb(-2))
