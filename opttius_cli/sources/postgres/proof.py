"""One number over the rows of a table, worked out alike by PostgreSQL and by DuckDB, whatever the order of the rows.

It is the sum over (key, updated_at). Where it and the number of rows are the same on both sides, no row came, went,
was exchanged for another or was dated anew; a row that was changed and keeps its date is not seen.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PRIME = 2147483647
"""Microseconds are taken by what is left of them by this, so that their product with a key of 32 bits fits in 64."""


def on_server(key: Mapping[str, tuple[str, str]]) -> str:
    """The aggregate for PostgreSQL; ``key`` maps each column to (its type, what is asked for it)."""
    moment = (
        'CASE WHEN isfinite("updated_at") THEN (date_part(\'epoch\', "updated_at") * 1e6)::int8 ELSE 0 END'
    )
    numbers = (
        _number_of_uuid(quoted(name))
        if given == "uuid"
        else f"('x' || left(md5(lower(coalesce(({asked})::text, ''))), 8))::bit(32)::int8"
        for name, (given, asked) in key.items()
    )
    return f"coalesce(sum({_product(numbers, moment)}), 0)::text"


def _number_of_uuid(cell: str) -> str:
    """Its last eight digits; to take the bytes is three times as quick as to take the text apart."""
    last = " + ".join(
        f"get_byte(uuid_send({cell}), {at}) * {weight}::int8"
        for at, weight in ((12, 16777216), (13, 65536), (14, 256), (15, 1))
    )
    return f"coalesce({last}, 0)"


def in_copy(types: Mapping[str, str], key: Sequence[str]) -> str:
    """The same for DuckDB; ``types`` are PostgreSQL's."""
    numbers = (
        f"CAST('0x' || {digits.format(f'CAST({quoted(name)} AS VARCHAR)')} AS BIGINT)"
        for name in key
        for digits in (_LAST_DIGITS if types[name] == "uuid" else _DIGITS_OF_TEXT,)
    )
    moment = "coalesce(epoch_us(updated_at), 0)"
    return f"coalesce(sum({_product(numbers, moment)}), 0)"


_LAST_DIGITS = "right(coalesce({}, '0'), 8)"
_DIGITS_OF_TEXT = "left(md5(lower(coalesce({}, ''))), 8)"


def _product(numbers: Iterable[str], moment: str) -> str:
    """A sum of both would not tell two rows from the same with their dates exchanged."""
    whole = reduce(lambda one, other: f"(({one}) + 7 * ({other})) % 4294967296", numbers)
    return f"({whole}) * (({moment}) % {_PRIME} + 1)"
