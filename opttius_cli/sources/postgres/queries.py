"""The queries that are sent: only named columns of a table, and only rows of a scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import Kind
from opttius_cli.sources.postgres.checksum import postgres_checksum
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.catalog.tables import Table

_TEXT_TYPES = {"text", "varchar", "name"}
_NUMBER_TYPES = {"numeric", "int2", "int4", "int8"}
_TIME_TYPES = {"timestamptz", "timestamp", "date"}
_NATIVE_TYPES: Mapping[Kind, set[str]] = {
    Kind.ID: {"uuid", *_TEXT_TYPES},
    Kind.TEXT: _TEXT_TYPES,
    Kind.MONEY: _NUMBER_TYPES,
    Kind.NUMBER: _NUMBER_TYPES,
    Kind.FLAG: {"bool"},
    Kind.INSTANT: {"timestamptz", "timestamp"},
    Kind.DATE: {"date"},
    Kind.JSON: {"json", "jsonb"},
    Kind.LIST: {"_text", "_varchar"},
}
"""The types that are fetched unchanged; any other is cast to text and read as in an export.

So is char(n): the cast to text removes its padding.
"""
_PADDED_LIST = "_bpchar"


@dataclass(frozen=True, slots=True)
class TableQuery:
    """The query of one table: our columns that it has (``types``), for the rows that match ``where``.

    ``identity`` distinguishes the table and its files from any other table of that name.
    """

    table: Table
    types: Mapping[str, str]
    schema: str
    where: str | None = None
    identity: str = ""

    def select_rows(self, condition: str | None = None) -> str:
        """Build the SELECT of the rows, restricted further by ``condition``."""
        cells = ", ".join(
            f"{self._select_cell(column.name)} AS {quote_identifier(column.name)}"
            for column in self.table.columns
            if column.name in self.types
        )
        return f"SELECT {cells}{self._build_from(condition)}"

    def select_checksum(self) -> str:
        """Build the SELECT of the number of rows, as ``rows``, and of their checksum, as ``sum``."""
        key = {name: (self.types[name], self._select_cell(name)) for name in self.table.key}
        return f"SELECT count(*) AS rows, {postgres_checksum(key)} AS sum{self._build_from()}"

    def select_keys_and_timestamps(self) -> str:
        """Build the SELECT of the keys and ``updated_at`` only."""
        cells = (
            f"{self._select_cell(name)} AS {quote_identifier(name)}"
            for name in (*self.table.key, "updated_at")
        )
        return f"SELECT {', '.join(cells)}{self._build_from()}"

    def _select_cell(self, name: str) -> str:
        return _cast_cell(self.table.get_column(name).kind, name, self.types[name])

    def _build_from(self, condition: str | None = None) -> str:
        conditions = " AND ".join(term for term in (self.where, condition) if term)
        where_clause = f" WHERE {conditions}" if conditions else ""
        return f" FROM {quote_identifier(self.schema)}.{quote_identifier(self.table.name)}{where_clause}"


def _cast_cell(kind: Kind, name: str, column_type: str) -> str:
    cell = quote_identifier(name)
    text_type = "text[]" if kind is Kind.LIST and column_type == _PADDED_LIST else "text"
    expression = cell if column_type in _NATIVE_TYPES[kind] else f"{cell}::{text_type}"
    if kind is Kind.MONEY and column_type == "numeric":
        # It arrives as text, and of 12.990 an export could not tell whether these are thousands.
        expression = f"round({cell}, 2)"
    # Without this, infinity would arrive as a time in the year 290279 BC.
    return f"CASE WHEN isfinite({cell}) THEN {expression} END" if column_type in _TIME_TYPES else expression
