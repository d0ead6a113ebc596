"""The scoped views: every table that a report can name shows the scope's rows and no others.

Reports never name an organization or a branch, so a report cannot leave its scope. The views also end the
data at as-of: rows dated later do not exist for any rule.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.catalog.dedup import preferred_row_order
from opttius_cli.catalog.tables import TABLES, Reference, Table
from opttius_cli.scope.opted_out import hide_contacts, set_opted_out
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from opttius_cli.result import Scope
    from opttius_cli.sql import Connection

SCOPED_TABLES = tuple(table for table in TABLES.values() if table.tenancy != "directory")
"""The tables that reports can name: all except those of the directory."""
_BOOKINGS = replace(TABLES["appointments"], date_column="created_at")
"""Appointments that exist from the moment at which they were made, those of days to come among them (metrics 15)."""


def create_scoped_views(con: Connection, scope: Scope) -> None:
    """Create the scoped views in ``con``. The session's variables as_of and as_of_date must be set."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE scope_tenants AS SELECT CAST(unnest($1) AS INTEGER) AS tenant",
        [list(scope.tenants)],
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE scope_organizations AS SELECT DISTINCT organization_id "
        "FROM meta.tenants SEMI JOIN scope_tenants USING (tenant) WHERE organization_id IS NOT NULL"
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE scope_branches AS SELECT branch_id "
        "FROM meta.tenants SEMI JOIN scope_tenants USING (tenant) WHERE branch_id IS NOT NULL"
    )
    tenants, first, last = list(scope.tenants), min(scope.tenants, default=0), max(scope.tenants, default=0)
    for name, value in (
        ("tenants", tenants),
        ("first_tenant", first),
        ("last_tenant", last),
        ("sees_everything", scope.unrestricted),
        ("holds_nobodys", scope.holds_nobodys),
        ("adopts", scope.adopts),
        ("whole_directory", scope.whole_directory),
    ):
        con.execute(f"SET VARIABLE {name} = $1", [value])
    con.execute(_build_tenancy_macro(gapless=len(tenants) == last - first + 1))
    deferred = find_deferred_tables(con)
    if "orders" not in deferred:
        # Children look up here which row of their order was preferred.
        con.execute("CREATE OR REPLACE TEMP TABLE orders_settled AS SELECT * FROM raw.orders_contested")
    for table in SCOPED_TABLES:
        _create_table_views(con, table, deferred)
    set_opted_out(con)
    con.execute(_build_address_holders(has_deferred_customers="customers" in deferred))
    con.execute(_build_ticket_holders(resolved="customers" in deferred))
    con.execute(
        "CREATE OR REPLACE TEMP VIEW branches AS SELECT branch.* FROM raw.branches AS branch "
        "SEMI JOIN scope_branches AS held ON branch.id = held.branch_id"
    )


def _build_bookings(*, has_deferred: bool) -> str:
    """Return the view of the appointments that have been made by as-of, on whatever day they are."""
    rows = (
        f"SELECT {_list_columns(_BOOKINGS)} FROM raw.appointments "
        f"WHERE {owner_condition(_BOOKINGS)} AND {time_condition(_BOOKINGS)}"
    )
    if has_deferred:
        rows += f" UNION ALL SELECT * EXCLUDE (tenant) FROM ({_build_resolved_sql(_BOOKINGS)})"
    return _build_view("bookings", [quote_identifier(column.name) for column in _BOOKINGS.columns], rows)


def _create_table_views(con: Connection, table: Table, deferred: set[str]) -> None:
    """Create the views of one table; its deferred rows are resolved first."""
    if table.name in deferred:
        # Few rows, read often: resolved once. An order is resolved before its children.
        resolved_table = quote_identifier(table.name + "_settled")
        con.execute(f"CREATE OR REPLACE TEMP TABLE {resolved_table} AS {_build_resolved_sql(table)}")
        key = quote_identifier(table.key[0])
        con.execute(f"SET VARIABLE {table.name}_settled = (SELECT list({key}) FROM {resolved_table})")
    for view in _build_views(table, deferred):
        con.execute(view)
    if table.keeps_repeats:
        con.execute(_build_repeats_view(table))


def _build_tenancy_macro(*, gapless: bool) -> str:
    """Return the macro that tests an owner. Owner numbers of an organization are consecutive: a range."""
    test = "tenant BETWEEN getvariable('first_tenant') AND getvariable('last_tenant')"
    if not gapless:
        test += " AND list_contains(getvariable('tenants'), tenant)"
    return f"CREATE OR REPLACE TEMP MACRO is_held(tenant) AS ({test})"


def find_deferred_tables(con: Connection) -> set[str]:
    """Find the tables with conflicting rows that the loader could not resolve."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' AND estimated_size > 0 "
        "AND ends_with(table_name, '_contested')"
    ).fetchall()
    return {row[0].removesuffix("_contested") for row in rows}


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


def _list_columns(table: Table) -> str:
    names = [quote_identifier(column.name) for column in table.columns]
    names += ["order_created_at"] if table.tenancy == "parent" else []
    for reference in table.references:
        stem = reference.stem
        names += [f"{stem}_tenant", f"{stem}_created_at", f"{stem}_contested"]
        names += [f"{stem}_apart"] if reference.customer else []
    names += ["email_no"] if table.can_match_by_email else []
    names += ["rut_no"] if table.asks_by_ticket else []
    return ", ".join([*names, "emptied"])


def _build_resolved_sql(table: Table) -> str:
    """Return SQL for the deferred rows, resolved for this scope and instant: one per id."""
    key = ", ".join(quote_identifier(name) for name in table.key)
    return (
        f"SELECT {_list_columns(table)}, tenant FROM {build_deferred_sql(table)} WHERE {owner_condition(table)} "
        f"AND {time_condition(table)} "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {preferred_row_order(table)}) = 1"
    )


def build_deferred_sql(table: Table) -> str:
    """Return SQL for the deferred rows of a table; a child takes owner and time from its resolved order."""
    rows = f"raw.{quote_identifier(table.name + '_contested')}"
    if table.tenancy != "parent":
        return rows
    return (
        f"(SELECT child.* REPLACE (coalesce(parent.tenant, child.tenant) AS tenant, "
        f"coalesce(parent.created_at, child.order_created_at) AS order_created_at) FROM {rows} AS child "
        f"LEFT JOIN orders_settled AS parent ON child.order_contested AND child.order_id = parent.id)"
    )


def _build_views(table: Table, deferred: set[str]) -> list[str]:
    """Return the view that reports name, and ``known_<table>`` for customers and tables whose rows refer to others.

    ``known_<table>`` also has what the loader knows of the referenced rows, whoever owns them, and the tags and
    contacts of every customer. Only the project's own rules use it; no user's report may name it.
    """
    rows = (
        f"SELECT {_list_columns(table)} FROM raw.{quote_identifier(table.name)} "
        f"WHERE {owner_condition(table)} AND {time_condition(table)}"
    )
    if table.name in deferred:
        rows += f" UNION ALL SELECT {_list_columns(table)} FROM {quote_identifier(table.name + '_settled')}"
    columns = [quote_identifier(column.name) for column in table.columns]
    columns += ["order_created_at"] if table.tenancy == "parent" else []
    for reference in table.references:
        columns.append(
            f"{_build_visibility_condition(reference, has_deferred=reference.table in deferred)} AS "
            f"{reference.stem}_seen"
        )
    columns += ["email_key(email) AS email_key"] if table.has_email_key else []
    if table.date_column == "created_at":
        columns.append("local_time(created_at) AS local_at")
    views = [_build_view(table.name, hide_contacts(table, columns), rows)]
    if table.references or table.name == "customers":
        views.append(_build_view(f"known_{table.name}", [*columns, *_list_loader_columns(table)], rows))
    if table.name == "appointments":
        views.append(_build_bookings(has_deferred=table.name in deferred))
    return views


def _build_repeats_view(table: Table) -> str:
    """Return the view of a table's further rows of one id: they do not count, but lie in the data (metrics 16)."""
    columns = ", ".join(quote_identifier(column.name) for column in table.columns)
    key = ", ".join(map(quote_identifier, table.key))
    condition = f"{owner_condition(table)} AND {time_condition(table)}"
    return (
        f"CREATE OR REPLACE TEMP VIEW {quote_identifier('repeated_' + table.name)} AS "
        f"SELECT {columns} FROM raw.{quote_identifier(table.name + '_repeats')} WHERE {condition} UNION ALL "
        f"SELECT {columns} FROM (SELECT *, row_number() OVER (PARTITION BY {key} "
        f"ORDER BY {preferred_row_order(table)}) AS place FROM raw.{quote_identifier(table.name + '_contested')} "
        f"WHERE {condition}) WHERE place > 1"
    )


def _list_loader_columns(table: Table) -> list[str]:
    """List the columns that the loader adds about referenced rows, as far as a rule needs them."""
    names = [f"{reference.stem}_created_at" for reference in table.references]
    names += [f"{reference.stem}_apart" for reference in table.references if reference.customer]
    names += ["email_no"] if table.can_match_by_email else []
    names += ["is_opted_out(id, tags) AS is_opted_out"] if table.name == "customers" else []
    return names + (["rut_no"] if table.asks_by_ticket else [])


def _build_view(name: str, columns: list[str], rows: str) -> str:
    return (
        f"CREATE OR REPLACE TEMP VIEW {quote_identifier(name)} AS SELECT {', '.join(columns)} FROM ({rows})"
    )


def _build_address_holders(*, has_deferred_customers: bool) -> str:
    """Return the view of the customers who have the email addresses of orders without a customer."""
    rows = (
        "SELECT email_no, email_key, last_asked_at, customer_id FROM raw.address_holders "
        f"WHERE is_held(tenant) AND {time_condition(TABLES['customers'])}"
    )
    if has_deferred_customers:
        rows += (
            " UNION ALL SELECT address.email_no, address.email_key, address.last_asked_at, customer.id "
            "FROM customers_settled AS customer INNER JOIN raw.addresses AS address "
            "ON customer.branch_id = address.branch_id AND email_key(customer.email) = address.email_key"
        )
    return f"CREATE OR REPLACE TEMP VIEW address_holders AS {rows}"


def _build_ticket_holders(*, resolved: bool) -> str:
    """Return the view of who has the RUTs that tickets of orders without a customer give."""
    rows = (
        "SELECT rut_no, rut, last_asked_at, customer_id FROM raw.ticket_holders "
        f"WHERE is_held(tenant) AND {time_condition(TABLES['customers'])}"
    )
    if resolved:
        rows += (
            " UNION ALL SELECT ticket.rut_no, ticket.rut, ticket.last_asked_at, customer.id "
            "FROM customers_settled AS customer INNER JOIN raw.tickets AS ticket "
            "ON customer.branch_id = ticket.branch_id AND ticket_key(customer.rut) = ticket.rut"
        )
    return f"CREATE OR REPLACE TEMP VIEW ticket_holders AS {rows}"


def _build_visibility_condition(reference: Reference, *, has_deferred: bool) -> str:
    """Return the condition under which the scope sees, at as-of, the row that a column refers to."""
    stem = reference.stem
    is_visible = f"(is_held({stem}_tenant) AND {stem}_created_at <= getvariable('as_of'))"
    if has_deferred:
        # A deferred row is visible when this scope and instant chose it for the other table's view.
        is_resolved = f"list_contains(getvariable('{reference.table}_settled'), {reference.column})"
        is_visible = f"CASE WHEN {stem}_contested THEN {is_resolved} ELSE {is_visible} END"
    return f"coalesce({is_visible}, FALSE)"
