"""How many rows of each table a scope sees, and how many it does not see, by reason (metrics 9).

The loader has counted the rows of every owner per time slice (``meta.tallies``). Counted here, row by row,
are only the slices that as-of falls into, and the few rows that have no owner or were deferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.scope.views import (
    SCOPED,
    latest_of,
    owner_condition,
    set_aside,
    tables_set_aside,
    time_condition,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb


def count_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``scope_rejects`` (cells that could not be read) and ``scope_rows`` (one row per table)."""
    con.execute(
        "CREATE OR REPLACE TEMP VIEW scope_rejects AS SELECT * FROM meta.rejects WHERE is_held(tenant) "
        f"OR list_contains({_OWNERLESS}, table_name) OR getvariable('sees_everything')"
    )
    rows = _scope_rows(tables_set_aside(con), _divided(con))
    con.execute(f"CREATE OR REPLACE TEMP TABLE scope_rows AS {rows}")


_OWNERLESS = [table.name for table in SCOPED if table.tenancy == "none"]
_TALLIED = [table for table in SCOPED if table.has_owner]
_BY_DATE = [table.name for table in _TALLIED if latest_of(table) == "as_of_date"]
_CHILDREN = [table.name for table in _TALLIED if table.tenancy == "parent"]
_TALLIES = (
    f"(SELECT *, epoch_us(CASE WHEN list_contains({_BY_DATE}, table_name) "
    "THEN CAST(getvariable('as_of_date') AS TIMESTAMP) ELSE CAST(getvariable('as_of') AS TIMESTAMP) END) AS now "
    "FROM meta.tallies WHERE is_held(tenant)) AS tally"
)
"""The loader's counts of the scope's rows, with as-of in microseconds. The session's zone is UTC."""


@dataclass(frozen=True, slots=True)
class _Divided:
    """The time slices of a table that as-of falls into, and the instants (microseconds) that bound it."""

    first: int
    last: int
    begins: int
    ends: int

    def rows(self, table: Table) -> str:
        """Return the SQL condition of those rows; DuckDB skips other row groups by it."""
        column = quoted(table.sorted_by or "")
        kind = "DATE" if table.name in _BY_DATE else "TIMESTAMPTZ"
        begins, ends = (f"CAST(make_timestamptz({at}) AS {kind})" for at in (self.begins, self.ends))
        return f"{column} BETWEEN {begins} AND {ends}"


def _divided(con: duckdb.DuckDBPyConnection) -> dict[str, _Divided]:
    """Find the time slices that as-of falls into, per table."""
    rows = con.execute(
        f"WITH divided AS (SELECT table_name, min(part) AS first, max(part) AS last FROM {_TALLIES} "
        f"WHERE begins <= now AND latest > now GROUP BY table_name) "
        f"SELECT table_name, first, last, min(begins), max(ends) FROM {_TALLIES} INNER JOIN divided "
        f"USING (table_name) WHERE part BETWEEN first AND last GROUP BY ALL"
    ).fetchall()
    return {name: _Divided(*numbers) for name, *numbers in rows}


def _scope_rows(aside: set[str], divided: Mapping[str, _Divided]) -> str:
    """Return SQL with one row per table: rows seen, duplicates, rows after as-of, refused rows."""
    counts = [_tallied(divided)]
    counts += [_rows_of(TABLES[name], parts.rows(TABLES[name])) for name, parts in sorted(divided.items())]
    counts += [_rows_of(table, "TRUE") for table in SCOPED if not table.has_owner]
    counts += [_rows_set_aside(TABLES[name]) for name in sorted(aside)]
    return (
        f"WITH counted AS ({' UNION ALL '.join(counts)}), refusals AS (SELECT table_name, "
        f"count(*) AS refused FROM (SELECT DISTINCT table_name, ordinal FROM scope_rejects WHERE refused) "
        f"GROUP BY table_name) "
        f"SELECT counted.table_name, sum(rows_seen) AS rows_seen, sum(duplicates) AS duplicates, "
        f"sum(rows_after) AS rows_after, coalesce(any_value(refusals.refused), 0) AS refused "
        f"FROM counted LEFT JOIN refusals ON counted.table_name = refusals.table_name "
        f"WHERE is_present(counted.table_name) GROUP BY counted.table_name"
    )


def _tallied(divided: Mapping[str, _Divided]) -> str:
    """Return SQL for the slices wholly on one side of as-of; a table without rows has a row too."""
    names = [table.name for table in _TALLIED]
    elsewhere = "".join(
        f" AND NOT (table_name = '{name}' AND coalesce(part BETWEEN {parts.first} AND {parts.last}, FALSE))"
        for name, parts in sorted(divided.items())
    )
    # Rows without a date always exist. A child of an order that does not exist yet is not counted at all.
    seen = "coalesce(latest <= now, TRUE)"
    after = f"begins > now AND NOT list_contains({_CHILDREN}, table_name)"
    return (
        f"SELECT unnest({names}) AS table_name, 0 AS rows_seen, 0 AS duplicates, 0 AS rows_after "
        f"UNION ALL SELECT table_name, coalesce(sum(rows) FILTER ({seen}), 0), "
        f"coalesce(sum(copies - rows) FILTER ({seen}), 0), coalesce(sum(rows) FILTER ({after}), 0) "
        f"FROM {_TALLIES} WHERE TRUE{elsewhere} GROUP BY table_name"
    )


def _rows_of(table: Table, which: str) -> str:
    """Return SQL that counts one by one the rows that meet ``condition``."""
    exists = time_condition(table)
    return (
        f"SELECT '{table.name}', count(*) FILTER ({exists}), coalesce(sum(copies - 1) FILTER ({exists}), 0), "
        f"count(*) FILTER ({_later(table)}) FROM raw.{quoted(table.name)} WHERE {owner_condition(table)} AND {which}"
    )


def _rows_set_aside(table: Table) -> str:
    """Return SQL that counts deferred rows: several of them may be one row of this scope."""
    key, exists = ", ".join(quoted(name) for name in table.key), time_condition(table)
    return (
        f"SELECT '{table.name}', count(*) FILTER (seen), coalesce(sum(copies), 0) - count(*) FILTER (seen), "
        f"count(*) FILTER (later) FROM (SELECT bool_or({exists}) AS seen, bool_or({_later(table)}) AS later, "
        f"sum(copies) FILTER ({exists}) AS copies FROM {set_aside(table)} WHERE {owner_condition(table)} "
        f"GROUP BY {key})"
    )


def _later(table: Table) -> str:
    """Return the condition of rows after as-of; a child of an order that does not exist yet is not one."""
    if not table.dated:
        return "FALSE"
    later = f"{quoted(table.dated)} > getvariable('{latest_of(table)}')"
    return f"order_created_at <= getvariable('as_of') AND {later}" if table.tenancy == "parent" else later
