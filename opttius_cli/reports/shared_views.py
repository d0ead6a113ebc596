"""The views and macros that reports share: the files of ``sql/base/``."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.installation.resources import read_sql
from opttius_cli.reports.header_schema import SHARED_VIEW
from opttius_cli.reports.header_text import build_error, parse_header, split_header
from opttius_cli.reports.schema_checks import InvalidValueError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opttius_cli.reports.header import Report

SHARED_VIEWS = (
    "arithmetic",
    "days",
    "stages",
    "quantiles",
    "order_links",
    "link_customers",
    "customer_ruts",
    "customer_emails",
    "part_refunds",
    "attributed_orders",
    "every_order",
    "every_work_order",
    "active_customers",
    "first_purchases",
    "order_facts",
    "work_order_facts",
    "purchases",
    "owed_purchases",
    "standing_orders",
    "change_given",
    "counted_payments",
    "undetailed_orders",
    "windows",
    "deliveries",
    "driver_sales",
    "sale_sums",
    "clinic_sums",
    "branch_sums",
    "goal_members",
    "branch_comparison",
    "bridge_rows",
    "app_row_cap",
    "app_sums",
    "app_figures",
    "order_lines",
    "stock_levels",
    "admin_emails",
    "customer_facts",
    "customer_segments",
    "listed_customers",
    "segment_movement",
    "customer_moves",
    "occasions",
    "cohort_cells",
    "spells",
    "predictions",
    "backtest_rows",
    "backtested",
    "predicted",
    "contact_figures",
    "service_reasons",
    "exam_dates",
    "sell_reasons",
    "contact_candidates",
    "worklist_rows",
    "decided_rows",
    "worklist_counts",
    "ledger_rules",
    "sale_rows",
    "sales_ledger",
    "purchases_ledger",
    "owing_ledger",
    "payments_ledger",
    "items_ledger",
    "quotes_ledger",
    "appointments_ledger",
    "work_orders_ledger",
    "deliveries_ledger",
    "explained_segments",
    "customers_ledger",
    "stock_ledger",
    "explained",
    "faulty_rows",
    "small_amounts",
    "unmatched_ids",
    "unseen_rows",
)
"""The files of shared views and macros, each after those it depends on."""

MACRO_FILES = ("arithmetic", "days", "stages", "quantiles", "ledger_rules")
"""Files that hold macros only, which cost nothing until they are called."""


@dataclass(frozen=True, slots=True)
class SharedViewFile:
    """A file of shared views or macros.

    ``orders_from`` names the instant from which a materialized view reads orders. ``optional``: created only
    for reports that use it. ``uses`` names the optional ones that it depends on. ``internal``: only other
    views may read it; a user's report may not name it. A ledger names the ``steps`` at which its rows leave, in
    order, and the ``adjustment``, the step that takes money and no rows. ``stored`` is the table of a snapshot that
    holds its rows for a whole organization. ``given`` are variables that a session learns from other views: it is
    created when they are known.
    """

    name: str
    sql: str
    orders_from: str | None
    optional: bool
    uses: tuple[str, ...]
    internal: bool
    steps: tuple[str, ...] = ()
    adjustment: str = ""
    stored: str = ""
    given: tuple[str, ...] = ()


def read_rules() -> str:
    """Return the macros that the scoped views themselves use."""
    return "".join(
        map(read_sql, ("base/keys", "base/rules", "base/masks", "base/comparisons", "base/contacts"))
    )


@cache
def load_shared_views() -> tuple[SharedViewFile, ...]:
    """Load the shared views, each after those it depends on."""
    return tuple(parse_shared_view(name, read_sql(f"base/{name}")) for name in SHARED_VIEWS)


def parse_shared_view(name: str, sql: str) -> SharedViewFile:
    """Parse the file of the shared view ``name``. Raises HeaderError naming the wrong key."""
    text, _body = split_header(sql, f"base/{name}")
    header = parse_header(text, f"base/{name}", SHARED_VIEW)
    uses = header.get("uses", [])
    uses = (uses,) if isinstance(uses, str) else tuple(uses)
    if unknown := [view for view in uses if view not in SHARED_VIEWS]:
        reason = _("there is no shared view {name}", name=unknown[0])
        raise build_error(text, f"base/{name}", InvalidValueError(("uses",), reason))
    return SharedViewFile(
        name,
        sql,
        header.get("orders_from"),
        header.get("optional", False),
        uses,
        header.get("internal", False),
        tuple([steps] if isinstance(steps := header.get("steps", []), str) else steps),
        header.get("adjustment", ""),
        header.get("stored", ""),
        tuple([given] if isinstance(given := header.get("given", []), str) else given),
    )


def select_shared_views(reports: Iterable[Report], extra: Iterable[str] = ()) -> list[SharedViewFile]:
    """Return the shared views that these reports and ``extra`` of the project need.

    Reports that read no purchases and use no optional view need none: creating the views would take longer than
    running such reports.
    """
    reports = list(reports)
    view_names = {name for report in reports for name in report.uses} | set(extra)
    if not view_names and all(report.history == "none" for report in reports):
        return [view for view in load_shared_views() if view.name in MACRO_FILES]
    return _with_dependencies(view_names)


def list_stored_views() -> list[SharedViewFile]:
    """Return the shared views that a snapshot stores, and those that they need."""
    stored = {view.name for view in load_shared_views() if view.stored}
    last = max(SHARED_VIEWS.index(name) for name in stored)
    return [view for view in _with_dependencies(stored) if SHARED_VIEWS.index(view.name) <= last]


@cache
def digest_shared_views() -> str:
    """Return a digest of the SQL by which stored views are made: of other SQL, they would be others."""
    text = read_rules() + "".join(view.sql for view in list_stored_views())
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def list_own_sql_views() -> list[SharedViewFile]:
    """Return the shared views that a user's SQL may read, and those that these need."""
    return _with_dependencies({view.name for view in load_shared_views() if not view.internal})


def _with_dependencies(names: set[str]) -> list[SharedViewFile]:
    """Return the shared views with these names, those that they use, and those that every session has."""
    for view in reversed(load_shared_views()):
        if view.name in names:
            names.update(view.uses)
    return [view for view in load_shared_views() if not view.optional or view.name in names]
