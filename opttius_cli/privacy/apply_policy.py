"""Apply a policy to a result; only the kinds of its columns decide."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.privacy.free_text import redact_text
from opttius_cli.privacy.policy import FREE_TEXT_KINDS, is_free_text, is_identifier
from opttius_cli.privacy.pseudonyms import pseudonymize_values
from opttius_cli.privacy.small_groups import suppress_small_groups
from opttius_cli.result import PERSONAL_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from opttius_cli.privacy.policy import Policy
    from opttius_cli.result import Column, Result

    Transform = Callable[[pa.Array], pa.Array]
    Mask = Callable[[Sequence[str | None], ColumnKind], list[str | None]]


_MIN_THREADED_ROWS, _THREADS = 10_000, 2
"""From how many rows on threads pay off (Arrow releases the GIL), and how many threads: each holds two copies
of a column."""


def apply_policy(result: Result, policy: Policy, mask: Mask) -> Result:
    """Return ``result`` as ``policy`` shows it; unaffected columns share memory with the original.

    Where personal data is masked, the engine has masked the columns that hold nothing else. ``mask`` masks what
    is found in texts.
    """
    result = suppress_small_groups(result, policy.min_group)
    candidates = (
        (position, _find_transform(column, policy, mask)) for position, column in enumerate(result.columns)
    )
    transforms = {position: transform for position, transform in candidates if transform is not None}
    table = result.table
    for position, column in zip(transforms, _transform_columns(table, transforms), strict=True):
        table = table.set_column(position, pa.field(table.schema.field(position).name, column.type), column)
    return replace(result, table=table)


def _transform_columns(table: pa.Table, transforms: Mapping[int, Transform]) -> list[pa.ChunkedArray]:
    """Return the transformed columns in the order of ``transforms``; for a long table, in several threads."""
    columns = [table.column(position) for position in transforms]
    if table.num_rows < _MIN_THREADED_ROWS:
        return list(map(_transform_column, columns, transforms.values()))
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_THREADS) as executor:
        return list(executor.map(_transform_column, columns, transforms.values()))


def _transform_column(column: pa.ChunkedArray, transform: Transform) -> pa.ChunkedArray:
    data_type = pa.list_(pa.string()) if _is_list(column.type) else pa.string()
    return pa.chunked_array([_transform_chunk(chunk, transform) for chunk in column.chunks], data_type)


def _find_transform(column: Column, policy: Policy, mask: Mask) -> Transform | None:
    """Find the transform for the values of ``column``; None when they stay as they are."""
    if policy.mode == "revealed":
        return None
    if policy.mode == "anonymous" and (column.kind in PERSONAL_KINDS or is_identifier(column)):
        kind = column.kind if column.kind in PERSONAL_KINDS else ColumnKind.ID
        return partial(pseudonymize_values, kind=kind, key=policy.key)
    if is_free_text(column):
        return partial(redact_values, policy=policy, mask=mask)
    return None


def redact_values(texts: pa.Array, policy: Policy, mask: Mask) -> pa.Array:
    """Return ``texts`` with the personal data in them masked, or replaced by pseudonyms."""
    if policy.mode == "anonymous":
        return redact_text(
            texts, (*FREE_TEXT_KINDS, ColumnKind.ID), partial(pseudonymize_values, key=policy.key)
        )
    return redact_text(
        texts,
        FREE_TEXT_KINDS,
        lambda matches, kind: pa.array(mask(matches.to_pylist(), kind), pa.string()),
    )


def _transform_chunk(chunk: pa.Array, transform: Transform) -> pa.Array:
    """Apply ``transform`` to every value of a column, or to every value in its lists."""
    if not _is_list(chunk.type):
        # A column of only nulls has Arrow's null type.
        return transform(pc.cast(chunk, pa.string()))
    items = transform(pc.cast(chunk.flatten(), pa.string()))
    lengths = pc.fill_null(pc.list_value_length(chunk), 0)
    ends = pa.concat_arrays([pa.array([0], pa.int32()), pc.cast(pc.cumulative_sum(lengths), pa.int32())])
    return pa.ListArray.from_arrays(ends, items, mask=pc.is_null(chunk))


def _is_list(data_type: pa.DataType) -> bool:
    return bool(pa.types.is_list(data_type) or pa.types.is_large_list(data_type))
