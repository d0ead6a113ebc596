"""How the cells of a staged view become typed values, and how a row that cannot be read is told.

Every statement is put together from the catalog's own names; a name of the source's is always quoted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import Column, Kind, Table

if TYPE_CHECKING:
    from opttius_cli.snapshot.source import Staged

_STORED = {
    Kind.TEXT: "VARCHAR",
    Kind.MONEY: "DECIMAL(18, 2)",
    Kind.NUMBER: "DECIMAL(18, 3)",
    Kind.FLAG: "BOOLEAN",
    Kind.INSTANT: "TIMESTAMPTZ",
    Kind.DATE: "DATE",
    Kind.JSON: "JSON",
    Kind.LIST: "VARCHAR[]",
}
_TEXT_READERS = {
    Kind.ID: "TRY_CAST({cell} AS {type})",
    Kind.TEXT: "read_text({cell})",
    Kind.MONEY: "read_money{es}({cell})",
    Kind.NUMBER: "read_number{es}({cell})",
    Kind.FLAG: "read_flag({cell})",
    Kind.INSTANT: "read_instant({cell})",
    Kind.DATE: "read_date({cell})",
    Kind.JSON: "TRY_CAST({cell} AS JSON)",
    Kind.LIST: "read_list({cell})",
}
_TYPED_READERS = {
    Kind.TEXT: "read_text({cell})",
    Kind.INSTANT: "finite(TRY_CAST({cell} AS TIMESTAMPTZ))",
    Kind.DATE: "finite(TRY_CAST({cell} AS DATE))",
    Kind.JSON: "to_json({cell})",
}
_ALWAYS_READABLE = {Kind.TEXT, Kind.LIST}


def stored_type(column: Column, id_type: str) -> str:
    """The DuckDB type in which ``column`` is stored; ids are ``id_type``."""
    return id_type if column.kind is Kind.ID else _STORED[column.kind]


@dataclass(frozen=True, slots=True)
class Reading:
    """How one table is read from one staged view; ``id_type`` is the DuckDB type of this snapshot's ids."""

    table: Table
    staged: Staged
    id_type: str

    def values(self) -> str:
        """The SELECT of typed values, with ``refused`` and ``troubled`` (some optional cell is unreadable)."""
        values = [f"{self._value(column)} AS {quoted(column.name)}" for column in self.table.columns]
        refused = " OR ".join(self._refusals().values()) or "FALSE"
        troubled = " OR ".join(self._unreadable(required=False).values()) or "FALSE"
        return (
            f"SELECT {', '.join(values)}, {refused} AS refused, {troubled} AS troubled "
            f"FROM ({self._cells()})"
        )

    def troubles(self) -> str:
        """The SELECT of (ordinal, trouble {column_name, reason}, refused, values…), a row per cell in trouble."""
        values = [f"{self._value(column)} AS {quoted(column.name)}" for column in self.table.columns]
        conditions = [*self._refusals().items(), *self._unreadable(required=False).items()]
        items = [f"CASE WHEN {why} THEN {self._trouble(name)} END" for name, why in conditions]
        refused = " OR ".join(self._refusals().values()) or "FALSE"
        return (
            f"SELECT unnest(list_filter(troubles, lambda item: item IS NOT NULL)) AS trouble, "
            f"* EXCLUDE (troubles) FROM (SELECT ordinal, {', '.join(values)}, "
            f"[{', '.join(items)}] AS troubles, {refused} AS refused, {' OR '.join(w for _, w in conditions)} "
            f"AS troubled FROM ({self._cells(', row_number() OVER () AS ordinal')})) WHERE troubled"
        )

    def _trouble(self, name: str) -> str:
        given = f"holds_something(cell_{name})" if name in self.staged.columns else "FALSE"
        return f"{{'column_name': '{name}', 'reason': CASE WHEN {given} THEN 'unreadable' ELSE 'empty' END}}"

    def _cells(self, more: str = "") -> str:
        """The inner SELECT, which gives each cell a name of ours so that no name of the source can interfere."""
        cells = [
            f"{quoted(self.staged.columns[column.name][0])} AS cell_{column.name}"
            for column in self.table.columns
            if column.name in self.staged.columns
        ]
        return f"SELECT {', '.join(cells)}{more} FROM {quoted(self.staged.view)}"

    def _value(self, column: Column) -> str:
        stored = stored_type(column, self.id_type)
        if column.name not in self.staged.columns:
            return f"CAST(NULL AS {stored})"
        given = self.staged.columns[column.name][1]
        if stored == "VARCHAR":
            reader = "read_text({cell})"
        elif given == "VARCHAR":
            reader = _TEXT_READERS[column.kind]
        else:
            reader = _TYPED_READERS.get(column.kind, "TRY_CAST({cell} AS {type})")
        spanish = "_es" if self.staged.spanish else ""
        return reader.format(cell=f"cell_{column.name}", type=stored, es=spanish)

    def _refusals(self) -> dict[str, str]:
        """The conditions that refuse a row, by column: a required cell unreadable, a key or required date absent."""
        dated = [self.table.dated] if self.table.dated else []
        must = [name for name in (*self.table.key, *dated) if self.table.column(name).required]
        return self._unreadable(required=True) | {name: f"{quoted(name)} IS NULL" for name in must}

    def _unreadable(self, *, required: bool) -> dict[str, str]:
        """The conditions under which a cell holds something that could not be read, by column."""
        return {
            column.name: f"({quoted(column.name)} IS NULL AND holds_something(cell_{column.name}))"
            for column in self.table.columns
            if column.required == required
            and column.name in self.staged.columns
            and column.kind not in _ALWAYS_READABLE
            and stored_type(column, self.id_type) != "VARCHAR"
        }
