"""Limit a connection to the owners of a scope: the variables and tables that its views read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.scope.views import ScopedViews

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opttius_cli.result import Scope
    from opttius_cli.sql import Connection


def limit_to_scope(con: Connection, scope: Scope, deferred: Iterable[str]) -> ScopedViews:
    """Limit ``con`` to ``scope``, and return its views. The session's variables as_of and as_of_date must be set.

    ``deferred`` are the tables with conflicting rows that the loader could not resolve.
    """
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
    tenants, first, last = list(scope.tenants), min(scope.tenants, default=0), max(scope.tenants, default=0)
    for name, value in (
        ("tenants", tenants),
        ("first_tenant", first),
        ("last_tenant", last),
        ("sees_everything", scope.unrestricted),
        ("holds_nobodys", scope.holds_nobodys),
        ("adopts", scope.adopts),
        ("whole_directory", scope.whole_directory),
    ):
        con.execute(f"SET VARIABLE {name} = $1", [value])
    con.execute(_build_tenancy_macro(gapless=len(tenants) == last - first + 1))
    return ScopedViews(con, frozenset(deferred))


def _build_tenancy_macro(*, gapless: bool) -> str:
    """Return the macro that tests an owner. Owner numbers of an organization are consecutive: a range."""
    test = "tenant BETWEEN getvariable('first_tenant') AND getvariable('last_tenant')"
    if not gapless:
        test += " AND list_contains(getvariable('tenants'), tenant)"
    return f"CREATE OR REPLACE TEMP MACRO is_held(tenant) AS ({test})"
