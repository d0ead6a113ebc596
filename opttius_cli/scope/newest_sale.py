"""When the newest sale of a scope was made: where ``--as-of latest`` ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.dedup import preferred_row_order
from opttius_cli.catalog.tables import SALES_TABLES, TABLES
from opttius_cli.period import instant_from_microseconds
from opttius_cli.sql import fetch_first, quote_identifier

if TYPE_CHECKING:
    from datetime import datetime

    from opttius_cli.result import Scope
    from opttius_cli.sql import Connection


def find_newest_sale(con: Connection, scope: Scope, now: datetime) -> datetime | None:
    """Find when the newest order or work order of the scope up to ``now`` was made, whatever its status.

    Of rows with one id, the one counts that stands at ``now``.
    """
    queries = []
    for table in (TABLES[name] for name in SALES_TABLES):
        key = ", ".join(map(quote_identifier, table.key))
        condition = "list_contains($1, tenant) AND created_at <= $2"
        queries.append(f"SELECT created_at FROM raw.{quote_identifier(table.name)} WHERE {condition}")
        queries.append(
            f"SELECT created_at FROM (SELECT created_at FROM "
            f"raw.{quote_identifier(table.name + '_contested')} WHERE {condition} "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {preferred_row_order(table)}) = 1)"
        )
    row = fetch_first(
        con.execute(
            f"SELECT epoch_us(max(created_at)) FROM ({' UNION ALL '.join(queries)})",
            [list(scope.tenants), now],
        )
    )
    return None if row is None or row[0] is None else instant_from_microseconds(row[0])
