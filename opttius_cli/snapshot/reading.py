"""How the cells of a staged view become typed values, and how a row that cannot be read is told.

A part is read twice: plainly, which is quick and right for what a database wrote; and then, only those rows
that hold a cell the plain reading could not take, in every form that people and spreadsheets write.

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
_MONEY = "TRY_CAST({cell} AS DECIMAL(15, 2))"
"""Money is read more narrowly than it is stored, so that what is worked out from it cannot overflow."""
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
    """The DuckDB type in which ``column`` is stored; ids are ``id_type``."""
    return id_type if column.kind is Kind.ID else _STORED[column.kind]


@dataclass(frozen=True, slots=True)
class Reading:
    """How one table is read from one staged view; ``id_type`` is the DuckDB type of this snapshot's ids."""

    table: Table
    staged: Staged
    id_type: str

    @property
    def needs_care(self) -> bool:
        """Whether the plain reading would misread this part: a dot groups thousands in it."""
        return self.staged.spanish

    def plain(self) -> str:
        """The SELECT of every row, plainly read; ``refused`` is NULL for those that need care."""
        values = [f"{self._plain(column)} AS {quoted(column.name)}" for column in self.table.columns]
        return (
            f"SELECT {self._names()}, CASE WHEN {self._doubtful()} THEN NULL ELSE FALSE END AS refused, "
            f"FALSE AS troubled FROM (SELECT *, {', '.join(values)} FROM ({self._cells()}))"
        )

    def careful(self) -> str:
        """The SELECT of the rows that the plain reading left, with ``refused`` and ``troubled``.

        ``troubled`` says that some optional cell is unreadable. A row without any filled cell is no row.
        """
        refused = " OR ".join(self._refusals().values()) or "FALSE"
        troubled = " OR ".join(self._unreadable(required=False).values()) or "FALSE"
        return f"SELECT {self._names()}, {refused} AS refused, {troubled} AS troubled FROM ({self._valued()})"

    def troubles(self) -> str:
        """The SELECT of (ordinal, trouble {column_name, reason}, refused, values…) per cell in trouble."""
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
        """Cells and carefully read values of the rows that the plain reading left."""
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
        """The condition on plainly read values under which a row has to be read with care."""
        conditions = [f"{quoted(name)} IS NULL" for name in self._must()]
        for column in self.table.columns:
            if column.name not in self.staged.columns or not self._can_fail(column):
                continue
            name, cell = quoted(column.name), f"cell_{column.name}"
            if column.kind in _DATED:
                # 02-01-26 would be taken for the year 2; infinity is no moment.
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
        """The inner SELECT: each cell gets a name of ours, so that no name of the source interferes."""
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
        """The conditions that refuse a row, by column: a required cell unreadable, a key or date absent."""
        return self._unreadable(required=True) | {name: f"{quoted(name)} IS NULL" for name in self._must()}

    def _must(self) -> list[str]:
        """The columns that no row may leave empty: its key, and the date from which it exists."""
        dated = [self.table.dated] if self.table.dated else []
        return [name for name in (*self.table.key, *dated) if self.table.column(name).required]

    def _unreadable(self, *, required: bool) -> dict[str, str]:
        """The conditions under which a cell holds something that could not be read, by column."""
        return {
            column.name: f"({quoted(column.name)} IS NULL AND holds_something(cell_{column.name}))"
            for column in self.table.columns
            if column.required == required and column.name in self.staged.columns and self._can_fail(column)
        }
