"""Where typed rows come to live in a snapshot: whose they are, duplicates settled, children beside their order.

Rows that only a scope and an instant can settle (one id in two branches, or dated differently) are set
aside in ``raw.<table>_contested``; they are few, and the scoped view settles them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import preference, quoted

if TYPE_CHECKING:
    import duckdb

    from opttius_cli.catalog.tables import Table

_BRANCH_OWNER = "LEFT JOIN meta.tenants AS branch ON branch.branch_id = staged.branch_id"
_ORGANIZATION_OWNER = (
    "LEFT JOIN meta.tenants AS whole ON staged.branch_id IS NULL AND whole.branch_id IS NULL "
    "AND whole.organization_id = staged.organization_id"
)
_PARENT_OWNER = (
    "LEFT JOIN raw.orders AS parent ON parent.id = staged.order_id "
    "LEFT JOIN (SELECT DISTINCT id FROM raw.orders_contested) AS aside ON aside.id = staged.order_id"
)


def house(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Move the accepted rows of ``staged_<table>`` into ``raw.<table>`` and ``raw.<table>_contested``.

    Children lie sorted by the day of their order, other rows by their own date, so that a period
    touches few row groups. A child whose order is not in the data is counted in ``meta.orphans``.
    """
    con.execute(f"CREATE TEMP VIEW owned AS {_owned(table)}")
    if table.tenancy == "parent":
        con.execute(
            "INSERT INTO meta.orphans SELECT ?, count(*) FROM owned WHERE orphan HAVING count(*) > 0", [table.name]
        )
    key = ", ".join(quoted(name) for name in table.key)
    con.execute(
        f"CREATE TEMP TABLE repeated AS SELECT {key} FROM {quoted('staged_' + table.name)} "
        f"WHERE NOT refused GROUP BY ALL HAVING count(*) > 1"
    )
    con.execute(f"CREATE TEMP TABLE collapsed AS {_collapsed(table)}")
    kept = ", ".join(_kept(table))
    columns = ", ".join([*(f"housed.{name}" for name in _kept(table)), *_known_references(table)])
    order = f"ORDER BY housed.{_sorted_by(table)}" if _sorted_by(table) else ""
    con.execute(
        f"CREATE TABLE raw.{quoted(table.name)} AS SELECT {columns} FROM ("
        f"SELECT {kept} FROM owned WHERE {_stays(table)} AND NOT {_is_repeated(table)} "
        f"UNION ALL SELECT {kept} FROM collapsed WHERE NOT contested) AS housed {_reference_joins(table)} {order}"
    )
    con.execute(
        f"CREATE TABLE raw.{quoted(table.name + '_contested')} AS SELECT {columns} FROM ("
        f"SELECT {kept} FROM owned WHERE {_aside(table)} AND NOT {_is_repeated(table)} "
        f"UNION ALL SELECT {kept} FROM collapsed WHERE contested) AS housed {_reference_joins(table)} ORDER BY ALL"
    )
    con.execute("DROP VIEW owned")
    for name in ("repeated", "collapsed", f"staged_{table.name}"):
        con.execute(f"DROP TABLE {quoted(name)}")


def owners(table: Table, rows: str) -> str:
    """The SELECT of ``rows`` (a table of this table's columns) with the tenant that owns each of them.

    The tenant is the branch, or the organization of a row without branch; a child's is its order's.
    Until the directory is loaded, and for rows of nobody, it is NULL.
    """
    staged = f"staged.* FROM {quoted(rows)} AS staged"
    if table.tenancy == "parent":
        return (
            "SELECT parent.tenant AS tenant, parent.created_at AS order_created_at, "
            "aside.id IS NOT NULL AS order_contested, parent.id IS NULL AND aside.id IS NULL AS orphan, "
            f"{staged} {_PARENT_OWNER}"
        )
    if table.tenancy != "branch":
        return f"SELECT CAST(NULL AS INTEGER) AS tenant, {staged}"
    if not table.has("organization_id"):
        return f"SELECT branch.tenant AS tenant, {staged} {_BRANCH_OWNER}"
    return f"SELECT coalesce(branch.tenant, whole.tenant) AS tenant, {staged} {_BRANCH_OWNER} {_ORGANIZATION_OWNER}"


def _owned(table: Table) -> str:
    return (
        f"SELECT * EXCLUDE (refused, troubled), CAST(1 AS INTEGER) AS copies "
        f"FROM ({owners(table, 'staged_' + table.name)}) WHERE NOT refused"
    )


def visibility(table: Table) -> list[str]:
    """The columns that decide which scope sees a row, and from which instant on."""
    whose = {
        "branch": ["tenant"],
        "organization": ["organization_id", "branch_id"] if table.has("branch_id") else ["organization_id"],
        "parent": ["order_id"],
    }
    return whose.get(table.tenancy, []) + ([table.dated] if table.dated else [])


def _collapsed(table: Table) -> str:
    """Repeated ids, one row per id and visibility, with the number of rows it stands for."""
    key = ", ".join(quoted(name) for name in table.key)
    alike = ", ".join(quoted(name) for name in dict.fromkeys((*table.key, *visibility(table))))
    aside = "order_contested OR " if table.tenancy == "parent" else ""
    return (
        f"SELECT * EXCLUDE (place), {aside}count(*) OVER (PARTITION BY {key}) > 1 AS contested FROM ("
        f"SELECT * REPLACE (CAST(count(*) OVER (PARTITION BY {alike}) AS INTEGER) AS copies), "
        f"row_number() OVER (PARTITION BY {alike} ORDER BY {preference(table)}) AS place "
        f"FROM owned WHERE {_is_repeated(table)}{' AND NOT orphan' if table.tenancy == 'parent' else ''}"
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
    added = ["tenant", "copies"] + (["order_created_at"] if table.tenancy == "parent" else [])
    return [quoted(column.name) for column in table.columns] + added


def _known_references(table: Table) -> list[str]:
    """What is kept of the rows that this table's rows name: their owner, their time, whether they are set aside.

    And the form of an email by which it is found, which costs more to work out than to keep.
    """
    keys = ["email_key(housed.email) AS email_key"] if table.has_email_key else []
    return keys + [
        item
        for reference in table.references
        for item in (
            f"{reference.stem}.tenant AS {reference.stem}_tenant",
            # The time of a row that was set aside is not settled yet: it may be any, so it is never too early.
            f"CASE WHEN {reference.stem}_aside.id IS NOT NULL THEN CAST('infinity' AS TIMESTAMPTZ) "
            f"ELSE {reference.stem}.created_at END AS {reference.stem}_created_at",
            f"{reference.stem}_aside.id IS NOT NULL AS {reference.stem}_contested",
        )
    ]


def _reference_joins(table: Table) -> str:
    return " ".join(
        f"LEFT JOIN raw.{quoted(reference.table)} AS {reference.stem} ON {reference.stem}.id = housed.{reference.column} "
        f"LEFT JOIN (SELECT DISTINCT id FROM raw.{quoted(reference.table + '_contested')}) AS {reference.stem}_aside "
        f"ON {reference.stem}_aside.id = housed.{reference.column}"
        for reference in table.references
    )


def _sorted_by(table: Table) -> str | None:
    return "order_created_at" if table.tenancy == "parent" else table.dated
