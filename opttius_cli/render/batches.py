"""A result's rows, some thousands at a time, so that a long one stays flat in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from opttius_cli.result import Result

BATCH = 8192
"""Rows worked on at a time: few enough to stay in the processor's cache."""


def batches(result: Result) -> Iterator[pa.RecordBatch]:
    """The rows of a result, at most :data:`BATCH` at a time."""
    yield from result.table.to_batches(max_chunksize=BATCH)
