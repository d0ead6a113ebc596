"""A scope as views: every table a report can name shows its rows and no others.

Reports never name an organization or a branch, so a report cannot leave its scope. The views also end the
data at as-of: rows dated later do not exist for any rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import preference, quoted
from opttius_cli.catalog.tables import TABLES, Reference, Table

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.result import Scope

SCOPED = tuple(table for table in TABLES.values() if table.tenancy != "directory")
"""The tables whose rows belong to somebody, or to nobody in particular; the directory is not among them."""


def enter(con: duckdb.DuckDBPyConnection, scope: Scope) -> None:
    """Make the scoped views in ``con``. The session's variables as_of and as_of_date must be set."""
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
    held, first, last = list(scope.tenants), min(scope.tenants, default=0), max(scope.tenants, default=0)
    for name, value in (
        ("tenants", held),
        ("first_tenant", first),
        ("last_tenant", last),
        ("sees_everything", scope.everything),
    ):
        con.execute(f"SET VARIABLE {name} = $1", [value])
    con.execute(_tenancy_macro(gapless=len(held) == last - first + 1))
    aside = tables_set_aside(con)
    if "orders" not in aside:
        # Children look here for what their order settled to.
        con.execute("CREATE OR REPLACE TEMP TABLE orders_settled AS SELECT * FROM raw.orders_contested")
    for table in SCOPED:
        if table.name in aside:
            # Few rows, asked often: settled once. A child's order is settled before it.
            settled = quoted(table.name + "_settled")
            con.execute(f"CREATE OR REPLACE TEMP TABLE {settled} AS {_contested(table)}")
            key = quoted(table.key[0])
            con.execute(f"SET VARIABLE {table.name}_settled = (SELECT list({key}) FROM {settled})")
        for view in _views(table, aside):
            con.execute(view)
    con.execute(_address_holders(settled="customers" in aside))
    con.execute(
        "CREATE OR REPLACE TEMP VIEW branches AS SELECT branch.* FROM raw.branches AS branch "
        "SEMI JOIN scope_branches AS held ON branch.id = held.branch_id"
    )


def _tenancy_macro(*, gapless: bool) -> str:
    """The test of one owner. An organization's owners are numbered in a row, so most scopes are a range."""
    test = "tenant BETWEEN getvariable('first_tenant') AND getvariable('last_tenant')"
    if not gapless:
        test += " AND list_contains(getvariable('tenants'), tenant)"
    return f"CREATE OR REPLACE TEMP MACRO is_held(tenant) AS ({test})"


def tables_set_aside(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables that have rows which the loader could not settle."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' AND estimated_size > 0 "
        "AND ends_with(table_name, '_contested')"
    ).fetchall()
    return {row[0].removesuffix("_contested") for row in rows}


def owner_condition(table: Table) -> str:
    """Which rows of a raw table belong to the scope, at whatever time."""
    if table.tenancy in {"branch", "parent"}:
        return "is_held(tenant)"
    if table.tenancy == "organization":
        own = "organization_id IN (SELECT organization_id FROM scope_organizations)"
        if not table.has("branch_id"):
            return own
        return f"({own} OR branch_id IN (SELECT branch_id FROM scope_branches))"
    return "TRUE"


def time_condition(table: Table) -> str:
    """Which rows exist at as-of. An undated payment exists; so does a child exactly when its order does."""
    conditions = []
    if table.tenancy == "parent":
        conditions.append("order_created_at <= getvariable('as_of')")
    if table.dated == "created_at":
        conditions.append("created_at <= getvariable('as_of')")
    elif table.dated:
        exists = f"{quoted(table.dated)} <= getvariable('{latest_of(table)}')"
        required = table.column(table.dated).required
        conditions.append(exists if required else f"({quoted(table.dated)} IS NULL OR {exists})")
    return " AND ".join(conditions) or "TRUE"


def latest_of(table: Table) -> str:
    """The session's variable after which rows of a table do not exist: as-of, or its date for rows that bear one."""
    return "as_of_date" if table.dated and table.column(table.dated).kind.value == "date" else "as_of"


def _columns(table: Table) -> str:
    names = [quoted(column.name) for column in table.columns]
    names += ["order_created_at"] if table.tenancy == "parent" else []
    for reference in table.references:
        stem = reference.stem
        names += [f"{stem}_tenant", f"{stem}_created_at", f"{stem}_contested"]
        names += [f"{stem}_apart"] if reference.customer else []
    names += ["email_no"] if table.asks_by_email else []
    return ", ".join(names)


def _contested(table: Table) -> str:
    """Rows that were set aside, as this scope and instant settle them: one per id."""
    key = ", ".join(quoted(name) for name in table.key)
    return (
        f"SELECT {_columns(table)}, tenant FROM {set_aside(table)} WHERE {owner_condition(table)} "
        f"AND {time_condition(table)} "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {preference(table)}) = 1"
    )


def set_aside(table: Table) -> str:
    """The rows of a table that were set aside; a child of an order that was, too, with what its order settled to."""
    rows = f"raw.{quoted(table.name + '_contested')}"
    if table.tenancy != "parent":
        return rows
    return (
        f"(SELECT child.* REPLACE (coalesce(parent.tenant, child.tenant) AS tenant, "
        f"coalesce(parent.created_at, child.order_created_at) AS order_created_at) FROM {rows} AS child "
        f"LEFT JOIN orders_settled AS parent ON child.order_contested AND child.order_id = parent.id)"
    )


def _views(table: Table, aside: set[str]) -> list[str]:
    """The view of a table that reports name, and of one whose rows name others, the shared views' own besides.

    What the loader knows of the rows that are named holds whoever owns them: ``known_<table>`` has it, for the
    rules that need it, and no report may name that.
    """
    rows = (
        f"SELECT {_columns(table)} FROM raw.{quoted(table.name)} "
        f"WHERE {owner_condition(table)} AND {time_condition(table)}"
    )
    if table.name in aside:
        rows += f" UNION ALL SELECT {_columns(table)} FROM {quoted(table.name + '_settled')}"
    given = [quoted(column.name) for column in table.columns]
    given += ["order_created_at"] if table.tenancy == "parent" else []
    for reference in table.references:
        given.append(f"{_seen(reference, contested=reference.table in aside)} AS {reference.stem}_seen")
    given += ["email_key(email) AS email_key"] if table.has_email_key else []
    if table.dated == "created_at":
        given.append("local_time(created_at) AS local_at")
    views = [_view(table.name, given, rows)]
    if table.references:
        views.append(_view(f"known_{table.name}", [*given, *_known(table)], rows))
    return views


def _known(table: Table) -> list[str]:
    """What the loader knows of the rows that a table's rows name, as far as a rule asks for it."""
    known = [f"{reference.stem}_created_at" for reference in table.references]
    known += [f"{reference.stem}_apart" for reference in table.references if reference.customer]
    return known + (["email_no"] if table.asks_by_email else [])


def _view(name: str, columns: list[str], rows: str) -> str:
    return f"CREATE OR REPLACE TEMP VIEW {quoted(name)} AS SELECT {', '.join(columns)} FROM ({rows})"


def _address_holders(*, settled: bool) -> str:
    """The view of who has the addresses that orders without a customer give."""
    rows = (
        "SELECT email_no, email_key, last_asked_at, customer_id FROM raw.address_holders "
        f"WHERE is_held(tenant) AND {time_condition(TABLES['customers'])}"
    )
    if settled:
        rows += (
            " UNION ALL SELECT address.email_no, address.email_key, address.last_asked_at, customer.id "
            "FROM customers_settled AS customer INNER JOIN raw.addresses AS address "
            "ON customer.branch_id = address.branch_id AND email_key(customer.email) = address.email_key"
        )
    return f"CREATE OR REPLACE TEMP VIEW address_holders AS {rows}"


def _seen(reference: Reference, *, contested: bool) -> str:
    """Whether the scope sees, at as-of, the row that a column names."""
    stem = reference.stem
    seen = f"(is_held({stem}_tenant) AND {stem}_created_at <= getvariable('as_of'))"
    if contested:
        # A row that was set aside is seen when this scope and instant settled it into the other table's view.
        settled = f"list_contains(getvariable('{reference.table}_settled'), {reference.column})"
        seen = f"CASE WHEN {stem}_contested THEN {settled} ELSE {seen} END"
    return f"coalesce({seen}, FALSE)"
