"""Build the SQL that casts the cells of a staged view to typed values, and reports the unreadable ones.

A part is read with fast casts, which are right for values that a database wrote. Only rows with a cell that
these cannot cast are read again with thorough casts, which accept what people and spreadsheets write.

The SQL is built from the catalog's own names; a name from the source is always quoted.
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
_MONEY = "TRY_CAST({cell} AS DECIMAL(15, 2))"
"""Money is read with fewer digits than it is stored with, so that sums cannot overflow."""
_PLAIN_READERS = {
    Kind.MONEY: _MONEY,
    Kind.TEXT: "nullif(CAST({cell} AS VARCHAR), '')",
    Kind.JSON: "TRY(json({cell}))",
    Kind.LIST: "read_list({cell})",
}
_PLAIN_TYPED_READERS = {
    Kind.MONEY: _MONEY,
    Kind.TEXT: "nullif(CAST({cell} AS VARCHAR), '')",
    Kind.JSON: "json(to_json({cell}))",
}
_DATED = {Kind.INSTANT: "TIMESTAMPTZ", Kind.DATE: "DATE"}
_TEXT_READERS = {
    Kind.ID: "TRY_CAST({cell} AS {type})",
    Kind.TEXT: "read_text({cell})",
    Kind.MONEY: "read_money{es}({cell})",
    Kind.NUMBER: "read_number{es}({cell})",
    Kind.FLAG: "read_flag({cell})",
    Kind.INSTANT: "read_instant({cell})",
    Kind.DATE: "read_date({cell})",
    Kind.JSON: "TRY(json({cell}))",
    Kind.LIST: "read_list({cell})",
}
_TYPED_READERS = {
    Kind.TEXT: "read_text({cell})",
    Kind.MONEY: _MONEY,
    Kind.INSTANT: "known_moment(TRY_CAST({cell} AS TIMESTAMPTZ))",
    Kind.DATE: "known_date(TRY_CAST({cell} AS DATE))",
    Kind.JSON: "json(to_json({cell}))",
}
_ALWAYS_READABLE = {Kind.TEXT, Kind.LIST}


def stored_type(column: Column, id_type: str) -> str:
    """Return the DuckDB type in which ``column`` is stored; ids have ``id_type``."""
    return id_type if column.kind is Kind.ID else _STORED[column.kind]


@dataclass(frozen=True, slots=True)
class Reading:
    """Casts the rows of one staged view; ``id_type`` is the DuckDB type of this snapshot's ids."""

    table: Table
    staged: Staged
    id_type: str

    @property
    def needs_care(self) -> bool:
        """Return whether the fast casts would misread this part: in it, a dot separates thousands."""
        return self.staged.spanish

    def plain(self) -> str:
        """Return the SELECT of every row with fast casts; ``refused`` is NULL where these are not enough."""
        values = [f"{self._plain(column)} AS {quoted(column.name)}" for column in self.table.columns]
        return (
            f"SELECT {self._names()}, CASE WHEN {self._doubtful()} THEN NULL ELSE FALSE END AS refused, "
            f"FALSE AS troubled FROM (SELECT *, {', '.join(values)} FROM ({self._cells()}))"
        )

    def careful(self) -> str:
        """Return the SELECT of the remaining rows with thorough casts, ``refused`` and ``troubled``.

        ``troubled`` says that some optional cell is unreadable. Rows whose cells are all empty are skipped.
        """
        refused = " OR ".join(self._refusals().values()) or "FALSE"
        troubled = " OR ".join(self._unreadable(required=False).values()) or "FALSE"
        return f"SELECT {self._names()}, {refused} AS refused, {troubled} AS troubled FROM ({self._valued()})"

    def troubles(self) -> str:
        """Return the SELECT of (ordinal, trouble {column_name, reason}, refused, values…) per reject."""
        conditions = [*self._refusals().items(), *self._unreadable(required=False).items()]
        items = [f"CASE WHEN {why} THEN {self._trouble(name)} END" for name, why in conditions]
        refused = " OR ".join(self._refusals().values()) or "FALSE"
        valued = self._valued(", row_number() OVER () AS ordinal")
        return (
            f"SELECT unnest(list_filter(troubles, lambda item: item IS NOT NULL)) AS trouble, "
            f"* EXCLUDE (troubles) FROM (SELECT ordinal, {self._names()}, "
            f"[{', '.join(items)}] AS troubles, {refused} AS refused, "
            f"{' OR '.join(w for _, w in conditions)} "
            f"AS troubled FROM ({valued})) WHERE troubled"
        )

    def _valued(self, more: str = "") -> str:
        """Return the SELECT of cells and thoroughly cast values of the remaining rows."""
        plain = [f"{self._plain(column)} AS {quoted(column.name)}" for column in self.table.columns]
        careful = [f"{self._value(column)} AS {quoted(column.name)}" for column in self.table.columns]
        cells = [f"cell_{column.name}" for column in self.table.columns if column.name in self.staged.columns]
        rows = f"SELECT * FROM ({self._cells(more)})"
        if not self.needs_care:
            read = f"SELECT *, {', '.join(plain)} FROM ({self._cells(more)})"
            rows = f"SELECT * FROM ({read}) WHERE {self._doubtful()}"
        filled = " OR ".join(f"{cell} IS NOT NULL" for cell in cells) or "TRUE"
        kept = ", ".join([*cells, *(["ordinal"] if more else [])])
        return f"SELECT {kept}, {', '.join(careful)} FROM (SELECT {kept} FROM ({rows}) WHERE {filled})"

    def _names(self) -> str:
        return ", ".join(quoted(column.name) for column in self.table.columns)

    def _doubtful(self) -> str:
        """Return the condition under which the fast casts of a row are not enough."""
        conditions = [f"{quoted(name)} IS NULL" for name in self._must()]
        for column in self.table.columns:
            if column.name not in self.staged.columns or not self._can_fail(column):
                continue
            name, cell = quoted(column.name), f"cell_{column.name}"
            if column.kind in _DATED:
                # 02-01-26 would be read as the year 2; infinity is not a date.
                kind = _DATED[column.kind]
                fine = f"coalesce({name} BETWEEN {kind} '1000-01-01' AND {kind} '9999-01-01', FALSE)"
                conditions.append(f"({cell} IS NOT NULL AND NOT {fine})")
            else:
                conditions.append(f"({name} IS NULL AND {cell} IS NOT NULL)")
        return " OR ".join(conditions) or "FALSE"

    def _plain(self, column: Column) -> str:
        stored = stored_type(column, self.id_type)
        if column.name not in self.staged.columns:
            return f"CAST(NULL AS {stored})"
        given = self.staged.columns[column.name][1]
        readers = _PLAIN_READERS if given == "VARCHAR" else _PLAIN_TYPED_READERS
        reader = readers.get(column.kind, "TRY_CAST({cell} AS {type})")
        if stored == "VARCHAR":
            reader = _PLAIN_READERS[Kind.TEXT]
        return reader.format(cell=f"cell_{column.name}", type=stored)

    def _can_fail(self, column: Column) -> bool:
        return column.kind not in _ALWAYS_READABLE and stored_type(column, self.id_type) != "VARCHAR"

    def _trouble(self, name: str) -> str:
        given = f"holds_something(cell_{name})" if name in self.staged.columns else "FALSE"
        return f"{{'column_name': '{name}', 'reason': CASE WHEN {given} THEN 'unreadable' ELSE 'empty' END}}"

    def _cells(self, more: str = "") -> str:
        """Return the inner SELECT, with names of ours, so that the source's names cannot clash."""
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
        """Return by column when a row is rejected: a required cell is unreadable, a key or date is empty."""
        return self._unreadable(required=True) | {name: f"{quoted(name)} IS NULL" for name in self._must()}

    def _must(self) -> list[str]:
        """Return the columns that may not be empty: the key, and the date from which a row exists."""
        dated = [self.table.dated] if self.table.dated else []
        return [name for name in (*self.table.key, *dated) if self.table.column(name).required]

    def _unreadable(self, *, required: bool) -> dict[str, str]:
        """Return by column the condition under which a cell is filled but could not be read."""
        return {
            column.name: f"({quoted(column.name)} IS NULL AND holds_something(cell_{column.name}))"
            for column in self.table.columns
            if column.required == required and column.name in self.staged.columns and self._can_fail(column)
        }
