"""The tables, held as they are until the transaction ends, so that its one state is that of every table.

A transaction's snapshot protects rows, not files: TRUNCATE, a rewrite or a table put in the place of another leave
nothing to a transaction that began before and comes later. A table that was touched is locked against all of them.
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
    """The tables that may be read, which nobody can replace or rewrite until the transaction ends.

    The snapshot is older than the locks, since the first question takes it; what was changed in between makes the
    transaction ``begin`` again. Raises SourceError.
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
            "The tables of {place} changed while they were read. Load again. ({told})",
            place=address.shown,
            told=listed(moved),
        )
    )


def _touch(here: Mapping[str, Found], schema: str) -> str:
    """The SELECT of no row of any table, which locks it and whatever a view reads; a lost column is an error.

    LOCK TABLE would want the right to the whole table, where one to some columns has to be enough.
    """
    return " UNION ALL ".join(
        f"SELECT 1 AS held FROM (SELECT {', '.join(map(quoted, one.types))} "
        f"FROM {quoted(schema)}.{quoted(name)} LIMIT 0) AS held"
        for name, one in here.items()
    )


def _moved(here: Mapping[str, Found], schema: str) -> str:
    """The SELECT of what is locked and is not what the snapshot knows: another table, or other files of it.

    Tables show the state of the snapshot; functions and names, that of now.
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
"""Below are the server's own tables."""
