"""The layout of each answer, as data: which report goes where. JSON keys and screens follow this order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import UnknownNameError
from opttius_cli.i18n import _
from opttius_cli.names import meant

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Place:
    """A report and the path of keys where an answer puts it.

    ``columns`` takes only some of its columns: for a figure that another section repeats.
    """

    path: tuple[str, ...]
    report: str
    only: tuple[tuple[str, str], ...] = ()
    """Pairs of (column of the report, key in the answer)."""


def _at(path: str, report: str, **only: str) -> Place:
    return Place(tuple(path.split(".")), report, tuple(only.items()))


DASHBOARD = (
    _at("kpis", "dashboard/sales"),
    _at("kpis", "dashboard/outstanding"),
    _at("kpis", "dashboard/activity"),
    _at("kpis", "dashboard/customers"),
    _at(
        "kpis", "dashboard/quotes", average_value="average_quote_value", conversion_pct="quote_conversion_pct"
    ),
    _at("kpis", "dashboard/appointments", completion_pct="appointment_completion_pct"),
    _at("kpis", "dashboard/delivery", average_days="average_delivery_days"),
    _at("work_orders", "dashboard/work_orders"),
    _at("work_orders.by_status", "dashboard/work_orders_by_status"),
    _at("work_orders.delivery", "dashboard/delivery"),
    _at("quotes", "dashboard/quotes"),
    _at("quotes.by_status", "dashboard/quotes_by_status"),
    _at("appointments", "dashboard/appointments"),
    _at("appointments.by_status", "dashboard/appointments_by_status"),
    _at("payment_methods", "dashboard/payment_source"),
    _at("payment_methods.methods", "dashboard/payment_methods"),
    _at("products.top", "dashboard/top_products"),
    _at("products.category_revenue", "dashboard/category_revenue"),
    _at("products.inventory", "dashboard/inventory"),
    _at("trends.sales", "dashboard/trend_sales"),
    _at("trends.customers", "dashboard/trend_customers"),
    _at("trends.work_orders", "dashboard/trend_work_orders"),
    _at("trends.quotes", "dashboard/trend_quotes"),
    _at("trends.appointments", "dashboard/trend_appointments"),
)

CUSTOMER = (
    _at("customer", "customers/profile"),
    _at("analytics", "customers/analytics"),
    _at("order_status_counts", "customers/order_status_counts"),
    _at("favourite_products", "customers/favourite_products"),
    _at("monthly_spending", "customers/monthly_spending"),
    _at("quotes", "customers/quotes"),
    _at("quotes.by_status", "customers/quotes_by_status"),
    _at("appointments", "customers/appointments"),
    _at("appointments.by_status", "customers/appointments_by_status"),
    _at("work_orders", "customers/work_orders"),
    _at("work_orders.by_status", "customers/work_orders_by_status"),
    _at("timeline", "customers/timeline"),
)

CUSTOMERS = (_at("summary", "customers/summary"), _at("rows", "customers/list"))

LOADED = (_at("rows", "quality/loaded"), _at("rejects", "quality/rejects"))
LOADED_FOR_READER = (_at("rows", "quality/seen"), _at("rejects", "quality/rejects"))
"""The answer to an admin who loads: nothing reveals how much there is outside the admin's branches."""
FINDINGS = (_at("rows", "quality/findings"), _at("rejects", "quality/rejects"))

SCHEMES = {"lifecycle": "segments/lifecycle", "rfm": "segments/rfm"}
"""The segmentations of customers, each a report with one row per segment."""

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
}
"""The reports that ``opttius export`` offers besides the dashboard, by the names people type."""


BOARDS = {"dashboard": DASHBOARD, "customer": CUSTOMER, "check": FINDINGS}
"""The answers that consist of several reports, by the names of their commands."""


def rows(report: str) -> tuple[Place, ...]:
    """Return the layout of an answer that is one list."""
    return (Place(("rows",), report),)


def sections(places: Sequence[Place], wanted: Sequence[str]) -> tuple[Place, ...]:
    """Return the slots of the sections ``names`` (of all sections when it is empty).

    Raises:
        UnknownNameError: there is no such section.
    """
    names = list(dict.fromkeys(place.path[0] for place in places))
    for name in wanted:
        if meant(name, names) is None:
            raise UnknownNameError(_("section"), name, names)
    chosen = {meant(name, names) for name in wanted}
    return tuple(place for place in places if not wanted or place.path[0] in chosen)


QUALITY_OF_ROWS = (
    _at("duplicate_rows", "quality/duplicate_rows"),
    _at("refused_rows", "quality/refused_rows"),
    _at("rows_after_as_of", "quality/rows_after_as_of"),
    _at("rows", "quality/rows"),
    _at("missing_tables", "quality/missing_tables"),
    _at("missing_columns", "quality/missing_columns"),
)
"""What was left out of the rows: all that can be said before figures are computed."""

QUALITY = (
    _at("unattributed", "quality/unattributed"),
    Place((), "quality/left_out"),
    _at("other_currency", "quality/other_currency"),
    Place((), "quality/odd_amounts"),
    *QUALITY_OF_ROWS,
)
"""What was left out (metrics 9): the same in every answer with figures."""
