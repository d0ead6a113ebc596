"""Whoever asks for whatever: an admin's scope holds no branch but the admin's, and no refusal names another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from generative.fuzz import fuzz
from opttius_cli.errors import NotAllowedError, OpttiusError, OrganizationRequiredError
from opttius_cli.installation.resources import read_sql
from opttius_cli.result import Branch
from opttius_cli.scope import Directory, read_reader, resolve_names_for_reader
from opttius_cli.scope.directory import BranchEntry
from opttius_cli.scope.organizations import Organization

if TYPE_CHECKING:
    from collections.abc import Sequence

EMAIL = "ana@shop.cl"
ORGANIZATIONS = ("north", "south")
SEATS = tuple(
    BranchEntry(
        Branch(f"id-{organization}-{number}", f"{organization[0]}{number}", None), organization, number
    )
    for organization, numbers in (("north", (1, 2, 3)), ("south", (5, 6)))
    for number in numbers
)
OWN = {"north": 4, "south": 7}
DIRECTORY = Directory(tuple(Organization(key, key.title()) for key in ORGANIZATIONS), SEATS, OWN)


@dataclass(frozen=True, slots=True)
class Admin:
    """A row of ``admin_users`` and the access rows of it: (branch, is_primary)."""

    email: str
    role: str
    active: bool | None
    organization: str | None
    access: Sequence[tuple[str | None, bool | None]]

    @property
    def allowed(self) -> set[str]:
        """The codes of the branches that are this admin's, from the words of the contract."""
        if not self.active or (self.organization is None and self.role not in {"root", "dev"}):
            return set()
        own = {seat for seat in SEATS if self.organization in {None, seat.organization_id}}
        if self.role not in {"root", "dev", "super_admin"} and None not in {
            branch for branch, _ in self.access
        }:
            own = {seat for seat in own if seat.branch.id in {branch for branch, _ in self.access}}
        return {str(seat.branch.code) for seat in own}


admins = st.builds(
    Admin,
    st.sampled_from([EMAIL, EMAIL.upper(), f" {EMAIL} ", "eva@shop.cl"]),
    st.sampled_from(["root", "dev", "super_admin", "admin", "employee", "vendedor"]),
    st.sampled_from([True, True, True, False, None]),
    st.sampled_from(["north", "north", "south", None]),
    st.lists(
        st.tuples(
            st.sampled_from([None, "id-nowhere", *(seat.branch.id for seat in SEATS)]),
            st.sampled_from([True, False, None]),
        ),
        max_size=4,
    ),
)
branch_names = st.lists(st.sampled_from(["n1", "N2", "id-north-3", "s5", "id-south-6", "x9", ""]), max_size=2)


def connection(rows: Sequence[Admin]) -> duckdb.DuckDBPyConnection:
    """What a snapshot says of admins."""
    con = duckdb.connect()
    con.execute(
        read_sql("load/meta") + "INSERT INTO meta.loaded VALUES ('admin_users', 1, 1);"
        "CREATE TABLE raw.admin_users (id INT, email TEXT, role TEXT, is_active BOOLEAN, organization_id TEXT);"
        "CREATE TABLE raw.admin_branch_access (admin_user_id INT, branch_id TEXT, is_primary BOOLEAN)"
    )
    for number, row in enumerate(rows):
        values = [number, row.email, row.role, row.active, row.organization]
        con.execute("INSERT INTO raw.admin_users VALUES (?, ?, ?, ?, ?)", values)
        for branch, is_primary in row.access:
            con.execute("INSERT INTO raw.admin_branch_access VALUES (?, ?, ?)", [number, branch, is_primary])
    return con


@fuzz(60)
@given(
    rows=st.lists(admins, max_size=3),
    organization=st.sampled_from([None, None, "north", "SOUTH", "east"]),
    branches=branch_names,
)
def test_nobody_sees_more_than_is_theirs(
    rows: list[Admin], organization: str | None, branches: list[str]
) -> None:
    mine = [row for row in rows if row.email.strip().lower() == EMAIL and row.active]
    allowed = mine[0].allowed if len(mine) == 1 else set()
    con = connection(rows)
    try:
        reader = read_reader(con, DIRECTORY, EMAIL, "a***@shop.cl")
        scope = resolve_names_for_reader(DIRECTORY, reader, organization, branches)
    except NotAllowedError as refused:
        words = set(str(refused).replace("“", " “").translate(str.maketrans(",.:", "   ")).split())
        assert {seat.branch.code for seat in SEATS if seat.branch.code in words} <= allowed
        return
    except (OrganizationRequiredError, OpttiusError):
        # Only who may see every organization is asked which, or told that a name is none.
        assert mine[0].organization is None or len(branches) > 1
        return
    finally:
        con.close()
    visible = {str(branch.code) for branch in scope.branches}
    assert visible
    assert visible <= allowed
    covered = {seat.branch.code for seat in SEATS if seat.tenant in scope.tenants}
    assert covered == visible
    own = {seat.branch.code for seat in SEATS if seat.organization_id == scope.organization_id}
    assert scope.whole_organization == (visible == own) == (OWN[str(scope.organization_id)] in scope.tenants)
    if not branches and mine[0].organization:
        primary = {branch for branch, is_primary in mine[0].access if is_primary}
        first = {seat.branch.code for seat in SEATS if seat.branch.id in primary} & allowed
        listed = allowed != own or mine[0].role in {"admin", "employee", "vendedor"}
        everything = None in {branch for branch, _ in mine[0].access} or not listed
        assert visible == (allowed if everything else first or allowed)
