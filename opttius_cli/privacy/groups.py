"""Suppression of small groups: figures about fewer people than a threshold are hidden, and cannot be derived.

The total of a report is often known, so the total minus the visible rows must not be a small group either:
while only one row is hidden, or the hidden rows together have too few people, the next smallest is hidden.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.result import NUMERIC

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.result import Result


def suppressed(result: Result, least: int) -> Result:
    """Hide the figures of rows about fewer than ``min_size`` people, and record how many rows are hidden.

    The first column of ``group_size`` says how many people a row is about. The others count people too: in
    these, a cell that is too small is hidden by itself.
    """
    if not result.group_size or not least:
        return result
    places = {column.name: place for place, column in enumerate(result.columns)}
    table = result.table
    sizes = {name: table.column(places[name]).to_pylist() for name in result.group_size}
    first, *others = result.group_size
    rows = hidden(sizes[first], least)
    for name in others:
        table = _emptied(table, places[name], rows | hidden(sizes[name], least))
    for place, column in enumerate(result.columns):
        if column.kind in NUMERIC and column.name not in others:
            table = _emptied(table, place, rows)
    return replace(result, table=table, suppressed=len(rows))


def hidden(sizes: Sequence[int | None], least: int) -> set[int]:
    """Return the positions of the groups to hide. Empty groups are shown: they are about nobody."""
    people = sorted((int(size), place) for place, size in enumerate(sizes) if size)
    small = sum(size < least for size, _place in people)
    if not small:
        return set()
    count = small
    while count < len(people) and (count == 1 or sum(size for size, _place in people[:count]) < least):
        count += 1
    return {place for _size, place in people[:count]}


def _emptied(table: pa.Table, place: int, rows: set[int]) -> pa.Table:
    if not rows:
        return table
    field = table.schema.field(place)
    empty = pa.array([row in rows for row in range(table.num_rows)])
    shown = pc.if_else(empty, pa.scalar(None, field.type), table.column(place).combine_chunks())
    return table.set_column(place, pa.field(field.name, field.type), shown)
