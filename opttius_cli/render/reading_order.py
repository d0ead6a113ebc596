"""The order in which a person reads the columns of a list: names first, ids last. Machines get the report's order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from opttius_cli.result import Column, Result

CHANGE_SUFFIXES = ("growth_pct", "change_pct")
"""How the name of a column ends whose percentages say how much something changed."""


def order_for_reading(result: Result) -> Result:
    """Return a list with its names first and its ids last. A list that begins with a date is a journal: it stays."""
    if result.shape != "rows":
        return result
    order = sorted(range(len(result.columns)), key=lambda index: (_rank_column(result, index), index))
    if order == list(range(len(order))):
        return result
    return replace(
        result, columns=tuple(result.columns[index] for index in order), table=result.table.select(order)
    )


def _rank_column(result: Result, index: int) -> int:
    kind = result.columns[index].kind
    if kind is ColumnKind.ID:
        return 2
    is_journal = result.columns[0].kind is ColumnKind.DATE
    return 0 if kind is ColumnKind.NAME and not is_journal else 1


def is_change(column: Column) -> bool:
    """Return whether the values of a column say how much a figure changed."""
    return column.kind is ColumnKind.PERCENT and column.name.endswith(CHANGE_SUFFIXES)
