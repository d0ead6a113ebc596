"""What a role can see of a server and of itself, for the checks of ``opttius doctor``.

Table and column names come from the system catalog, which hides nothing; rows are only counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import SALES_TABLES, TABLES
from opttius_cli.errors import SourceError
from opttius_cli.sources.postgres.errors import HiddenRowsError
from opttius_cli.sql import quote_identifier, sql_literal, sql_literals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from zoneinfo import ZoneInfo

    from opttius_cli.sources.postgres.connection import ConnectionThread


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """The server as one session sees it.

    ``moment`` is its clock in seconds since 1970, ``port`` where it listens. ``tls`` is the TLS version of
    the connection as the server sees it; None without encryption.
    """

    version: str
    database: str
    user: str
    read_only: bool
    moment: float
    port: int | None
    tls: str | None
    superuser: bool
    bypasses: bool


@dataclass(slots=True)
class Relation:
    """A table or view; ``columns`` says for each column whether the role may read it, ``types`` what it is.

    ``hides_rows``: row-level security hides rows from this role. ``has_row_security``: it may hide them from
    others.
    """

    hides_rows: bool = False
    has_row_security: bool = False
    writable: bool = False
    columns: dict[str, bool] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """The session, the relations of one schema by name, and other schemas with tables of our names."""

    session: SessionInfo
    schema: str
    schema_usable: bool | None
    relations: Mapping[str, Relation]
    other_schemas: Mapping[str, list[str]]


def read_server_info(connection: ConnectionThread, schema: str) -> ServerInfo:
    """Read what the server shows of itself, the role and the schema. Raises SourceError."""
    (session_row,) = connection.fetch_all(_SESSION_QUERY)
    privileges = connection.fetch_all(
        "SELECT has_schema_privilege(oid, 'USAGE') AS usable FROM pg_catalog.pg_namespace "
        f"WHERE nspname = {sql_literal(schema)}"
    )
    relations: dict[str, Relation] = {}
    for row in connection.fetch_all(_build_relations_query(schema)):
        relation = relations.setdefault(
            row["relation"], Relation(row["guarded"], row["protected"], row["writable"])
        )
        relation.columns[row["name"]], relation.types[row["name"]] = row["readable"], row["type"]
    other_schemas: dict[str, list[str]] = {}
    for row in connection.fetch_all(_build_other_schemas_query(schema)):
        other_schemas.setdefault(row["relation"], []).append(row["schema"])
    return ServerInfo(
        SessionInfo(**session_row),
        schema,
        privileges[0]["usable"] if privileges else None,
        relations,
        other_schemas,
    )


def count_rows(connection: ConnectionThread, schema: str, table: str) -> int:
    """Count the rows of a table that the role sees. Raises SourceError."""
    return int(
        connection.fetch_all(
            f"SELECT count(*) AS rows FROM {quote_identifier(schema)}.{quote_identifier(table)}"
        )[0]["rows"]
    )


def find_newest_on_server(
    connection: ConnectionThread, server_info: ServerInfo, naive_zone: ZoneInfo
) -> list[datetime] | None:
    """Return when the newest sales were made that the role sees, up to the server's now.

    Times without a zone are of ``naive_zone``, as in a load. None when the role may read none, and when a column is of
    a type that only a load reads.

    Raises:
        SourceError: the server could not be asked.
    """
    relations = server_info.relations if server_info.schema_usable else {}
    types = {
        name: relations[name].types["created_at"]
        for name in SALES_TABLES
        if name in relations and relations[name].columns.get("created_at")
    }
    if not types or not _TIME_TYPES.issuperset(types.values()):
        return None
    schema, now = (
        quote_identifier(server_info.schema),
        datetime.fromtimestamp(server_info.session.moment, UTC),
    )
    newest = []
    for name, type_name in types.items():
        latest = now if type_name == "timestamptz" else now.astimezone(naive_zone).replace(tzinfo=None)
        # Years before those of Python's calendar are no time of a sale.
        (row,) = connection.fetch_all(
            f"SELECT max(created_at) AS made FROM {schema}.{quote_identifier(name)} WHERE created_at "
            f"BETWEEN {sql_literal(_FIRST_DAY)} AND {sql_literal(latest.isoformat())}::{type_name}"
        )
        newest += [row["made"]] if row["made"] else []
    return [_as_instant(made, naive_zone) for made in newest]


def _as_instant(made: date, naive_zone: ZoneInfo) -> datetime:
    """Return a time of the server as an instant; a date begins at its midnight."""
    moment = made if isinstance(made, datetime) else datetime.combine(made, time.min)
    return moment if moment.tzinfo else moment.replace(tzinfo=naive_zone)


def detect_hidden_rows(server_info: ServerInfo, reconnect: Callable[[], ConnectionThread]) -> None:
    """Mark relations whose rows are hidden by a table below a view. Raises SourceError.

    The catalog does not show that, so each relation is queried as a load would. ``reconnect`` opens a
    connection on which row-level security raises an error; after an error that connection cannot be used
    again.
    """
    connection: ConnectionThread | None = None
    try:
        for name in (
            table for table in TABLES if server_info.schema_usable and table in server_info.relations
        ):
            if not _can_probe(server_info.relations[name]):
                continue
            connection = connection or reconnect()
            try:
                connection.execute(
                    f"SELECT 1 AS one FROM {quote_identifier(server_info.schema)}.{quote_identifier(name)} LIMIT 0"
                )
            except SourceError as error:
                connection.close()
                connection = None
                # Any other error will show up when the rows are counted.
                is_hidden = isinstance(error, HiddenRowsError)
                server_info.relations[name].hides_rows |= is_hidden
                server_info.relations[name].has_row_security |= is_hidden
    finally:
        if connection:
            connection.close()


def _can_probe(relation: Relation) -> bool:
    return not relation.hides_rows and any(relation.columns.values())


_TIME_TYPES = {"timestamptz", "timestamp", "date"}
_FIRST_DAY = "0002-01-01"
_SESSION_QUERY = """SELECT
    current_setting('server_version')::text AS version,
    current_database()::text AS database,
    current_user::text AS user,
    current_setting('transaction_read_only') = 'on' AS read_only,
    extract(epoch FROM clock_timestamp())::float8 AS moment,
    inet_server_port()::int4 AS port,
    (SELECT version::text FROM pg_catalog.pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl) AS tls,
    rolsuper AS superuser,
    rolbypassrls AS bypasses
FROM pg_catalog.pg_roles WHERE rolname = current_user"""


def _build_relations_query(schema: str) -> str:
    return (
        "SELECT c.relname::text AS relation, a.attname::text AS name, t.typname::text AS type, "
        "has_column_privilege(c.oid, a.attnum, 'SELECT') AS readable, "
        "row_security_active(c.oid) AS guarded, c.relrowsecurity AS protected, "
        "has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS writable "
        "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid "
        f"WHERE n.nspname = {sql_literal(schema)} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        "ORDER BY c.relname, a.attnum"
    )


def _build_other_schemas_query(schema: str) -> str:
    return (
        "SELECT c.relname::text AS relation, n.nspname::text AS schema "
        "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        f"WHERE c.relname IN ({sql_literals(TABLES)}) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        f"AND n.nspname NOT IN ({sql_literal(schema)}, 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' "
        "ORDER BY n.nspname"
    )
