"""The views and macros that reports share: the files of ``sql/base/``."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from opttius_cli.installation.resources import read_sql
from opttius_cli.reports.header_schema import SHARED_VIEW
from opttius_cli.reports.header_text import parse_header, split_header
from opttius_cli.sql import list_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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
    "purchase_sums",
    "customer_sums",
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
    "unpaid_words",
    "small_amounts",
    "unmatched_ids",
    "unseen_rows",
)
"""The files of shared views and macros, each after those it depends on."""

_CREATED = re.compile(r"CREATE OR REPLACE TEMP (?:VIEW|TABLE|MACRO) (\w+)")
_IS_STORED = re.compile(r"^-- stored = ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SharedViewFile:
    """A file of shared views or macros.

    ``orders_from`` names the instant from which a materialized view reads orders. ``defines`` are the views and macros
    that it makes, ``uses`` the files of those that it reads. ``internal``: only other views may read it; a user's
    report may not name it. A ledger names the ``steps`` at which its rows leave, in order, and the ``adjustment``,
    the step that takes money and no rows. ``stored`` is the table of a snapshot that holds its rows for a whole
    organization. ``given`` are variables that a session learns from other views: it is created when they are known.
    """

    name: str
    sql: str
    orders_from: str | None
    defines: frozenset[str]
    uses: frozenset[str]
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
def load_shared_view(name: str) -> SharedViewFile:
    """Load the file of the shared view ``name``."""
    return parse_shared_view(name, read_sql(f"base/{name}"))


def load_shared_views() -> tuple[SharedViewFile, ...]:
    """Load all shared views, each after those it depends on."""
    return tuple(map(load_shared_view, SHARED_VIEWS))


def parse_shared_view(name: str, sql: str) -> SharedViewFile:
    """Parse the file of the shared view ``name``. Raises HeaderError naming the wrong key."""
    text, body = split_header(sql, f"base/{name}")
    header = parse_header(text, f"base/{name}", SHARED_VIEW)
    return SharedViewFile(
        name,
        sql,
        header.get("orders_from"),
        frozenset(_CREATED.findall(body)),
        find_shared_views(body) - {name},
        header.get("internal", False),
        tuple([steps] if isinstance(steps := header.get("steps", []), str) else steps),
        header.get("adjustment", ""),
        header.get("stored", ""),
        tuple([given] if isinstance(given := header.get("given", []), str) else given),
    )


def find_shared_views(sql: str) -> frozenset[str]:
    """Return the names of the files of the shared views and macros that ``sql`` reads."""
    files = _map_objects()
    return frozenset(files[name] for name in list_named(sql) if name in files)


@cache
def _map_objects() -> Mapping[str, str]:
    """Map each shared view and macro to the file that makes it."""
    return {made: file for file in SHARED_VIEWS for made in _CREATED.findall(read_sql(f"base/{file}"))}


def select_shared_views(names: Iterable[str], *, has_stored: bool = False) -> list[SharedViewFile]:
    """Return the shared views ``names`` and those that they read, in the order in which they are created.

    ``has_stored``: what the snapshot holds of a stored view is read in place of other views.
    """

    def find_uses(name: str) -> frozenset[str]:
        view = load_shared_view(name)
        return frozenset() if has_stored and view.stored and view.orders_from is None else view.uses

    return [load_shared_view(name) for name in _add_needed(names, find_uses)]


def _add_needed(names: Iterable[str], find_uses: Callable[[str], frozenset[str]]) -> list[str]:
    """Return ``names`` and all that they need, in the order in which views are created."""
    selected = set(names)
    for name in reversed(SHARED_VIEWS):
        if name in selected:
            selected |= find_uses(name)
    return [name for name in SHARED_VIEWS if name in selected]


def list_stored_views() -> list[SharedViewFile]:
    """Return the shared views that a snapshot stores, and those that they need."""
    return select_shared_views(view.name for view in load_shared_views() if view.stored)


@cache
def digest_shared_views() -> str:
    """Return a digest of the SQL by which stored views are made: of other SQL, they would be others.

    Every session needs it, so no header is parsed for it.
    """
    texts = {name: read_sql(f"base/{name}") for name in SHARED_VIEWS}
    stored = [name for name, sql in texts.items() if _IS_STORED.search(sql)]
    needed = _add_needed(stored, lambda name: find_shared_views(texts[name]))
    text = read_rules() + "".join(texts[name] for name in needed)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def list_own_sql_views() -> list[SharedViewFile]:
    """Return the shared views that a user's SQL may read, and those that these need."""
    return select_shared_views(view.name for view in load_shared_views() if not view.internal)
