"""NDJSON: one JSON object a line for every row of a list, with the values that JSON has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from opttius_cli.errors import UsageError
from opttius_cli.i18n import _
from opttius_cli.render.flat_table import ROWS_PATHS, build_flat_table
from opttius_cli.render.json import encode_column, encode_string
from opttius_cli.render.machine_text import concat_rows
from opttius_cli.render.row_batches import iter_batches

if TYPE_CHECKING:
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Result


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the rows of the list of ``answer``.

    Raises:
        UsageError: the answer has no list, but several parts.
    """
    if len(answer.parts) > 1 and not any(part.path in ROWS_PATHS for part in answer.parts):
        raise UsageError(
            _("ndjson holds one list, but this answer has several parts. Choose --format json instead.")
        )
    write_rows(build_flat_table(answer), out, style)


def write_rows(result: Result, out: BinaryIO, style: Style) -> None:  # noqa: ARG001 - the same everywhere
    """Write one object a line."""
    for batch in () if result.absent else iter_batches(result):
        pieces: list[Any] = []
        for index, column in enumerate(result.columns):
            pieces.append(f"{', ' if index else '{'}{encode_string(column.name)}: ")
            pieces.append(encode_column(batch.column(index), column, None))
        out.write(concat_rows([*pieces, "}\n"]))
