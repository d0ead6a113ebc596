"""An answer prepares the shared views that its reports need."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli.reports.layouts import DASHBOARD, LOAD_SUMMARY, ROW_QUALITY
from opttius_cli.reports.library import Library
from opttius_cli.reports.shared_views import MACRO_FILES, select_shared_views

if TYPE_CHECKING:
    from opttius_cli.reports.slots import Slot


def selected(*slots: Slot) -> set[str]:
    library = Library(Path("no-such-folder"))
    return {view.name for view in select_shared_views([library.load_report(slot.report) for slot in slots])}


def test_a_load_prepares_no_view_of_purchases() -> None:
    assert selected(*LOAD_SUMMARY, *ROW_QUALITY) == set(MACRO_FILES)


def test_one_report_about_purchases_prepares_them() -> None:
    assert {"purchases", "order_facts", "windows"} <= selected(*ROW_QUALITY, DASHBOARD[0])
    assert "customer_facts" not in selected(*ROW_QUALITY, DASHBOARD[0])
