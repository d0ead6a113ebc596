"""Write the final typed tables: add each row's owner, resolve duplicates, sort children by order date.

Duplicates that only a scope and an instant can resolve (one id in two branches, or with different dates) are
deferred to ``raw.<table>_contested``; they are few, and the scoped view resolves them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import preference, quoted
from opttius_cli.resources import sql_text
from opttius_cli.snapshot.tallying import tally

if TYPE_CHECKING:
    from collections.abc import Collection

    import duckdb

    from opttius_cli.catalog.tables import Reference, Table

_BRANCH_OWNER = "LEFT JOIN meta.tenants AS branch ON branch.branch_id = staged.branch_id"
_ORGANIZATION_OWNER = (
    "LEFT JOIN meta.tenants AS whole ON staged.branch_id IS NULL AND whole.branch_id IS NULL "
    "AND whole.organization_id = staged.organization_id"
)
_WHOLE = (
    "LEFT JOIN meta.tenants AS whole ON whole.branch_id IS NULL "
    "AND whole.organization_id = staged.organization_id"
)
_PARENT = "LEFT JOIN raw.orders AS parent ON parent.id = staged.order_id"
_PARENT_ASIDE = (
    "LEFT JOIN (SELECT DISTINCT id FROM raw.orders_contested) AS aside ON aside.id = staged.order_id"
)


def house(con: duckdb.DuckDBPyConnection, table: Table, rows: int) -> None:
    """Move the accepted ``rows`` of ``staged_<table>`` to ``raw.<table>`` and ``raw.<table>_contested``.

    Children are sorted by the date of their order, other rows by their own date, so that a period
    touches few row groups. A child whose order is not in the data is counted in ``meta.orphans``,
    and a row of a branch that is not in the data, in ``meta.ownerless``.

    Most tables have no duplicate keys and no deferred rows; the SQL for these is then left out.
    """
    aside = _set_aside(con, table)
    if table.asks_by_email:
        con.execute(sql_text("load/addresses"))
    owned = f"({_owned(table, aside)}) AS owned"
    repeats = rows > 1 and _collapse(con, table, owned)
    kept = ", ".join(_kept(table))
    columns = ", ".join([*(f"housed.{name}" for name in _kept(table)), *_known_references(table, aside)])
    order = f"ORDER BY housed.{table.sorted_by}" if table.sorted_by else ""
    joins = _reference_joins(table, aside)
    once, settled = (
        f" AND NOT {_is_repeated(table)}",
        "UNION ALL SELECT {columns} FROM collapsed WHERE {condition}",
    )
    if not repeats:
        once = settled = ""
    stays = settled.format(columns=kept, condition="NOT contested")
    con.execute(
        f"CREATE TABLE raw.{quoted(table.name)} AS SELECT {columns} FROM ("
        f"SELECT {kept} FROM {owned} WHERE {_stays(table)}{once} {stays}) AS housed {joins} {order}"
    )
    if repeats or (table.tenancy == "parent" and aside):
        leaves = settled.format(columns=kept, condition="contested")
        con.execute(
            f"CREATE TABLE raw.{quoted(table.name + '_contested')} AS SELECT {columns} FROM ("
            f"SELECT {kept} FROM {owned} WHERE {_aside(table)}{once} {leaves}) AS housed {joins} ORDER BY ALL"
        )
    else:
        con.execute(
            f"CREATE TABLE raw.{quoted(table.name + '_contested')} AS FROM raw.{quoted(table.name)} LIMIT 0"
        )
    if rows:
        _count(con, table)
    con.execute(
        "DROP TABLE IF EXISTS repeated; DROP TABLE IF EXISTS collapsed; "
        f"DROP TABLE {quoted('staged_' + table.name)}"
    )


def _collapse(con: duckdb.DuckDBPyConnection, table: Table, owned: str) -> bool:
    """Create ``repeated``, the keys that occur more than once, and ``collapsed``; return whether any do."""
    key = ", ".join(quoted(name) for name in table.key)
    repeats = _made(
        con,
        f"CREATE TEMP TABLE repeated AS SELECT {key} FROM {quoted('staged_' + table.name)} "
        f"WHERE NOT refused GROUP BY ALL HAVING count(*) > 1",
    )
    if repeats:
        con.execute(f"CREATE TEMP TABLE collapsed AS {_collapsed(table, owned)}")
    return repeats > 0


def _set_aside(con: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    """Return which of the tables that this one refers to have deferred rows."""
    named = {reference.table for reference in table.references} | (
        {"orders"} if table.tenancy == "parent" else set()
    )
    return {
        name
        for name in named
        if con.execute(f"SELECT 1 FROM raw.{quoted(name + '_contested')} LIMIT 1").fetchone()
    }


def _made(con: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run a CREATE TABLE … AS, and return the number of rows of the table."""
    found = con.execute(statement).fetchone()
    return int(found[0]) if found else 0


def _count(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Store how many rows each owner has, and how many have an owner or order that is not in the data."""
    if table.has_owner:
        tally(con, table)
    if table.tenancy == "parent":
        _count_orphans(con, table)
    elif table.tenancy == "branch":
        _count_ownerless(con, table)


def _count_orphans(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Store the number of children without an order: accepted rows that are in neither table."""
    name = table.name
    housed = " + ".join(
        f"(SELECT coalesce(sum(copies), 0) FROM raw.{quoted(kind)})" for kind in (name, name + "_contested")
    )
    con.execute(
        f"INSERT INTO meta.orphans SELECT * FROM (SELECT ?, count(*) - {housed} AS rows "
        f"FROM {quoted('staged_' + name)} WHERE NOT refused) WHERE rows > 0",
        [name],
    )


def _count_ownerless(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Store the number of rows whose branch is not in the data, counting every copy."""
    kinds = (table.name, table.name + "_contested")
    rows = " UNION ALL ".join(
        f"SELECT copies FROM raw.{quoted(kind)} WHERE tenant IS NULL AND branch_id IS NOT NULL"
        for kind in kinds
    )
    con.execute(
        f"INSERT INTO meta.ownerless SELECT ?, sum(copies) FROM ({rows}) HAVING count(*) > 0", [table.name]
    )


def owners_told(table: Table, rows: str) -> str:
    """Return the SELECT of ``rows`` with the tenant who sees their rejects.

    That is their owner, or the organization for rows that its branches share.
    """
    if table.tenancy == "organization":
        return f"SELECT whole.tenant AS tenant, staged.* FROM {quoted(rows)} AS staged {_WHOLE}"
    return owners(table, rows)


def owners(table: Table, rows: str, *, aside: bool = True) -> str:
    """Return the SELECT of ``rows`` (a table with this table's columns) with the tenant that owns each row.

    ``has_deferred`` says that some orders may be deferred.
    The tenant is the branch, or the organization of a row without branch; a child has that of its order.
    It is NULL until the directory is loaded, and for rows without owner.
    """
    staged = f"staged.* FROM {quoted(rows)} AS staged"
    if table.tenancy == "parent":
        contested = "aside.id IS NOT NULL" if aside else "FALSE"
        return (
            f"SELECT parent.tenant AS tenant, parent.created_at AS order_created_at, "
            f"{contested} AS order_contested, "
            f"parent.id IS NULL AND NOT {contested} AS orphan, "
            f"{staged} {_PARENT} {_PARENT_ASIDE if aside else ''}"
        )
    if table.tenancy != "branch":
        return f"SELECT CAST(NULL AS INTEGER) AS tenant, {staged}"
    if not table.has("organization_id"):
        return f"SELECT branch.tenant AS tenant, {staged} {_BRANCH_OWNER}"
    joins = f"{_BRANCH_OWNER} {_ORGANIZATION_OWNER}"
    return f"SELECT coalesce(branch.tenant, whole.tenant) AS tenant, {staged} {joins}"


def _owned(table: Table, aside: Collection[str]) -> str:
    return (
        f"SELECT * EXCLUDE (refused, troubled), CAST(1 AS INTEGER) AS copies "
        f"FROM ({owners(table, 'staged_' + table.name, aside='orders' in aside)}) WHERE NOT refused"
    )


def visibility(table: Table) -> list[str]:
    """Return the columns that decide which scope sees a row, and from which instant on."""
    whose = {
        "branch": ["tenant"],
        "organization": ["organization_id", "branch_id"] if table.has("branch_id") else ["organization_id"],
        "parent": ["order_id"],
    }
    return whose.get(table.tenancy, []) + ([table.dated] if table.dated else [])


def _collapsed(table: Table, owned: str) -> str:
    """Return the SELECT of duplicate keys: one row per key and visibility, with its number of copies."""
    key = ", ".join(quoted(name) for name in table.key)
    alike = ", ".join(quoted(name) for name in dict.fromkeys((*table.key, *visibility(table))))
    aside = "order_contested OR " if table.tenancy == "parent" else ""
    return (
        f"SELECT * EXCLUDE (place), {aside}count(*) OVER (PARTITION BY {key}) > 1 AS contested FROM ("
        f"SELECT * REPLACE (CAST(count(*) OVER (PARTITION BY {alike}) AS INTEGER) AS copies), "
        f"row_number() OVER (PARTITION BY {alike} ORDER BY {preference(table)}) AS place "
        f"FROM {owned} WHERE {_is_repeated(table)}{' AND NOT orphan' if table.tenancy == 'parent' else ''}"
        f") WHERE place = 1"
    )


def _is_repeated(table: Table) -> str:
    same = " AND ".join(f"repeated.{quoted(n)} IS NOT DISTINCT FROM owned.{quoted(n)}" for n in table.key)
    return f"EXISTS (SELECT 1 FROM repeated WHERE {same})"


def _stays(table: Table) -> str:
    return "NOT orphan AND NOT order_contested" if table.tenancy == "parent" else "TRUE"


def _aside(table: Table) -> str:
    return "order_contested" if table.tenancy == "parent" else "FALSE"


def _kept(table: Table) -> list[str]:
    added = ["tenant", "copies"] + (
        ["order_created_at", "order_contested"] if table.tenancy == "parent" else []
    )
    return [quoted(column.name) for column in table.columns] + added


def _known_references(table: Table, aside: Collection[str]) -> list[str]:
    """Return the columns stored about referenced rows: their owner, time, and whether they are deferred."""
    known = ["address.email_no AS email_no"] if table.asks_by_email else []
    for reference in table.references:
        stem = reference.stem
        known.append(f"{stem}.tenant AS {stem}_tenant")
        if reference.table in aside:
            # The time of a deferred row is not resolved yet, so it must never count as early enough.
            known.append(
                f"CASE WHEN {stem}_aside.id IS NOT NULL THEN CAST('infinity' AS TIMESTAMPTZ) "
                f"ELSE {stem}.created_at END AS {stem}_created_at"
            )
            known.append(f"{stem}_aside.id IS NOT NULL AS {stem}_contested")
        else:
            known += [f"{stem}.created_at AS {stem}_created_at", f"FALSE AS {stem}_contested"]
        if reference.customer:
            known.append(f"{_apart(reference, aside)} AS {stem}_apart")
    return known


def _apart(reference: Reference, aside: Collection[str]) -> str:
    """Return whether a scope may see the referenced row but not its customer.

    False for an older customer of the same owner: every scope that sees the row also sees the customer.
    """
    stem = reference.stem
    contested = f"{stem}_aside.id IS NOT NULL OR " if reference.table in aside else ""
    together = (
        f"{stem}.customer_tenant = {stem}.tenant AND {stem}.customer_created_at <= {stem}.created_at "
        f"AND NOT {stem}.customer_contested"
    )
    return f"({contested}NOT coalesce({together}, FALSE))"


def _reference_joins(table: Table, aside: Collection[str]) -> str:
    joins = []
    if table.asks_by_email:
        joins.append(
            "LEFT JOIN raw.addresses AS address ON housed.customer_id IS NULL "
            "AND address.branch_id = housed.branch_id AND address.email_key = email_key(housed.email)"
        )
    for reference in table.references:
        stem, column = reference.stem, reference.column
        joins.append(f"LEFT JOIN raw.{quoted(reference.table)} AS {stem} ON {stem}.id = housed.{column}")
        if reference.table in aside:
            joins.append(
                f"LEFT JOIN (SELECT DISTINCT id FROM raw.{quoted(reference.table + '_contested')}) "
                f"AS {stem}_aside "
                f"ON {stem}_aside.id = housed.{column}"
            )
    return " ".join(joins)
