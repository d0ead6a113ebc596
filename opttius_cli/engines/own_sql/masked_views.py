"""The masked views that a user's SQL reads: common table expressions over the plain views of its scope.

They stand around the user's statement under the names that it uses. So a name means a masked view wherever the
statement does not define it itself, and the plain view under it has no name there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.engines.own_sql.statement import MACRO_TABLES
from opttius_cli.privacy.masks import MASKS
from opttius_cli.result import ColumnKind
from opttius_cli.scope import SCOPED_TABLES
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import duckdb

    from opttius_cli.engines.own_sql.side_tables import SideTables
    from opttius_cli.engines.own_sql.statement import Statement
    from opttius_cli.sql import Connection

SCOPE_TABLES = frozenset(table.name for table in SCOPED_TABLES) | {"branches", "scope_rows"}
"""The tables that every scope has views for."""

PERSONAL_COLUMNS = {
    "first_name": ColumnKind.NAME,
    "last_name": ColumnKind.NAME,
    "name": ColumnKind.NAME,
    "email": ColumnKind.EMAIL,
    "phone": ColumnKind.PHONE,
    "rut": ColumnKind.RUT,
    "sii_rut": ColumnKind.RUT,
}
"""The kinds of the columns that identify a person, in the tables of :data:`PERSONAL_TABLES`."""

PERSONAL_TABLES = frozenset({"customers", "orders"})
COLUMN_MASKS = {"last_name": "mask_surname"}
"""Columns whose mask is not that of their kind."""

HIDDEN_COLUMNS = frozenset({"email_key", "tags", "tenant", "emptied"})
"""Columns that are not shown: the plain form of an email, what the shop notes about a person, the loader's own."""

_COMPARED = {
    "same_email_as": ("email", "compared_email"),
    "same_phone_as": ("phone", "phone_key"),
    "same_rut_as": ("rut", "compared_rut"),
}
"""Columns that say which customers share a value: the column of customers, and the macro that normalizes it."""

_NUMBERS = frozenset({"order_number", "work_order_number", "quote_number", "product_key"})
"""Columns that identify a row, besides those that end in ``_id``."""


@dataclass(frozen=True, slots=True)
class ViewColumn:
    """A column of a masked view: its name, its SQL, and the join that this needs."""

    name: str
    sql: str
    join: str = ""


def build_masked_views(con: duckdb.DuckDBPyConnection, statement: Statement, side_tables: SideTables) -> str:
    """Return the CTEs of the tables that ``statement`` reads; ``side_tables`` get the values that they join with."""
    names = statement.tables | MACRO_TABLES if statement.calls_macros else statement.tables
    views = [
        f"{quote_identifier(name)} AS NOT MATERIALIZED "
        f"({_build_select(name, list(_build_columns(con, name, statement, side_tables)))})"
        for name in sorted(names)
    ]
    side_tables.create_pseudonyms()
    return f"WITH {', '.join(views)}\n" if views else ""


def describe_view(con: Connection, name: str) -> list[tuple[str, str]]:
    """Return the columns of the plain view ``name``, with their types, as far as they are shown."""
    rows = con.execute(f"DESCRIBE temp.main.{quote_identifier(name)}").fetchall()
    return [(row[0], row[1]) for row in rows if row[0] not in HIDDEN_COLUMNS]


def list_compared_columns(table: str) -> list[tuple[str, str]]:
    """Return the columns that say whose values are the same, each with the table's own column of that value."""
    if table == "customers":
        return [(name, column) for name, (column, _key) in _COMPARED.items()]
    return [("same_email_as", "email"), ("same_rut_as", "sii_rut")] if table == "orders" else []


def list_added_columns(table: str) -> list[tuple[str, str]]:
    """Return the columns that the masked view has besides those of the plain one, with their types."""
    added = [("name", "VARCHAR")] if table == "customers" else []
    return added + [(name, "UUID") for name, _column in list_compared_columns(table)]


def _build_select(name: str, columns: Sequence[ViewColumn]) -> str:
    selected = ", ".join(f"{column.sql} AS {quote_identifier(column.name)}" for column in columns)
    joins = "".join(dict.fromkeys(column.join for column in columns))
    return f"SELECT {selected} FROM temp.main.{quote_identifier(name)} AS own{joins}"


def _build_columns(
    con: duckdb.DuckDBPyConnection, table: str, statement: Statement, side_tables: SideTables
) -> Iterator[ViewColumn]:
    """Yield the columns of the masked view of ``table``; of those that need a join, only what the statement reads."""
    for name, data_type in describe_view(con, table):
        column = f"own.{quote_identifier(name)}"
        kind = find_personal_kind(table, name)
        if kind is not None:
            yield from _build_personal_column(statement, side_tables, table, name, kind)
        elif is_identifier(name) and side_tables.policy.mode == "anonymous":
            if statement.may_read(name):
                yield ViewColumn(name, *side_tables.join_pseudonyms(table, name, column, ColumnKind.ID))
        elif data_type == "VARCHAR" and not is_identifier(name) and statement.may_read(name):
            yield ViewColumn(name, *side_tables.join_redactions(table, name, column))
        else:
            yield ViewColumn(name, column)
    if table == "customers" and statement.may_read("name"):
        yield from _build_personal_column(statement, side_tables, table, "name", ColumnKind.NAME)
    for name, own_column in list_compared_columns(table):
        if statement.may_read(name):
            yield _build_compared_column(side_tables, name, own_column)


def find_personal_kind(table: str, column: str) -> ColumnKind | None:
    """Return the kind of personal data in a column of a plain view; None when it holds none."""
    return PERSONAL_COLUMNS.get(column) if table in PERSONAL_TABLES else None


def is_identifier(name: str) -> bool:
    """Return whether a column refers to a row of the shop's database."""
    return name == "id" or name.endswith("_id") or name in _NUMBERS


def _build_personal_column(
    statement: Statement, side_tables: SideTables, table: str, name: str, kind: ColumnKind
) -> Iterator[ViewColumn]:
    column = f"own.{quote_identifier(name)}"
    if name == "name":
        column = "customer_name(own.first_name, own.last_name)"
    if side_tables.policy.mode == "revealed":
        yield ViewColumn(name, column)
    elif side_tables.policy.mode == "masked":
        yield ViewColumn(name, f"{COLUMN_MASKS.get(name, MASKS[kind])}({column})")
    elif statement.may_read(name):
        yield ViewColumn(name, *side_tables.join_pseudonyms(table, name, column, kind))


def _build_compared_column(side_tables: SideTables, name: str, own_column: str) -> ViewColumn:
    """Return the column of the smallest id among the customers of the scope that share a value."""
    column, key = _COMPARED[name]
    alias = quote_identifier(f"{name} sharing")
    join = (
        f" LEFT JOIN (SELECT {key}({column}) AS shared_key, min(id) AS first_id FROM temp.main.customers "
        f"GROUP BY shared_key) AS {alias} ON {key}(own.{own_column}) = {alias}.shared_key"
    )
    if side_tables.policy.mode != "anonymous":
        return ViewColumn(name, f"{alias}.first_id", join)
    sql, pseudonyms = side_tables.join_pseudonyms("customers", "id", f"{alias}.first_id", ColumnKind.ID)
    return ViewColumn(name, sql, join + pseudonyms)
