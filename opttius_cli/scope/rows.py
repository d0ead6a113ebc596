"""How many rows of each table a scope sees, and how many it does not for what reason (metrics 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.scope.views import SCOPED, owner_condition, set_aside, tables_set_aside, time_condition

if TYPE_CHECKING:
    import duckdb


def count_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``scope_rejects``, the cells that could not be read, and ``scope_rows``, a line per table."""
    con.execute(
        "CREATE OR REPLACE TEMP VIEW scope_rejects AS SELECT * FROM meta.rejects WHERE is_held(tenant) "
        f"OR list_contains({_OWNERLESS}, table_name) OR getvariable('sees_everything')"
    )
    con.execute(f"CREATE OR REPLACE TEMP TABLE scope_rows AS {_scope_rows(tables_set_aside(con))}")


_OWNERLESS = [table.name for table in SCOPED if table.tenancy == "none"]


def _scope_rows(aside: set[str]) -> str:
    """A row per table: how many rows the scope sees, how many repeat another, lie after as-of, or were refused."""
    counted = " UNION ALL ".join(_rows_of(table) for table in SCOPED)
    if aside:
        counted += " UNION ALL " + " UNION ALL ".join(_rows_set_aside(TABLES[name]) for name in sorted(aside))
    return (
        f"WITH counted AS ({counted}), refusals AS (SELECT table_name, count(DISTINCT (origin, line)) AS refused "
        f"FROM scope_rejects WHERE refused GROUP BY table_name) "
        f"SELECT counted.table_name, sum(rows_seen) AS rows_seen, sum(duplicates) AS duplicates, "
        f"sum(rows_after) AS rows_after, coalesce(any_value(refusals.refused), 0) AS refused "
        f"FROM counted LEFT JOIN refusals ON counted.table_name = refusals.table_name "
        f"WHERE is_present(counted.table_name) GROUP BY counted.table_name"
    )


def _rows_of(table: Table) -> str:
    """The counts, each under conditions that skip the row groups they cannot or must hold for."""
    raw, held = f"raw.{quoted(table.name)}", owner_condition(table)
    exists, later = time_condition(table), _later_condition(table)
    seen = (
        f"SELECT '{table.name}' AS table_name, count(*) AS rows_seen, "
        f"coalesce(sum(copies - 1), 0) AS duplicates, 0 AS rows_after FROM {raw} WHERE {held} AND {exists}"
    )
    after = f"SELECT '{table.name}', 0, 0, count(*) FROM {raw} WHERE {held} AND {later}"
    return f"{seen} UNION ALL {after}" if table.dated else seen


def _rows_set_aside(table: Table) -> str:
    """The same for rows that were set aside: several of them may be one row of this scope."""
    key = ", ".join(quoted(name) for name in table.key)
    exists, later = time_condition(table), _later_condition(table)
    return (
        f"SELECT '{table.name}', count(DISTINCT ({key})) FILTER ({exists}), "
        f"coalesce(sum(copies) FILTER ({exists}), 0) - count(DISTINCT ({key})) FILTER ({exists}), "
        f"count(DISTINCT ({key})) FILTER ({later}) FROM {set_aside(table)} WHERE {owner_condition(table)}"
    )


def _later_condition(table: Table) -> str:
    """Which rows are dated after as-of. A child of an order that does not exist yet is not counted by itself."""
    if not table.dated:
        return "FALSE"
    latest = "as_of_date" if table.column(table.dated).kind.value == "date" else "as_of"
    later = f"{quoted(table.dated)} > getvariable('{latest}')"
    return f"order_created_at <= getvariable('as_of') AND {later}" if table.tenancy == "parent" else later
