"""How many rows each owner has, month by month, told at load: so that no report counts millions of rows again.

``begins`` and ``ends`` are the first and last instant by which the rows lie sorted, ``latest`` the one from which on
all of them exist, in microseconds; NULL where rows bear no date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.catalog.tables import Table

_MONTH = 30 * 86_400 * 1_000_000
"""Microseconds; any length would do. Shorter ones make more lines, longer ones leave more rows to be counted."""


def tally(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Tell in ``meta.tallies`` the rows of ``raw.<table>``."""
    instant = f"epoch_us({quoted(table.sorted_by)})" if table.sorted_by else "CAST(NULL AS BIGINT)"
    latest = f"greatest({instant}, epoch_us({quoted(table.dated)}))" if table.dated else instant
    con.execute(
        f"INSERT INTO meta.tallies SELECT ?, tenant, {instant} // {_MONTH} AS part, min({instant}), max({instant}), "
        f"max({latest}), count(*), sum(copies) FROM raw.{quoted(table.name)} WHERE tenant IS NOT NULL "
        f"GROUP BY tenant, part ORDER BY tenant, part",
        [table.name],
    )
