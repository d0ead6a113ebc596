"""The database as a source: one read-only transaction, for the rows and columns that may be seen."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.snapshot.build import build_directory
from opttius_cli.snapshot.open import ResourceLimits as Memory
from opttius_cli.snapshot.open import connect_in_memory
from opttius_cli.sources.postgres.connection import ConnectionThread, open_connection
from opttius_cli.sources.postgres.fetch import FetchedTable
from opttius_cli.sources.postgres.incremental import plan_incremental
from opttius_cli.sources.postgres.libpq_env import remove_service
from opttius_cli.sources.postgres.queries import TableQuery
from opttius_cli.sources.postgres.row_request import LOADED_OWNERS, RowRequest
from opttius_cli.sources.postgres.scope_filter import (
    ScopeFilter,
    build_admin_clause,
    build_where_clause,
)
from opttius_cli.sources.postgres.table_locks import lock_tables
from opttius_cli.sql import fetch_first

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.snapshot.source_protocol import LoadContext, Part
    from opttius_cli.sources.postgres.conninfo import ConnInfo
    from opttius_cli.sources.postgres.introspection import TableInfo
    from opttius_cli.sources.postgres.settings import PostgresSettings

_GRACE_SECONDS = 5.0
"""Seconds that we wait longer than the server's own timeout."""


def connect_read_only(conn_info: ConnInfo, settings: PostgresSettings) -> ConnectionThread:
    """Connect and begin a read-only transaction that sees one state of the database. Raises SourceError."""
    check_encryption(conn_info, settings)
    timeout_text = conn_info.parameters.get("connect_timeout", "")
    timeout = (
        int(timeout_text)
        if timeout_text.isdigit() and int(timeout_text)
        else max(2, round(settings.connect_timeout))
    )
    parameters = {
        "connect_timeout": str(timeout),
        "application_name": "opttius",
        **_get_encryption_params(conn_info, settings),
    }
    remove_service()
    connection = open_connection(
        conn_info,
        conn_info.to_conninfo_string(**parameters),
        connect_timeout=timeout * len(conn_info.hosts) + _GRACE_SECONDS,
        idle_timeout=settings.statement_timeout + _GRACE_SECONDS if settings.statement_timeout else math.inf,
    )
    try:
        _begin_transaction(connection, settings)
    except BaseException:
        connection.close()
        raise
    return connection


def check_encryption(conn_info: ConnInfo, settings: PostgresSettings) -> None:
    """Raise SourceError when rows would cross a network unencrypted without being allowed to."""
    mode = conn_info.parameters.get("sslmode")
    if conn_info.is_local or settings.plaintext or mode is None or conn_info.is_encrypted:
        return
    raise SourceError(
        _(
            "sslmode={mode} would let rows cross the network unencrypted. Use sslmode=require or stricter, "
            "or allow it (postgres.allow_plaintext = true).",
            mode=mode,
        )
    )


def _get_encryption_params(conn_info: ConnInfo, settings: PostgresSettings) -> dict[str, str]:
    """Return the parameters that require encryption, which the address can override."""
    return {} if conn_info.is_local or settings.plaintext else {"sslmode": "require"}


def _begin_transaction(connection: ConnectionThread, settings: PostgresSettings) -> None:
    """Set up the transaction; every setting is local to it, so that it works behind a pooler, too."""
    # The search path stays, because views may need it, but PostgreSQL's own functions come first.
    search_path = "concat_ws(', ', 'pg_catalog', nullif(pg_catalog.current_setting('search_path'), ''))"
    values = {
        "search_path": f"pg_catalog.{search_path}",
        "row_security": "'on'" if settings.restricted else "'off'",
        # A pooler may not pass on what was set when connecting.
        "client_encoding": "'UTF8'",
        "standard_conforming_strings": "'on'",
        "TimeZone": "'UTC'",
        "DateStyle": "'ISO, YMD'",
        # All digits of floating-point amounts.
        "extra_float_digits": "'1'",
        # Between two queries, the fetched rows are written, which may take a while.
        "idle_in_transaction_session_timeout": "'0'",
    }
    assignments = (f"pg_catalog.set_config('{name}', {value}, true)" for name, value in values.items())
    connection.execute(f"SET LOCAL statement_timeout = {round(settings.statement_timeout * 1000)}")
    # Up to here, the role's own timeout was in force.
    connection.limits_set = True
    connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    connection.execute(f"SELECT {', '.join(assignments)}")


@dataclass(frozen=True, slots=True)
class PostgresSource:
    """A PostgreSQL database with its settings and the rows that are requested from it."""

    conn_info: ConnInfo
    settings: PostgresSettings
    row_request: RowRequest = field(default_factory=RowRequest)
    default_max_age: ClassVar[float | None] = 300.0

    @property
    def name(self) -> str:
        """Return the address without secrets."""
        return self.conn_info.display_name

    @property
    def key(self) -> str:
        """Return a key of database, scope and reader: what was loaded for one reader is shown to no other."""
        return "\0".join(
            (self.name, self.compute_fingerprint(), self.row_request.key, self.row_request.reader or "")
        )

    def compute_fingerprint(self) -> str:
        """Return what decides which rows are read; it cannot tell whether the rows have changed."""
        return (
            f"{self.conn_info.identity};schema={self.settings.schema};restricted={self.settings.restricted}"
        )

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Part]]:
        """Connect, lock the tables and return a part for each. Raises SourceError."""
        connection = connect_read_only(self.conn_info, self.settings)
        context.exit_stack.callback(connection.close)
        tables = lock_tables(connection, self.conn_info, self.settings, self._restart_transaction)
        scope_filter = self._resolve_filter(connection, tables, context)
        parts = {name: self._build_part(connection, tables, name, scope_filter, context) for name in tables}
        if self.settings.incremental:
            plan_incremental(connection, context, parts, scope_filter)
        return {name: [part] for name, part in parts.items()}

    def _restart_transaction(self, connection: ConnectionThread) -> None:
        connection.execute("ROLLBACK")
        connection.execute("BEGIN")
        _begin_transaction(connection, self.settings)

    def _build_part(
        self,
        connection: ConnectionThread,
        tables: Mapping[str, TableInfo],
        name: str,
        scope_filter: ScopeFilter | None,
        site: LoadContext,
    ) -> FetchedTable:
        table, types, schema = TABLES[name], tables[name].types, self.settings.schema
        where = (
            build_where_clause(table, types, schema, scope_filter, tables["orders"].types)
            if scope_filter
            else None
        )
        if name == "admin_users" and self.row_request.resolve_scope:
            where = build_admin_clause(self.row_request.reader)
        query = TableQuery(table, types, schema, where, tables[name].identity)
        return FetchedTable(connection, query, f"{schema}.{name}", site.on_progress)

    def _resolve_filter(
        self, connection: ConnectionThread, tables: Mapping[str, TableInfo], site: LoadContext
    ) -> ScopeFilter | None:
        """Resolve the scope in the database's own directory; None when every row is requested."""
        if self.row_request.resolve_scope is None:
            return None
        con = connect_in_memory(Memory())
        try:
            parts = {
                name: [self._build_part(connection, tables, name, None, site)]
                for name in tables
                if _is_directory(name)
            }
            build_directory(con, parts)
            scope = self.row_request.resolve_scope(con)
            owners = fetch_first(con.execute("SELECT count(*) FROM meta.tenants"))
        finally:
            con.close()
        if owners and owners[0] == len(scope.tenants):
            return None
        site.manifest_facts[LOADED_OWNERS] = ",".join(str(tenant) for tenant in scope.tenants)
        branches = [branch.id for branch in scope.branches]
        return ScopeFilter(branches, scope.organization_id, scope.whole_organization, scope.holds_nobodys)


def _is_directory(name: str) -> bool:
    return TABLES[name].tenancy == "directory"
