"""The SQL that makes a role which can read what opttius reads, and nothing else. Whoever owns the tables runs it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

DEFAULT_ROLE = "opttius_reader"
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")


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
    name = _named(role)
    lines = [
        f"CREATE ROLE {name} LOGIN{' BYPASSRLS' if bypasses else ''};",
        f"ALTER ROLE {name} SET default_transaction_read_only = on;",
    ]
    if database is not None:
        lines.append(f"GRANT CONNECT ON DATABASE {_named(database)} TO {name};")
    lines.append(f"GRANT USAGE ON SCHEMA {_named(schema)} TO {name};")
    for table in TABLES.values():
        there = [
            _named(column.name)
            for column in table.columns
            if found is None or column.name in found.get(table.name, ())
        ]
        if there:
            lines.append(
                f"GRANT SELECT ({', '.join(there)}) ON {_named(schema)}.{_named(table.name)} TO {name};"
            )
    return "\n".join(lines) + "\n"


def _named(name: str) -> str:
    """A name as SQL writes it, with quotes only where it needs them."""
    return name if _PLAIN.fullmatch(name) and name not in _RESERVED else quoted(name)


_RESERVED = frozenset(
    {"user", "order", "table", "group", "grant", "all", "public", "none", "current_user"}
) - {"public"}
"""Words that stand for something else where a name is wanted; the schema public is written as it is."""
