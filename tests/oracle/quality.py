"""What a report left out (contract, section 9): sales of the window, rows of the scope."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .dashboard import in_window
from .numbers import money, total
from .sales import is_void_order, is_void_work_order

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .clock import Window
    from .rows import Export, Order, WorkOrder
    from .sales import Purchase, Sales

Record = dict[str, Any]


def data_quality(export: Export, sales: Sales, window: Window) -> Record:
    """Every key but `snapshot`; no row is refused, because the model reads whole values only."""
    purchases = in_window(sales.purchases, window)
    return {
        **_sales(sales, window, purchases),
        "other_currency": _other_currency(purchases),
        "null_amounts": sum(purchase.stated is None for purchase in purchases),
        "negative_amounts": sum(purchase.amount < 0 for purchase in purchases),
        "duplicate_rows": sales.book.counts.duplicate_rows,
        "refused_rows": {},
        "rows_after_as_of": sales.book.counts.rows_after_as_of,
        "rows": sales.book.counts.rows,
        "missing_tables": export.missing_tables,
        "missing_columns": export.missing_columns,
    }


def _sales(sales: Sales, window: Window, purchases: list[Purchase]) -> Record:
    nobody = [purchase for purchase in purchases if purchase.reason is not None]
    reasons = sorted({purchase.reason for purchase in nobody if purchase.reason})
    void = [order for order in sales.book.orders.values() if is_void_order(order)]
    work_orders = list((sales.book.work_orders or {}).values())
    void_alone = [row for row in work_orders if is_void_work_order(row) and not sales.is_linked(row)]
    own = [row for row in work_orders if not is_void_work_order(row) and row.status != "quote"]
    return {
        "unattributed": {
            reason: _purchases(purchase for purchase in nobody if purchase.reason == reason)
            for reason in reasons
        },
        "linked_work_orders": _rows([row for row in own if sales.is_linked(row)], sales, window, paid=True),
        "link_outside_scope": _rows(
            [row for row in own if row.pos_order_id is not None and not sales.is_linked(row)],
            sales,
            window,
            paid=True,
        ),
        "void": _rows([*void, *void_alone], sales, window, paid=False),
        "unpaid": _purchases(purchase for purchase in purchases if not purchase.recognised),
    }


def _purchases(purchases: Iterable[Purchase]) -> Record:
    listed = list(purchases)
    return {"count": len(listed), "amount": money(total(purchase.counted for purchase in listed))}


def _rows(rows: Iterable[Order | WorkOrder], sales: Sales, window: Window, *, paid: bool) -> Record:
    """Count rows of the window; with `paid`, only the paid ones bring an amount."""
    in_period = [row for row in rows if window.holds(sales.book.clock.date(row.created_at))]
    summed = [
        row.amount or Decimal(0)
        for row in in_period
        if sales.is_report_currency(row.currency) and (not paid or sales.is_paid(row))
    ]
    return {"count": len(in_period), "amount": money(total(summed))}


def _other_currency(purchases: list[Purchase]) -> list[Record]:
    others = [purchase for purchase in purchases if not purchase.is_report_currency]
    return [
        {
            "currency": currency,
            "count": sum(purchase.currency == currency for purchase in others),
            "amount": money(total(purchase.amount for purchase in others if purchase.currency == currency)),
        }
        for currency in sorted({purchase.currency for purchase in others})
    ]
