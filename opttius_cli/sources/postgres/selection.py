"""The queries that are sent: only named columns of a table, and only rows of a scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import Kind
from opttius_cli.sources.postgres.proof import on_server

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.catalog.tables import Table

_TEXTS = {"text", "varchar", "name"}
_NUMBERS = {"numeric", "int2", "int4", "int8"}
_MOMENTS = {"timestamptz", "timestamp", "date"}
_AS_THEY_ARE: Mapping[Kind, set[str]] = {
    Kind.ID: {"uuid", *_TEXTS},
    Kind.TEXT: _TEXTS,
    Kind.MONEY: _NUMBERS,
    Kind.NUMBER: _NUMBERS,
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


def literal(text: str) -> str:
    """Quote ``text`` as an SQL string (standard_conforming_strings is on)."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Quote several texts and join them by commas."""
    return ", ".join(map(literal, texts))


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of one table: our columns that it has (``types``), for the rows that match ``where``.

    ``identity`` distinguishes the table and its files from any other table of that name.
    """

    table: Table
    types: Mapping[str, str]
    schema: str
    whose: str | None = None
    identity: str = ""

    def rows(self, more: str | None = None) -> str:
        """Build the SELECT of the rows, restricted further by ``condition``."""
        cells = ", ".join(
            f"{self._cell(column.name)} AS {quoted(column.name)}"
            for column in self.table.columns
            if column.name in self.types
        )
        return f"SELECT {cells}{self._of(more)}"

    def proof(self) -> str:
        """Build the SELECT of the number of rows, as ``rows``, and of their checksum, as ``sum``."""
        key = {name: (self.types[name], self._cell(name)) for name in self.table.key}
        return f"SELECT count(*) AS rows, {on_server(key)} AS sum{self._of()}"

    def stamps(self) -> str:
        """Build the SELECT of the keys and ``updated_at`` only."""
        cells = (f"{self._cell(name)} AS {quoted(name)}" for name in (*self.table.key, "updated_at"))
        return f"SELECT {', '.join(cells)}{self._of()}"

    def _cell(self, name: str) -> str:
        return _cell(self.table.column(name).kind, name, self.types[name])

    def _of(self, more: str | None = None) -> str:
        conditions = " AND ".join(one for one in (self.whose, more) if one)
        where = f" WHERE {conditions}" if conditions else ""
        return f" FROM {quoted(self.schema)}.{quoted(self.table.name)}{where}"


def _cell(kind: Kind, name: str, given: str) -> str:
    cell = quoted(name)
    as_text = "text[]" if kind is Kind.LIST and given == _PADDED_LIST else "text"
    asked = cell if given in _AS_THEY_ARE[kind] else f"{cell}::{as_text}"
    # Without this, infinity would arrive as a time in the year 290279 BC.
    return f"CASE WHEN isfinite({cell}) THEN {asked} END" if given in _MOMENTS else asked
