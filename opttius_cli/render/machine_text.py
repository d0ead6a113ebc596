"""Values as machines read them, one whole Arrow column at a time: ISO dates, decimal points, true and false.

A value is written the same way in every language, and a decimal never becomes a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.result import DECIMAL_PLACES

if TYPE_CHECKING:
    from decimal import Decimal

    from opttius_cli.result import ColumnKind

MAX_DECIMAL_PLACES = 6
"""Decimals of every other kind: with more, Arrow would switch to exponents."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a format for machines spells decimals, booleans and dates."""

    decimal: str = "."
    true: str = "true"
    false: str = "false"
    day_first: bool = False


ISO = Spelling()
EXCEL_ES = Spelling(decimal=",", true="VERDADERO", false="FALSO", day_first=True)


def is_unquoted(data_type: pa.DataType) -> bool:
    """Return whether values of this type are numbers or booleans: without quotes, and never a formula."""
    types = pa.types
    return any(
        is_type(data_type)
        for is_type in (types.is_integer, types.is_decimal, types.is_floating, types.is_boolean)
    )


def format_values(column: pa.Array, kind: ColumnKind, spelling: Spelling = ISO) -> pa.Array:
    """Return the text of every value of ``column``; null stays null."""
    text: pa.Array
    if pa.types.is_decimal(column.type) or pa.types.is_floating(column.type):
        text = _format_numbers(column, kind)
        return text if spelling.decimal == "." else pc.replace_substring(text, ".", spelling.decimal)
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, spelling.true, spelling.false)
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return _format_dates(column, spelling)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        text = pc.binary_join(pc.cast(column, pa.list_(pa.string())), ", ")
        return text
    return pc.cast(column, pa.string())


def _format_numbers(column: pa.Array, kind: ColumnKind) -> pa.Array:
    """Format decimals and floats without trailing zeros. Infinity and NaN become null."""
    places = DECIMAL_PLACES.get(kind, MAX_DECIMAL_PLACES)
    if pa.types.is_floating(column.type):
        finite = pc.if_else(pc.is_finite(column), column, None)
        # Adding zero turns the float's negative zero into zero.
        rounded = pc.add(pc.round(finite, places, round_mode="half_towards_infinity"), 0.0)
        return pc.cast(rounded, pa.string())
    if column.type.scale > places:
        column = pc.round(column, places, round_mode="half_towards_infinity")
    text = pc.cast(column, pa.string())
    if column.type.scale <= 0:
        return text
    return pc.replace_substring_regex(text, r"(\.[0-9]*[1-9])0+$|\.0+$", r"\1")


def format_decimal(value: Decimal) -> str:
    """Return a single decimal with all its digits and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _format_dates(column: pa.Array, spelling: Spelling) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        seconds = pc.cast(column, pa.timestamp("s", column.type.tz), safe=False)
        text = pc.strftime(seconds, "%Y-%m-%dT%H:%M:%S" + ("%z" if column.type.tz else ""))
    else:
        text = pc.cast(column, pa.string())
    if not spelling.day_first:
        return text
    day_first = pc.replace_substring_regex(text, r"^([0-9]+)-([0-9]{2})-([0-9]{2})", r"\3-\2-\1")
    return pc.replace_substring(day_first, "T", " ")


def concat_rows(pieces: list[Any]) -> memoryview:
    """Return the bytes of all rows in sequence; each row joins its ``pieces`` (arrays and literal texts)."""
    columns = [pa.scalar(piece, pa.string()) if isinstance(piece, str) else piece for piece in pieces]
    rows = pc.binary_join_element_wise(
        *columns, pa.scalar("", pa.string()), null_handling="replace", null_replacement=""
    )
    _validity, offsets, data = rows.buffers()
    if data is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[rows.offset] : ends[rows.offset + len(rows)]]
