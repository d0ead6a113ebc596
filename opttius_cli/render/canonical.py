"""Values as machines read them, one whole Arrow column at a time: ISO dates, decimal points, true and false.

A value is written the same way in every language, and a decimal never becomes a float.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from opttius_cli.result import Kind

if TYPE_CHECKING:
    from decimal import Decimal

PLACES = {Kind.MONEY: 2, Kind.PERCENT: 2, Kind.DAYS: 1}
MOST_PLACES = 6
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


def is_bare(of: pa.DataType) -> bool:
    """Return whether values of this type are numbers or booleans: without quotes, and never a formula."""
    kinds = pa.types
    return any(is_(of) for is_ in (kinds.is_integer, kinds.is_decimal, kinds.is_floating, kinds.is_boolean))


def texts(column: pa.Array, kind: Kind, spelling: Spelling = ISO) -> pa.Array:
    """Return the text of every value of ``column``; null stays null."""
    found: pa.Array
    if pa.types.is_decimal(column.type) or pa.types.is_floating(column.type):
        found = _numbers(column, kind)
        return found if spelling.decimal == "." else pc.replace_substring(found, ".", spelling.decimal)
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, spelling.true, spelling.false)
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return _dates(column, spelling)
    if pa.types.is_list(column.type) or pa.types.is_large_list(column.type):
        found = pc.binary_join(pc.cast(column, pa.list_(pa.string())), ", ")
        return found
    return pc.cast(column, pa.string())


def _numbers(column: pa.Array, kind: Kind) -> pa.Array:
    """Format decimals and floats without trailing zeros. Infinity and NaN become null."""
    places = PLACES.get(kind, MOST_PLACES)
    if pa.types.is_floating(column.type):
        finite = pc.if_else(pc.is_finite(column), column, None)
        # Adding zero turns the float's negative zero into zero.
        rounded = pc.add(pc.round(finite, places, round_mode="half_towards_infinity"), 0.0)
        return pc.cast(rounded, pa.string())
    if column.type.scale > places:
        column = pc.round(column, places, round_mode="half_towards_infinity")
    written = pc.cast(column, pa.string())
    if column.type.scale <= 0:
        return written
    return pc.replace_substring_regex(written, r"(\.[0-9]*[1-9])0+$|\.0+$", r"\1")


def exact(value: Decimal) -> str:
    """Return a single decimal with all its digits and without trailing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _dates(column: pa.Array, spelling: Spelling) -> pa.Array:
    if pa.types.is_timestamp(column.type):
        seconds = pc.cast(column, pa.timestamp("s", column.type.tz), safe=False)
        written = pc.strftime(seconds, "%Y-%m-%dT%H:%M:%S" + ("%z" if column.type.tz else ""))
    else:
        written = pc.cast(column, pa.string())
    if not spelling.day_first:
        return written
    turned = pc.replace_substring_regex(written, r"^([0-9]+)-([0-9]{2})-([0-9]{2})", r"\3-\2-\1")
    return pc.replace_substring(turned, "T", " ")


def glued(pieces: list[Any]) -> memoryview:
    """Return the bytes of all rows in sequence; each row joins its ``pieces`` (arrays and literal texts)."""
    literal = [pa.scalar(piece, pa.string()) if isinstance(piece, str) else piece for piece in pieces]
    rows = pc.binary_join_element_wise(
        *literal, pa.scalar("", pa.string()), null_handling="replace", null_replacement=""
    )
    _validity, offsets, data = rows.buffers()
    if data is None:
        return memoryview(b"")
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[rows.offset] : ends[rows.offset + len(rows)]]
