"""The organizations and branches of the data; typed names become a scope: branches of one organization.

Whose rights apply is asked in :mod:`opttius_cli.scope.rights`, which resolves names among what a reader may see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import (
    AmbiguousNameError,
    NoOwnersError,
    OrganizationRequiredError,
    UnadoptedBranchError,
    UnknownNameError,
    UsageError,
)
from opttius_cli.i18n import _
from opttius_cli.name_matching import normalize_name, suggest_names
from opttius_cli.result import Branch, Scope
from opttius_cli.scope.organizations import Organization, find_adopter, match_organizations, select_countable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opttius_cli.sql import Connection


@dataclass(frozen=True, slots=True)
class BranchEntry:
    """A branch, the organization it belongs to (None: none), and the snapshot's number for it."""

    branch: Branch
    organization_id: str | None
    tenant: int


@dataclass(frozen=True, slots=True)
class Directory:
    """The organizations and branches of a snapshot, and the owner number of each organization's own rows.

    ``nobody`` is the number of the rows that name neither a branch nor an organization, ``adopter`` the organization
    to which those and the branches without one belong, ``adopt`` the setting that decides it. Where the data know no
    organization, the only one has the id None.
    """

    organizations: tuple[Organization, ...]
    branches: tuple[BranchEntry, ...]
    own_tenants: dict[str, int]
    nobody: int | None = None
    adopter: str | None = None
    adopt: str | bool = True

    @property
    def countable(self) -> tuple[Organization, ...]:
        """Return the organizations without the app's own, and without demonstrations where others exist."""
        return select_countable(self.organizations)

    @property
    def only(self) -> Organization | None:
        """Return the organization that is meant when none is named: the only one that counts."""
        return self.countable[0] if len(self.countable) == 1 else None

    def is_owned(self, entry: BranchEntry) -> bool:
        """Return whether a branch belongs to an organization; where there are none, all branches are one."""
        return any(entry.organization_id == item.id for item in self.organizations)

    def holds_nobodys(self, organization: Organization) -> bool:
        """Return whether the rows that name neither a branch nor an organization belong to this one."""
        return organization.id == self.adopter and (self.adopter is not None or self.nobody is not None)

    def find_organization(self, key: str | None) -> Organization:
        """Return the organization with this id."""
        return next(
            (organization for organization in self.organizations if organization.id == key), Organization(key)
        )


def read_directory(con: Connection, adopt: str | bool = True) -> Directory:  # noqa: FBT001, FBT002 - a setting
    """Read the directory of the snapshot open in ``con``.

    ``adopt`` names the organization to which belongs what names none; True is the only one that counts, False none.

    Raises:
        ConfigError: there is no such organization.
    """
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
    ids = {row[2] for row in tenants if row[2] is not None}
    if not ids and any(row[1] is not None for row in tenants):
        ids = {None}
    organizations = sorted(
        (details.get(key, Organization(key)) for key in ids),
        key=lambda organization: (organization.display_name, organization.id or ""),
    )
    adopter = find_adopter(organizations, adopt)
    return Directory(
        tuple(organizations),
        tuple(
            BranchEntry(Branch(row[1], row[3], row[4]), row[2] or adopter, row[0])
            for row in tenants
            if row[1] is not None
        ),
        {row[2]: row[0] for row in tenants if row[1] is None and row[2] is not None},
        next((row[0] for row in tenants if row[1] is None and row[2] is None), None),
        adopter,
        adopt,
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
    holds_nobodys = directory.holds_nobodys(organization)
    tenants = [entry.tenant for entry in selection]
    if whole and organization.id in directory.own_tenants:
        tenants.append(directory.own_tenants[organization.id])
    if whole and holds_nobodys and directory.nobody is not None:
        tenants.append(directory.nobody)
    return Scope(
        organization.id,
        organization.name,
        tuple(entry.branch for entry in selection),
        whole,
        tuple(sorted(tenants)),
        holds_nobodys=holds_nobodys,
        adopts=holds_nobodys and organization.id is not None,
        whole_directory=len(selection) == len(directory.branches),
    )


def build_unrestricted_scope(directory: Directory) -> Scope:
    """Return the scope of every row that has an owner: what whoever loads the data may check."""
    entries = [entry for entry in directory.branches if directory.is_owned(entry)]
    tenants = [entry.tenant for entry in entries] + list(directory.own_tenants.values())
    holds_nobodys = any(map(directory.holds_nobodys, directory.organizations))
    if holds_nobodys and directory.nobody is not None:
        tenants.append(directory.nobody)
    return Scope(
        None,
        None,
        tuple(entry.branch for entry in entries),
        whole_organization=True,
        tenants=tuple(sorted(tenants)),
        unrestricted=True,
        holds_nobodys=holds_nobodys,
        adopts=directory.adopter is not None,
        whole_directory=True,
    )


def _infer_organization(directory: Directory, owners: Iterable[str | None]) -> Organization:
    by_id = {candidate.id: candidate for candidate in directory.organizations}
    for owner in owners:
        return by_id[owner]
    if not directory.organizations:
        raise NoOwnersError
    if directory.only is None:
        raise OrganizationRequiredError(list_organization_names(directory))
    return directory.only


def list_organization_names(directory: Directory) -> list[str]:
    """Return the organizations among which somebody has to choose: those that count, else all."""
    return [item.display_name for item in directory.countable or directory.organizations]


def find_organization(directory: Directory, name: str) -> Organization:
    """Return the organization with this id, slug or name."""
    matches = match_organizations(directory.organizations, name)
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
    owned = [entry for entry in directory.branches if directory.is_owned(entry)]
    entries = [entry for entry in owned if organization is None or entry.organization_id == organization.id]
    if entry := _find_named_branch(entries, name):
        return entry
    if nobodys := _find_named_branch([entry for entry in directory.branches if entry not in owned], name):
        branch = nobodys.branch
        raise UnadoptedBranchError(
            branch.code or branch.name or branch.id,
            list_organization_names(directory) if directory.countable else [],
            is_off=directory.adopt is False,
        )
    names = [text for entry in entries for text in (entry.branch.code, entry.branch.name) if text]
    raise UnknownNameError(_("branch"), name, suggest_names(name, names))


def _find_named_branch(entries: Sequence[BranchEntry], name: str) -> BranchEntry | None:
    """Return the branch with this id, else code, else name. Raises AmbiguousNameError."""
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
            shown = [f"{entry.branch.name} ({entry.branch.id})" for entry in matches]
            raise AmbiguousNameError(_("branch"), name, shown)
    return None
