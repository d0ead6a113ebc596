"""Introspection: which of the catalog's tables and columns the database has, and which the role may read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import PermissionDeniedError, SourceError, format_list
from opttius_cli.i18n import _
from opttius_cli.sources.postgres.role_sql import grant_select, grant_usage
from opttius_cli.sql import sql_literal, sql_literals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.catalog.tables import Table
    from opttius_cli.sources.postgres.connection import ConnectionThread
    from opttius_cli.sources.postgres.conninfo import ConnInfo
    from opttius_cli.sources.postgres.settings import PostgresSettings


@dataclass(frozen=True, slots=True)
class TableInfo:
    """A table of the database.

    ``types`` maps our columns that the role may read to their PostgreSQL types; ``denied`` lists those it may
    not read. ``hides_rows`` says that row-level security hides rows from the role, ``schema_usable`` whether
    the role may use the schema. ``oid`` is the server's number for the table. ``identity`` changes when the
    table is replaced or its files are (TRUNCATE, a rewrite), or when the definition of a view changes.
    """

    table: Table
    types: Mapping[str, str]
    denied: Sequence[str] = ()
    hides_rows: bool = False
    oid: int = 0
    schema_usable: bool = True
    identity: str = ""


@dataclass(slots=True)
class _TableColumns:
    oid: int
    hides_rows: bool
    schema_usable: bool
    identity: str
    types: dict[str, str] = field(default_factory=dict)
    denied: list[str] = field(default_factory=list)


def read_tables(connection: ConnectionThread, settings: PostgresSettings) -> dict[str, TableInfo]:
    """Read which of our tables and columns the schema has.

    A table that the role may not read has no columns.
    """
    tables: dict[str, _TableColumns] = {}
    for row in connection.fetch_all(_build_columns_query(settings)):
        columns = tables.setdefault(
            row["relation"], _TableColumns(row["oid"], row["guarded"], row["usable"], row["identity"])
        )
        if not TABLES[row["relation"]].has_column(row["name"]):
            continue
        if row["readable"]:
            columns.types[row["name"]] = row["type"]
        else:
            columns.denied.append(row["name"])
    return {
        name: TableInfo(
            TABLES[name],
            info.types,
            info.denied,
            info.hides_rows,
            info.oid,
            info.schema_usable,
            info.identity,
        )
        for name, info in tables.items()
    }


def _build_columns_query(settings: PostgresSettings) -> str:
    return (
        "SELECT c.oid::int8 AS oid, c.relname::text AS relation, a.attname::text AS name, t.typname::text AS type, "
        "has_schema_privilege(n.oid, 'USAGE') AS usable, "
        "(has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT')) AS readable, "
        "row_security_active(c.oid) AS guarded, "
        "concat_ws(' ', c.oid, c.relfilenode, (SELECT md5(r.ev_action::text) FROM pg_catalog.pg_rewrite AS r "
        "WHERE r.ev_class = c.oid AND r.rulename = '_RETURN')) AS identity "
        "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid "
        f"WHERE n.nspname = {sql_literal(settings.schema)} AND c.relname IN ({sql_literals(TABLES)}) "
        "AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname, a.attnum"
    )


def check_privileges(
    tables: Mapping[str, TableInfo], conn_info: ConnInfo, settings: PostgresSettings
) -> None:
    """Raise SourceError naming the first required table or column that is missing or may not be read."""
    if any(not info.schema_usable for info in tables.values()):
        raise _schema_denied_error(conn_info, settings)
    hidden = [
        f"{settings.schema}.{info.table.name}" for info in filter_readable(tables).values() if info.hides_rows
    ]
    if hidden and not settings.restricted:
        raise PermissionDeniedError(
            _(
                "Row-level security hides rows of {tables} from “{user}”: the figures would be too small. Read with "
                "a role that has BYPASSRLS, or say that this one is meant to see a part (postgres.restricted = true).",
                tables=format_list(hidden),
                user=conn_info.user,
            )
        )
    for table in TABLES.values():
        table_info = tables.get(table.name)
        if table_info is None:
            if table.required:
                raise _missing_table_error(conn_info, settings, table)
            continue
        if not table_info.types and table_info.denied and not table.required:
            continue
        denied = [name for name in table.mandatory_columns if name in table_info.denied]
        if denied:
            raise _columns_denied_error(conn_info, settings, table, denied)
        missing = [name for name in table.mandatory_columns if name not in table_info.types]
        if missing:
            raise SourceError(
                _(
                    "{place}: the table {schema}.{table} has no column {columns}, which is required. "
                    "If it was renamed, give opttius a view with the old name in a schema of its own "
                    "(postgres.schema).",
                    place=conn_info.display_name,
                    schema=settings.schema,
                    table=table.name,
                    columns=format_list([f"“{name}”" for name in missing]),
                )
            )


def _missing_table_error(conn_info: ConnInfo, settings: PostgresSettings, table: Table) -> SourceError:
    return SourceError(
        _(
            "{place} has no table {schema}.{table}, which is required. Check the database, and the schema "
            "(postgres.schema).",
            place=conn_info.display_name,
            schema=settings.schema,
            table=table.name,
        )
    )


def _schema_denied_error(conn_info: ConnInfo, settings: PostgresSettings) -> SourceError:
    message = _("“{user}” may not use the schema {schema}.", user=conn_info.user, schema=settings.schema)
    return PermissionDeniedError(
        f"{message} " + _("Let the owner run: {sql}", sql=grant_usage(settings.schema, conn_info.user))
    )


def _columns_denied_error(
    conn_info: ConnInfo, settings: PostgresSettings, table: Table, columns: Sequence[str]
) -> SourceError:
    return PermissionDeniedError(
        _(
            "“{user}” may not read {columns} of {schema}.{table}, which is required. Let the owner run: {sql}",
            user=conn_info.user,
            schema=settings.schema,
            table=table.name,
            columns=", ".join(columns),
            sql=grant_select(columns, settings.schema, table.name, conn_info.user),
        )
    )


def filter_readable(tables: Mapping[str, TableInfo]) -> dict[str, TableInfo]:
    """Return the tables of which every required column may be read."""
    return {
        name: table_info
        for name, table_info in tables.items()
        if all(column in table_info.types for column in table_info.table.mandatory_columns)
    }
