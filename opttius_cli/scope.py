"""Who may see which rows. A scope is a temporary table of owners; every table a report can name is a view on it.

Reports never name an organization or a branch, and no other view shows the rows, so a report cannot leave
its scope. The views also end the data at as-of: rows dated later do not exist for any rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import preference, quoted
from opttius_cli.catalog.tables import TABLES, Reference, Table
from opttius_cli.errors import AmbiguousError, OrganizationNeededError, UnknownNameError, UsageError
from opttius_cli.i18n import _
from opttius_cli.names import folded, nearest
from opttius_cli.result import Branch, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb

SCOPED = tuple(table for table in TABLES.values() if table.tenancy != "directory")
"""The tables whose rows belong to somebody, or to nobody in particular; the directory is not among them."""


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization of the data; ``id`` is None for branches that name none."""

    id: str | None
    name: str | None
    slug: str | None
    metadata: str | None

    @property
    def shown(self) -> str:
        """How a person calls it."""
        return self.name or self.slug or self.id or _("(without organization)")


@dataclass(frozen=True, slots=True)
class Seat:
    """A branch, the organization it belongs to, and the snapshot's number for it."""

    branch: Branch
    organization_id: str | None
    tenant: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The organizations and branches of a snapshot, and the owner number of each organization's own rows."""

    organizations: tuple[Organization, ...]
    seats: tuple[Seat, ...]
    own_tenants: dict[str, int]


def read_directory(con: duckdb.DuckDBPyConnection) -> Directory:
    """The directory of the snapshot open in ``con``."""
    tenants = con.execute(
        "SELECT tenants.tenant, CAST(tenants.branch_id AS VARCHAR), CAST(tenants.organization_id AS VARCHAR), "
        "branch.code, branch.name "
        "FROM meta.tenants AS tenants LEFT JOIN raw.branches AS branch ON branch.id = tenants.branch_id "
        "ORDER BY branch.code, branch.name, tenants.branch_id"
    ).fetchall()
    named = con.execute(
        "SELECT CAST(id AS VARCHAR), name, slug, CAST(metadata AS VARCHAR) FROM raw.organizations"
    ).fetchall()
    details = {row[0]: Organization(*row) for row in named}
    ids = {row[2] for row in tenants}
    organizations = [details.get(key, Organization(key, None, None, None)) for key in ids]
    return Directory(
        tuple(sorted(organizations, key=lambda one: (one.shown, one.id or ""))),
        tuple(Seat(Branch(row[1], row[3], row[4]), row[2], row[0]) for row in tenants if row[1] is not None),
        {row[2]: row[0] for row in tenants if row[1] is None},
    )


def resolve(directory: Directory, organization: str | None, branches: Sequence[str]) -> Scope:
    """The scope that was asked for; without branches, every branch of the organization.

    Raises:
        UnknownNameError: no such organization or branch; the nearest names are given.
        AmbiguousError: a name fits several.
        OrganizationNeededError: none was named and the data holds several.
    """
    chosen = _find_organization(directory, organization) if organization else None
    seats = [_find_seat(directory, name, chosen) for name in branches]
    owners = {seat.organization_id for seat in seats}
    if len(owners) > 1:
        raise UsageError(
            _(
                "The branches {names} belong to more than one organization. Name branches of one.",
                names=", ".join(branches),
            )
        )
    if chosen is None:
        chosen = _organization_of(directory, owners)
    own = [seat for seat in directory.seats if seat.organization_id == chosen.id]
    wanted = {seat.tenant for seat in seats} or {seat.tenant for seat in own}
    held = tuple(seat for seat in own if seat.tenant in wanted)
    whole = len(held) == len(own)
    tenants = [seat.tenant for seat in held]
    if whole and chosen.id in directory.own_tenants:
        tenants.append(directory.own_tenants[chosen.id])
    return Scope(chosen.id, chosen.name, tuple(seat.branch for seat in held), whole, tuple(sorted(tenants)))


def everything(directory: Directory) -> Scope:
    """The scope that holds every row of somebody's: what whoever loads the data may check."""
    tenants = [seat.tenant for seat in directory.seats] + list(directory.own_tenants.values())
    return Scope(
        None, None, tuple(seat.branch for seat in directory.seats), whole=True, tenants=tuple(sorted(tenants))
    )


def _organization_of(directory: Directory, owners: Iterable[str | None]) -> Organization:
    known = {one.id: one for one in directory.organizations}
    for owner in owners:
        return known[owner]
    if len(directory.organizations) == 1:
        return directory.organizations[0]
    raise OrganizationNeededError([one.shown for one in directory.organizations])


def _find_organization(directory: Directory, name: str) -> Organization:
    wanted = folded(name)
    fitting = [
        o for o in directory.organizations if wanted in {folded(o.id), folded(o.slug), folded(o.name)} - {""}
    ]
    if not fitting:
        names = [text for o in directory.organizations for text in (o.name, o.slug) if text]
        raise UnknownNameError(_("organization"), name, nearest(name, names))
    if len(fitting) > 1:
        raise AmbiguousError(_("organization"), name, [f"{o.shown} ({o.id})" for o in fitting])
    return fitting[0]


def _find_seat(directory: Directory, name: str, organization: Organization | None) -> Seat:
    seats = [s for s in directory.seats if organization is None or s.organization_id == organization.id]
    wanted = folded(name)
    for key in ("id", "code", "name"):
        fitting = [seat for seat in seats if wanted and folded(getattr(seat.branch, key)) == wanted]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            shown = [f"{seat.branch.name} ({seat.branch.id})" for seat in fitting]
            raise AmbiguousError(_("branch"), name, shown)
    names = [text for seat in seats for text in (seat.branch.code, seat.branch.name) if text]
    raise UnknownNameError(_("branch"), name, nearest(name, names))


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
    for name, value in (("tenants", held), ("first_tenant", first), ("last_tenant", last)):
        con.execute(f"SET VARIABLE {name} = $1", [value])
    con.execute(_tenancy_macro(gapless=len(held) == last - first + 1))
    aside = _tables_set_aside(con)
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
        con.execute(_view(table, aside))
    con.execute(
        "CREATE OR REPLACE TEMP VIEW branches AS SELECT branch.* FROM raw.branches AS branch "
        "SEMI JOIN scope_branches AS held ON branch.id = held.branch_id"
    )


def count_rows(con: duckdb.DuckDBPyConnection) -> None:
    """Make ``scope_rows``: per table, how many rows the scope sees, and how many it does not for what reason."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE scope_rows AS {_scope_rows(_tables_set_aside(con))}")


def _tenancy_macro(*, gapless: bool) -> str:
    """The test of one owner. An organization's owners are numbered in a row, so most scopes are a range."""
    test = "tenant BETWEEN getvariable('first_tenant') AND getvariable('last_tenant')"
    if not gapless:
        test += " AND list_contains(getvariable('tenants'), tenant)"
    return f"CREATE OR REPLACE TEMP MACRO is_held(tenant) AS ({test})"


def _tables_set_aside(con: duckdb.DuckDBPyConnection) -> set[str]:
    """The tables that have rows which the loader could not settle."""
    rows = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw' AND estimated_size > 0 "
        "AND ends_with(table_name, '_contested')"
    ).fetchall()
    return {row[0].removesuffix("_contested") for row in rows}


def _owner_condition(table: Table) -> str:
    """Which rows of a raw table belong to the scope, at whatever time."""
    if table.tenancy in {"branch", "parent"}:
        return "is_held(tenant)"
    if table.tenancy == "organization":
        own = "organization_id IN (SELECT organization_id FROM scope_organizations)"
        if not table.has("branch_id"):
            return own
        return f"({own} OR branch_id IN (SELECT branch_id FROM scope_branches))"
    return "TRUE"


def _time_condition(table: Table) -> str:
    """Which rows exist at as-of. An undated payment exists; so does a child exactly when its order does."""
    conditions = []
    if table.tenancy == "parent":
        conditions.append("order_created_at <= getvariable('as_of')")
    if table.dated == "created_at":
        conditions.append("created_at <= getvariable('as_of')")
    elif table.dated:
        latest = "as_of_date" if table.column(table.dated).kind.value == "date" else "as_of"
        exists = f"{quoted(table.dated)} <= getvariable('{latest}')"
        required = table.column(table.dated).required
        conditions.append(exists if required else f"({quoted(table.dated)} IS NULL OR {exists})")
    return " AND ".join(conditions) or "TRUE"


def _columns(table: Table) -> str:
    names = [quoted(column.name) for column in table.columns]
    names += ["order_created_at"] if table.tenancy == "parent" else []
    for stem in (reference.stem for reference in table.references):
        names += [f"{stem}_tenant", f"{stem}_created_at", f"{stem}_contested"]
    names += ["email_key"] if table.has_email_key else []
    return ", ".join(names)


def _contested(table: Table) -> str:
    """Rows that were set aside, as this scope and instant settle them: one per id."""
    key = ", ".join(quoted(name) for name in table.key)
    return (
        f"SELECT {_columns(table)}, tenant FROM {_set_aside(table)} WHERE {_owner_condition(table)} "
        f"AND {_time_condition(table)} "
        f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY {preference(table)}) = 1"
    )


def _set_aside(table: Table) -> str:
    """The rows of a table that were set aside; a child of an order that was, too, with what its order settled to."""
    rows = f"raw.{quoted(table.name + '_contested')}"
    if table.tenancy != "parent":
        return rows
    return (
        f"(SELECT child.* REPLACE (coalesce(parent.tenant, child.tenant) AS tenant, "
        f"coalesce(parent.created_at, child.order_created_at) AS order_created_at) FROM {rows} AS child "
        f"LEFT JOIN orders_settled AS parent ON child.order_contested AND child.order_id = parent.id)"
    )


def _view(table: Table, aside: set[str]) -> str:
    rows = (
        f"SELECT {_columns(table)} FROM raw.{quoted(table.name)} "
        f"WHERE {_owner_condition(table)} AND {_time_condition(table)}"
    )
    if table.name in aside:
        rows += f" UNION ALL SELECT {_columns(table)} FROM {quoted(table.name + '_settled')}"
    given = [quoted(column.name) for column in table.columns]
    given += ["order_created_at"] if table.tenancy == "parent" else []
    for reference in table.references:
        given.append(f"{_seen(reference, contested=reference.table in aside)} AS {reference.stem}_seen")
        given.append(f"{reference.stem}_created_at")
    given += ["email_key"] if table.has_email_key else []
    if table.dated == "created_at":
        given.append("timezone(getvariable('zone'), created_at) AS local_at")
    return f"CREATE OR REPLACE TEMP VIEW {quoted(table.name)} AS SELECT {', '.join(given)} FROM ({rows})"


def _seen(reference: Reference, *, contested: bool) -> str:
    """Whether the scope sees, at as-of, the row that a column names."""
    stem = reference.stem
    seen = f"(is_held({stem}_tenant) AND {stem}_created_at <= getvariable('as_of'))"
    if contested:
        # A row that was set aside is seen when this scope and instant settled it into the other table's view.
        settled = f"list_contains(getvariable('{reference.table}_settled'), {reference.column})"
        seen = f"CASE WHEN {stem}_contested THEN {settled} ELSE {seen} END"
    return f"coalesce({seen}, FALSE)"


def _scope_rows(aside: set[str]) -> str:
    """A row per table: how many rows the scope sees, how many repeat another, lie after as-of, or were refused."""
    counted = " UNION ALL ".join(_rows_of(table) for table in SCOPED)
    if aside:
        counted += " UNION ALL " + " UNION ALL ".join(_rows_set_aside(TABLES[name]) for name in sorted(aside))
    return (
        f"WITH counted AS ({counted}), refusals AS (SELECT table_name, count(DISTINCT (origin, line)) AS refused "
        f"FROM meta.rejects WHERE refused AND (is_held(tenant) OR list_contains({_OWNERLESS}, table_name)) "
        f"GROUP BY table_name) "
        f"SELECT counted.table_name, sum(rows_seen) AS rows_seen, coalesce(sum(duplicates), 0) AS duplicates, "
        f"sum(rows_after) AS rows_after, coalesce(any_value(refusals.refused), 0) AS refused "
        f"FROM counted LEFT JOIN refusals ON counted.table_name = refusals.table_name "
        f"WHERE is_present(counted.table_name) GROUP BY counted.table_name"
    )


_OWNERLESS = [table.name for table in SCOPED if table.tenancy == "none"]


def _rows_of(table: Table) -> str:
    exists, later = _time_condition(table), _later_condition(table)
    return (
        f"SELECT '{table.name}' AS table_name, count(*) FILTER ({exists}) AS rows_seen, "
        f"sum(copies - 1) FILTER ({exists}) AS duplicates, count(*) FILTER ({later}) AS rows_after "
        f"FROM raw.{quoted(table.name)} WHERE {_owner_condition(table)}"
    )


def _rows_set_aside(table: Table) -> str:
    """The same for rows that were set aside: several of them may be one row of this scope."""
    key = ", ".join(quoted(name) for name in table.key)
    exists, later = _time_condition(table), _later_condition(table)
    return (
        f"SELECT '{table.name}', count(DISTINCT ({key})) FILTER ({exists}), "
        f"sum(copies) FILTER ({exists}) - count(DISTINCT ({key})) FILTER ({exists}), "
        f"count(DISTINCT ({key})) FILTER ({later}) FROM {_set_aside(table)} WHERE {_owner_condition(table)}"
    )


def _later_condition(table: Table) -> str:
    """Which rows are dated after as-of. A child of an order that does not exist yet is not counted by itself."""
    if not table.dated:
        return "FALSE"
    latest = "as_of_date" if table.column(table.dated).kind.value == "date" else "as_of"
    later = f"coalesce({quoted(table.dated)} > getvariable('{latest}'), FALSE)"
    return f"order_created_at <= getvariable('as_of') AND {later}" if table.tenancy == "parent" else later
