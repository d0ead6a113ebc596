"""The SQL that creates a role which can read what opttius needs and nothing else; the tables' owner runs it.

Every name is quoted, so that words such as ``end`` or ``default`` can be names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_RESERVED_NAMES = {"", "public", "none"}
"""Names that no role can have, quoted or not."""


def check_role_name(role: str) -> None:
    """Raise UsageError when PostgreSQL reserves that name."""
    if role in _RESERVED_NAMES or role.startswith("pg_"):
        raise UsageError(
            _(
                "--role “{name}” cannot be used: PostgreSQL reserves public, none and names that begin "
                "with pg_. Choose another name, for example opttius_reader.",
                name=role,
            )
        )


def enable_login(role: str) -> str:
    """Build the statement that lets a role log in."""
    return f"ALTER ROLE {quote_identifier(role)} LOGIN;"


def set_timeout_sql(role: str) -> str:
    """Build the statement that gives a role enough time for its first queries."""
    return f"ALTER ROLE {quote_identifier(role)} SET statement_timeout = '1min';"


def grant_connect(database: str, role: str) -> str:
    """Build the statement that lets a role connect to a database."""
    return f"GRANT CONNECT ON DATABASE {quote_identifier(database)} TO {quote_identifier(role)};"


def grant_usage(schema: str, role: str) -> str:
    """Build the statement that lets a role use a schema."""
    return f"GRANT USAGE ON SCHEMA {quote_identifier(schema)} TO {quote_identifier(role)};"


def grant_select(columns: Iterable[str], schema: str, table: str, role: str) -> str:
    """Build the statement that lets a role read some columns of a table."""
    names = ", ".join(map(quote_identifier, columns))
    return (
        f"GRANT SELECT ({names}) ON {quote_identifier(schema)}.{quote_identifier(table)} TO "
        f"{quote_identifier(role)};"
    )


def create_role_sql(
    role: str,
    schema: str,
    columns_by_table: Mapping[str, Collection[str]] | None,
    *,
    database: str | None = None,
    bypasses: bool = False,
) -> str:
    """Build the statements that create the role, one per line.

    Args:
        role: the name of the new role.
        schema: where the tables are.
        columns_by_table: the columns that each table has; None when the database could not be read, which
            grants every column of the catalog.
        database: what the role may connect to; None when it is unknown.
        bypasses: whether the role must bypass row-level security.
    """
    lines = [
        f"CREATE ROLE {quote_identifier(role)} LOGIN{' BYPASSRLS' if bypasses else ''};",
        f"ALTER ROLE {quote_identifier(role)} SET default_transaction_read_only = on;",
    ]
    if database is not None:
        lines.append(grant_connect(database, role))
    lines.append(grant_usage(schema, role))
    for table in TABLES.values():
        granted = [
            column.name
            for column in table.columns
            if columns_by_table is None or column.name in columns_by_table.get(table.name, ())
        ]
        if granted:
            lines.append(grant_select(granted, schema, table.name, role))
    return "\n".join(lines) + "\n"
