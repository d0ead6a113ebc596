"""Parquet for other tools: typed columns under their names, the same bytes for the same answer.

The file's metadata holds, under ``opttius``, the answer's header and ``data_quality`` as JSON.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

import pyarrow.parquet as pq

from opttius_cli.render.flat_table import build_flat_table
from opttius_cli.render.json import write_without_parts

if TYPE_CHECKING:
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer

METADATA_KEY = b"opttius"
_ROW_GROUP_SIZE = 65_536
"""Rows that are compressed together, and held in memory at a time."""


def write(answer: Answer, out: BinaryIO, style: Style) -> None:  # noqa: ARG001 - Parquet is the same everywhere
    """Write the table of ``answer``; an answer of several parts becomes one long table of all figures."""
    result = build_flat_table(answer)
    metadata = BytesIO()
    write_without_parts(answer, metadata)
    table = result.table.slice(0, 0) if result.absent else result.table
    table = table.rename_columns([column.name for column in result.columns])
    table = table.replace_schema_metadata({METADATA_KEY: metadata.getvalue()})
    with pq.ParquetWriter(out, table.schema, compression="zstd") as writer:
        writer.write_table(table, row_group_size=_ROW_GROUP_SIZE)
