"""Write the final typed tables: add each row's owner, resolve duplicates, sort children by order date.

Duplicates that only a scope and an instant can resolve (one id in two branches, or with different dates) are
deferred to ``raw.<table>_contested``; they are few, and the scoped view resolves them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.dedup import preferred_row_order
from opttius_cli.installation.resources import read_sql
from opttius_cli.snapshot.repeats import store_repeats
from opttius_cli.snapshot.row_counts import store_row_counts
from opttius_cli.sql import fetch_first, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection

    import duckdb

    from opttius_cli.catalog.tables import Reference, Table

_BRANCH_OWNER = "LEFT JOIN meta.tenants AS branch ON branch.branch_id = staged.branch_id"
_ORGANIZATION_OWNER = (
    "LEFT JOIN meta.tenants AS whole ON staged.branch_id IS NULL AND whole.branch_id IS NULL "
    "AND whole.organization_id IS NOT DISTINCT FROM staged.organization_id"
)
_NOBODY = (
    "LEFT JOIN meta.tenants AS whole ON staged.branch_id IS NULL AND whole.branch_id IS NULL "
    "AND whole.organization_id IS NULL"
)
_ORGANIZATION_TENANT = (
    "LEFT JOIN meta.tenants AS whole ON whole.branch_id IS NULL "
    "AND whole.organization_id IS NOT DISTINCT FROM staged.organization_id"
)
_PARENT_ORDER = "LEFT JOIN raw.orders AS parent ON parent.id = staged.order_id"
_DEFERRED_PARENT_ORDER = (
    "LEFT JOIN (SELECT DISTINCT id FROM raw.orders_contested) AS aside ON aside.id = staged.order_id"
)


def write_table(con: duckdb.DuckDBPyConnection, table: Table, rows: int) -> None:
    """Move the accepted ``rows`` of ``staged_<table>`` to ``raw.<table>`` and ``raw.<table>_contested``.

    Children lie sorted by the day of their order, other rows by their own date, so that a period
    touches few row groups. A child whose order is not in the data is counted in ``meta.orphans``.

    Most tables have no duplicate keys and no deferred rows; the SQL for these is then left out.
    """
    deferred = _find_deferred(con, table)
    if table.can_match_by_email:
        con.execute(read_sql("load/addresses"))
    if table.asks_by_ticket:
        con.execute(read_sql("load/tickets"))
    owned = f"({_select_owned(table, deferred)}) AS owned"
    has_repeats = rows > 1 and _collapse_duplicates(con, table, owned)
    name, contested = quote_identifier(table.name), quote_identifier(table.name + "_contested")
    resolved = _select_rows(table, deferred, owned, contested=False, has_repeats=has_repeats)
    order = f"ORDER BY stored.{table.sort_column}" if table.sort_column else ""
    con.execute(f"CREATE TABLE raw.{name} AS {resolved} {order}")
    if has_repeats or (table.tenancy == "parent" and deferred):
        rest = _select_rows(table, deferred, owned, contested=True, has_repeats=has_repeats)
        con.execute(f"CREATE TABLE raw.{contested} AS {rest} ORDER BY ALL")
    else:
        con.execute(f"CREATE TABLE raw.{contested} AS FROM raw.{name} LIMIT 0")
    condition = _is_repeated_sql(table) if has_repeats else "FALSE"
    store_repeats(con, table, owned, (*table.key, *visibility_columns(table)), condition)
    if rows:
        _store_counts(con, table)
    if rows > 1:
        con.execute("DROP TABLE IF EXISTS repeated; DROP TABLE IF EXISTS collapsed")
    con.execute(f"DROP TABLE {quote_identifier('staged_' + table.name)}")


def _select_rows(
    table: Table, deferred: Collection[str], owned: str, *, contested: bool, has_repeats: bool
) -> str:
    """Return the SELECT of the rows that are stored, with what they refer to: the contested ones, or the others.

    ``has_repeats`` says that there are rows in ``collapsed``, which stand for all rows with one of their keys.
    """
    names = _list_stored_columns(table)
    stored = ", ".join(names)
    condition = _build_deferred_condition(table) if contested else _build_resolved_condition(table)
    rows = f"SELECT {stored} FROM {owned} WHERE {condition}"
    if has_repeats:
        rows += (
            f" AND NOT {_is_repeated_sql(table)} UNION ALL SELECT {stored} FROM collapsed "
            f"WHERE {'contested' if contested else 'NOT contested'}"
        )
    columns = ", ".join([*(f"stored.{name}" for name in names), *_build_reference_columns(table, deferred)])
    return f"SELECT {columns} FROM ({rows}) AS stored {_build_reference_joins(table, deferred)}"


def _collapse_duplicates(con: duckdb.DuckDBPyConnection, table: Table, owned: str) -> bool:
    """Create ``repeated``, the keys that occur more than once, and ``collapsed``; return whether any do."""
    key = ", ".join(quote_identifier(name) for name in table.key)
    repeated_keys = _create_table(
        con,
        f"CREATE TEMP TABLE repeated AS SELECT {key} FROM {quote_identifier('staged_' + table.name)} "
        f"WHERE NOT refused GROUP BY ALL HAVING count(*) > 1",
    )
    if repeated_keys:
        con.execute(f"CREATE TEMP TABLE collapsed AS {_select_collapsed(table, owned)}")
    return repeated_keys > 0


def _find_deferred(con: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    """Return which of the tables that this one refers to have deferred rows."""
    referenced_tables = {reference.table for reference in table.references} | (
        {"orders"} if table.tenancy == "parent" else set()
    )
    return {
        name
        for name in referenced_tables
        if fetch_first(con.execute(f"SELECT 1 FROM raw.{quote_identifier(name + '_contested')} LIMIT 1"))
    }


def _create_table(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run a CREATE TABLE … AS, and return the number of rows of the table."""
    row = fetch_first(con.execute(statement))
    return int(row[0]) if row else 0


def _store_counts(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Tell how many rows each owner has, and the children that no scope can hold: their order is not in the data."""
    if table.has_owner:
        store_row_counts(con, table)
    if table.tenancy == "parent":
        _store_orphan_count(con, table)


def _store_orphan_count(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Store the number of children without an order: accepted rows that are in neither table."""
    name = table.name
    written_rows = " + ".join(
        f"(SELECT coalesce(sum(copies), 0) FROM raw.{quote_identifier(relation)})"
        for relation in (name, name + "_contested")
    )
    con.execute(
        f"INSERT INTO meta.orphans SELECT * FROM (SELECT ?, count(*) - {written_rows} AS rows "
        f"FROM {quote_identifier('staged_' + name)} WHERE NOT refused) WHERE rows > 0",
        [name],
    )


def select_reject_owners(table: Table, rows: str) -> str:
    """Return the SELECT of ``rows`` with the tenant who sees their rejects.

    That is their owner, or the organization for rows that its branches share.
    """
    if table.tenancy == "organization":
        named = "AND (staged.organization_id IS NOT NULL OR staged.branch_id IS NULL)"
        whole = f"{_ORGANIZATION_TENANT} {named}" if table.has_column("branch_id") else _ORGANIZATION_TENANT
        return f"SELECT whole.tenant AS tenant, staged.* FROM {quote_identifier(rows)} AS staged {whole}"
    return select_owners(table, rows)


def select_owners(table: Table, rows: str, *, has_deferred: bool = True) -> str:
    """Return the SELECT of ``rows`` (a table with this table's columns) with the tenant that owns each row.

    ``has_deferred`` says that some orders may be deferred.
    The tenant is the branch, or the organization of a row without branch, or nobody's where it names neither; a
    child's is its order's. Until the directory is loaded, and for rows that name what is not in it, it is NULL.
    """
    staged = f"staged.* FROM {quote_identifier(rows)} AS staged"
    if table.tenancy == "parent":
        is_deferred = "aside.id IS NOT NULL" if has_deferred else "FALSE"
        return (
            f"SELECT parent.tenant AS tenant, parent.created_at AS order_created_at, "
            f"{is_deferred} AS order_contested, "
            f"parent.id IS NULL AND NOT {is_deferred} AS orphan, "
            f"{staged} {_PARENT_ORDER} {_DEFERRED_PARENT_ORDER if has_deferred else ''}"
        )
    if table.tenancy != "branch":
        return f"SELECT CAST(NULL AS INTEGER) AS tenant, {staged}"
    joins = f"{_BRANCH_OWNER} {_ORGANIZATION_OWNER if table.has_column('organization_id') else _NOBODY}"
    return f"SELECT coalesce(branch.tenant, whole.tenant) AS tenant, {staged} {joins}"


def _select_owned(table: Table, deferred: Collection[str]) -> str:
    return (
        f"SELECT * EXCLUDE (refused), CAST(1 AS INTEGER) AS copies "
        f"FROM ({select_owners(table, 'staged_' + table.name, has_deferred='orders' in deferred)}) WHERE NOT refused"
    )


def visibility_columns(table: Table) -> list[str]:
    """Return the columns that decide which scope sees a row, and from which instant on."""
    owner_columns = {
        "branch": ["tenant"],
        "organization": ["organization_id", *(["branch_id"] if table.has_column("branch_id") else [])],
        "parent": ["order_id"],
    }
    return owner_columns.get(table.tenancy, []) + ([table.date_column] if table.date_column else [])


def _select_collapsed(table: Table, owned: str) -> str:
    """Return the SELECT of duplicate keys: one row per key and visibility, with its number of copies."""
    key = ", ".join(quote_identifier(name) for name in table.key)
    names = dict.fromkeys((*table.key, *visibility_columns(table)))
    partition = ", ".join(map(quote_identifier, names))
    deferred = "order_contested OR " if table.tenancy == "parent" else ""
    return (
        f"SELECT * EXCLUDE (place), {deferred}count(*) OVER (PARTITION BY {key}) > 1 AS contested FROM ("
        f"SELECT * REPLACE (CAST(count(*) OVER (PARTITION BY {partition}) AS INTEGER) AS copies), "
        f"row_number() OVER (PARTITION BY {partition} ORDER BY {preferred_row_order(table)}) AS place "
        f"FROM {owned} WHERE {_is_repeated_sql(table)}{' AND NOT orphan' if table.tenancy == 'parent' else ''}"
        f") WHERE place = 1"
    )


def _is_repeated_sql(table: Table) -> str:
    same_key = " AND ".join(
        f"repeated.{quote_identifier(n)} IS NOT DISTINCT FROM owned.{quote_identifier(n)}" for n in table.key
    )
    return f"EXISTS (SELECT 1 FROM repeated WHERE {same_key})"


def _build_resolved_condition(table: Table) -> str:
    return "NOT orphan AND NOT order_contested" if table.tenancy == "parent" else "TRUE"


def _build_deferred_condition(table: Table) -> str:
    return "order_contested" if table.tenancy == "parent" else "FALSE"


def _list_stored_columns(table: Table) -> list[str]:
    extra = ["tenant", "copies", "emptied"] + (
        ["order_created_at", "order_contested"] if table.tenancy == "parent" else []
    )
    return [quote_identifier(column.name) for column in table.columns] + extra


def _build_reference_columns(table: Table, deferred: Collection[str]) -> list[str]:
    """Return the columns stored about referenced rows: their owner, time, and whether they are deferred."""
    columns = ["address.email_no AS email_no"] if table.can_match_by_email else []
    columns += ["ticket.rut_no AS rut_no"] if table.asks_by_ticket else []
    for reference in table.references:
        stem = reference.stem
        columns.append(f"{stem}.tenant AS {stem}_tenant")
        if reference.table in deferred:
            # The time of a deferred row is not resolved yet, so it must never count as early enough.
            columns.append(
                f"CASE WHEN {stem}_aside.id IS NOT NULL THEN CAST('infinity' AS TIMESTAMPTZ) "
                f"ELSE {stem}.created_at END AS {stem}_created_at"
            )
            columns.append(f"{stem}_aside.id IS NOT NULL AS {stem}_contested")
        else:
            columns += [f"{stem}.created_at AS {stem}_created_at", f"FALSE AS {stem}_contested"]
        if reference.customer:
            columns.append(f"{_build_apart_expression(reference, deferred)} AS {stem}_apart")
    return columns


def _build_apart_expression(reference: Reference, deferred: Collection[str]) -> str:
    """Return whether a scope may see the referenced row but not its customer.

    False for an older customer of the same owner: every scope that sees the row also sees the customer.
    """
    stem = reference.stem
    is_deferred = f"{stem}_aside.id IS NOT NULL OR " if reference.table in deferred else ""
    together = (
        f"{stem}.customer_tenant = {stem}.tenant AND {stem}.customer_created_at <= {stem}.created_at "
        f"AND NOT {stem}.customer_contested"
    )
    return f"({is_deferred}NOT coalesce({together}, FALSE))"


def _build_reference_joins(table: Table, deferred: Collection[str]) -> str:
    joins = []
    if table.can_match_by_email:
        joins.append(
            "LEFT JOIN raw.addresses AS address ON stored.customer_id IS NULL "
            "AND address.branch_id = stored.branch_id AND address.email_key = email_key(stored.email)"
        )
    if table.asks_by_ticket:
        joins.append(
            "LEFT JOIN raw.tickets AS ticket ON ticket.branch_id = stored.branch_id "
            "AND ticket.rut = CASE WHEN stored.customer_id IS NULL THEN ticket_key(stored.sii_rut) END"
        )
    for reference in table.references:
        stem, column = reference.stem, reference.column
        joins.append(
            f"LEFT JOIN raw.{quote_identifier(reference.table)} AS {stem} ON {stem}.id = stored.{column}"
        )
        if reference.table in deferred:
            joins.append(
                f"LEFT JOIN (SELECT DISTINCT id FROM raw.{quote_identifier(reference.table + '_contested')}) "
                f"AS {stem}_aside "
                f"ON {stem}_aside.id = stored.{column}"
            )
    return " ".join(joins)
