"""The layout of each answer, as data: which report goes where. JSON keys and screens follow this order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.errors import UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.name_matching import resolve_name
from opttius_cli.reports.slots import Slot
from opttius_cli.reports.slots import build_slot as _build_slot

if TYPE_CHECKING:
    from collections.abc import Sequence

GOALS, MATCHES = "branches/goals", "customers/matches"

DASHBOARD = (
    _build_slot("kpis", "dashboard/sales"),
    _build_slot("kpis", "dashboard/outstanding"),
    _build_slot("kpis", "dashboard/activity"),
    _build_slot("kpis", "dashboard/customers"),
    _build_slot(
        "kpis", "dashboard/quotes", average_value="average_quote_value", conversion_pct="quote_conversion_pct"
    ),
    _build_slot("kpis", "dashboard/appointments", completion_pct="appointment_completion_pct"),
    _build_slot("kpis", "dashboard/delivery", average_days="average_delivery_days"),
    _build_slot("changes", "dashboard/changes"),
    _build_slot("orders_by_status", "dashboard/orders_by_status"),
    _build_slot("work_orders", "dashboard/work_orders"),
    _build_slot("work_orders.by_status", "dashboard/work_orders_by_status"),
    _build_slot("work_orders.delivery", "dashboard/delivery"),
    _build_slot("quotes", "dashboard/quotes"),
    _build_slot("quotes.by_status", "dashboard/quotes_by_status", before="conversion_pct"),
    _build_slot("appointments", "dashboard/appointments"),
    _build_slot("appointments.by_status", "dashboard/appointments_by_status", before="completion_pct"),
    _build_slot("payment_methods", "dashboard/payment_source"),
    _build_slot("payment_methods.methods", "dashboard/payment_methods"),
    _build_slot("products.top", "dashboard/top_products"),
    _build_slot("products.category_revenue", "dashboard/category_revenue"),
    _build_slot("products.inventory", "dashboard/inventory"),
    _build_slot("trends.sales", "dashboard/trend_sales"),
    _build_slot("trends.customers", "dashboard/trend_customers"),
    _build_slot("trends.work_orders", "dashboard/trend_work_orders"),
    _build_slot("trends.quotes", "dashboard/trend_quotes"),
    _build_slot("trends.appointments", "dashboard/trend_appointments"),
    _build_slot("branches.rows", "branches/branches", condition="branches"),
    _build_slot("goals", GOALS, condition="goals"),
)


def _build_drivers(prefix: str) -> tuple[Slot, ...]:
    """Return what a change of revenue is made of (metrics 14), below ``prefix``."""
    first = tuple(filter(None, prefix.split(".")))
    slots = {
        (): "summary",
        ("rows",): "groups",
        ("branch", "rows"): "by_branch",
        ("branch",): "branch_mix",
        ("channel", "rows"): "by_channel",
        ("channel",): "channel_mix",
        ("category",): "by_category",
    }
    return tuple(Slot((*first, *path), f"drivers/{report}") for path, report in slots.items())


DRIVERS = _build_drivers("")
DRIVERS_ON_SCREEN = DRIVERS[:2]
"""The waterfall; the tables by branch, channel and category are one option away."""

ON_REQUEST = (
    *_build_drivers("drivers"),
    _build_slot("worklist", "dashboard/contact_counts"),
    _build_slot("worklist.left_out", "dashboard/contact_left_out"),
    _build_slot("worklist.by_reason", "dashboard/contact_reasons"),
)
"""Sections of the dashboard that are shown only when they are asked for by name."""

WORKLIST_REPORT = "worklist/worklist"
"""The list itself: a job that has it decides the week."""
WORKLIST = (
    Slot((), "worklist/week"),
    _build_slot("rows", WORKLIST_REPORT),
    Slot((), "worklist/worklist_counts"),
    _build_slot("left_out", "worklist/worklist_left_out"),
)
_FIRST_SCREEN = {"kpis", "changes", "branches", "goals"}
OVERVIEW = (
    *(slot for slot in DASHBOARD if slot.path[0] in _FIRST_SCREEN),
    _build_slot("trends.sales", "dashboard/trend_sales"),
    _build_slot("this_week", "dashboard/this_week"),
    _build_slot("worklist.by_reason", "dashboard/contact_reasons"),
)
"""What a person's first screen of the dashboard is made of."""

REPURCHASE = "cohorts/repurchase"
"""Its figures come from a model, which a session runs before it."""
COHORTS_REPORT = "cohorts/cohorts"
COHORTS = (
    Slot((), "cohorts/head"),
    _build_slot("rows", COHORTS_REPORT),
    _build_slot("all", "cohorts/all_cohorts"),
    _build_slot("repurchase", REPURCHASE),
)
COHORTS_FOR_READERS = (COHORTS[0], _build_slot("triangle", "cohorts/triangle"), *COHORTS[1:])
"""A page or a workbook begins with the heat map of one measure."""
COHORTS_ON_SCREEN = (COHORTS[0], _build_slot("rows", "cohorts/triangle"), COHORTS[-1])
"""A screen has a triangle of one measure; the cells in full are for files."""

FORECAST_REPORT = "forecast/forecast"
FORECAST_SUMMARY = "forecast/summary"
CUSTOMER_FORECAST = _build_slot("analytics", "forecast/of_customer")
"""Added to a customer's figures only when it is asked for: it needs the curve of the whole scope."""
FORECAST_REPORTS = "forecast/"
"""Reports of this folder need the curves of a model, which a session learns before them."""
_FORECAST = (
    Slot((), FORECAST_SUMMARY),
    _build_slot("by_branch", "forecast/by_branch"),
    _build_slot("by_segment", "forecast/by_segment"),
)
_BACKTEST = (
    _build_slot("backtest", "forecast/backtest"),
    _build_slot("backtest.deciles", "forecast/deciles"),
)
FORECAST = (*_FORECAST, *_BACKTEST)
FORECAST_FOR_READERS = (*_BACKTEST, *_FORECAST)
"""People read how wrong it was before what it says."""

CUSTOMER = (
    _build_slot("customer", "customers/profile"),
    _build_slot("analytics", "customers/analytics"),
    _build_slot("order_status_counts", "customers/order_status_counts"),
    _build_slot("favourite_products", "customers/favourite_products"),
    _build_slot("monthly_spending", "customers/monthly_spending"),
    _build_slot("quotes", "customers/quotes"),
    _build_slot("quotes.by_status", "customers/quotes_by_status"),
    _build_slot("appointments", "customers/appointments"),
    _build_slot("appointments.by_status", "customers/appointments_by_status"),
    _build_slot("work_orders", "customers/work_orders"),
    _build_slot("work_orders.by_status", "customers/work_orders_by_status"),
    _build_slot("timeline", "customers/timeline"),
)

BRANCHES = (_build_slot("rows", "branches/branches"), _build_slot("goals", GOALS, condition="goals"))

CUSTOMERS = (
    _build_slot("summary", "customers/summary"),
    Slot((), "customers/matches", (("matches", "matches"), ("shown", "shown"))),
    _build_slot("rows", "customers/list"),
)
CUSTOMERS_ON_SCREEN = (
    _build_slot("summary", "customers/summary"),
    _build_slot("matches", MATCHES),
    _build_slot("rows", "customers/list"),
)
"""The same for a person, who reads the matches in a sentence, with what they bought."""

LOAD_SUMMARY = (
    _build_slot("rows", "quality/loaded"),
    _build_slot("of_nobody", "quality/of_nobody"),
    _build_slot("rejects", "quality/rejects"),
)
LOAD_SUMMARY_FOR_READER = (_build_slot("rows", "quality/seen"), _build_slot("rejects", "quality/rejects"))
"""The answer to an admin who loads: nothing reveals how much there is outside the admin's branches."""
FINDING_ROWS = (_build_slot("rows", "quality/finding_rows"),)
FINDINGS = (_build_slot("rows", "quality/findings"), _build_slot("rejects", "quality/rejects"))

SCHEMES = {"lifecycle": "segments/lifecycle", "rfm": "segments/rfm"}
"""The segmentations of customers, each a report with one row per segment."""

MOVEMENT = (
    Slot((), "segments/movement_scheme"),
    _build_slot("rows", "segments/movement"),
    _build_slot("summary", "segments/movement_summary"),
)

RECONCILE = (
    Slot((), "reconcile/ours"),
    _build_slot("rows", "reconcile/bridge"),
    Slot((), "reconcile/app"),
    _build_slot("row_cap", "reconcile/row_cap"),
    _build_slot("figures", "reconcile/figures"),
)
APP_DIFFERS = (_build_slot("app_differs", "reconcile/app_differs"),)
"""Added where the figures of the app were saved to a file."""
RECONCILE_ROWS = (Slot((), "reconcile/item"), _build_slot("listed", "reconcile/listed"))

EXPORTS = {
    "segments": "segments/segments",
    "customers": "customers/list",
    "sales": "sales/sales",
    "revenue-trend": "sales/revenue_trend",
    "frequency": "segments/frequency",
    "top-products": "sales/top_products",
    "quotes": "clinic/quotes",
    "appointments": "clinic/appointments",
    "work-orders": "clinic/work_orders",
    "branches": "branches/branches",
    "stock": "sales/stock",
    "labs": "clinic/labs",
    "sellers": "sales/sellers",
    "agreements": "sales/agreements",
    "owed": "sales/owed",
    "worklist": WORKLIST_REPORT,
    "cohorts": COHORTS_REPORT,
    "repurchase": REPURCHASE,
    "forecast": FORECAST_REPORT,
    "drivers": "drivers/groups",
    "movement": "segments/movers",
}
"""The reports that ``opttius export`` offers besides the dashboard, by the names people type."""

LISTS = {
    WORKLIST_REPORT: WORKLIST, COHORTS_REPORT: COHORTS, "drivers/groups": DRIVERS, FORECAST_REPORT: FORECAST
}  # fmt: skip
"""The lists that come with more than their rows where they are a part of a job."""
LISTS_FOR_READERS = LISTS | {COHORTS_REPORT: COHORTS_FOR_READERS, FORECAST_REPORT: FORECAST_FOR_READERS}

LAYOUTS = {
    "dashboard": DASHBOARD,
    "customer": CUSTOMER,
    "check": FINDINGS,
    "drivers": DRIVERS,
    "forecast": FORECAST,
    "movement": MOVEMENT,
    "reconcile": RECONCILE,
}
"""The answers that consist of several reports, by the names of their commands."""


def build_list_layout(report: str) -> tuple[Slot, ...]:
    """Return the layout of an answer that is one list."""
    return (Slot(("rows",), report),)


def nest_layout(slots: Sequence[Slot], name: str) -> tuple[Slot, ...]:
    """Return ``slots`` as a part of a larger answer, where all of it is under ``name``."""
    return tuple(replace(slot, path=(name, *slot.path)) for slot in slots)


def select_sections(slots: Sequence[Slot], section_names: Sequence[str]) -> tuple[Slot, ...]:
    """Return the slots of the sections ``names`` (of all sections when it is empty, but for those on request).

    Raises:
        UnknownNameError: there is no such section.
    """
    on_request = ON_REQUEST if section_names else ()
    slots = (*slots, *on_request)
    names = list(dict.fromkeys(slot.path[0] for slot in slots))
    for name in section_names:
        if resolve_name(name, names) is None:
            raise UnknownNameError(_("section"), name, names)
    selection = {resolve_name(name, names) for name in section_names}
    if not section_names:
        return tuple(slots)
    return tuple(replace(slot, condition=None) for slot in slots if slot.path[0] in selection)


_HELD = (
    _build_slot("duplicate_rows", "quality/duplicate_rows"),
    _build_slot("refused_rows", "quality/refused_rows"),
    _build_slot("emptied_cells", "quality/emptied_cells"),
    _build_slot("rows_after_as_of", "quality/rows_after_as_of"),
    _build_slot("rows", "quality/rows"),
)
_ADOPTED = (
    _build_slot("adopted_branches", "quality/adopted_branches"),
    _build_slot("adopted_rows", "quality/adopted_rows"),
)
_LACKING = (
    _build_slot("cut", "quality/cut"),
    _build_slot("missing_tables", "quality/missing_tables"),
    _build_slot("missing_columns", "quality/missing_columns"),
)

ROW_QUALITY = (*_HELD, *_ADOPTED, *_LACKING)
"""What was left out of the rows: all that can be said before figures are computed."""

QUALITY = (
    _build_slot("unattributed", "quality/unattributed"),
    Slot((), "quality/left_out"),
    _build_slot("other_currency", "quality/other_currency"),
    Slot((), "quality/odd_amounts"),
    *_HELD,
    _build_slot("latest", "quality/latest"),
    _build_slot("unfilled", "quality/unfilled"),
    *_ADOPTED,
    Slot((), "quality/counted_in_part"),
    Slot((), "quality/undated_deliveries"),
    Slot((), "quality/not_broken_down"),
    *_LACKING,
)
"""What was left out (metrics 9): the same in every answer with figures."""
