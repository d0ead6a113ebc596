"""Which of several rows with one primary key stands: the rule, as the order in which they are preferred.

The loader and the scoped views both rank by it, so a row that was set aside is judged as one that was not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opttius_cli.catalog.tables import Table


def quoted(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def preference(table: Table) -> str:
    """An ORDER BY list, best row first: latest ``updated_at``, then ``created_at``.

    Rows that agree in both are told apart by their whole content, so that no order of files matters.
    """
    latest = [f"{quoted(name)} DESC NULLS LAST" for name in ("updated_at", "created_at") if table.has(name)]
    content = [f"CAST({quoted(column.name)} AS VARCHAR) NULLS LAST" for column in table.columns]
    return ", ".join(latest + content)
