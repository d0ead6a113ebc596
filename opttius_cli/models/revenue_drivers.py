"""What a change of revenue is made of (metrics 14): parts that add up to it, to the cent."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from opttius_cli.models.shapley import divide, round_half_away, split_product

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from opttius_cli.models import Rows
    from opttius_cli.models.shapley import Factor

MOMENTS = ("before", "now")
UNATTRIBUTED = "unattributed"
"""The group of sales of nobody: it has no customers, so that sales are its first factor."""


def split_groups(rows: Rows) -> list[tuple[Any, ...]]:
    """Return (group, factor, before, now, change) from each group's customers, sales and amount of both windows."""
    return [line for row in rows for line in _split_group(row)]


def _split_group(row: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the lines of one group; its ticket takes what rounding leaves."""
    sales, customers = ([row[f"{name}_{moment}"] for moment in MOMENTS] for name in ("sales", "customers"))
    amounts = [Fraction(row[f"amount_{moment}"]) for moment in MOMENTS]
    tickets = _divide_each(amounts, sales)
    factors: dict[str, Factor]
    if row["group"] == UNATTRIBUTED:
        factors = {"sales": _pair(sales)}
    else:
        factors = {
            "customers": _pair(customers),
            "purchases_per_customer": _divide_each(sales, customers),
        }
    factors["ticket"] = tickets
    parts = _round_parts(split_product(list(factors.values())), amounts[1] - amounts[0])
    return [
        (row["group"], name, *(None if value is None else round_half_away(value) for value in values), part)
        for (name, values), part in zip(factors.items(), parts, strict=True)
    ]


def split_mix(rows: Rows) -> list[tuple[Any, ...]]:
    """Return one line (sales, mix, ticket) from the sales and the amount of each key in both windows.

    Revenue is the sum over keys of all sales, the key's share of them and its ticket.
    """
    all_sales = [sum(row[f"sales_{moment}"] for row in rows) for moment in MOMENTS]
    parts: defaultdict[int, Fraction] = defaultdict(Fraction)
    change = Fraction(0)
    for row in rows:
        sales = [row[f"sales_{moment}"] for moment in MOMENTS]
        amounts = [Fraction(row[f"amount_{moment}"]) for moment in MOMENTS]
        change += amounts[1] - amounts[0]
        factors = [_pair(all_sales), _divide_each(sales, all_sales), _divide_each(amounts, sales)]
        for place, part in enumerate(split_product(factors)):
            parts[place] += part
    return [tuple(_round_parts([parts[place] for place in range(3)], change))]


def _pair(counts: Sequence[int]) -> Factor:
    return Fraction(counts[0]), Fraction(counts[1])


def _divide_each(amounts: Sequence[Fraction | int], counts: Sequence[int]) -> Factor:
    return divide(amounts[0], counts[0]), divide(amounts[1], counts[1])


def _round_parts(parts: Sequence[Fraction], change: Fraction) -> list[Decimal]:
    """Round all parts but the last, which takes what is left of the change."""
    rounded = [round_half_away(part) for part in parts[:-1]]
    return [*rounded, round_half_away(change) - sum(rounded)]
