"""Table locks: no table can be replaced or rewritten until the transaction ends.

A transaction's snapshot protects rows but not files: after TRUNCATE, a rewrite or the replacement of a table,
an older transaction finds it empty. A table that the transaction has already queried is locked against all of
these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.errors import SourceError, listed
from opttius_cli.i18n import _
from opttius_cli.sources.postgres.census import census, must_suffice, readable
from opttius_cli.sources.postgres.selection import literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from opttius_cli.sources.postgres.address import Address
    from opttius_cli.sources.postgres.census import Found
    from opttius_cli.sources.postgres.line import Line
    from opttius_cli.sources.postgres.terms import Terms

_TRIES = 5


def held(line: Line, address: Address, terms: Terms, begin: Callable[[Line], None]) -> dict[str, Found]:
    """Lock the tables that may be read and return them. Raises SourceError.

    The first query takes the snapshot, so it is older than the locks; when a table changed in between,
    ``restart`` begins the transaction again.
    """
    moved: list[str] = []
    for _try in range(_TRIES):
        if moved:
            begin(line)
        found = census(line, terms)
        must_suffice(found, address, terms)
        here = readable(found)
        line.run(_touch(here, terms.schema))
        moved = [row["relation"] for row in line.rows(_moved(here, terms.schema))]
        if not moved:
            return here
    raise SourceError(
        _(
            "The tables of {place} changed while they were read. Load again. ({details})",
            place=address.shown,
            details=listed(moved),
        )
    )


def _touch(here: Mapping[str, Found], schema: str) -> str:
    """Build a SELECT of no rows from every table, which locks it and the tables that a view reads.

    A column that is gone makes it fail. LOCK TABLE would need a right to the whole table, not only to some
    columns.
    """
    return " UNION ALL ".join(
        f"SELECT 1 AS held FROM (SELECT {', '.join(map(quoted, one.types))} "
        f"FROM {quoted(schema)}.{quoted(name)} LIMIT 0) AS held"
        for name, one in here.items()
    )


def _moved(here: Mapping[str, Found], schema: str) -> str:
    """Build the SELECT of locked relations that differ from the snapshot: replaced, or with other files.

    Catalog tables show the state of the snapshot; functions and name look-ups show the present one.
    """
    names = " UNION ALL ".join(
        f"SELECT {literal(name)}::text AS relation, {one.oid}::oid AS known, "
        f"to_regclass({literal(f'{quoted(schema)}.{quoted(name)}')})::oid AS found"
        for name, one in here.items()
    )
    return (
        f"SELECT relation FROM ({names}) AS named WHERE found IS DISTINCT FROM known UNION "
        "SELECT held.relation::regclass::text FROM pg_catalog.pg_locks AS held "
        "LEFT JOIN pg_catalog.pg_class AS c ON c.oid = held.relation "
        "WHERE held.locktype = 'relation' AND held.pid = pg_backend_pid() "
        f"AND held.relation >= {_FIRST_OF_USERS} AND (c.oid IS NULL OR c.relfilenode <> 0 "
        "AND c.relfilenode IS DISTINCT FROM pg_relation_filenode(c.oid)) ORDER BY relation"
    )


_FIRST_OF_USERS = 16384
"""Smaller numbers are the server's own tables."""
