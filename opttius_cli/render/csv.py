"""CSV by RFC 4180, one table per file, the same bytes in every language; ``excel-es`` is for Spanish Excel.

A cell that a spreadsheet would run as a formula gets a leading apostrophe. Null is an empty cell, and an
empty text is two quotes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.render.batches import batches
from opttius_cli.render.canonical import EXCEL_ES, ISO, glued, is_bare, texts
from opttius_cli.render.cells import clean
from opttius_cli.render.formulas import runs
from opttius_cli.render.tabular import flat

if TYPE_CHECKING:
    from opttius_cli.render.canonical import Spelling
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Column, Result

END = "\r\n"
_ACTING = r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"


@dataclass(frozen=True, slots=True)
class Dialect:
    """The delimiter of a file, the spelling of its values, and its byte order mark."""

    delimiter: str
    spelling: Spelling
    mark: str = ""


DIALECTS = {
    "plain": Dialect(",", ISO),
    # The byte order mark tells Excel that the file is UTF-8.
    "excel-es": Dialect(";", EXCEL_ES, "\ufeff"),
}


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """Write the table of ``answer``: a header of column names, and a line per row."""
    write_rows(flat(answer, DIALECTS[style.csv_dialect].spelling), out, style)


def write_rows(result: Result, out: BinaryIO, style: Style) -> None:
    """Write the rows of one result below a header."""
    dialect = DIALECTS[style.csv_dialect]
    out.write(dialect.mark.encode())
    header = [quoted(neutral(pa.array([column.name])), dialect.delimiter) for column in result.columns]
    out.write(glued(_line(header, dialect)))
    for batch in () if result.absent else batches(result):
        cells = [
            _cell(batch.column(place), column, dialect, on_screen=style.width is not None)
            for place, column in enumerate(result.columns)
        ]
        if len(cells) == 1:
            # Most programs skip an empty line, so the only cell of a row is never left empty.
            cells = [pc.fill_null(cells[0], '""')]
        out.write(glued(_line(cells, dialect)))


def _line(cells: list[pa.Array], dialect: Dialect) -> list[pa.Array | str]:
    pieces: list[pa.Array | str] = []
    for place, cell in enumerate(cells):
        pieces += [dialect.delimiter, cell] if place else [cell]
    return [*pieces, END]


def _cell(values: pa.Array, column: Column, dialect: Dialect, *, on_screen: bool) -> pa.Array:
    """Return the cells of one column as they are written to the file."""
    written = texts(values, column.kind, dialect.spelling)
    if is_bare(values.type) or pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
        return written
    return quoted(neutral(_safe_on_screen(written) if on_screen else written), dialect.delimiter)


def neutral(values: pa.Array) -> pa.Array:
    """Put an apostrophe before every value that a spreadsheet would run as a formula."""
    found = runs(values)
    return (
        values if found is None else pc.if_else(found, pc.binary_join_element_wise("'", values, ""), values)
    )


def quoted(values: pa.Array, delimiter: str) -> pa.Array:
    """Quote the values that contain a delimiter, quote or line end, have outer blanks, or are empty."""
    needed = pc.match_substring_regex(values, rf'["\r\n{delimiter}]|^[ \t]|[ \t]$|^$')
    if not pc.any(needed).as_py():
        return values
    return pc.if_else(
        needed, pc.binary_join_element_wise('"', pc.replace_substring(values, '"', '""'), '"', ""), values
    )


def _safe_on_screen(values: pa.Array) -> pa.Array:
    """Make control characters visible on a terminal; a file keeps them as they are."""
    acting = pc.fill_null(pc.match_substring_regex(values, _ACTING), False)  # noqa: FBT003
    if not pc.any(acting).as_py():
        return values
    shown = [clean(value) for value in pc.filter(values, acting).to_pylist()]
    return pc.replace_with_mask(values, acting, pa.array(shown, pa.string()))
