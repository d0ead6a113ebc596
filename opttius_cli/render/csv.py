"""CSV by RFC 4180, one table per file, the same bytes in every language; ``excel-es`` is for Spanish Excel.

A cell that a spreadsheet would run as a formula gets an apostrophe before it. Null is an empty cell, an
empty text is two quotes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.render.canonical import EXCEL_ES, ISO, batches, glued, texts
from opttius_cli.render.cells import clean
from opttius_cli.render.tabular import flat

if TYPE_CHECKING:
    from opttius_cli.render.canonical import Spelling
    from opttius_cli.render.style import Style
    from opttius_cli.result import Answer, Column, Result

END = "\r\n"
MARK = "\ufeff"
"""Tells Excel that the bytes are UTF-8."""

# What spreadsheets run: a sign of a formula, also after blanks and in its wide and small variants.
RUNS = r"^[\s\p{Z}\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫]|^[\t\r\n]"
# What only looks like it: a number, or a telephone number, masked or not.
HARMLESS = r"^ *([+-]?[0-9]+([.,][0-9]+)*|\+[0-9]{1,3}([ -]?(\(?[0-9]+\)?|\*{3}))*) *$"


def write(answer: Answer, out: BinaryIO, style: Style) -> None:
    """The table of ``answer``: a header of column names, and a line per row."""
    spanish = style.csv_dialect == "excel-es"
    spelling, delimiter = (EXCEL_ES, ";") if spanish else (ISO, ",")
    result = flat(answer, spelling)
    if spanish:
        out.write(MARK.encode())
    header = [quoted(pa.array([column.name]), delimiter) for column in result.columns]
    out.write(glued(_line(header, delimiter)))
    for batch in () if result.absent else batches(result):
        cells = [
            _cell(batch.column(place), column, result, spelling, delimiter, on_screen=style.width is not None)
            for place, column in enumerate(result.columns)
        ]
        out.write(glued(_line(cells, delimiter)))


def _line(cells: list[pa.Array], delimiter: str) -> list[pa.Array | str]:
    pieces: list[pa.Array | str] = []
    for place, cell in enumerate(cells):
        pieces += [delimiter, cell] if place else [cell]
    return [*pieces, END]


def _cell(
    values: pa.Array, column: Column, result: Result, spelling: Spelling, delimiter: str, *, on_screen: bool
) -> pa.Array:
    """The cells of one column as they stand in the file."""
    written = texts(values, column.kind, spelling)
    if not (pa.types.is_string(values.type) or pa.types.is_list(values.type)):
        return written if spelling is ISO else quoted(written, delimiter)
    written = neutral(_safe_on_screen(written) if on_screen else written)
    # A line with nothing on it is no row to most readers, so an only cell is never quite empty.
    return quoted(pc.fill_null(written, "") if len(result.columns) == 1 else written, delimiter)


def neutral(values: pa.Array) -> pa.Array:
    """``values`` with an apostrophe before those that a spreadsheet would run."""
    runs = pc.match_substring_regex(values, RUNS)
    if not pc.any(runs).as_py():
        return values
    runs = pc.and_(runs, pc.invert(pc.match_substring_regex(values, HARMLESS)))
    return pc.if_else(runs, pc.binary_join_element_wise("'", values, ""), values)


def quoted(values: pa.Array, delimiter: str) -> pa.Array:
    """``values`` in quotes where they need them: a delimiter, a quote, an end of line, an edge of blanks, nothing."""
    needed = pc.match_substring_regex(values, rf'["\r\n{delimiter}]|^[ \t]|[ \t]$|^$')
    if not pc.any(needed).as_py():
        return values
    return pc.if_else(
        needed, pc.binary_join_element_wise('"', pc.replace_substring(values, '"', '""'), '"', ""), values
    )


def _safe_on_screen(values: pa.Array) -> pa.Array:
    """On a terminal, control characters of the data are shown and not obeyed; in a file they are kept."""
    acting = pc.fill_null(pc.match_substring_regex(values, r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]"), False)  # noqa: FBT003 - Arrow takes it by place
    if not pc.any(acting).as_py():
        return values
    shown = [clean(value) for value in pc.filter(values, acting).to_pylist()]
    return pc.replace_with_mask(values, acting, pa.array(shown, pa.string()))
