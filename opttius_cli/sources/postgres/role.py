"""The SQL that makes a role which can read what opttius reads, and nothing else. Whoever owns the tables runs it.

Every name stands in quotes: a word such as ``end`` or ``default`` is a name like any other only there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

_KEPT = {"", "public", "none"}
"""Names that no role can have, in quotes or not."""


def must_be_possible(role: str) -> None:
    """Raise UsageError when no role can have that name."""
    if role in _KEPT or role.startswith("pg_"):
        raise UsageError(
            _(
                "--role “{name}”: no role can be called so, for PostgreSQL keeps public, none and names that begin "
                "with pg_ to itself. Choose another name, for example opttius_reader.",
                name=role,
            )
        )


def login(role: str) -> str:
    """The statement that lets a role log in."""
    return f"ALTER ROLE {quoted(role)} LOGIN;"


def patient(role: str) -> str:
    """The statement that gives a role time enough for its first questions."""
    return f"ALTER ROLE {quoted(role)} SET statement_timeout = '1min';"


def connecting(database: str, role: str) -> str:
    """The statement that lets a role connect to a database."""
    return f"GRANT CONNECT ON DATABASE {quoted(database)} TO {quoted(role)};"


def using(schema: str, role: str) -> str:
    """The statement that lets a role name what is in a schema."""
    return f"GRANT USAGE ON SCHEMA {quoted(schema)} TO {quoted(role)};"


def reading(columns: Iterable[str], schema: str, table: str, role: str) -> str:
    """The statement that lets a role read some columns of a table."""
    names = ", ".join(map(quoted, columns))
    return f"GRANT SELECT ({names}) ON {quoted(schema)}.{quoted(table)} TO {quoted(role)};"


def role_sql(
    role: str,
    schema: str,
    found: Mapping[str, Collection[str]] | None,
    *,
    database: str | None = None,
    bypasses: bool = False,
) -> str:
    """The statements, one a line.

    Args:
        role: the name of the role that is to be made.
        schema: where the tables are.
        found: the columns that each table has; None when nobody could look, which grants all of the catalog.
        database: what the role may connect to, as far as it is known.
        bypasses: whether some of the tables hide rows by row-level security.
    """
    lines = [
        f"CREATE ROLE {quoted(role)} LOGIN{' BYPASSRLS' if bypasses else ''};",
        f"ALTER ROLE {quoted(role)} SET default_transaction_read_only = on;",
    ]
    if database is not None:
        lines.append(connecting(database, role))
    lines.append(using(schema, role))
    for table in TABLES.values():
        there = [
            column.name
            for column in table.columns
            if found is None or column.name in found.get(table.name, ())
        ]
        if there:
            lines.append(reading(there, schema, table.name, role))
    return "\n".join(lines) + "\n"
