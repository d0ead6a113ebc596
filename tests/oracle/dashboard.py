"""The dashboard: key figures, sections and trends of one window (contract, section 6)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .branches import branch_rows, goal_rows
from .figures import changes, outstanding, purchases_made, window_figures
from .numbers import percent, round_all, total
from .payments import payment_methods
from .products import products
from .sections import appointments, by_status, quotes, rows_made, work_orders

if TYPE_CHECKING:
    from datetime import date

    from .clock import Window
    from .sales import Sales

Record = dict[str, Any]


def dashboard(sales: Sales, window: Window, previous: Window | None) -> Record:
    """Every part of the dashboard from the key figures to the trends, rounded."""
    now = window_figures(sales, window)
    before = None if previous is None else window_figures(sales, previous)
    answer = {
        "kpis": _key_figures(sales, now, before),
        "changes": None if before is None else changes(now, before),
        "orders_by_status": by_status(rows_made(sales.book.orders.values(), sales, window)),
        "work_orders": work_orders(sales, window),
        "quotes": quotes(sales, window),
        "appointments": appointments(sales, window),
        "payment_methods": payment_methods(sales, window),
        "products": products(sales, window),
        "trends": _trends(sales, window),
    }
    rounded: Record = round_all(answer)
    if len(sales.book.scope.branches) > 1:
        rounded["branches"] = {"rows": branch_rows(sales, window, previous)}
    if sales.settings.goals:
        rounded["goals"] = goal_rows(sales)
    return rounded


def _key_figures(sales: Sales, now: Record, before: Record | None) -> Record:
    """The figures of the window, with those of all time put where they stand."""
    previous = None if before is None else before["total_revenue"]
    beside: dict[str, Record] = {
        "other_revenue": {
            "previous_revenue": previous,
            "revenue_growth_pct": percent(now["total_revenue"] - previous, previous) if previous else None,
        },
        "outstanding_amount": {"outstanding_total": outstanding(sales, sales.purchases)},
        "appointments_count": _customers(sales),
        "customers_new": {"customers_new_this_month": _new_this_month(sales)},
    }
    counts: Record = {}
    for name, value in now.items():
        counts |= {name: value, **beside.get(name, {})}
    return counts


def _customers(sales: Sales) -> Record:
    recent = sales.book.clock.today - timedelta(days=sales.settings.active_days - 1)
    active = {purchase.customer for purchase in sales.purchases if purchase.day >= recent} - {None}
    customers = sales.book.customers.values()
    return {
        "customers_total": len(customers),
        "customers_active": len(active),
        "customers_enabled": sum(customer.is_active is not False for customer in customers),
    }


def _new_this_month(sales: Sales) -> int:
    clock = sales.book.clock
    first = clock.today.replace(day=1)
    return sum(clock.date(customer.created_at) >= first for customer in sales.book.customers.values())


def _trends(sales: Sales, window: Window) -> Record:
    book, clock = sales.book, sales.book.clock
    sold = [purchase for purchase in purchases_made(sales, window) if purchase.recognised]
    return {
        "sales": [
            {
                "date": day,
                "value": total(purchase.counted for purchase in sold if purchase.day == day),
                "count": sum(purchase.day == day for purchase in sold),
            }
            for day in window.dates()
        ],
        "customers": _trend([clock.date(row.created_at) for row in book.customers.values()], window),
        "work_orders": None
        if book.work_orders is None
        else _trend([clock.date(row.created_at) for row in book.work_orders.values()], window),
        "quotes": None
        if book.quotes is None
        else _trend([clock.date(row.created_at) for row in book.quotes], window),
        "appointments": None
        if book.appointments is None
        else _trend([row.appointment_date for row in book.appointments], window),
    }


def _trend(days: list[date], window: Window) -> list[Record]:
    counts = Counter(days)
    return [{"date": day, "value": counts[day], "count": counts[day]} for day in window.dates()]
