"""Define which of several rows with the same primary key is used, as an order of preference.

The loader and the scoped views rank by the same order, so deferred rows are treated like all others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from opttius_cli.catalog.tables import Table


def preferred_row_order(table: Table) -> str:
    """Return an ORDER BY list, best row first: latest ``updated_at``, then ``created_at``.

    Rows that agree in both are told apart by their whole content, and by the cells that were emptied, so that no order
    of files matters.
    """
    latest = [
        f"{quote_identifier(name)} DESC NULLS LAST"
        for name in ("updated_at", "created_at")
        if table.has_column(name)
    ]
    content = [f"CAST({quote_identifier(column.name)} AS VARCHAR) NULLS LAST" for column in table.columns]
    return ", ".join([*latest, *content, "emptied NULLS LAST"])
