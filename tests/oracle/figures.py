"""The figures of one window, exact, and how they changed since another (contract, section 6)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .numbers import average, percent, total
from .sales import amount_of, amounts_by_order
from .sections import appointments, delivery, quotes, rows_made, work_orders

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .clock import Window
    from .sales import Purchase, Sales

Record = dict[str, Any]

RECURRING = 2
# Figures whose change is a difference; of all others it is a percentage.
DIFFERENCES = {"quote_conversion_pct", "appointment_completion_pct", "average_delivery_days"}


def window_figures(sales: Sales, window: Window) -> Record:
    """Every figure of a window, in the order of the key figures."""
    created = purchases_made(sales, window)
    return {
        **_revenue(sales, created),
        "outstanding_amount": outstanding(sales, created),
        "orders_count": len(rows_made(sales.book.orders.values(), sales, window)),
        **_row_counts(sales, window),
        **_customers(sales, window, created),
        "average_quote_value": quotes(sales, window)["average_value"],
        "quote_conversion_pct": quotes(sales, window)["conversion_pct"],
        "appointment_completion_pct": appointments(sales, window)["completion_pct"],
        "average_delivery_days": delivery(sales, window)["average_days"],
    }


def changes(now: Record, before: Record) -> Record:
    """Each figure over the previous window, and by how much it changed."""
    return {
        name: {"previous": before[name], "change": _change(name, value, before[name])}
        for name, value in now.items()
    }


def _change(name: str, now: Any, before: Any) -> Fraction | None:
    if now is None or before is None:
        return None
    difference = Fraction(now) - Fraction(before)
    return difference if name in DIFFERENCES else percent(difference, before)


def purchases_made(sales: Sales, window: Window | None) -> list[Purchase]:
    """The purchases of a window, or of all time."""
    return [created for created in sales.purchases if window is None or window.holds_moment(created.moment)]


def outstanding(sales: Sales, created: Iterable[Purchase]) -> Decimal:
    """What is owed of some purchases: an order's payments are taken off, a work order owes it all."""
    paid = amounts_by_order(sales.book.payments or [])
    return total(
        max(Decimal(0), purchase.amount - paid.get(purchase.order.id if purchase.order else "", Decimal(0)))
        for purchase in created
        if not purchase.recognised and purchase.is_report_currency
    )


def _revenue(sales: Sales, created: list[Purchase]) -> Record:
    sold = [purchase for purchase in created if purchase.recognised]
    by_channel = {
        channel: [purchase for purchase in sold if purchase.channel == channel]
        for channel in ("pos", "work_order", "other")
    }
    absent = sales.book.work_orders is None
    return {
        "total_revenue": amount_of(sold),
        "pos_revenue": amount_of(by_channel["pos"]),
        "work_order_revenue": None if absent else amount_of(by_channel["work_order"]),
        "other_revenue": amount_of(by_channel["other"]),
        "sales_count": len(sold),
        "average_ticket": _average_amount(sold),
        "average_pos_ticket": _average_amount(by_channel["pos"]),
        "average_work_order_ticket": _average_amount(by_channel["work_order"]),
    }


def _average_amount(purchases: list[Purchase]) -> Fraction | None:
    return average(amount_of(purchases), sum(purchase.is_report_currency for purchase in purchases))


def _row_counts(sales: Sales, window: Window) -> Record:
    return {
        "work_orders_count": work_orders(sales, window)["total"],
        "quotes_count": quotes(sales, window)["total"],
        "appointments_count": appointments(sales, window)["total"],
    }


def _customers(sales: Sales, window: Window, created: list[Purchase]) -> Record:
    buying = Counter(purchase.customer for purchase in created if purchase.customer is not None)
    return {
        "customers_new": len(rows_made(sales.book.customers.values(), sales, window)),
        "customers_buying": len(buying),
        "customers_recurring": sum(count >= RECURRING for count in buying.values()),
    }
