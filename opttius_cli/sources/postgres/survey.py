"""What a role can see of a server and of itself, for the checks of ``opttius doctor``.

Table and column names come from the system catalog, which hides nothing; rows are only counted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError
from opttius_cli.sources.postgres.failures import HiddenRowsError
from opttius_cli.sources.postgres.selection import literal, literals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opttius_cli.sources.postgres.line import Line


@dataclass(frozen=True, slots=True)
class Server:
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
    """A table or view; ``columns`` says for each column whether the role may read it.

    ``hides_rows``: row-level security hides rows from this role. ``has_row_security``: it may hide them from
    others.
    """

    guarded: bool = False
    protected: bool = False
    writable: bool = False
    columns: dict[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Survey:
    """The session, the relations of one schema by name, and other schemas with tables of our names."""

    server: Server
    schema: str
    usable: bool | None
    relations: Mapping[str, Relation]
    elsewhere: Mapping[str, list[str]]


def survey(line: Line, schema: str) -> Survey:
    """Read what the server shows of itself, the role and the schema. Raises SourceError."""
    (about,) = line.rows(_SERVER)
    usable = line.rows(
        "SELECT has_schema_privilege(oid, 'USAGE') AS usable FROM pg_catalog.pg_namespace "
        f"WHERE nspname = {literal(schema)}"
    )
    relations: dict[str, Relation] = {}
    for row in line.rows(_relations(schema)):
        relation = relations.setdefault(
            row["relation"], Relation(row["guarded"], row["protected"], row["writable"])
        )
        relation.columns[row["name"]] = row["readable"]
    elsewhere: dict[str, list[str]] = {}
    for row in line.rows(_elsewhere(schema)):
        elsewhere.setdefault(row["relation"], []).append(row["schema"])
    return Survey(Server(**about), schema, usable[0]["usable"] if usable else None, relations, elsewhere)


def count(line: Line, schema: str, table: str) -> int:
    """Count the rows of a table that the role sees. Raises SourceError."""
    return int(line.rows(f"SELECT count(*) AS rows FROM {quoted(schema)}.{quoted(table)}")[0]["rows"])


def mark_hidden(seen: Survey, again: Callable[[], Line]) -> None:
    """Mark relations whose rows are hidden by a table below a view. Raises SourceError.

    The catalog does not show that, so each relation is queried as a load would. ``reconnect`` opens a
    connection on which row-level security raises an error; after an error that connection cannot be used
    again.
    """
    line: Line | None = None
    try:
        for name in (one for one in TABLES if seen.usable and one in seen.relations):
            if not _may_tell(seen.relations[name]):
                continue
            line = line or again()
            try:
                line.run(f"SELECT 1 AS one FROM {quoted(seen.schema)}.{quoted(name)} LIMIT 0")
            except SourceError as error:
                line.close()
                line = None
                # Any other error will show up when the rows are counted.
                hidden = isinstance(error, HiddenRowsError)
                seen.relations[name].guarded |= hidden
                seen.relations[name].protected |= hidden
    finally:
        if line:
            line.close()


def _may_tell(relation: Relation) -> bool:
    return not relation.guarded and any(relation.columns.values())


_SERVER = """SELECT
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


def _relations(schema: str) -> str:
    return (
        "SELECT c.relname::text AS relation, a.attname::text AS name, "
        "has_column_privilege(c.oid, a.attnum, 'SELECT') AS readable, "
        "row_security_active(c.oid) AS guarded, c.relrowsecurity AS protected, "
        "has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE') AS writable "
        "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        "JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        f"WHERE n.nspname = {literal(schema)} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        "ORDER BY c.relname, a.attnum"
    )


def _elsewhere(schema: str) -> str:
    return (
        "SELECT c.relname::text AS relation, n.nspname::text AS schema "
        "FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
        f"WHERE c.relname IN ({literals(TABLES)}) AND c.relkind IN ('r', 'p', 'v', 'm', 'f') "
        f"AND n.nspname NOT IN ({literal(schema)}, 'information_schema') AND n.nspname NOT LIKE 'pg\\_%' "
        "ORDER BY n.nspname"
    )
