"""The scoped views: every table that a report can name shows the scope's rows and no others.

Reports never name an organization or a branch, so a report cannot leave its scope. The views also end the
data at as-of: rows dated later do not exist for any rule.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from opttius_cli.catalog.dedup import preferred_row_order
from opttius_cli.catalog.tables import TABLES, Reference, Table
from opttius_cli.scope.opted_out import hide_contacts, hides_contacts, set_opted_out
from opttius_cli.scope.row_conditions import owner_condition, time_condition
from opttius_cli.sql import list_named, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from opttius_cli.sql import Connection

SCOPED_TABLES = tuple(table for table in TABLES.values() if table.tenancy != "directory")
"""The tables that reports can name: all except those of the directory."""
_TABLES_OF_VIEWS: Mapping[str, Table | None] = {
    **{table.name: table for table in SCOPED_TABLES},
    **{
        f"known_{table.name}": table
        for table in SCOPED_TABLES
        if table.references or table.name == "customers"
    },
    **{f"repeated_{table.name}": table for table in SCOPED_TABLES if table.keeps_repeats},
    "address_holders": TABLES["customers"],
    "ticket_holders": TABLES["customers"],
    "bookings": TABLES["appointments"],
    "branches": None,
}
"""The scoped views, each with the table whose rows it shows; None: a table of the directory."""
_BRANCHES = (
    "SELECT branch.* FROM raw.branches AS branch "
    "SEMI JOIN scope_branches AS held ON branch.id = held.branch_id"
)
_BOOKINGS = replace(TABLES["appointments"], date_column="created_at")
"""Appointments that exist from the moment at which they were made, those of days to come among them (metrics 15)."""


@dataclass(slots=True)
class ScopedViews:
    """The scoped views of a connection; each is created when SQL first names it.

    ``deferred`` are the tables with conflicting rows that the loader could not resolve. ``settled`` are those of them
    whose rows are resolved for this scope, and ``created`` the views that are there.
    """

    con: Connection
    deferred: frozenset[str] = frozenset()
    settled: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)
    knows_opted_out: bool = False

    def create_named_in(self, sql: str) -> None:
        """Create the views that ``sql`` names, where they are not there yet."""
        self.create(list_named(sql))

    def create(self, names: Collection[str]) -> None:
        """Create the views that ``names`` has, where they are not there yet."""
        for name, table in _TABLES_OF_VIEWS.items():
            if name in names and name not in self.created:
                self.created.add(name)
                self._create_view(name, table)

    def settle(self, tables: Iterable[str]) -> None:
        """Resolve the deferred rows of ``tables`` for this scope and instant: few rows, read often."""
        for table in (TABLES[name] for name in tables):
            if table.name not in self.deferred or table.name in self.settled:
                continue
            self.settled.add(table.name)
            if table.tenancy == "parent":
                self.settle_orders()
            resolved_table = quote_identifier(table.name + "_settled")
            self.con.execute(f"CREATE OR REPLACE TEMP TABLE {resolved_table} AS {_build_resolved_sql(table)}")
            key = quote_identifier(table.key[0])
            self.con.execute(
                f"SET VARIABLE {table.name}_settled = (SELECT list({key}) FROM {resolved_table})"
            )

    def settle_orders(self) -> None:
        """Let children look up which row of their order was preferred."""
        if "orders" in self.deferred:
            self.settle(["orders"])
        elif "orders" not in self.settled:
            self.settled.add("orders")
            self.con.execute(
                "CREATE OR REPLACE TEMP TABLE orders_settled AS SELECT * FROM raw.orders_contested"
            )

    def _create_view(self, name: str, table: Table | None) -> None:
        """Create one view; the deferred rows of its table, and of those that it refers to, are resolved first."""
        if table:
            self.settle([table.name, *(reference.table for reference in table.references)])
        self.con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote_identifier(name)} AS {self._build_view(name, table)}"
        )
        if table and hides_contacts(table):
            self._set_opted_out()

    def _set_opted_out(self) -> None:
        """Find, once, who opted out: views of customers and of orders ask for it."""
        if not self.knows_opted_out:
            self.knows_opted_out = True
            self.create({"known_customers"})
            set_opted_out(self.con)

    def _build_view(self, name: str, table: Table | None) -> str:
        """Return the query of the view ``name``, which is over ``table``."""
        if table is None:
            return _BRANCHES
        has_deferred = table.name in self.deferred
        if name == "bookings":
            return _build_bookings(has_deferred=has_deferred)
        if name == "address_holders":
            return _build_address_holders(has_deferred=has_deferred)
        if name == "ticket_holders":
            return _build_ticket_holders(has_deferred=has_deferred)
        if name.startswith("repeated_"):
            return _build_repeats_query(table)
        return _build_query(table, self.deferred, is_known=name != table.name)


def _build_bookings(*, has_deferred: bool) -> str:
    """Return the query of the appointments that have been made by as-of, on whatever day they are."""
    rows = (
        f"SELECT {_list_columns(_BOOKINGS)} FROM raw.appointments "
        f"WHERE {owner_condition(_BOOKINGS)} AND {time_condition(_BOOKINGS)}"
    )
    if has_deferred:
        rows += f" UNION ALL SELECT * EXCLUDE (tenant) FROM ({_build_resolved_sql(_BOOKINGS)})"
    return _select([quote_identifier(column.name) for column in _BOOKINGS.columns], rows)


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


def _build_query(table: Table, deferred: Collection[str], *, is_known: bool) -> str:
    """Return the query of the view that reports name, or of ``known_<table>``.

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
    return _select(
        [*columns, *_list_loader_columns(table)] if is_known else hide_contacts(table, columns), rows
    )


def _build_repeats_query(table: Table) -> str:
    """Return the query of a table's further rows of one id: they do not count, but lie in the data (metrics 16)."""
    columns = ", ".join(quote_identifier(column.name) for column in table.columns)
    key = ", ".join(map(quote_identifier, table.key))
    condition = f"{owner_condition(table)} AND {time_condition(table)}"
    return (
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


def _select(columns: list[str], rows: str) -> str:
    return f"SELECT {', '.join(columns)} FROM ({rows})"


def _build_address_holders(*, has_deferred: bool) -> str:
    """Return the query of the customers who have the email addresses of orders without a customer."""
    rows = (
        "SELECT email_no, email_key, last_asked_at, customer_id FROM raw.address_holders "
        f"WHERE is_held(tenant) AND {time_condition(TABLES['customers'])}"
    )
    if has_deferred:
        rows += (
            " UNION ALL SELECT address.email_no, address.email_key, address.last_asked_at, customer.id "
            "FROM customers_settled AS customer INNER JOIN raw.addresses AS address "
            "ON customer.branch_id = address.branch_id AND email_key(customer.email) = address.email_key"
        )
    return rows


def _build_ticket_holders(*, has_deferred: bool) -> str:
    """Return the query of who has the RUTs that tickets of orders without a customer give."""
    rows = (
        "SELECT rut_no, rut, last_asked_at, customer_id FROM raw.ticket_holders "
        f"WHERE is_held(tenant) AND {time_condition(TABLES['customers'])}"
    )
    if has_deferred:
        rows += (
            " UNION ALL SELECT ticket.rut_no, ticket.rut, ticket.last_asked_at, customer.id "
            "FROM customers_settled AS customer INNER JOIN raw.tickets AS ticket "
            "ON customer.branch_id = ticket.branch_id AND ticket_key(customer.rut) = ticket.rut"
        )
    return rows


def _build_visibility_condition(reference: Reference, *, has_deferred: bool) -> str:
    """Return the condition under which the scope sees, at as-of, the row that a column refers to."""
    stem = reference.stem
    is_visible = f"(is_held({stem}_tenant) AND {stem}_created_at <= getvariable('as_of'))"
    if has_deferred:
        # A deferred row is visible when this scope and instant chose it for the other table's view.
        is_resolved = f"list_contains(getvariable('{reference.table}_settled'), {reference.column})"
        is_visible = f"CASE WHEN {stem}_contested THEN {is_resolved} ELSE {is_visible} END"
    return f"coalesce({is_visible}, FALSE)"
