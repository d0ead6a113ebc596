"""Build the SQL that casts the cells of a staged view to typed values, and reports the unreadable ones.

A part is read with fast casts, which are right for values that a database wrote. Only rows with a cell that
these cannot cast are read again with thorough casts, which accept what people and spreadsheets write.

The SQL is built from the catalog's own names; a name from the source is always quoted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import Column, Kind, Table
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from opttius_cli.snapshot.source_protocol import StagedView

_STORAGE_TYPES = {
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
_FAST_TEXT_CASTS = {
    Kind.MONEY: _MONEY,
    Kind.TEXT: "nullif(CAST({cell} AS VARCHAR), '')",
    Kind.JSON: "TRY(json({cell}))",
    Kind.LIST: "read_list({cell})",
}
_FAST_TYPED_CASTS = {
    Kind.MONEY: _MONEY,
    Kind.TEXT: "nullif(CAST({cell} AS VARCHAR), '')",
    Kind.JSON: "json(to_json({cell}))",
}
_DATE_TYPES = {Kind.INSTANT: "TIMESTAMPTZ", Kind.DATE: "DATE"}
_TEXT_CASTS = {
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
_TYPED_CASTS = {
    Kind.TEXT: "read_text({cell})",
    Kind.MONEY: _MONEY,
    Kind.INSTANT: "known_moment(TRY_CAST({cell} AS TIMESTAMPTZ))",
    Kind.DATE: "known_date(TRY_CAST({cell} AS DATE))",
    Kind.JSON: "json(to_json({cell}))",
}
_ALWAYS_READABLE = {Kind.TEXT, Kind.LIST}


def storage_type(column: Column, id_type: str) -> str:
    """Return the DuckDB type in which ``column`` is stored; ids have ``id_type``."""
    return id_type if column.kind is Kind.ID else _STORAGE_TYPES[column.kind]


@dataclass(frozen=True, slots=True)
class RowCaster:
    """Casts the rows of one staged view; ``id_type`` is the DuckDB type of this snapshot's ids."""

    table: Table
    staged: StagedView
    id_type: str

    @property
    def needs_thorough_pass(self) -> bool:
        """Return whether the fast casts would misread this part: in it, a dot separates thousands."""
        return self.staged.decimal_comma

    def select_fast(self) -> str:
        """Return the SELECT of every row with fast casts; ``refused`` is NULL where these are not enough."""
        values = [
            f"{self._build_fast_cast(column)} AS {quote_identifier(column.name)}"
            for column in self.table.columns
        ]
        return (
            f"SELECT {self._list_columns()}, CASE WHEN {self._build_doubt_condition()} THEN NULL ELSE "
            f"FALSE END AS refused, "
            f"FALSE AS troubled FROM (SELECT *, {', '.join(values)} FROM ({self._select_cells()}))"
        )

    def select_thorough(self) -> str:
        """Return the SELECT of the remaining rows with thorough casts, ``refused`` and ``troubled``.

        ``troubled`` says that some optional cell is unreadable. Rows whose cells are all empty are skipped.
        """
        refused = " OR ".join(self._build_reject_conditions().values()) or "FALSE"
        has_unreadable = " OR ".join(self._build_unreadable_conditions(required=False).values()) or "FALSE"
        return (
            f"SELECT {self._list_columns()}, {refused} AS refused, {has_unreadable} AS troubled FROM "
            f"({self._select_values()})"
        )

    def select_rejects(self) -> str:
        """Return the SELECT of (ordinal, trouble {column_name, reason}, refused, values…) per reject."""
        conditions = [
            *self._build_reject_conditions().items(),
            *self._build_unreadable_conditions(required=False).items(),
        ]
        items = [
            f"CASE WHEN {condition} THEN {self._build_reject(name)} END" for name, condition in conditions
        ]
        refused = " OR ".join(self._build_reject_conditions().values()) or "FALSE"
        values = self._select_values(", row_number() OVER () AS ordinal")
        return (
            f"SELECT unnest(list_filter(troubles, lambda item: item IS NOT NULL)) AS trouble, "
            f"* EXCLUDE (troubles) FROM (SELECT ordinal, {self._list_columns()}, "
            f"[{', '.join(items)}] AS troubles, {refused} AS refused, "
            f"{' OR '.join(condition for _name, condition in conditions)} "
            f"AS troubled FROM ({values})) WHERE troubled"
        )

    def _select_values(self, extra: str = "") -> str:
        """Return the SELECT of cells and thoroughly cast values of the remaining rows."""
        fast = [
            f"{self._build_fast_cast(column)} AS {quote_identifier(column.name)}"
            for column in self.table.columns
        ]
        thorough = [
            f"{self._build_thorough_cast(column)} AS {quote_identifier(column.name)}"
            for column in self.table.columns
        ]
        cells = [f"cell_{column.name}" for column in self.table.columns if column.name in self.staged.columns]
        rows = f"SELECT * FROM ({self._select_cells(extra)})"
        if not self.needs_thorough_pass:
            read = f"SELECT *, {', '.join(fast)} FROM ({self._select_cells(extra)})"
            rows = f"SELECT * FROM ({read}) WHERE {self._build_doubt_condition()}"
        filled = " OR ".join(f"{cell} IS NOT NULL" for cell in cells) or "TRUE"
        columns = ", ".join([*cells, *(["ordinal"] if extra else [])])
        return f"SELECT {columns}, {', '.join(thorough)} FROM (SELECT {columns} FROM ({rows}) WHERE {filled})"

    def _list_columns(self) -> str:
        return ", ".join(quote_identifier(column.name) for column in self.table.columns)

    def _build_doubt_condition(self) -> str:
        """Return the condition under which the fast casts of a row are not enough."""
        conditions = [f"{quote_identifier(name)} IS NULL" for name in self._list_mandatory_columns()]
        for column in self.table.columns:
            if column.name not in self.staged.columns or not self._can_fail(column):
                continue
            name, cell = quote_identifier(column.name), f"cell_{column.name}"
            if column.kind in _DATE_TYPES:
                # 02-01-26 would be read as the year 2; infinity is not a date.
                kind = _DATE_TYPES[column.kind]
                in_range = f"coalesce({name} BETWEEN {kind} '1000-01-01' AND {kind} '9999-01-01', FALSE)"
                conditions.append(f"({cell} IS NOT NULL AND NOT {in_range})")
            else:
                conditions.append(f"({name} IS NULL AND {cell} IS NOT NULL)")
        return " OR ".join(conditions) or "FALSE"

    def _build_fast_cast(self, column: Column) -> str:
        type_name = storage_type(column, self.id_type)
        if column.name not in self.staged.columns:
            return f"CAST(NULL AS {type_name})"
        source_type = self.staged.columns[column.name][1]
        casts = _FAST_TEXT_CASTS if source_type == "VARCHAR" else _FAST_TYPED_CASTS
        cast = casts.get(column.kind, "TRY_CAST({cell} AS {type})")
        if type_name == "VARCHAR":
            cast = _FAST_TEXT_CASTS[Kind.TEXT]
        return cast.format(cell=f"cell_{column.name}", type=type_name)

    def _can_fail(self, column: Column) -> bool:
        return column.kind not in _ALWAYS_READABLE and storage_type(column, self.id_type) != "VARCHAR"

    def _build_reject(self, name: str) -> str:
        is_filled = f"holds_something(cell_{name})" if name in self.staged.columns else "FALSE"
        return (
            f"{{'column_name': '{name}', 'reason': CASE WHEN {is_filled} THEN 'unreadable' ELSE 'empty' END}}"
        )

    def _select_cells(self, extra: str = "") -> str:
        """Return the inner SELECT, with names of ours, so that the source's names cannot clash."""
        cells = [
            f"{quote_identifier(self.staged.columns[column.name][0])} AS cell_{column.name}"
            for column in self.table.columns
            if column.name in self.staged.columns
        ]
        return f"SELECT {', '.join(cells)}{extra} FROM {quote_identifier(self.staged.view)}"

    def _build_thorough_cast(self, column: Column) -> str:
        type_name = storage_type(column, self.id_type)
        if column.name not in self.staged.columns:
            return f"CAST(NULL AS {type_name})"
        source_type = self.staged.columns[column.name][1]
        if type_name == "VARCHAR":
            cast = "read_text({cell})"
        elif source_type == "VARCHAR":
            cast = _TEXT_CASTS[column.kind]
        else:
            cast = _TYPED_CASTS.get(column.kind, "TRY_CAST({cell} AS {type})")
        suffix = "_es" if self.staged.decimal_comma else ""
        return cast.format(cell=f"cell_{column.name}", type=type_name, es=suffix)

    def _build_reject_conditions(self) -> dict[str, str]:
        """Return by column when a row is rejected: a required cell is unreadable, a key or date is empty."""
        return self._build_unreadable_conditions(required=True) | {
            name: f"{quote_identifier(name)} IS NULL" for name in self._list_mandatory_columns()
        }

    def _list_mandatory_columns(self) -> list[str]:
        """Return the columns that may not be empty: the key, and the date from which a row exists."""
        date_columns = [self.table.date_column] if self.table.date_column else []
        return [name for name in (*self.table.key, *date_columns) if self.table.get_column(name).required]

    def _build_unreadable_conditions(self, *, required: bool) -> dict[str, str]:
        """Return by column the condition under which a cell is filled but could not be read."""
        return {
            column.name: f"({quote_identifier(column.name)} IS NULL AND holds_something(cell_{column.name}))"
            for column in self.table.columns
            if column.required == required and column.name in self.staged.columns and self._can_fail(column)
        }
