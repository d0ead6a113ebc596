"""How many rows of each table a scope sees, and how many it does not see, by reason (metrics 9).

The loader has counted the rows of every owner per time slice (``meta.tallies``). Counted here, row by row,
are only the slices that as-of falls into, and the few rows that have no owner or were deferred.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.scope.views import (
    SCOPED_TABLES,
    build_deferred_sql,
    cutoff_variable,
    find_deferred_tables,
    owner_condition,
    time_condition,
)
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb


def create_row_counts(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``scope_rejects`` (cells that could not be read) and ``scope_rows`` (one row per table)."""
    con.execute(
        "CREATE OR REPLACE TEMP VIEW scope_rejects AS SELECT * FROM meta.rejects WHERE is_held(tenant) "
        f"OR list_contains({_OWNERLESS_TABLES}, table_name) OR getvariable('sees_everything')"
    )
    rows = _build_row_counts_sql(find_deferred_tables(con), _find_split_slices(con))
    con.execute(f"CREATE OR REPLACE TEMP TABLE scope_rows AS {rows}")


_OWNERLESS_TABLES = [table.name for table in SCOPED_TABLES if table.tenancy == "none"]
_COUNTED_TABLES = [table for table in SCOPED_TABLES if table.has_owner]
_TABLES_BY_DATE = [table.name for table in _COUNTED_TABLES if cutoff_variable(table) == "as_of_date"]
_CHILD_TABLES = [table.name for table in _COUNTED_TABLES if table.tenancy == "parent"]
_LOADER_COUNTS = (
    f"(SELECT *, epoch_us(CASE WHEN list_contains({_TABLES_BY_DATE}, table_name) "
    "THEN CAST(getvariable('as_of_date') AS TIMESTAMP) ELSE CAST(getvariable('as_of') AS TIMESTAMP) END) AS now "
    "FROM meta.tallies WHERE is_held(tenant)) AS tally"
)
"""The loader's counts of the scope's rows, with as-of in microseconds. The session's zone is UTC."""


@dataclass(frozen=True, slots=True)
class _SplitSlices:
    """The time slices of a table that as-of falls into, and the instants (microseconds) that bound it."""

    first: int
    last: int
    begins: int
    ends: int

    def build_condition(self, table: Table) -> str:
        """Return the SQL condition of those rows; DuckDB skips other row groups by it."""
        column = quote_identifier(table.sort_column or "")
        kind = "DATE" if table.name in _TABLES_BY_DATE else "TIMESTAMPTZ"
        begins, ends = (
            f"CAST(make_timestamptz({instant}) AS {kind})" for instant in (self.begins, self.ends)
        )
        return f"{column} BETWEEN {begins} AND {ends}"


def _find_split_slices(con: duckdb.DuckDBPyConnection) -> dict[str, _SplitSlices]:
    """Find the time slices that as-of falls into, per table."""
    rows = con.execute(
        f"WITH divided AS (SELECT table_name, min(part) AS first, max(part) AS last FROM {_LOADER_COUNTS} "
        f"WHERE begins <= now AND latest > now GROUP BY table_name) "
        f"SELECT table_name, first, last, min(begins), max(ends) FROM {_LOADER_COUNTS} INNER JOIN divided "
        f"USING (table_name) WHERE part BETWEEN first AND last GROUP BY ALL"
    ).fetchall()
    return {name: _SplitSlices(*numbers) for name, *numbers in rows}


def _build_row_counts_sql(deferred: set[str], split: Mapping[str, _SplitSlices]) -> str:
    """Return SQL with one row per table: rows seen, duplicates, rows after as-of, refused rows."""
    counts = [_build_whole_slices_sql(split)]
    counts += [
        _build_table_count_sql(TABLES[name], slices.build_condition(TABLES[name]))
        for name, slices in sorted(split.items())
    ]
    counts += [_build_table_count_sql(table, "TRUE") for table in SCOPED_TABLES if not table.has_owner]
    counts += [_build_deferred_count_sql(TABLES[name]) for name in sorted(deferred)]
    return (
        f"WITH counted AS ({' UNION ALL '.join(counts)}), refusals AS (SELECT table_name, "
        f"count(*) AS refused FROM (SELECT DISTINCT table_name, ordinal FROM scope_rejects WHERE refused) "
        f"GROUP BY table_name) "
        f"SELECT counted.table_name, sum(rows_seen) AS rows_seen, sum(duplicates) AS duplicates, "
        f"sum(rows_after) AS rows_after, coalesce(any_value(refusals.refused), 0) AS refused "
        f"FROM counted LEFT JOIN refusals ON counted.table_name = refusals.table_name "
        f"WHERE is_present(counted.table_name) GROUP BY counted.table_name"
    )


def _build_whole_slices_sql(split: Mapping[str, _SplitSlices]) -> str:
    """Return SQL for the slices wholly on one side of as-of; a table without rows has a row too."""
    names = [table.name for table in _COUNTED_TABLES]
    outside_split = "".join(
        f" AND NOT (table_name = '{name}' AND coalesce(part BETWEEN {slices.first} AND {slices.last}, FALSE))"
        for name, slices in sorted(split.items())
    )
    # Rows without a date always exist. A child of an order that does not exist yet is not counted at all.
    is_seen = "coalesce(latest <= now, TRUE)"
    is_after = f"begins > now AND NOT list_contains({_CHILD_TABLES}, table_name)"
    return (
        f"SELECT unnest({names}) AS table_name, 0 AS rows_seen, 0 AS duplicates, 0 AS rows_after "
        f"UNION ALL SELECT table_name, coalesce(sum(rows) FILTER ({is_seen}), 0), "
        f"coalesce(sum(copies - rows) FILTER ({is_seen}), 0), coalesce(sum(rows) FILTER ({is_after}), 0) "
        f"FROM {_LOADER_COUNTS} WHERE TRUE{outside_split} GROUP BY table_name"
    )


def _build_table_count_sql(table: Table, condition: str) -> str:
    """Return SQL that counts one by one the rows that meet ``condition``."""
    exists = time_condition(table)
    return (
        f"SELECT '{table.name}', count(*) FILTER ({exists}), coalesce(sum(copies - 1) FILTER ({exists}), 0), "
        f"count(*) FILTER ({_build_later_condition(table)}) FROM raw.{quote_identifier(table.name)} "
        f"WHERE {owner_condition(table)} AND {condition}"
    )


def _build_deferred_count_sql(table: Table) -> str:
    """Return SQL that counts deferred rows: several of them may be one row of this scope."""
    key, exists = ", ".join(quote_identifier(name) for name in table.key), time_condition(table)
    return (
        f"SELECT '{table.name}', count(*) FILTER (seen), coalesce(sum(copies), 0) - count(*) FILTER (seen), "
        f"count(*) FILTER (later) FROM (SELECT bool_or({exists}) AS seen, "
        f"bool_or({_build_later_condition(table)}) AS later, "
        f"sum(copies) FILTER ({exists}) AS copies FROM {build_deferred_sql(table)} WHERE {owner_condition(table)} "
        f"GROUP BY {key})"
    )


def _build_later_condition(table: Table) -> str:
    """Return the condition of rows after as-of; a child of an order that does not exist yet is not one."""
    if not table.date_column:
        return "FALSE"
    later = f"{quote_identifier(table.date_column)} > getvariable('{cutoff_variable(table)}')"
    return f"order_created_at <= getvariable('as_of') AND {later}" if table.tenancy == "parent" else later
