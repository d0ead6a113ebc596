"""The rights of an admin: which branches an admin may see, and how names are resolved among them.

What a reader may not see does not exist for the reader: a branch of somebody else and a branch that does not
exist are refused in the same words, so that nobody can probe for names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import NotAllowedError, OrganizationNeededError, UnknownNameError, listed
from opttius_cli.i18n import _
from opttius_cli.scope.directory import find_organization, find_seats, resolve, scope_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from opttius_cli.result import Scope
    from opttius_cli.scope.directory import Directory, Seat

ANYWHERE = frozenset({"root", "dev"})
"""Roles that need no organization of their own; they name one in each request."""
WHOLE = ANYWHERE | {"super_admin"}
"""Roles that see every branch of their organization."""
_NAMED = 20
"""How many branches an error message lists."""


class NoReaderError(NotAllowedError):
    """The email is not that of an active admin in the data."""


@dataclass(frozen=True, slots=True)
class Reader:
    """An admin whose rights apply. ``display_email`` is the email as messages may repeat it.

    ``branches`` may be seen; ``default_branches`` are used when a request names none. Without an
    ``organization_id`` every organization may be seen, one at a time.
    """

    email: str
    shown: str
    role: str
    organization_id: str | None
    seats: tuple[Seat, ...]
    usual: tuple[Seat, ...]


def reader_key(email: str) -> str:
    """Return ``email`` as emails of admins are compared: without outer spaces and case."""
    return email.strip().lower()


def read_reader(con: duckdb.DuckDBPyConnection, directory: Directory, email: str, shown: str) -> Reader:
    """Read the active admin with this email, and the admin's branches, from the snapshot open in ``con``.

    Raises:
        NoActiveAdminError: the data has no admins, or no active one with this email.
        NotAllowedError: nothing may be shown to the admin.
    """
    admin = _admin(con, email, shown)
    role, organization_id = _word(admin["role"]), admin["organization_id"]
    if organization_id is None:
        # For such a role an empty cell means every organization; an unreadable cell grants nothing.
        if role not in ANYWHERE or _is_unsure(con, "admin_users", "organization_id"):
            raise NotAllowedError(
                _("The admin {email} has no organization, so nothing may be shown.", email=shown)
            )
        return Reader(reader_key(email), shown, role, None, directory.seats, ())
    own = tuple(seat for seat in directory.seats if seat.organization_id == organization_id)
    access = _access(con, admin["id"])
    if role in WHOLE or any(branch is None for branch, _primary in access):
        seats, usual = own, own
    else:
        seats = tuple(seat for seat in own if seat.branch.id in {branch for branch, _primary in access})
        primary = {branch for branch, is_primary in access if is_primary}
        usual = tuple(seat for seat in seats if seat.branch.id in primary) or seats
    if not seats:
        raise NotAllowedError(_("The admin {email} has no branch, so nothing may be shown.", email=shown))
    return Reader(reader_key(email), shown, role, organization_id, seats, usual)


def _admin(con: duckdb.DuckDBPyConnection, email: str, shown: str) -> dict[str, Any]:
    """Find the one active row of ``admin_users`` with this email."""
    if not con.execute("SELECT 1 FROM meta.loaded WHERE table_name = 'admin_users'").fetchone():
        raise NoReaderError(
            _("This data has no admins, so --as cannot be checked. Export the table admin_users too.")
        )
    found = con.execute(
        "SELECT CAST(id AS VARCHAR), role, CAST(organization_id AS VARCHAR) FROM raw.admin_users "
        "WHERE is_active AND lower(trim(email)) = $1 ORDER BY id",
        [reader_key(email)],
    ).fetchall()
    if not found:
        raise NoReaderError(
            _("There is no active admin {email} in this data. Check the address after --as.", email=shown)
        )
    if len(found) > 1:
        raise NotAllowedError(
            _(
                "More than one active admin has the email {email}, so it is not clear whose rights apply.",
                email=shown,
            )
        )
    return dict(zip(("id", "role", "organization_id"), found[0], strict=True))


def _access(con: duckdb.DuckDBPyConnection, admin: str) -> list[tuple[str | None, bool]]:
    """Return (branch, is primary) for every access row of an admin; None stands for every branch."""
    rows = con.execute(
        "SELECT CAST(branch_id AS VARCHAR), is_primary FROM raw.admin_branch_access "
        "WHERE CAST(admin_user_id AS VARCHAR) = $1",
        [admin],
    ).fetchall()
    unsure = _is_unsure(con, "admin_branch_access", "branch_id")
    return [(row[0], bool(row[1])) for row in rows if row[0] is not None or not unsure]


def _is_unsure(con: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Return whether empty cells of a column may be unreadable ones, which must never grant a right."""
    found = con.execute(
        "SELECT 1 FROM meta.missing WHERE table_name = $1 AND column_name = $2 UNION ALL "
        "SELECT 1 FROM meta.rejects WHERE table_name = $1 AND column_name = $2 AND NOT refused LIMIT 1",
        [table, column],
    ).fetchone()
    return found is not None


def _word(role: str | None) -> str:
    return (role or "").strip().lower()


def resolve_for(
    directory: Directory, reader: Reader, organization: str | None, branches: Sequence[str]
) -> Scope:
    """Return the scope of the named branches; without branches, the reader's default branches.

    Raises:
        NotAllowedError: an organization or branch that the reader may not see, whether or not it exists.
        AmbiguousNameError: a name matches several branches that the reader may see.
        OrganizationRequiredError: the reader has no organization and named none.
    """
    if reader.organization_id is None:
        if not organization:
            raise OrganizationNeededError(
                [one.shown for one in directory.organizations if one.id is not None]
            )
        return resolve(directory, organization, branches)
    own = directory.organization(reader.organization_id)
    seen = replace(directory, organizations=(own,), seats=reader.seats)
    try:
        chosen = find_organization(seen, organization) if organization else own
    except UnknownNameError as unknown:
        raise NotAllowedError(
            _(
                "“{name}” is not the organization of {email}, which is {own}.",
                name=organization,
                email=reader.shown,
                own=own.shown,
            )
        ) from unknown
    return scope_of(directory, chosen, _seats_for(seen, reader, branches) or reader.usual)


def _seats_for(seen: Directory, reader: Reader, branches: Sequence[str]) -> list[Seat]:
    try:
        return find_seats(seen, branches, None)
    except UnknownNameError as unknown:
        raise NotAllowedError(
            _(
                "“{name}” is not among the branches that {email} may see: {names}.",
                name=unknown.name,
                email=reader.shown,
                names=listed(
                    [seat.branch.code or seat.branch.name or seat.branch.id for seat in seen.seats], _NAMED
                ),
            )
        ) from unknown
