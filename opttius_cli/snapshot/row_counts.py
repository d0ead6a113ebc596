"""Count each owner's rows per month when loading, so that no report has to count millions of rows again.

``begins`` and ``ends`` are the first and last instant of the sort column, ``latest`` is the instant from
which all rows exist, in microseconds; NULL where rows have no date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.catalog.tables import Table

_MONTH = 30 * 86_400 * 1_000_000
"""Microseconds. Shorter periods need more rows here, longer ones leave more rows to count in a report."""


def store_row_counts(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Store in ``meta.tallies`` the row counts of ``raw.<table>``."""
    instant = (
        f"epoch_us({quote_identifier(table.sort_column)})" if table.sort_column else "CAST(NULL AS BIGINT)"
    )
    latest = (
        f"greatest({instant}, epoch_us({quote_identifier(table.date_column)}))"
        if table.date_column
        else instant
    )
    con.execute(
        f"INSERT INTO meta.tallies SELECT ?, tenant, {instant} // {_MONTH} AS part, min({instant}), max({instant}), "
        f"max({latest}), count(*), sum(copies) FROM raw.{quote_identifier(table.name)} WHERE tenant IS NOT NULL "
        f"GROUP BY tenant, part ORDER BY tenant, part",
        [table.name],
    )
