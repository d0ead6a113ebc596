"""CSV by RFC 4180, one table per file, the same bytes in every language; ``excel-es`` is for Spanish Excel.

A cell that a spreadsheet would run as a formula gets a leading apostrophe. Null is an empty cell, and an
empty text is two quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.render.cell_formatter import escape_control_chars
from opttius_cli.render.flat_table import build_flat_table
from opttius_cli.render.formulas import is_formula
from opttius_cli.render.machine_text import EXCEL_ES, ISO, concat_rows, format_values, is_unquoted
from opttius_cli.render.row_batches import iter_batches

if TYPE_CHECKING:
    from opttius_cli.render.machine_text import Spelling
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Column, Result

LINE_END = "\r\n"
_CONTROL_CHARS = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"
# What nobody sees in a cell, but what may act: control characters (no tabs, no line ends), marks of direction.
_INVISIBLE_CHARS = (
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x{9f}\x{61c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]"
)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The delimiter of a file, the spelling of its values, its byte order mark, and whether people read it.

    Programs get every character of a value; people none that they do not see.
    """

    delimiter: str
    spelling: Spelling
    byte_order_mark: str = ""
    is_for_people: bool = False


DIALECTS = {
    "plain": Dialect(",", ISO),
    # The byte order mark tells Excel that the file is UTF-8.
    "excel-es": Dialect(";", EXCEL_ES, "\ufeff", is_for_people=True),
}


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the table of ``answer``: a header of column names, and a line per row."""
    write_rows(build_flat_table(answer, DIALECTS[style.csv_dialect].spelling), out, style)


def write_rows(result: Result, out: BinaryIO, style: Style) -> None:
    """Write the rows of one result below a header."""
    dialect = DIALECTS[style.csv_dialect]
    out.write(dialect.byte_order_mark.encode())
    header = [
        quote_fields(_neutralize(pa.array([column.name]), dialect), dialect.delimiter)
        for column in result.columns
    ]
    out.write(concat_rows(_build_line(header, dialect)))
    for batch in () if result.absent else iter_batches(result):
        fields = [
            _format_column(batch.column(index), column, dialect, on_screen=style.width is not None)
            for index, column in enumerate(result.columns)
        ]
        if len(fields) == 1:
            # Most programs skip an empty line, so the only cell of a row is never left empty.
            fields = [pc.fill_null(fields[0], '""')]
        out.write(concat_rows(_build_line(fields, dialect)))


def _build_line(fields: list[pa.Array], dialect: Dialect) -> list[pa.Array | str]:
    pieces: list[pa.Array | str] = []
    for index, field in enumerate(fields):
        pieces += [dialect.delimiter, field] if index else [field]
    return [*pieces, LINE_END]


def _format_column(values: pa.Array, column: Column, dialect: Dialect, *, on_screen: bool) -> pa.Array:
    """Return the cells of one column as they are written to the file."""
    text = format_values(values, column.kind, dialect.spelling)
    if is_unquoted(values.type) or pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
        return text
    return quote_fields(
        _neutralize(_escape_for_terminal(text) if on_screen else text, dialect), dialect.delimiter
    )


def _neutralize(values: pa.Array, dialect: Dialect) -> pa.Array:
    """Return ``values`` without what a spreadsheet, or a reader's eye, would obey."""
    if dialect.is_for_people:
        values = pc.replace_substring_regex(values, _INVISIBLE_CHARS, "")
    return escape_formulas(values)


def escape_formulas(values: pa.Array) -> pa.Array:
    """Put an apostrophe before every value that a spreadsheet would run as a formula."""
    formulas = is_formula(values)
    return (
        values
        if formulas is None
        else pc.if_else(formulas, pc.binary_join_element_wise("'", values, ""), values)
    )


def quote_fields(values: pa.Array, delimiter: str) -> pa.Array:
    """Quote the values that contain a delimiter, quote or line end, have outer blanks, or are empty."""
    needs_quotes = pc.match_substring_regex(values, rf'["\r\n{delimiter}]|^[ \t]|[ \t]$|^$')
    if not pc.any(needs_quotes).as_py():
        return values
    return pc.if_else(
        needs_quotes,
        pc.binary_join_element_wise('"', pc.replace_substring(values, '"', '""'), '"', ""),
        values,
    )


def _escape_for_terminal(values: pa.Array) -> pa.Array:
    """Make control characters visible on a terminal; a file keeps them as they are."""
    has_controls = pc.fill_null(pc.match_substring_regex(values, _CONTROL_CHARS), False)  # noqa: FBT003
    if not pc.any(has_controls).as_py():
        return values
    escaped = [escape_control_chars(value) for value in pc.filter(values, has_controls).to_pylist()]
    return pc.replace_with_mask(values, has_controls, pa.array(escaped, pa.string()))
