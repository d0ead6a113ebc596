"""How sales were paid, and the change that was handed back (contract, section 6, `payment_methods`)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .figures import purchases_made
from .numbers import total
from .sales import amounts_by_order

if TYPE_CHECKING:
    from .clock import Window
    from .rows import Payment
    from .sales import Sales

Record = dict[str, Any]

CASH = "cash"
FIRST_OF_ALL = datetime.max.replace(tzinfo=UTC)
NOTHING = Decimal(0)


def payment_methods(sales: Sales, window: Window) -> Record:
    """Count and amount of every method; where the table is absent, orders say how they were paid."""
    by_payments = sales.book.payments is not None
    amounts: dict[str, list[Decimal]] = {}
    for method, amount in _paid_by_payments(sales, window) if by_payments else _paid_by_orders(sales, window):
        amounts.setdefault(method or "unknown", []).append(amount)
    ordered = sorted(amounts.items(), key=lambda result: (-total(result[1]), result[0]))
    return {
        "source": "order_payments" if by_payments else "orders",
        "methods": [
            {"method": method, "count": len(values), "amount": total(values)} for method, values in ordered
        ],
    }


def change_given(sales: Sales, window: Window | None) -> Record | None:
    """Orders of which change was taken off payments of the window, and how much that was."""
    if sales.book.payments is None:
        return None
    taken = _change_by_payment(sales)
    inside = [payment for payment in _counted_payments(sales, window) if taken.get(payment.id)]
    return {
        "count": len({payment.order_id for payment in inside}),
        "amount": total(taken[payment.id] for payment in inside),
    }


def _paid_by_payments(sales: Sales, window: Window) -> list[tuple[str | None, Decimal]]:
    taken = _change_by_payment(sales)
    return [
        (payment.payment_method, (payment.amount or NOTHING) - taken.get(payment.id, NOTHING))
        for payment in _counted_payments(sales, window)
    ]


def _paid_by_orders(sales: Sales, window: Window) -> list[tuple[str | None, Decimal]]:
    return [
        (purchase.order.payment_method_type, purchase.amount)
        for purchase in purchases_made(sales, window)
        if purchase.order and purchase.recognised and purchase.is_report_currency
    ]


def _counted_payments(sales: Sales, window: Window | None) -> list[Payment]:
    """Payments of orders that count, in the report's currency and of the window."""
    orders, clock = sales.book.orders, sales.book.clock
    return [
        payment
        for payment in sales.book.payments or ()
        if not sales.is_void_order(orders[payment.order_id])
        and sales.is_report_currency(orders[payment.order_id].currency)
        and (
            window is None
            or (payment.paid_at is not None and window.holds_moment(clock.local(payment.paid_at)))
        )
    ]


def _change_by_payment(sales: Sales) -> dict[str, Decimal]:
    """What of each cash payment was handed back: the latest goes first, an undated one before all."""
    payments = sales.book.payments or []
    paid = amounts_by_order(payments)
    left = {
        order.id: paid.get(order.id, NOTHING) - (order.total_amount or NOTHING)
        for order in sales.book.orders.values()
    }
    taken = {}
    by_id = sorted(
        (payment for payment in payments if payment.payment_method == CASH), key=lambda row: row.id
    )
    for payment in sorted(by_id, key=lambda row: row.paid_at or FIRST_OF_ALL, reverse=True):
        amount = max(NOTHING, min(left[payment.order_id], payment.amount or NOTHING))
        left[payment.order_id] -= amount
        taken[payment.id] = amount
    return taken
