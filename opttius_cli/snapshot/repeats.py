"""Store the further rows of one key, which count for nobody: the app sums every row that it reads (metrics 16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.dedup import preferred_row_order
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from opttius_cli.catalog.tables import Table


def store_repeats(
    con: duckdb.DuckDBPyConnection, table: Table, owned: str, names: Iterable[str], condition: str
) -> None:
    """Store in ``raw.<table>_repeats`` the rows that meet ``condition``, less the preferred one of each ``names``."""
    if not table.keeps_repeats:
        return
    partition = ", ".join(map(quote_identifier, dict.fromkeys(names)))
    columns = ", ".join(quote_identifier(column.name) for column in table.columns)
    con.execute(
        f"CREATE TABLE raw.{quote_identifier(table.name + '_repeats')} AS SELECT {columns}, tenant FROM ("
        f"SELECT *, row_number() OVER (PARTITION BY {partition} ORDER BY {preferred_row_order(table)}) AS place "
        f"FROM {owned} WHERE {condition}) WHERE place > 1 ORDER BY ALL"
    )
