"""A scoped view is created when SQL first names it, and no other is."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from opttius_cli.reports.shared_views import read_rules
from opttius_cli.result import Scope
from opttius_cli.scope import ScopedViews, limit_to_scope
from opttius_cli.snapshot.build import build_empty_snapshot
from opttius_cli.snapshot.open import ResourceLimits, connect_in_memory

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def scoped() -> Iterator[ScopedViews]:
    """Return the scoped views of a snapshot without rows."""
    with closing(connect_in_memory(ResourceLimits())) as con:
        build_empty_snapshot(con)
        con.execute(read_rules())
        con.execute("SET VARIABLE as_of = $1", [datetime(2026, 1, 1, tzinfo=UTC)])
        con.execute("SET VARIABLE as_of_date = $1", [date(2026, 1, 1)])
        con.execute("SET VARIABLE opt_out_tags = ['no contactar']")
        con.execute("SET VARIABLE opt_out_lines = CAST([] AS VARCHAR[])")
        yield limit_to_scope(con, Scope(None, None, (), whole_organization=True, tenants=()), ())


def list_views(scoped: ScopedViews) -> set[str]:
    rows = scoped.con.execute("SELECT view_name FROM duckdb_views() WHERE temporary AND NOT internal")
    return {row[0] for row in rows.fetchall()}


def test_only_what_is_named_is_created(scoped: ScopedViews) -> None:
    assert list_views(scoped) == set()
    scoped.create({"quotes", "branches", "count", "no_such_table"})
    assert list_views(scoped) == {"quotes", "branches"}
    scoped.create({"quotes", "bookings", "repeated_orders"})
    # Views of orders ask who opted out, which is in the customers' tags.
    assert list_views(scoped) == {"quotes", "branches", "bookings", "repeated_orders", "known_customers"}


@pytest.mark.parametrize("name", ["customers", "known_customers", "orders", "known_orders"])
def test_who_opted_out_is_known_before_contacts_are_read(scoped: ScopedViews, name: str) -> None:
    scoped.create({"quotes"})
    assert scoped.con.execute("SELECT getvariable('opted_out_keys')").fetchall() == [(None,)]
    scoped.create({name})
    assert scoped.con.execute("SELECT getvariable('opted_out_keys')").fetchall() == [([],)]
    assert scoped.con.execute(f"SELECT count(*) FROM {name}").fetchall() == [(0,)]
