"""Who must not be contacted: their telephones and addresses are hidden in the scoped views (metrics 15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.sql import fetch_first

if TYPE_CHECKING:
    from opttius_cli.catalog.tables import Table
    from opttius_cli.sql import Connection

_CONTACTS = frozenset({"email", "email_key", "phone", "preferred_contact_method"})
"""Columns by which a customer can be reached."""
_IS_HIDDEN = {"customers": "is_opted_out(id, tags)", "orders": "names_opted_out(customer_id, email)"}
"""The condition under which a row of a table hides them."""
_HAS_LINES = "SELECT array_length(getvariable('opt_out_lines')) > 0"
_OPTED_OUT = """
    SELECT list(DISTINCT CAST(customer.id AS VARCHAR))
    FROM (SELECT unnest(getvariable('opt_out_lines')) AS line) AS lines
    INNER JOIN known_customers AS customer
        ON is_meant_by(lines.line, customer.id, customer.rut, customer.email)
"""
_OPTED_OUT_KEYS = """
    SELECT list(CAST(id AS VARCHAR)) || list(email_key) FILTER (WHERE email_key IS NOT NULL)
    FROM known_customers
    WHERE is_opted_out
"""


def hides_contacts(table: Table) -> bool:
    """Return whether the view of a table hides the contacts of who opted out."""
    return table.name in _IS_HIDDEN


def hide_contacts(table: Table, columns: list[str]) -> list[str]:
    """Return the columns of a view as anybody may see them: without tags and the contacts of who opted out."""
    if not hides_contacts(table):
        return columns
    shown = []
    for column in columns:
        value, _as, name = column.rpartition(" AS ")
        name = name.strip('"')
        if name in _CONTACTS:
            shown.append(f"CASE WHEN NOT {_IS_HIDDEN[table.name]} THEN {value or column} END AS {name}")
        elif name != "tags":
            shown.append(column)
    return shown


def set_opted_out(con: Connection) -> None:
    """Set whom a line of the opt-out file means, then the ids and addresses of everybody who opted out."""
    for name in ("opted_out", "opted_out_keys"):
        con.execute(f"SET VARIABLE {name} = CAST([] AS VARCHAR[])")
    if fetch_first(con.execute(_HAS_LINES))[0]:
        _set_list(con, "opted_out", _OPTED_OUT)
    _set_list(con, "opted_out_keys", _OPTED_OUT_KEYS)


def _set_list(con: Connection, name: str, query: str) -> None:
    con.execute(f"SET VARIABLE {name} = coalesce(({query}), CAST([] AS VARCHAR[]))")
