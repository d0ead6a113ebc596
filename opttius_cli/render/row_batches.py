"""The rows of a result in batches, so that a long result never fills the memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from opttius_cli.result import Result

BATCH_SIZE = 8192
"""Rows per batch: few enough to stay in the processor's cache."""


def iter_batches(result: Result) -> Iterator[pa.RecordBatch]:
    """Yield the rows of a result, at most :data:`BATCH_SIZE` at a time."""
    yield from result.table.to_batches(max_chunksize=BATCH_SIZE)
