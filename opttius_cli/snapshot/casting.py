"""Build the SQL that casts the cells of a staged view to typed values, and reports the unreadable ones.

A part is read twice: plainly, which is quick and right for what a database wrote; and then, only those rows
that hold a cell the plain reading could not take, in every form that people and spreadsheets write, as far as the
cells of its column prove what that form means.

The SQL is built from the catalog's own names; a name from the source is always quoted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import Column, Kind, Table
from opttius_cli.snapshot.column_notation import UNKNOWN_NOTATION, ColumnNotation, Note
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_TYPED_MONEY = "TRY_CAST({cell} AS DECIMAL(15, 2))"
"""Money is read more narrowly than it is stored, so that what is worked out from it cannot overflow."""
_FAST_TEXT_CASTS = {
    # Three digits after a mark may be thousands: the column has to prove it.
    Kind.MONEY: "TRY_CAST({mark}_number({cell}) AS DECIMAL(15, 2))",
    Kind.NUMBER: "TRY_CAST({mark}_number({cell}) AS {type})",
    Kind.JSON: "TRY(json({cell}))",
    Kind.LIST: "read_list({cell})",
}
_FAST_TYPED_CASTS = {
    Kind.MONEY: _TYPED_MONEY,
    Kind.JSON: "json(to_json({cell}))",
}
_REORDERED_CAST = "coalesce(CAST(fixed_moment({cell}, '{lead}') AS {type}), TRY_CAST({cell} AS {type}))"
"""A date of a part whose dates do not begin with their year, once all its cells have proved what comes first."""
_DATE_TYPES = {Kind.INSTANT: "TIMESTAMPTZ", Kind.DATE: "DATE"}
_TEXT_CASTS = {
    Kind.ID: "TRY_CAST(bare_text({cell}) AS {type})",
    Kind.MONEY: "read_money({cell}, '{mark}')",
    Kind.NUMBER: "read_number({cell}, '{mark}')",
    Kind.FLAG: "read_flag({cell})",
    Kind.INSTANT: "read_instant({cell}, '{lead}')",
    Kind.DATE: "read_date({cell}, '{lead}')",
    Kind.JSON: "TRY(json({cell}))",
    Kind.LIST: "read_list({cell})",
}
_TYPED_CASTS = {
    Kind.MONEY: _TYPED_MONEY,
    Kind.INSTANT: "known_moment(TRY_CAST({cell} AS TIMESTAMPTZ))",
    Kind.DATE: "known_date(TRY_CAST({cell} AS DATE))",
    Kind.JSON: "json(to_json({cell}))",
}
_DOUBTS = {
    Kind.MONEY: "form_of_number({cell}) = 'three' THEN 'number_in_doubt'",
    Kind.NUMBER: "form_of_number({cell}) = 'three' THEN 'number_in_doubt'",
    Kind.INSTANT: "order_of_date(date_parts({cell})) = 'either' THEN 'date_in_doubt'",
    Kind.DATE: "order_of_date(date_parts({cell})) = 'either' THEN 'date_in_doubt'",
}
"""When a cell that could not be read says one of two things, by kind, and the word for that."""
_ALWAYS_READABLE = {Kind.TEXT, Kind.LIST}
DOUBTFUL = "doubtful_cells"
"""The temporary table of the cells of a part's rows that have to be read with care."""


def storage_type(column: Column, id_type: str) -> str:
    """Return the DuckDB type in which ``column`` is stored; ids have ``id_type``."""
    return id_type if column.kind is Kind.ID else _STORAGE_TYPES[column.kind]


@dataclass(frozen=True, slots=True)
class RowCaster:
    """How one table is read from one staged view.

    ``id_type`` is the DuckDB type of this snapshot's ids; ``notation`` says what the part's cells prove of its columns.
    """

    table: Table
    staged: StagedView
    id_type: str
    notation: ColumnNotation = UNKNOWN_NOTATION

    def list_notes(self) -> list[Note]:
        """Return what was odd about the part, and how columns were read whose cells did not say it."""
        return [*(Note(None, how, count) for how, count in self.staged.notes.items()), *self.notation.notes]

    def select_fast(self) -> str:
        """Return the SELECT of every row with fast casts; ``refused`` is NULL where these are not enough."""
        return (
            f"SELECT {self._list_columns()}, CASE WHEN {self._build_doubt_condition()} THEN NULL ELSE "
            f"FALSE END AS refused, "
            f"CAST(NULL AS VARCHAR) AS emptied FROM ({self._select_fast_values(self.select_cells())})"
        )

    def select_doubtful(self) -> str:
        """Return the SELECT of the cells of those rows that need care."""
        rows = self._select_fast_values(self.select_cells())
        return f"SELECT {', '.join(self._cell_names())} FROM ({rows}) WHERE {self._build_doubt_condition()}"

    def select_thorough(self) -> str:
        """Return the SELECT of the rows of :data:`DOUBTFUL`, with ``refused`` and ``emptied``.

        ``emptied`` names the optional columns whose cells held something unreadable, with commas; NULL for none.
        A row without any filled cell is no row.
        """
        refused = " OR ".join(self._build_reject_conditions().values()) or "FALSE"
        names = [
            f"CASE WHEN {why} THEN '{name}' END"
            for name, why in self._build_unreadable_conditions(required=False).items()
        ]
        emptied = f"nullif(concat_ws(',', {', '.join(names)}), '')" if names else "CAST(NULL AS VARCHAR)"
        rows = self._select_thorough_values(f"SELECT * FROM {DOUBTFUL}", self._cell_names())
        return f"SELECT {self._list_columns()}, {refused} AS refused, {emptied} AS emptied FROM ({rows})"

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
        rows = self._select_fast_values(self.select_cells(", row_number() OVER () AS ordinal"))
        rows = f"SELECT * FROM ({rows}) WHERE {self._build_doubt_condition()}"
        values = self._select_thorough_values(rows, [*self._cell_names(), "ordinal"])
        return (
            f"SELECT unnest(list_filter(troubles, lambda item: item IS NOT NULL)) AS trouble, "
            f"* EXCLUDE (troubles) FROM (SELECT ordinal, {self._list_columns()}, "
            f"[{', '.join(items)}] AS troubles, {refused} AS refused, "
            f"{' OR '.join(condition for _name, condition in conditions)} "
            f"AS troubled FROM ({values})) WHERE troubled"
        )

    def select_cells(self, more: str = "") -> str:
        """Return the SELECT of every cell, each under a name of ours, so that no name of the source interferes."""
        cells = [
            f"{quote_identifier(self.staged.columns[column.name][0])} AS cell_{column.name}"
            for column in self.table.columns
            if column.name in self.staged.columns
        ]
        return f"SELECT {', '.join(cells)}{more} FROM {quote_identifier(self.staged.view)}"

    def list_text_columns(self, *kinds: Kind) -> list[str]:
        """Return the columns of these kinds whose cells come as text."""
        return [
            column.name
            for column in self.table.columns
            if column.kind in kinds and self.staged.columns.get(column.name, ("", ""))[1] == "VARCHAR"
        ]

    def _select_fast_values(self, cells: str) -> str:
        """Select the ``cells`` and, beside them, what the fast casts make of them."""
        values = [
            f"{self._build_fast_cast(column)} AS {quote_identifier(column.name)}"
            for column in self.table.columns
        ]
        return f"SELECT *, {', '.join(values)} FROM ({cells})"

    def _select_thorough_values(self, rows: str, names: Sequence[str]) -> str:
        """Select the columns ``names`` of ``rows`` with a filled cell, and their carefully read values."""
        thorough = [
            f"{self._build_thorough_cast(column)} AS {quote_identifier(column.name)}"
            for column in self.table.columns
        ]
        filled = " OR ".join(f"{cell} IS NOT NULL" for cell in self._cell_names()) or "TRUE"
        taken = ", ".join(names)
        return f"SELECT {taken}, {', '.join(thorough)} FROM (SELECT {taken} FROM ({rows}) WHERE {filled})"

    def _cell_names(self) -> list[str]:
        return [f"cell_{column.name}" for column in self.table.columns if column.name in self.staged.columns]

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
                empty = f"{cell} = ''" if self.staged.columns[column.name][1] == "VARCHAR" else "FALSE"
                conditions.append(f"({name} IS NULL AND {cell} IS NOT NULL AND NOT {empty})")
        return " OR ".join(conditions) or "FALSE"

    def _build_fast_cast(self, column: Column) -> str:
        type_name = storage_type(column, self.id_type)
        if column.name not in self.staged.columns:
            return f"CAST(NULL AS {type_name})"
        source_type = self.staged.columns[column.name][1]
        if type_name == "VARCHAR":
            return self._build_text_cast(column)
        casts = _FAST_TEXT_CASTS if source_type == "VARCHAR" else _FAST_TYPED_CASTS
        cast = casts.get(column.kind, "TRY_CAST({cell} AS {type})")
        lead = self.notation.get_lead(column.name) if self.staged.dates_reordered else ""
        if lead and column.kind in _DATE_TYPES and source_type == "VARCHAR":
            cast = _REORDERED_CAST
        mark = "comma" if self.staged.decimal_comma else "point"
        return cast.format(cell=f"cell_{column.name}", type=type_name, mark=mark, lead=lead)

    def _build_text_cast(self, column: Column) -> str:
        """Return the cast of a column that is stored as text, the same in both passes."""
        cast = "read_id" if column.kind is Kind.ID else "read_text"
        return column.folded(f"{cast}(CAST(cell_{column.name} AS VARCHAR))")

    def _can_fail(self, column: Column) -> bool:
        return column.kind not in _ALWAYS_READABLE and storage_type(column, self.id_type) != "VARCHAR"

    def _build_reject(self, name: str) -> str:
        doubt = ""
        if name in self.list_text_columns(*_DOUBTS):
            doubt = f"WHEN {_DOUBTS[self.table.get_column(name).kind]} ".format(cell=f"cell_{name}")
        filled = f"holds_something(cell_{name})" if name in self.staged.columns else "FALSE"
        reason = f"CASE WHEN NOT {filled} THEN 'empty' {doubt}ELSE 'unreadable' END"
        return f"{{'column_name': '{name}', 'reason': {reason}}}"

    def _build_thorough_cast(self, column: Column) -> str:
        type_name = storage_type(column, self.id_type)
        if column.name not in self.staged.columns:
            return f"CAST(NULL AS {type_name})"
        if type_name == "VARCHAR":
            return self._build_text_cast(column)
        cell, source_type = f"cell_{column.name}", self.staged.columns[column.name][1]
        if source_type == "VARCHAR":
            cast = _TEXT_CASTS[column.kind]
        else:
            cast = _TYPED_CASTS.get(column.kind, "TRY_CAST({cell} AS {type})")
        mark, lead = self.notation.get_mark(column.name), self.notation.get_lead(column.name)
        return cast.format(cell=cell, type=type_name, mark=mark, lead=lead)

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
