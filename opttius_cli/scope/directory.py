"""The organizations and branches of the data; typed names become a scope: branches of one organization.

:mod:`opttius_cli.scope.rights` limits this to what a reader may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import (
    AmbiguousNameError,
    NoOwnersError,
    OrganizationRequiredError,
    UnknownNameError,
    UsageError,
)
from opttius_cli.i18n import _
from opttius_cli.name_matching import normalize_name, suggest_names
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
    def display_name(self) -> str:
        """Return the name that people know it by."""
        return self.name or self.slug or self.id or _("(without organization)")


@dataclass(frozen=True, slots=True)
class BranchEntry:
    """A branch, its organization, and its owner number (``tenant``) in the snapshot."""

    branch: Branch
    organization_id: str | None
    tenant: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The organizations and branches of a snapshot, and the owner number of each organization's own rows."""

    organizations: tuple[Organization, ...]
    branches: tuple[BranchEntry, ...]
    own_tenants: dict[str, int]

    def find_organization(self, key: str | None) -> Organization:
        """Return the organization with this id."""
        return next(
            (organization for organization in self.organizations if organization.id == key), Organization(key)
        )


def read_directory(con: duckdb.DuckDBPyConnection) -> Directory:
    """Read the directory of the snapshot that is open in ``con``."""
    tenants = con.execute(
        "SELECT tenants.tenant, CAST(tenants.branch_id AS VARCHAR), CAST(tenants.organization_id AS VARCHAR), "
        "branch.code, branch.name "
        "FROM meta.tenants AS tenants LEFT JOIN raw.branches AS branch ON branch.id = tenants.branch_id "
        "ORDER BY branch.code, branch.name, tenants.branch_id"
    ).fetchall()
    rows = con.execute(
        "SELECT CAST(id AS VARCHAR), name, slug, CAST(metadata AS VARCHAR), status, subscription_tier "
        "FROM raw.organizations"
    ).fetchall()
    details = {row[0]: Organization(*row) for row in rows}
    ids = {row[2] for row in tenants}
    organizations = [details.get(key, Organization(key)) for key in ids]
    return Directory(
        tuple(
            sorted(organizations, key=lambda organization: (organization.display_name, organization.id or ""))
        ),
        tuple(
            BranchEntry(Branch(row[1], row[3], row[4]), row[2], row[0])
            for row in tenants
            if row[1] is not None
        ),
        {row[2]: row[0] for row in tenants if row[1] is None},
    )


def resolve_names(directory: Directory, organization: str | None, branch_names: Sequence[str]) -> Scope:
    """Return the scope of the named branches; without branches, every branch of the organization.

    Raises:
        UnknownNameError: no such organization or branch; similar names are listed.
        AmbiguousNameError: a name matches several.
        OrganizationRequiredError: none was named and the data has several.
        NoOwnersError: none was named and the data has none.
    """
    chosen = find_organization(directory, organization) if organization else None
    entries = find_branches(directory, branch_names, chosen)
    if chosen is None:
        chosen = _infer_organization(directory, {entry.organization_id for entry in entries})
    return build_scope(directory, chosen, entries)


def find_branches(
    directory: Directory, branch_names: Sequence[str], organization: Organization | None
) -> list[BranchEntry]:
    """Return the branches with these names; all must be of one organization."""
    entries = [_find_branch(directory, name, organization) for name in branch_names]
    if len({entry.organization_id for entry in entries}) > 1:
        raise UsageError(
            _(
                "The branches {names} belong to more than one organization. Name branches of one.",
                names=", ".join(branch_names),
            )
        )
    return entries


def build_scope(directory: Directory, organization: Organization, entries: Sequence[BranchEntry]) -> Scope:
    """Return the scope of these branches of an organization, or of all its branches when none is given."""
    own = [entry for entry in directory.branches if entry.organization_id == organization.id]
    tenants_in_scope = {entry.tenant for entry in entries or own}
    selection = tuple(entry for entry in own if entry.tenant in tenants_in_scope)
    whole = len(selection) == len(own)
    tenants = [entry.tenant for entry in selection]
    if whole and organization.id in directory.own_tenants:
        tenants.append(directory.own_tenants[organization.id])
    branches = tuple(entry.branch for entry in selection)
    return Scope(organization.id, organization.name, branches, whole, tuple(sorted(tenants)))


def build_unrestricted_scope(directory: Directory) -> Scope:
    """Return the scope of every row that has an owner: for whoever loads the data."""
    tenants = [entry.tenant for entry in directory.branches] + list(directory.own_tenants.values())
    return Scope(
        None,
        None,
        tuple(entry.branch for entry in directory.branches),
        whole_organization=True,
        tenants=tuple(sorted(tenants)),
        unrestricted=True,
    )


def _infer_organization(directory: Directory, owners: Iterable[str | None]) -> Organization:
    by_id = {candidate.id: candidate for candidate in directory.organizations}
    for owner in owners:
        return by_id[owner]
    if len(directory.organizations) == 1:
        return directory.organizations[0]
    if not directory.organizations:
        raise NoOwnersError
    # Branches without an organization are chosen with --branch; there is no organization to name.
    raise OrganizationRequiredError(
        [candidate.display_name for candidate in directory.organizations if candidate.id is not None]
    )


def find_organization(directory: Directory, name: str) -> Organization:
    """Return the organization with this id, slug or name."""
    normalized = normalize_name(name)
    matches = [
        candidate
        for candidate in directory.organizations
        if normalized
        in {normalize_name(candidate.id), normalize_name(candidate.slug), normalize_name(candidate.name)}
        - {""}
    ]
    if not matches:
        names = [
            text for candidate in directory.organizations for text in (candidate.name, candidate.slug) if text
        ]
        raise UnknownNameError(_("organization"), name, suggest_names(name, names))
    if len(matches) > 1:
        raise AmbiguousNameError(
            _("organization"), name, [f"{candidate.display_name} ({candidate.id})" for candidate in matches]
        )
    return matches[0]


def _find_branch(directory: Directory, name: str, organization: Organization | None) -> BranchEntry:
    entries = [
        entry
        for entry in directory.branches
        if organization is None or entry.organization_id == organization.id
    ]
    normalized = normalize_name(name)
    for key in ("id", "code", "name"):
        matches = [
            entry
            for entry in entries
            if normalized and normalize_name(getattr(entry.branch, key)) == normalized
        ]
        if len(matches) == 1:
            return matches[0]
        if matches:
            candidates = [f"{entry.branch.name} ({entry.branch.id})" for entry in matches]
            raise AmbiguousNameError(_("branch"), name, candidates)
    names = [text for entry in entries for text in (entry.branch.code, entry.branch.name) if text]
    raise UnknownNameError(_("branch"), name, suggest_names(name, names))
