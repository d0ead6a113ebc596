"""The dashboard: key figures, sections and trends of one window (contract, section 6)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .numbers import average, money, percent, quantile, rounded, total
from .products import products
from .sales import is_void_order

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from .clock import Window
    from .rows import Appointment, Quote, WorkOrder
    from .sales import Purchase, Sales

Record = dict[str, Any]

PENDING = (
    "quote",
    "ordered",
    "on_hold_payment",
    "sent_to_lab",
    "in_progress_lab",
    "ready_at_lab",
    "received_from_lab",
    "mounted",
    "quality_check",
)
WORK_ORDER_BUCKETS = {
    **dict.fromkeys(PENDING, "pending"),
    "ready_for_pickup": "ready",
    "delivered": "completed",
    "cancelled": "cancelled",
    "returned": "returned",
}
QUOTE_BUCKETS = {
    "draft": "open",
    "sent": "open",
    "accepted": "accepted",
    "converted_to_work": "converted",
    "rejected": "rejected",
    "expired": "expired",
}
APPOINTMENT_BUCKETS = {name: name for name in ("scheduled", "confirmed", "completed", "cancelled", "no_show")}
DAY_SECONDS = 86_400
RECURRING = 2


def dashboard(sales: Sales, window: Window, previous: Window | None) -> Record:
    """Every part of the dashboard that the contract defines, rounded."""
    sections: Record = {
        "work_orders": _work_orders(sales, window),
        "quotes": _quotes(sales, window),
        "appointments": _appointments(sales, window),
    }
    return {
        "period": {"from": window.first, "to": window.last, "days": window.days},
        "previous": None if previous is None else {"from": previous.first, "to": previous.last},
        "kpis": {
            **_revenue(sales, window, previous),
            **_row_counts(sections, sales, window),
            **_customers(sales, window),
            "average_quote_value": sections["quotes"]["average_value"],
            "quote_conversion_pct": sections["quotes"]["conversion_pct"],
            "appointment_completion_pct": sections["appointments"]["completion_pct"],
            "average_delivery_days": sections["work_orders"]["delivery"]["average_days"],
        },
        **sections,
        "payment_methods": _payment_methods(sales, window),
        "products": products(sales, window),
        "trends": _trends(sales, window),
    }


def in_window(purchases: Iterable[Purchase], window: Window) -> list[Purchase]:
    """The purchases made in a window."""
    return [purchase for purchase in purchases if window.holds_moment(purchase.moment)]


def _revenue(sales: Sales, window: Window, previous: Window | None) -> Record:
    purchases = in_window(sales.purchases, window)
    sold = [purchase for purchase in purchases if purchase.recognised]
    by_channel = {
        channel: [purchase for purchase in sold if purchase.channel == channel]
        for channel in ("pos", "work_order", "other")
    }
    revenue = total(purchase.counted for purchase in sold)
    before = None if previous is None else _revenue_of(sales, previous)
    absent = sales.book.work_orders is None
    return {
        "total_revenue": money(revenue),
        "pos_revenue": _sum(by_channel["pos"]),
        "work_order_revenue": None if absent else _sum(by_channel["work_order"]),
        "other_revenue": _sum(by_channel["other"]),
        "previous_revenue": None if before is None else money(before),
        "revenue_growth_pct": None if not before else percent(revenue - before, before),
        "sales_count": len(sold),
        "average_ticket": _average_amount(sold),
        "average_pos_ticket": _average_amount(by_channel["pos"]),
        "average_work_order_ticket": _average_amount(by_channel["work_order"]),
        "outstanding_amount": _outstanding(sales, purchases),
    }


def _revenue_of(sales: Sales, window: Window) -> Decimal:
    return total(purchase.counted for purchase in in_window(sales.purchases, window) if purchase.recognised)


def _sum(purchases: list[Purchase]) -> Decimal:
    return money(total(purchase.counted for purchase in purchases))


def _average_amount(purchases: list[Purchase]) -> Decimal | None:
    counted = [purchase.amount for purchase in purchases if purchase.is_report_currency]
    return average(total(counted), len(counted))


def _outstanding(sales: Sales, purchases: list[Purchase]) -> Decimal:
    paid: Counter[str] = Counter()
    for payment in sales.book.payments or ():
        paid[payment.order_id] += payment.amount  # type: ignore[assignment]
    owed = (
        purchase.counted - (paid[purchase.order.id] if purchase.order else 0)
        for purchase in purchases
        if not purchase.recognised and purchase.is_report_currency
    )
    return money(total(max(Decimal(0), amount) for amount in owed))


def _row_counts(sections: Record, sales: Sales, window: Window) -> Record:
    days = [sales.book.clock.date(order.created_at) for order in sales.book.orders.values()]
    return {
        "orders_count": sum(window.holds(day) for day in days),
        "work_orders_count": sections["work_orders"]["total"],
        "quotes_count": sections["quotes"]["total"],
        "appointments_count": sections["appointments"]["total"],
    }


def _customers(sales: Sales, window: Window) -> Record:
    clock, customers = sales.book.clock, sales.book.customers.values()
    recent = clock.today - timedelta(days=sales.settings.active_days - 1)
    created = [clock.date(customer.created_at) for customer in customers]
    buying = Counter(
        purchase.customer for purchase in in_window(sales.purchases, window) if purchase.customer is not None
    )
    active = {purchase.customer for purchase in sales.purchases if purchase.day >= recent} - {None}
    return {
        "customers_total": len(customers),
        "customers_active": len(active),
        "customers_enabled": sum(customer.is_active is not False for customer in customers),
        "customers_new": sum(window.holds(day) for day in created),
        "customers_new_this_month": sum(day >= clock.today.replace(day=1) for day in created),
        "customers_buying": len(buying),
        "customers_recurring": sum(count >= RECURRING for count in buying.values()),
    }


def by_status(rows: Iterable[WorkOrder | Quote | Appointment]) -> dict[str, int]:
    """Rows for each stored status; a null one is `unknown`."""
    return dict(sorted(Counter(row.status or "unknown" for row in rows).items()))


def _buckets(names: Iterable[str | None], buckets: Iterable[str]) -> dict[str, int]:
    counts = Counter(name or "unknown" for name in names)
    return {bucket: counts[bucket] for bucket in [*dict.fromkeys(buckets), "unknown"]}


def _work_orders(sales: Sales, window: Window) -> Record:
    work_orders = sales.book.work_orders
    if work_orders is None:
        return _absent(
            ["total", *dict.fromkeys(WORK_ORDER_BUCKETS.values()), "unknown", "by_status"],
            delivery=_absent(["count", "average_days", "median_days", "p90_days", "on_time_pct"]),
        )
    rows = [row for row in work_orders.values() if window.holds(sales.book.clock.date(row.created_at))]
    buckets = _buckets(
        (WORK_ORDER_BUCKETS.get(row.status or "") for row in rows), WORK_ORDER_BUCKETS.values()
    )
    return {
        "total": len(rows),
        **buckets,
        "by_status": by_status(rows),
        "delivery": _delivery(sales, window, list(work_orders.values())),
    }


def _absent(keys: Iterable[str], **sections: Record) -> Record:
    """A record whose table is absent keeps its keys."""
    return {**dict.fromkeys(keys), **sections}


def _delivery(sales: Sales, window: Window, work_orders: list[WorkOrder]) -> Record:
    clock = sales.book.clock
    lasted: list[Fraction] = []
    on_time: list[bool] = []
    for row in work_orders:
        if row.ordered_at is None or row.delivered_at is None or row.ordered_at > row.delivered_at:
            continue
        if row.delivered_at > clock.as_of or not window.holds(clock.date(row.delivered_at)):
            continue
        lasted.append(_days(row.delivered_at - row.ordered_at))
        if row.estimated_on is not None:
            on_time.append(clock.date(row.delivered_at) <= row.estimated_on)
    return {
        "count": len(lasted),
        "average_days": rounded(sum(lasted, Fraction(0)) / len(lasted), 1) if lasted else None,
        "median_days": rounded(quantile(lasted, Fraction(1, 2)), 1) if lasted else None,
        "p90_days": rounded(quantile(lasted, Fraction(9, 10)), 1) if lasted else None,
        "on_time_pct": percent(sum(on_time), len(on_time)),
    }


def _days(length: timedelta) -> Fraction:
    return Fraction(length // timedelta(microseconds=1), DAY_SECONDS * 1_000_000)


def _quotes(sales: Sales, window: Window) -> Record:
    if sales.book.quotes is None:
        return _absent(
            [
                "total",
                *dict.fromkeys(QUOTE_BUCKETS.values()),
                "unknown",
                "by_status",
                "conversion_pct",
                "decided_conversion_pct",
                "average_value",
                "open_value",
            ]
        )
    rows = [row for row in sales.book.quotes if window.holds(sales.book.clock.date(row.created_at))]
    counts = _buckets((_quote_bucket(row, sales.book.clock.today) for row in rows), QUOTE_BUCKETS.values())
    valued = [row for row in rows if row.amount is not None and sales.is_report_currency(row.currency)]
    won = counts["accepted"] + counts["converted"]
    open_rows = [row for row in valued if _quote_bucket(row, sales.book.clock.today) == "open"]
    return {
        "total": len(rows),
        **counts,
        "by_status": by_status(rows),
        "conversion_pct": percent(won, len(rows)),
        "decided_conversion_pct": percent(won, won + counts["rejected"] + counts["expired"]),
        "average_value": average(total(row.amount or Decimal(0) for row in valued), len(valued)),
        "open_value": money(total(row.amount or Decimal(0) for row in open_rows)),
    }


def _quote_bucket(quote: Quote, today: date) -> str | None:
    bucket = QUOTE_BUCKETS.get(quote.status or "")
    return "expired" if bucket == "open" and quote.expires_on and quote.expires_on < today else bucket


def _appointments(sales: Sales, window: Window) -> Record:
    if sales.book.appointments is None:
        return _absent(
            ["total", *APPOINTMENT_BUCKETS, "unknown", "by_status", "completion_pct", "attendance_pct"]
        )
    rows = [row for row in sales.book.appointments if window.holds(row.appointment_date)]
    counts = _buckets((APPOINTMENT_BUCKETS.get(row.status or "") for row in rows), APPOINTMENT_BUCKETS)
    return {
        "total": len(rows),
        **counts,
        "by_status": by_status(rows),
        "completion_pct": percent(counts["completed"], len(rows)),
        "attendance_pct": percent(counts["completed"], counts["completed"] + counts["no_show"]),
    }


def _payment_methods(sales: Sales, window: Window) -> Record:
    table = sales.book.payments is not None
    pairs = _paid_by_payments(sales, window) if table else _paid_by_orders(sales, window)
    amounts: dict[str, list[Decimal]] = {}
    for method, amount in pairs:
        amounts.setdefault(method, []).append(amount)
    ordered = sorted(amounts.items(), key=lambda entry: (-total(entry[1]), entry[0]))
    return {
        "source": "order_payments" if table else "orders",
        "methods": [
            {"method": method, "count": len(values), "amount": money(total(values))}
            for method, values in ordered
        ],
    }


def _paid_by_payments(sales: Sales, window: Window) -> list[tuple[str, Decimal]]:
    return [
        (payment.method or "unknown", payment.amount)
        for payment in sales.book.payments or ()
        if payment.paid_at is not None
        and window.holds(sales.book.clock.date(payment.paid_at))
        and not is_void_order(sales.book.orders[payment.order_id])
        and sales.is_report_currency(sales.book.orders[payment.order_id].currency)
    ]


def _paid_by_orders(sales: Sales, window: Window) -> list[tuple[str, Decimal]]:
    return [
        (purchase.order.payment_method_type or "unknown", purchase.amount)
        for purchase in in_window(sales.purchases, window)
        if purchase.order and purchase.recognised and purchase.is_report_currency
    ]


def _trends(sales: Sales, window: Window) -> Record:
    book, clock = sales.book, sales.book.clock
    sold = [purchase for purchase in in_window(sales.purchases, window) if purchase.recognised]
    return {
        "sales": [
            {
                "date": day,
                "value": money(total(purchase.counted for purchase in sold if purchase.day == day)),
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
