"""What a report left out (contract, section 9): sales of the window, rows of the scope.

A report without a window is told of sales of all time.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .figures import purchases_made
from .numbers import round_all, total
from .payments import change_given
from .sales import amount_of, is_void_work_order
from .scope import CHILDREN, MAIN_TABLES
from .sections import rows_made, undated_deliveries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .clock import Window
    from .rows import Export, Order, WorkOrder
    from .sales import Purchase, Sales
    from .scope import Book
    from .sections import Created

Record = dict[str, Any]

FRESH_DAYS = timedelta(days=2)


def data_quality(export: Export, sales: Sales, window: Window | None, previous: Window | None) -> Record:
    """Every key but `snapshot`."""
    purchases, counts = purchases_made(sales, window), sales.book.counts
    answer = {
        **_left_out(sales, window, purchases),
        "other_currency": _other_currency(purchases),
        "null_amounts": sum(purchase.stated is None for purchase in purchases),
        "negative_amounts": sum(purchase.amount < 0 for purchase in purchases),
        "duplicate_rows": _map(counts.duplicate_rows, *MAIN_TABLES, *CHILDREN),
        "refused_rows": _map(counts.refused_rows, *counts.refused_rows),
        "emptied_cells": {
            table: _map(cells, *cells) for table, cells in sorted(counts.emptied_cells.items())
        },
        "rows_after_as_of": _map(counts.rows_after_as_of, *MAIN_TABLES),
        "rows": _map(counts.rows, *MAIN_TABLES),
        "latest": _latest(sales.book),
        "unfilled": None if window is None else _unfilled(sales.book, window, previous),
        "adopted_branches": sales.book.scope.adopted_branches,
        "adopted_rows": _map(counts.adopted_rows, *counts.adopted_rows),
        **_sales(sales, window, purchases),
        "cut": counts.cut,
        "missing_tables": export.missing_tables,
        "missing_columns": export.missing_columns,
    }
    rounded: Record = round_all(answer)
    return rounded


def _map(counts: Mapping[str, int], *names: str) -> dict[str, int]:
    """Ordered by key, without what is 0."""
    return {name: counts[name] for name in sorted(names) if counts[name]}


def _left_out(sales: Sales, window: Window | None, purchases: list[Purchase]) -> Record:
    nobody = [purchase for purchase in purchases if purchase.reason is not None]
    reasons = sorted({purchase.reason for purchase in nobody if purchase.reason})
    void = [order for order in sales.book.orders.values() if sales.is_void_order(order)]
    work_orders = list((sales.book.work_orders or {}).values())
    void_alone = [row for row in work_orders if is_void_work_order(row) and not sales.is_linked(row)]
    own = [row for row in work_orders if not is_void_work_order(row) and row.status != "quote"]
    linked = [row for row in own if sales.is_linked(row)]
    outside = [row for row in own if row.pos_order_id is not None and not sales.is_linked(row)]
    absent = sales.book.work_orders is None
    return {
        "unattributed": {
            reason: _purchases(purchase for purchase in nobody if purchase.reason == reason)
            for reason in reasons
        },
        "linked_work_orders": None if absent else _rows(linked, sales, window, paid=True),
        "link_outside_scope": None if absent else _rows(outside, sales, window, paid=True),
        "void": _rows([*void, *void_alone], sales, window, paid=False),
        "unpaid": _purchases(purchase for purchase in purchases if not purchase.recognised),
    }


def _sales(sales: Sales, window: Window | None, purchases: list[Purchase]) -> Record:
    """What explains why figures of the same sales come to different sums."""
    book, sold = sales.book, [purchase for purchase in purchases if purchase.recognised]
    return {
        "refunded_in_part": None if book.credit_notes is None else _refunded_in_part(sold),
        "change_given": change_given(sales, window),
        "institutional": _institutional(sold),
        "undated_deliveries": undated_deliveries(sales, window),
        "not_itemised": _not_itemised(sales, sold),
        "not_in_payments": _not_in_payments(sales, sold),
    }


def _purchases(purchases: Iterable[Purchase]) -> Record:
    listed = list(purchases)
    return {"count": len(listed), "amount": amount_of(listed)}


def _rows(rows: Iterable[Order | WorkOrder], sales: Sales, window: Window | None, *, paid: bool) -> Record:
    """Count rows of the window; with `paid`, only the paid ones bring an amount."""
    in_period = rows_made(rows, sales, window)
    return {
        "count": len(in_period),
        "amount": total(
            row.total_amount or Decimal(0)
            for row in in_period
            if sales.is_report_currency(row.currency) and (not paid or sales.is_paid(row))
        ),
    }


def _other_currency(purchases: list[Purchase]) -> list[Record]:
    others = [purchase for purchase in purchases if not purchase.is_report_currency]
    return [
        {
            "currency": currency,
            "count": sum(purchase.currency == currency for purchase in others),
            "amount": total(purchase.amount for purchase in others if purchase.currency == currency),
        }
        for currency in sorted({purchase.currency for purchase in others})
    ]


def _refunded_in_part(sold: list[Purchase]) -> Record:
    result = [purchase for purchase in sold if purchase.part_refund]
    return {
        "count": len(result),
        "amount": total(
            purchase.part_refund.given_back
            for purchase in result
            if purchase.part_refund and purchase.is_report_currency
        ),
    }


def _institutional(sold: list[Purchase]) -> Record:
    """The part that an institution owes or has paid."""
    parts = [
        (purchase, purchase.order.institutional_amount)
        for purchase in sold
        if purchase.order and (purchase.order.institutional_amount or 0) > 0
    ]
    return {
        "count": len(parts),
        "amount": total(amount for purchase, amount in parts if amount and purchase.is_report_currency),
    }


def _not_itemised(sales: Sales, sold: list[Purchase]) -> Record | None:
    if sales.book.items is None:
        return None
    itemised = {item.order_id for item in sales.book.items}
    return _purchases(
        purchase
        for purchase in sold
        if not (purchase.order and purchase.order.id in itemised and purchase.part_refund is None)
    )


def _not_in_payments(sales: Sales, sold: list[Purchase]) -> Record | None:
    if sales.book.payments is None:
        return None
    paid = {payment.order_id for payment in sales.book.payments}
    return _purchases(purchase for purchase in sold if not (purchase.order and purchase.order.id in paid))


def _latest(book: Book) -> Record:
    """The newest row of each table."""
    created: dict[str, Iterable[Created]] = {
        "customers": book.customers.values(),
        "lab_work_orders": (book.work_orders or {}).values(),
        "orders": book.orders.values(),
        "quotes": book.quotes or (),
    }
    newest: Record = {
        table: max((book.clock.local(row.created_at) for row in rows), default=None)
        for table, rows in created.items()
    }
    newest["appointments"] = max((row.appointment_date for row in book.appointments or ()), default=None)
    return dict(sorted(newest.items()))


def _unfilled(book: Book, window: Window, previous: Window | None) -> list[str]:
    """The windows that begin before the first row or, the current one, end long after the last."""
    days = sorted(_sale_days(book))
    names = []
    if not days or window.first < days[0] or book.clock.today - days[-1] > FRESH_DAYS:
        names.append("current")
    if previous is not None and (not days or previous.first < days[0]):
        names.append("previous")
    return names


def _sale_days(book: Book) -> list[date]:
    rows: list[Created] = [*book.orders.values(), *(book.work_orders or {}).values()]
    return [book.clock.date(row.created_at) for row in rows]
