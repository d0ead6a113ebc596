"""Find the rows that findings count and no view shows: repeated, later than as-of, adopted, with emptied cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.scope.row_conditions import build_key_text, owner_condition, time_condition
from opttius_cli.scope.row_counts import EMPTIED_CELLS, is_adopted, later_condition
from opttius_cli.scope.views import SCOPED_TABLES, build_deferred_sql
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from opttius_cli.catalog.tables import Table
    from opttius_cli.scope.views import ScopedViews


def fill_unseen_rows(scoped: ScopedViews) -> None:
    """Fill the table ``unseen_rows``: ``cases`` is for how many of its finding's count a row stands."""
    con = scoped.con
    scoped.settle(scoped.deferred)
    for table in SCOPED_TABLES:
        con.execute(f"INSERT INTO unseen_rows {_build_rows_sql(table)}")
        if table.name in scoped.deferred:
            con.execute(f"INSERT INTO unseen_rows {_build_deferred_rows_sql(table)}")
    con.execute(
        "INSERT INTO unseen_rows SELECT 'unreadable_cells', table_name, column_name, id, 1 "
        f"FROM {EMPTIED_CELLS}"
    )


def _build_rows_sql(table: Table) -> str:
    """Select the rows of one table whose owner and instant the loader has settled."""
    exists = time_condition(table)
    return _build_cases_sql(
        table,
        f"SELECT {build_key_text(table)} AS id, CASE WHEN {exists} THEN copies - 1 ELSE 0 END AS duplicate_rows, "
        f"CAST(coalesce({later_condition(table)}, FALSE) AS INTEGER) AS rows_after_as_of, "
        f"CAST(coalesce({exists} AND {is_adopted(table)}, FALSE) AS INTEGER) AS adopted_rows "
        f"FROM raw.{quote_identifier(table.name)} WHERE {owner_condition(table)}",
    )


def _build_deferred_rows_sql(table: Table) -> str:
    """Select the same of the rows that a scope and an instant settle: several of them may be one row."""
    exists, key = time_condition(table), build_key_text(table)
    return _build_cases_sql(
        table,
        f"SELECT {key} AS id, greatest(coalesce(sum(copies) FILTER ({exists}), 0) - 1, 0) AS duplicate_rows, "
        f"CAST(bool_or({later_condition(table)}) AS INTEGER) AS rows_after_as_of, 0 AS adopted_rows "
        f"FROM {build_deferred_sql(table)} WHERE {owner_condition(table)} GROUP BY {key} "
        f"UNION ALL SELECT {key}, 0, 0, 1 FROM {quote_identifier(table.name + '_settled')} "
        f"WHERE {is_adopted(table)}",
    )


def _build_cases_sql(table: Table, rows: str) -> str:
    """Return one line per row and finding that it is a case of."""
    cases = ", ".join(
        f"{{'finding': '{name}', 'cases': CAST({name} AS BIGINT)}}"
        for name in ("duplicate_rows", "rows_after_as_of", "adopted_rows")
    )
    return (
        f"SELECT line.finding, '{table.name}', NULL, id, line.cases "
        f"FROM (SELECT id, unnest([{cases}]) AS line FROM ({rows})) WHERE line.cases > 0"
    )
