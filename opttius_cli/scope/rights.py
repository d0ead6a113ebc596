"""The rights of an admin: which branches an admin may see, and how names are resolved among them.

What a reader may not see does not exist for the reader: a branch of somebody else and a branch that does not
exist are refused in the same words, so that nobody can probe for names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import (
    NotAllowedError,
    OrganizationRequiredError,
    UnknownNameError,
    format_list,
)
from opttius_cli.i18n import _
from opttius_cli.scope.directory import (
    build_scope,
    find_branches,
    find_organization,
    list_organization_names,
    resolve_names,
)
from opttius_cli.sql import fetch_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.result import Scope
    from opttius_cli.scope.directory import BranchEntry, Directory
    from opttius_cli.sql import Connection

UNBOUND_ROLES = frozenset({"root", "dev"})
"""Roles that need no organization of their own; they name one in each request."""
FULL_ACCESS_ROLES = UNBOUND_ROLES | {"super_admin"}
"""Roles that see every branch of their organization."""
_MAX_LISTED_BRANCHES = 20
"""How many branches an error message lists."""


class NoActiveAdminError(NotAllowedError):
    """The email is not that of an active admin in the data."""


@dataclass(frozen=True, slots=True)
class Reader:
    """An admin whose rights apply. ``display_email`` is the email as messages may repeat it.

    ``branches`` may be seen; ``default_branches`` are used when a request names none. Without an
    ``organization_id`` every organization may be seen, one at a time.
    """

    email: str
    display_email: str
    role: str
    organization_id: str | None
    branches: tuple[BranchEntry, ...]
    default_branches: tuple[BranchEntry, ...]


def normalize_email(email: str) -> str:
    """Return ``email`` as emails of admins are compared: without outer spaces and case."""
    return email.strip().lower()


def read_reader(con: Connection, directory: Directory, email: str, display_email: str) -> Reader:
    """Read the active admin with this email, and the admin's branches, from the snapshot open in ``con``.

    Raises:
        NoActiveAdminError: the data has no admins, or no active one with this email.
        NotAllowedError: nothing may be shown to the admin.
    """
    admin = _find_admin(con, email, display_email)
    role, organization_id = _normalize_role(admin["role"]), admin["organization_id"]
    if organization_id is None:
        # For such a role an empty cell means every organization; an unreadable cell grants nothing.
        if role not in UNBOUND_ROLES or _has_unreadable_cells(con, "admin_users", "organization_id"):
            raise NotAllowedError(
                _("The admin {email} has no organization, so nothing may be shown.", email=display_email)
            )
        return Reader(normalize_email(email), display_email, role, None, directory.branches, ())
    own = tuple(entry for entry in directory.branches if entry.organization_id == organization_id)
    access = _read_access(con, admin["id"])
    if role in FULL_ACCESS_ROLES or any(branch is None for branch, _primary in access):
        entries, default_entries = own, own
    else:
        entries = tuple(entry for entry in own if entry.branch.id in {branch for branch, _primary in access})
        primary = {branch for branch, is_primary in access if is_primary}
        default_entries = tuple(entry for entry in entries if entry.branch.id in primary) or entries
    if not entries:
        raise NotAllowedError(
            _("The admin {email} has no branch, so nothing may be shown.", email=display_email)
        )
    return Reader(normalize_email(email), display_email, role, organization_id, entries, default_entries)


def _find_admin(con: Connection, email: str, display_email: str) -> dict[str, Any]:
    """Find the one active row of ``admin_users`` with this email."""
    if not fetch_first(con.execute("SELECT 1 FROM meta.loaded WHERE table_name = 'admin_users'")):
        raise NoActiveAdminError(
            _("This data has no admins, so --as cannot be checked. Export the table admin_users too.")
        )
    rows = con.execute(
        "SELECT CAST(id AS VARCHAR), role, CAST(organization_id AS VARCHAR) FROM raw.admin_users "
        "WHERE is_active AND lower(trim(email)) = $1 ORDER BY id",
        [normalize_email(email)],
    ).fetchall()
    if not rows:
        raise NoActiveAdminError(
            _(
                "There is no active admin {email} in this data. Check the address after --as.",
                email=display_email,
            )
        )
    if len(rows) > 1:
        raise NotAllowedError(
            _(
                "More than one active admin has the email {email}, so it is not clear whose rights apply.",
                email=display_email,
            )
        )
    return dict(zip(("id", "role", "organization_id"), rows[0], strict=True))


def _read_access(con: Connection, admin: str) -> list[tuple[str | None, bool]]:
    """Return (branch, is primary) for every access row of an admin; None stands for every branch."""
    rows = con.execute(
        "SELECT CAST(branch_id AS VARCHAR), is_primary FROM raw.admin_branch_access "
        "WHERE CAST(admin_user_id AS VARCHAR) = $1",
        [admin],
    ).fetchall()
    has_unreadable = _has_unreadable_cells(con, "admin_branch_access", "branch_id")
    return [(row[0], bool(row[1])) for row in rows if row[0] is not None or not has_unreadable]


def _has_unreadable_cells(con: Connection, table: str, column: str) -> bool:
    """Return whether empty cells of a column may be unreadable ones, which must never grant a right."""
    row = fetch_first(
        con.execute(
            "SELECT 1 FROM meta.missing WHERE table_name = $1 AND column_name = $2 UNION ALL "
            "SELECT 1 FROM meta.rejects WHERE table_name = $1 AND column_name = $2 AND NOT refused LIMIT 1",
            [table, column],
        )
    )
    return row is not None


def _normalize_role(role: str | None) -> str:
    return (role or "").strip().lower()


def resolve_names_for_reader(
    directory: Directory, reader: Reader, organization: str | None, branch_names: Sequence[str]
) -> Scope:
    """Return the scope of the named branches; without branches, the reader's default branches.

    Raises:
        NotAllowedError: an organization or branch that the reader may not see, whether or not there is one.
        AmbiguousNameError: a name fits several branches that the reader may see.
        OrganizationNeededError: the reader has no organization, named none, and none is the only one that counts.
    """
    if reader.organization_id is None:
        if not organization and directory.organizations and directory.only is None:
            raise OrganizationRequiredError(list_organization_names(directory))
        return resolve_names(directory, organization, branch_names)
    own = directory.find_organization(reader.organization_id)
    visible = replace(directory, organizations=(own,), branches=reader.branches)
    try:
        chosen = find_organization(visible, organization) if organization else own
    except UnknownNameError as unknown:
        raise NotAllowedError(
            _(
                "“{name}” is not the organization of {email}, which is {own}.",
                name=organization,
                email=reader.display_email,
                own=own.display_name,
            )
        ) from unknown
    return build_scope(
        directory, chosen, _find_visible_branches(visible, reader, branch_names) or reader.default_branches
    )


def _find_visible_branches(
    visible: Directory, reader: Reader, branch_names: Sequence[str]
) -> list[BranchEntry]:
    try:
        return find_branches(visible, branch_names, None)
    except UnknownNameError as unknown:
        raise NotAllowedError(
            _(
                "“{name}” is not among the branches that {email} may see: {names}.",
                name=unknown.name,
                email=reader.display_email,
                names=format_list(
                    [entry.branch.code or entry.branch.name or entry.branch.id for entry in visible.branches],
                    _MAX_LISTED_BRANCHES,
                ),
            )
        ) from unknown
