"""Masks for personal data, by the kind of the column. They are macros of ``sql/base/rules/masks.sql``.

A mask shows what a shop needs to distinguish two people, and nothing by which a person can be reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.installation.resources import read_sql
from opttius_cli.result import ColumnKind
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.sql import Connection

UNREADABLE = "***"

MASKS = {
    ColumnKind.NAME: "mask_name",
    ColumnKind.EMAIL: "mask_email",
    ColumnKind.PHONE: "mask_phone",
    ColumnKind.RUT: "mask_rut",
}
"""The macro that masks the values of each personal kind. A kind that is not listed is not personal."""


def read_macros() -> str:
    """Return the SQL that creates the masks, and the macros that they use."""
    return read_sql("base/keys") + read_sql("base/masks")


def build_masked_columns(masks: Mapping[str, str]) -> str:
    """Return the columns of a SELECT: all of them, those of ``masks`` by the macros that mask them."""
    names = {name: quote_identifier(name) for name in masks}
    masked = ", ".join(f"{macro}({names[name]}) AS {names[name]}" for name, macro in masks.items())
    return f"* REPLACE ({masked})"


def mask_values(con: Connection, values: Sequence[str | None], kind: ColumnKind) -> list[str | None]:
    """Mask ``values`` as in a column of ``kind``; ``con`` has the macros."""
    if kind not in MASKS:
        return list(values)
    sql = f"SELECT {MASKS[kind]}(value) FROM (SELECT unnest(CAST($1 AS VARCHAR[])) AS value)"
    return [row[0] for row in con.execute(sql, [list(values)]).fetchall()]


def mask_value(con: Connection, value: str, kind: ColumnKind) -> str:
    """Mask one value for a message that names a person; the macros are created first."""
    con.execute(read_macros())
    return mask_values(con, [value], kind)[0] or ""
