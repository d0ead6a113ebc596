"""What the report of the repurchase interval gets: the curves that a model draws from the spells (metrics 12)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opttius_cli.models.kaplan_meier import SpellCounts, describe_returns

if TYPE_CHECKING:
    import pyarrow as pa


def build_curves(lengths: pa.Table) -> dict[str, Any]:
    """Return the parameter ``curves`` from the table of spells by kind and length."""
    spells: dict[str, dict[int, SpellCounts]] = {"first": {}, "later": {}}
    for row in lengths.to_pylist():
        spells[row["after"]][row["length"]] = SpellCounts(row["returned"], row["open"])
    every = spells["first"] | {
        length: _add(spells["first"].get(length), counts) for length, counts in spells["later"].items()
    }
    rows = [
        {"place": place, "after": after, **describe_returns(counts_by_length)}
        for place, (after, counts_by_length) in enumerate((spells | {"all": every}).items())
    ]
    return {"curves": json.dumps(rows)}


def _add(first: SpellCounts | None, later: SpellCounts) -> SpellCounts:
    return later if first is None else SpellCounts(first.returned + later.returned, first.open + later.open)
