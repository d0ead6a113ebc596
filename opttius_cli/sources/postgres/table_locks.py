"""Table locks: no table can be replaced or rewritten until the transaction ends.

A transaction's snapshot protects rows but not files: after TRUNCATE, a rewrite or the replacement of a table,
an older transaction finds it empty. A table that the transaction has already queried is locked against all of
these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError, format_list
from opttius_cli.i18n import _
from opttius_cli.sources.postgres.introspection import (
    check_privileges,
    filter_readable,
    read_tables,
)
from opttius_cli.sql import quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opttius_cli.sources.postgres.connection import ConnectionThread
    from opttius_cli.sources.postgres.conninfo import ConnInfo
    from opttius_cli.sources.postgres.introspection import TableInfo
    from opttius_cli.sources.postgres.settings import PostgresSettings

_MAX_ATTEMPTS = 5


def lock_tables(
    connection: ConnectionThread,
    conn_info: ConnInfo,
    settings: PostgresSettings,
    restart: Callable[[ConnectionThread], None],
) -> dict[str, TableInfo]:
    """Lock the tables that may be read and return them. Raises SourceError.

    The first query takes the snapshot, so it is older than the locks; when a table changed in between,
    ``restart`` begins the transaction again.
    """
    changed: list[str] = []
    for _attempt in range(_MAX_ATTEMPTS):
        if changed:
            restart(connection)
        tables = read_tables(connection, settings)
        check_privileges(tables, conn_info, settings)
        locked = filter_readable(tables)
        connection.execute(_lock_query(locked, settings.schema))
        changed = [
            row["relation"] for row in connection.fetch_all(_build_changed_query(locked, settings.schema))
        ]
        if not changed:
            return locked
    raise SourceError(
        _(
            "The tables of {place} changed while they were read. Load again. ({details})",
            place=conn_info.display_name,
            details=format_list(changed),
        )
    )


def _lock_query(tables: Mapping[str, TableInfo], schema: str) -> str:
    """Build a SELECT of no rows from every table, which locks it and the tables that a view reads.

    A column that is gone makes it fail. LOCK TABLE would need a right to the whole table, not only to some
    columns.
    """
    return " UNION ALL ".join(
        f"SELECT 1 AS held FROM (SELECT {', '.join(map(quote_identifier, info.types))} "
        f"FROM {quote_identifier(schema)}.{quote_identifier(name)} LIMIT 0) AS held"
        for name, info in tables.items()
    )


def _build_changed_query(tables: Mapping[str, TableInfo], schema: str) -> str:
    """Build the SELECT of locked relations that differ from the snapshot: replaced, or with other files.

    Catalog tables show the state of the snapshot; functions and name look-ups show the present one.
    """
    names = " UNION ALL ".join(
        f"SELECT {sql_literal(name)}::text AS relation, {info.oid}::oid AS known, "
        f"to_regclass({sql_literal(f'{quote_identifier(schema)}.{quote_identifier(name)}')})::oid AS found"
        for name, info in tables.items()
    )
    return (
        f"SELECT relation FROM ({names}) AS named WHERE found IS DISTINCT FROM known UNION "
        "SELECT held.relation::regclass::text FROM pg_catalog.pg_locks AS held "
        "LEFT JOIN pg_catalog.pg_class AS c ON c.oid = held.relation "
        "WHERE held.locktype = 'relation' AND held.pid = pg_backend_pid() "
        f"AND held.relation >= {_FIRST_USER_OID} AND (c.oid IS NULL OR c.relfilenode <> 0 "
        "AND c.relfilenode IS DISTINCT FROM pg_relation_filenode(c.oid)) ORDER BY relation"
    )


_FIRST_USER_OID = 16384
"""Smaller numbers are the server's own tables."""
