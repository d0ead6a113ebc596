"""The conditions of the rows of a raw table that a scope holds, and that exist at as-of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from opttius_cli.catalog.tables import Table


def owner_condition(table: Table) -> str:
    """Return the condition of the rows of a raw table that belong to the scope, at any time."""
    if table.tenancy in {"branch", "parent"}:
        return "is_held(tenant)"
    if table.tenancy == "organization":
        own = "organization_id IN (SELECT organization_id FROM scope_organizations)"
        nobodys = f"({names_nobody(table)} AND getvariable('holds_nobodys'))"
        if not table.has_column("branch_id"):
            return f"({own} OR {nobodys})"
        return f"({own} OR {nobodys} OR branch_id IN (SELECT branch_id FROM scope_branches))"
    return "TRUE"


def names_nobody(table: Table) -> str:
    """Return the condition of rows that name neither a branch nor an organization; never of children."""
    owners = [name for name in ("branch_id", "organization_id") if table.has_column(name)]
    return " AND ".join(f"{name} IS NULL" for name in owners) or "FALSE"


def build_key_text(table: Table) -> str:
    """Return the text by which a list names a row: its key, with blanks between the columns."""
    columns = ", ".join(f"CAST({quote_identifier(name)} AS VARCHAR)" for name in table.key)
    return f"concat_ws(' ', {columns})"


def time_condition(table: Table) -> str:
    """Return the condition of rows that exist at as-of: undated ones do, and children when their order does."""
    conditions = []
    if table.tenancy == "parent":
        conditions.append("order_created_at <= getvariable('as_of')")
    if table.date_column:
        exists = f"{quote_identifier(table.date_column)} <= getvariable('{cutoff_variable(table)}')"
        required = table.get_column(table.date_column).required
        conditions.append(
            exists if required else f"({quote_identifier(table.date_column)} IS NULL OR {exists})"
        )
    return " AND ".join(conditions) or "TRUE"


def cutoff_variable(table: Table) -> str:
    """Return the session variable after which rows do not exist: as-of, or its date for dates."""
    return (
        "as_of_date"
        if table.date_column and table.get_column(table.date_column).kind.value == "date"
        else "as_of"
    )
