"""Apply a policy to a result; only the kinds of its columns decide."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.privacy.groups import suppressed
from opttius_cli.privacy.masks import MASKS
from opttius_cli.privacy.policy import SCANNED, is_free, is_joining
from opttius_cli.privacy.pseudonyms import pseudonyms
from opttius_cli.privacy.scanning import scanned
from opttius_cli.result import PERSONAL, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opttius_cli.privacy.policy import Policy
    from opttius_cli.result import Column, Result

    Change = Callable[[pa.Array], pa.Array]


_LONG, _AT_ONCE = 10_000, 2
"""From how many rows on threads pay off (Arrow releases the GIL), and how many threads: each holds two copies
of a column."""


def protected(result: Result, policy: Policy, *, users: bool = False) -> Result:
    """Return ``result`` as ``policy`` shows it; unaffected columns share memory with the original.

    ``is_user_report``: a person wrote the report, so its texts may hold anything and are searched.
    """
    result = suppressed(result, policy.min_group)
    found = ((place, _change(column, policy, users=users)) for place, column in enumerate(result.columns))
    changes = {place: change for place, change in found if change is not None}
    table = result.table
    for place, column in zip(changes, _all_changed(table, changes), strict=True):
        table = table.set_column(place, pa.field(table.schema.field(place).name, column.type), column)
    return replace(result, table=table)


def _all_changed(table: pa.Table, changes: Mapping[int, Change]) -> list[pa.ChunkedArray]:
    """Return the transformed columns in the order of ``transforms``; for a long table, in several threads."""
    columns = [table.column(place) for place in changes]
    if table.num_rows < _LONG:
        return list(map(_column_changed, columns, changes.values()))
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_AT_ONCE) as together:
        return list(together.map(_column_changed, columns, changes.values()))


def _column_changed(column: pa.ChunkedArray, change: Change) -> pa.ChunkedArray:
    kind = pa.list_(pa.string()) if _is_list(column.type) else pa.string()
    return pa.chunked_array([_changed(chunk, change) for chunk in column.chunks], kind)


def _change(column: Column, policy: Policy, *, users: bool) -> Change | None:
    """Find the transform for the values of ``column``; None when they stay as they are."""
    if policy.mode == "revealed":
        return None
    if column.kind in PERSONAL:
        return partial(_replaced, kind=column.kind, policy=policy)
    if policy.mode == "anonymous" and is_joining(column):
        return partial(pseudonyms, kind=Kind.ID, key=policy.key)
    if is_free(column, users=users):
        kinds = (*SCANNED, Kind.ID) if policy.mode == "anonymous" else SCANNED
        return partial(scanned, kinds=kinds, replace=partial(_replaced, policy=policy))
    return None


def _replaced(values: pa.Array, kind: Kind, policy: Policy) -> pa.Array:
    return pseudonyms(values, kind, policy.key) if policy.mode == "anonymous" else MASKS[kind](values)


def _changed(chunk: pa.Array, change: Change) -> pa.Array:
    """Apply ``transform`` to every value of a column, or to every value in its lists."""
    if not _is_list(chunk.type):
        # A column of only nulls has Arrow's null type.
        return change(pc.cast(chunk, pa.string()))
    inside = change(pc.cast(chunk.flatten(), pa.string()))
    lengths = pc.fill_null(pc.list_value_length(chunk), 0)
    ends = pa.concat_arrays([pa.array([0], pa.int32()), pc.cast(pc.cumulative_sum(lengths), pa.int32())])
    return pa.ListArray.from_arrays(ends, inside, mask=pc.is_null(chunk))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
