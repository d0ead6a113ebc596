"""A checksum over the rows of a table that PostgreSQL and DuckDB compute alike, in any order of the rows.

It is a sum over (key, updated_at). When the checksum and the number of rows agree, no row was added, removed
or replaced and no updated_at changed. A row that changed and kept its updated_at is not noticed.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_PRIME = 2147483647
"""Microseconds are reduced modulo this number, so that their product with a 32-bit key fits in 64 bits."""


def on_server(key: Mapping[str, tuple[str, str]]) -> str:
    """Build the aggregate for PostgreSQL.

    ``key`` maps each column to (its type, the expression that reads it).
    """
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
    """Build the number of a UUID's last eight digits.

    Reading bytes is three times as fast as splitting text.
    """
    last = " + ".join(
        f"get_byte(uuid_send({cell}), {at}) * {weight}::int8"
        for at, weight in ((12, 16777216), (13, 65536), (14, 256), (15, 1))
    )
    return f"coalesce({last}, 0)"


def in_copy(types: Mapping[str, str], key: Sequence[str]) -> str:
    """Build the same aggregate for DuckDB; ``types`` are PostgreSQL's types of the columns."""
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
    """Multiply key and time: with a sum, two rows that swap their times would not change the checksum."""
    whole = reduce(lambda one, other: f"(({one}) + 7 * ({other})) % 4294967296", numbers)
    return f"({whole}) * (({moment}) % {_PRIME} + 1)"
