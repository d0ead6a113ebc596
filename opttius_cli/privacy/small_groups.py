"""Suppression of small groups: figures about fewer people than a threshold are hidden, and cannot be derived.

The total of a report is often known, so the total minus the visible rows must not be a small group either:
while only one row is hidden, or the hidden rows together have too few people, the next smallest is hidden.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.result import NUMERIC_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.result import Result


def suppress_small_groups(result: Result, min_size: int) -> Result:
    """Hide the figures of rows about fewer than ``min_size`` people, and record how many rows are hidden.

    The first column of ``group_size`` says how many people a row is about. The others count people too: in
    these, a cell that is too small is hidden by itself.
    """
    if not result.group_size or not min_size:
        return result
    positions = {column.name: position for position, column in enumerate(result.columns)}
    table = result.table
    sizes = {name: table.column(positions[name]).to_pylist() for name in result.group_size}
    first, *others = result.group_size
    rows = groups_to_hide(sizes[first], min_size)
    for name in others:
        table = _clear_cells(table, positions[name], rows | groups_to_hide(sizes[name], min_size))
    for position, column in enumerate(result.columns):
        if column.kind in NUMERIC_KINDS and column.name not in others:
            table = _clear_cells(table, position, rows)
    return replace(result, table=table, suppression_count=len(rows))


def groups_to_hide(sizes: Sequence[int | None], min_size: int) -> set[int]:
    """Return the positions of the groups to hide. Empty groups are shown: they are about nobody."""
    people = sorted((int(size), position) for position, size in enumerate(sizes) if size)
    small = sum(size < min_size for size, _position in people)
    if not small:
        return set()
    count = small
    while count < len(people) and (count == 1 or sum(size for size, _position in people[:count]) < min_size):
        count += 1
    return {position for _size, position in people[:count]}


def _clear_cells(table: pa.Table, position: int, rows: set[int]) -> pa.Table:
    if not rows:
        return table
    field = table.schema.field(position)
    is_hidden = pa.array([row in rows for row in range(table.num_rows)])
    visible = pc.if_else(is_hidden, pa.scalar(None, field.type), table.column(position).combine_chunks())
    return table.set_column(position, pa.field(field.name, field.type), visible)
