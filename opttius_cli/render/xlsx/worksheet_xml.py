"""Rows of an Arrow table as the XML of a worksheet, in batches.

Arrow joins in seconds what takes a minute with an object per cell. Texts are typed as texts, so a spreadsheet
runs none of them; an id or a RUT never becomes a number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape as of_xml

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.render.formulas import is_formula
from opttius_cli.render.machine_text import concat_rows, format_values
from opttius_cli.render.row_batches import BATCH_SIZE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opttius_cli.result import Column

MAX_CELL_LENGTH = 32_767
"""The most UTF-16 units that a cell can hold."""
# Characters that XML 1.0 cannot contain, not even escaped.
_ILLEGAL_CHARS = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]"
# The serial number of 1970-01-01. Spreadsheets treat 1900 as a leap year: dates before its March are texts.
_EPOCH = 25_569
_FIRST_DATE, _LAST_DATE = date(1900, 3, 1), date(9999, 12, 31)
_SECONDS_PER_DAY = 86_400


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a worksheet: its letters, its style number, and words for its codes.

    ``quoted_style`` is for texts that would become formulas if someone edited them, ``bold_style`` for a sum.
    """

    column: Column
    letters: str
    style: int
    quoted_style: int
    vocabulary: Mapping[str, str] = field(default_factory=dict)
    bold_style: int = 0


def render_rows(table: pa.Table, columns: list[SheetColumn], first_row: int) -> Iterator[memoryview]:
    """Yield the XML of all rows of ``table``; the first one is row number ``first_row``."""
    for batch in table.to_batches(max_chunksize=BATCH_SIZE):
        row_numbers = pc.cast(pa.array(range(first_row, first_row + len(batch)), pa.int64()), pa.string())
        pieces: list[Any] = ['<row r="', row_numbers, '">']
        pieces += [
            _render_cells(batch.column(index), row_numbers, column) for index, column in enumerate(columns)
        ]
        yield concat_rows([*pieces, "</row>"])
        first_row += len(batch)


def _render_cells(values: pa.Array, row_numbers: pa.Array, column: SheetColumn) -> pa.Array:
    """Render the cells of one column; a null has no cell."""
    data_type = values.type
    if pa.types.is_boolean(data_type):
        return _render_typed(row_numbers, column, "b", pc.if_else(values, "1", "0"))
    if pa.types.is_date(data_type) or pa.types.is_timestamp(data_type):
        return _render_dates(values, row_numbers, column)
    is_numeric = (
        pa.types.is_integer(data_type) or pa.types.is_decimal(data_type) or pa.types.is_floating(data_type)
    )
    if is_numeric and column.column.kind != "id":
        return _render_typed(row_numbers, column, "n", format_values(values, column.column.kind))
    return _render_texts(format_values(values, column.column.kind), row_numbers, column)


def _render_typed(row_numbers: pa.Array, column: SheetColumn, cell_type: str, values: pa.Array) -> pa.Array:
    return _join_pieces(
        f'<c r="{column.letters}',
        row_numbers,
        f'" s="{column.style}" t="{cell_type}"><v>',
        values,
        "</v></c>",
    )


def _render_dates(values: pa.Array, row_numbers: pa.Array, column: SheetColumn) -> pa.Array:
    """Render dates as day numbers, timestamps with a fraction; dates out of range become texts."""
    is_timestamp = pa.types.is_timestamp(values.type)
    if is_timestamp and values.type.tz:
        values = pc.local_timestamp(values)
    days = pc.cast(values, pa.date32(), safe=False)
    in_range = pc.and_(pc.greater_equal(days, _FIRST_DATE), pc.less_equal(days, _LAST_DATE))
    serial: pa.Array = pc.add(pc.cast(days, pa.int32()), _EPOCH)
    if is_timestamp:
        seconds = pc.cast(pc.cast(values, pa.timestamp("s"), safe=False), pa.int64())
        serial = pc.add(pc.divide(pc.cast(seconds, pa.float64()), _SECONDS_PER_DAY), _EPOCH)
    cells = _render_typed(row_numbers, column, "n", pc.cast(serial, pa.string()))
    if pc.all(in_range).as_py() is not False:
        return cells
    return pc.if_else(
        in_range, cells, _render_texts(format_values(values, column.column.kind), row_numbers, column)
    )


def _render_texts(values: pa.Array, row_numbers: pa.Array, column: SheetColumn) -> pa.Array:
    texts = _truncate_values(_replace_codes(values, column.vocabulary))
    formulas = is_formula(texts)
    style: Any = (
        str(column.style)
        if formulas is None
        else pc.if_else(formulas, str(column.quoted_style), str(column.style))
    )
    return _join_pieces(
        f'<c r="{column.letters}', row_numbers, '" s="', style,
        '" t="inlineStr"><is><t xml:space="preserve">', _escape_values(texts), "</t></is></c>",
    )  # fmt: skip


def _replace_codes(values: pa.Array, vocabulary: Mapping[str, str]) -> pa.Array:
    """Replace codes with the words that people use for them."""
    if not vocabulary:
        return values
    replaced = pc.take(
        pa.array(list(vocabulary.values()), pa.string()), pc.index_in(values, pa.array(list(vocabulary)))
    )
    return pc.coalesce(replaced, values)


def _escape_values(values: pa.Array) -> pa.Array:
    values = remove_illegal_chars(values)
    if not pc.any(pc.match_substring_regex(values, "[&<>]")).as_py():
        return values
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        values = pc.replace_substring(values, char, entity)
    return values


def escape_xml(text: str) -> str:
    """Escape a text for XML."""
    return of_xml(text, {'"': "&quot;"})


def remove_illegal_chars(values: pa.Array) -> pa.Array:
    """Remove the characters that XML cannot contain; every line end becomes a line feed."""
    if pc.any(pc.match_substring_regex(values, _ILLEGAL_CHARS)).as_py():
        values = pc.replace_substring_regex(values, "\r\n?", "\n")
        values = pc.replace_substring_regex(values, _ILLEGAL_CHARS, "")
    return values


def _truncate_values(values: pa.Array) -> pa.Array:
    """Cut texts that are too long for a cell, and mark the end: longer texts make the file unreadable."""
    # A text never has more UTF-16 units than UTF-8 bytes.
    if (pc.max(pc.binary_length(values)).as_py() or 0) <= MAX_CELL_LENGTH:
        return values
    return pa.array(
        [None if value is None else truncate_text(value) for value in values.to_pylist()], pa.string()
    )


def truncate_text(value: str) -> str:
    """Return ``value`` cut to the length of a cell."""
    units = value.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * MAX_CELL_LENGTH:
        return value
    return units[: 2 * (MAX_CELL_LENGTH - 1)].decode("utf-16-le", "ignore") + "…"


def _join_pieces(*pieces: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*pieces, "")
