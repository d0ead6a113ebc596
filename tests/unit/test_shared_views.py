"""An answer prepares the shared views that its reports read, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opttius_cli.installation.resources import read_sql
from opttius_cli.reports import shared_views
from opttius_cli.reports.layouts import DASHBOARD, LOAD_SUMMARY, ROW_QUALITY
from opttius_cli.reports.library import Library
from opttius_cli.reports.shared_views import (
    SHARED_VIEWS,
    digest_shared_views,
    find_shared_views,
    list_stored_views,
    load_shared_view,
    parse_shared_view,
    select_shared_views,
)
from opttius_cli.sql import list_named

if TYPE_CHECKING:
    from opttius_cli.reports.slots import Slot


def select_views(*slots: Slot, has_stored: bool = False) -> set[str]:
    library = Library(Path("no-such-folder"))
    names = [name for slot in slots for name in find_shared_views(library.load_report(slot.report).sql)]
    return {view.name for view in select_shared_views(names, has_stored=has_stored)}


def test_a_load_prepares_no_view_of_purchases() -> None:
    assert select_views(*LOAD_SUMMARY, *ROW_QUALITY) <= {"arithmetic", "days", "stages"}


def test_one_report_about_purchases_prepares_them() -> None:
    assert {"order_facts", "windows"} <= select_views(*ROW_QUALITY, DASHBOARD[0])
    assert "customer_facts" not in select_views(*ROW_QUALITY, DASHBOARD[0])


def test_what_is_stored_is_not_prepared_anew() -> None:
    assert "link_customers" in select_views(DASHBOARD[0])
    assert "link_customers" not in select_views(DASHBOARD[0], has_stored=True)


def test_names_in_comments_texts_and_columns_are_not_read() -> None:
    sql = """-- FROM purchases
    SELECT windows, (deliveries), 'FROM days' AS deliveries FROM orders AS spells SEMI JOIN occasions USING (id)"""
    assert list_named(sql) >= {"orders", "occasions"}
    assert find_shared_views(sql) == {"occasions"}


def test_a_macro_is_found_by_its_call() -> None:
    assert find_shared_views("SELECT round(whole_ratio(1, 2), unit_of (day, 'year'))") == {
        "arithmetic",
        "cohort_cells",
    }


@pytest.mark.parametrize("name", SHARED_VIEWS)
def test_a_view_comes_after_those_that_it_reads(name: str) -> None:
    view = load_shared_view(name)
    assert view.defines
    assert all(SHARED_VIEWS.index(used) < SHARED_VIEWS.index(name) for used in view.uses)


def test_a_view_may_read_its_own_macros() -> None:
    sql = "-- ---\n-- about = 'x'\n-- ---\nCREATE OR REPLACE TEMP MACRO one() AS (1);\nSELECT one() FROM purchases\n"
    view = parse_shared_view("own", sql)
    assert view.defines == {"one"}
    assert view.uses == {"purchases"}


def test_the_digest_is_of_what_stored_views_are_made_of(monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {view.name for view in list_stored_views()}
    digest = digest_shared_views.__wrapped__
    before = digest()
    for name in SHARED_VIEWS:
        changed = {f"base/{name}": "-- changed"}
        monkeypatch.setattr(
            shared_views, "read_sql", lambda path, changed=changed: read_sql(path) + changed.get(path, "")
        )
        assert (digest() != before) is (name in stored), name
