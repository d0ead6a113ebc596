"""The SQL that is sent: the named columns of a table and no others, of the rows of a scope and no others."""

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
"""The types that arrive as what they are; any other is asked for as text, and read as in an export.

So is char(n): what pads it is no part of the word, and a cast to text takes it away.
"""
_PADDED_LIST = "_bpchar"


def literal(text: str) -> str:
    """``text`` as an SQL string (standard_conforming_strings is on)."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """Several as a list."""
    return ", ".join(map(literal, texts))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of one table: our columns as far as it has them (``types``), of the rows ``whose`` says.

    ``identity`` tells the table, and the files that hold it, from any other of that name.
    """

    table: Table
    types: Mapping[str, str]
    schema: str
    whose: str | None = None
    identity: str = ""

    def rows(self, more: str | None = None) -> str:
        """The SELECT of those rows, of which ``more`` is true, too."""
        cells = ", ".join(
            f"{self._cell(column.name)} AS {quoted(column.name)}"
            for column in self.table.columns
            if column.name in self.types
        )
        return f"SELECT {cells}{self._of(more)}"

    def proof(self) -> str:
        """The SELECT of their number, as ``rows``, and of what proves that they are the same, as ``sum``."""
        key = {name: (self.types[name], self._cell(name)) for name in self.table.key}
        return f"SELECT count(*) AS rows, {on_server(key)} AS sum{self._of()}"

    def stamps(self) -> str:
        """The SELECT of nothing but their keys, and when they were changed."""
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
    # Infinity would arrive as a moment of the year 290279 before Christ.
    return f"CASE WHEN isfinite({cell}) THEN {asked} END" if given in _MOMENTS else asked
