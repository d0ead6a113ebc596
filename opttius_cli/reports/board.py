"""What each command answers, as data: which report stands where. JSON keys and screens follow this order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A report and the keys under which an answer puts it.

    ``only`` takes some columns of it: a figure that a section defines and another one repeats.
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
    _at("kpis", "dashboard/quotes", average_value="average_quote_value", conversion_pct="quote_conversion_pct"),
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

QUALITY = (
    _at("unattributed", "quality/unattributed"),
    Place((), "quality/left_out"),
    _at("other_currency", "quality/other_currency"),
    Place((), "quality/odd_amounts"),
    _at("duplicate_rows", "quality/duplicate_rows"),
    _at("refused_rows", "quality/refused_rows"),
    _at("rows_after_as_of", "quality/rows_after_as_of"),
    _at("rows", "quality/rows"),
    _at("missing_tables", "quality/missing_tables"),
    _at("missing_columns", "quality/missing_columns"),
)
"""What was left out (metrics 9): the same for every answer."""
