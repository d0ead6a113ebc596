"""The organizations and branches of the data; typed names become a scope: branches of one organization.

:mod:`opttius_cli.scope.rights` limits this to what a reader may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import (
    AmbiguousError,
    NoOwnersError,
    OrganizationNeededError,
    UnknownNameError,
    UsageError,
)
from opttius_cli.i18n import _
from opttius_cli.names import folded, nearest
from opttius_cli.result import Branch, Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import duckdb


@dataclass(frozen=True, slots=True)
class Organization:
    """An organization; ``id`` is None for branches that name no organization."""

    id: str | None
    name: str | None = None
    slug: str | None = None
    metadata: str | None = None
    status: str | None = None
    tier: str | None = None

    @property
    def shown(self) -> str:
        """Return the name that people know it by."""
        return self.name or self.slug or self.id or _("(without organization)")


@dataclass(frozen=True, slots=True)
class Seat:
    """A branch, its organization, and its owner number (``tenant``) in the snapshot."""

    branch: Branch
    organization_id: str | None
    tenant: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The organizations and branches of a snapshot, and the owner number of each organization's own rows."""

    organizations: tuple[Organization, ...]
    seats: tuple[Seat, ...]
    own_tenants: dict[str, int]

    def organization(self, key: str | None) -> Organization:
        """Return the organization with this id."""
        return next((one for one in self.organizations if one.id == key), Organization(key))


def read_directory(con: duckdb.DuckDBPyConnection) -> Directory:
    """Read the directory of the snapshot that is open in ``con``."""
    tenants = con.execute(
        "SELECT tenants.tenant, CAST(tenants.branch_id AS VARCHAR), CAST(tenants.organization_id AS VARCHAR), "
        "branch.code, branch.name "
        "FROM meta.tenants AS tenants LEFT JOIN raw.branches AS branch ON branch.id = tenants.branch_id "
        "ORDER BY branch.code, branch.name, tenants.branch_id"
    ).fetchall()
    named = con.execute(
        "SELECT CAST(id AS VARCHAR), name, slug, CAST(metadata AS VARCHAR), status, subscription_tier "
        "FROM raw.organizations"
    ).fetchall()
    details = {row[0]: Organization(*row) for row in named}
    ids = {row[2] for row in tenants}
    organizations = [details.get(key, Organization(key)) for key in ids]
    return Directory(
        tuple(sorted(organizations, key=lambda one: (one.shown, one.id or ""))),
        tuple(Seat(Branch(row[1], row[3], row[4]), row[2], row[0]) for row in tenants if row[1] is not None),
        {row[2]: row[0] for row in tenants if row[1] is None},
    )


def resolve(directory: Directory, organization: str | None, branches: Sequence[str]) -> Scope:
    """Return the scope of the named branches; without branches, every branch of the organization.

    Raises:
        UnknownNameError: no such organization or branch; similar names are listed.
        AmbiguousNameError: a name matches several.
        OrganizationRequiredError: none was named and the data has several.
        NoOwnersError: none was named and the data has none.
    """
    chosen = find_organization(directory, organization) if organization else None
    seats = find_seats(directory, branches, chosen)
    if chosen is None:
        chosen = _organization_of(directory, {seat.organization_id for seat in seats})
    return scope_of(directory, chosen, seats)


def find_seats(
    directory: Directory, branches: Sequence[str], organization: Organization | None
) -> list[Seat]:
    """Return the branches with these names; all must be of one organization."""
    seats = [_find_seat(directory, name, organization) for name in branches]
    if len({seat.organization_id for seat in seats}) > 1:
        raise UsageError(
            _(
                "The branches {names} belong to more than one organization. Name branches of one.",
                names=", ".join(branches),
            )
        )
    return seats


def scope_of(directory: Directory, organization: Organization, seats: Sequence[Seat]) -> Scope:
    """Return the scope of these branches of an organization, or of all its branches when none is given."""
    own = [seat for seat in directory.seats if seat.organization_id == organization.id]
    wanted = {seat.tenant for seat in seats or own}
    held = tuple(seat for seat in own if seat.tenant in wanted)
    whole = len(held) == len(own)
    tenants = [seat.tenant for seat in held]
    if whole and organization.id in directory.own_tenants:
        tenants.append(directory.own_tenants[organization.id])
    branches = tuple(seat.branch for seat in held)
    return Scope(organization.id, organization.name, branches, whole, tuple(sorted(tenants)))


def everything(directory: Directory) -> Scope:
    """Return the scope of every row that has an owner: for whoever loads the data."""
    tenants = [seat.tenant for seat in directory.seats] + list(directory.own_tenants.values())
    return Scope(
        None,
        None,
        tuple(seat.branch for seat in directory.seats),
        whole=True,
        tenants=tuple(sorted(tenants)),
        everything=True,
    )


def _organization_of(directory: Directory, owners: Iterable[str | None]) -> Organization:
    known = {one.id: one for one in directory.organizations}
    for owner in owners:
        return known[owner]
    if len(directory.organizations) == 1:
        return directory.organizations[0]
    if not directory.organizations:
        raise NoOwnersError
    # Branches without an organization are chosen with --branch; there is no organization to name.
    raise OrganizationNeededError([one.shown for one in directory.organizations if one.id is not None])


def find_organization(directory: Directory, name: str) -> Organization:
    """Return the organization with this id, slug or name."""
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
