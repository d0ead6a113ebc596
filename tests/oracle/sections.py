"""Work orders, quotes and appointments of a window, exact (contract, section 6)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .numbers import average, percent, quantile, total

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from .clock import Window
    from .rows import Quote, WorkOrder
    from .sales import Sales

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
DELIVERY = ("count", "average_days", "median_days", "p90_days", "on_time_pct", "undated")
DAY_MICROSECONDS = 86_400 * 1_000_000


class Created(Protocol):
    """A row that is dated by its creation."""

    @property
    def created_at(self) -> datetime:
        """When it was created."""


class Stated(Protocol):
    """A row with a status."""

    @property
    def status(self) -> str | None:
        """The status as stored."""


M = TypeVar("M", bound=Created)


def rows_made(rows: Iterable[M], sales: Sales, window: Window | None) -> list[M]:
    """The rows created in a window, or in all time."""
    clock = sales.book.clock
    return [row for row in rows if window is None or window.holds_moment(clock.local(row.created_at))]


def by_status(rows: Iterable[Stated]) -> dict[str, int]:
    """Rows for each stored status; a null one is `unknown`."""
    return dict(sorted(Counter(row.status or "unknown" for row in rows).items()))


def _buckets(names: Iterable[str | None], buckets: Iterable[str]) -> dict[str, int]:
    result = Counter(name or "unknown" for name in names)
    return {bucket: result[bucket] for bucket in [*dict.fromkeys(buckets), "unknown"]}


def work_orders(sales: Sales, window: Window) -> Record:
    """Work orders created in a window, by how far they are, and what was delivered in it."""
    if sales.book.work_orders is None:
        keys = ["total", *dict.fromkeys(WORK_ORDER_BUCKETS.values()), "unknown", "by_status"]
        return {**dict.fromkeys(keys), "delivery": delivery(sales, window)}
    rows = rows_made(sales.book.work_orders.values(), sales, window)
    return {
        "total": len(rows),
        **_buckets((WORK_ORDER_BUCKETS.get(row.status or "") for row in rows), WORK_ORDER_BUCKETS.values()),
        "by_status": by_status(rows),
        "delivery": delivery(sales, window),
    }


def delivery(sales: Sales, window: Window) -> Record:
    """How long work orders took that were delivered in a window."""
    if sales.book.work_orders is None:
        return dict.fromkeys(DELIVERY)
    clock = sales.book.clock
    lasted: list[Fraction] = []
    on_time: list[bool] = []
    for row in sales.book.work_orders.values():
        start, end = row.ordered_at or row.created_at, row.delivered_at
        if end is None or start > end or end > clock.as_of or not window.holds_moment(clock.local(end)):
            continue
        lasted.append(Fraction((end - start) // timedelta(microseconds=1), DAY_MICROSECONDS))
        if row.lab_estimated_delivery_date is not None:
            on_time.append(clock.date(end) <= row.lab_estimated_delivery_date)
    return {
        "count": len(lasted),
        "average_days": average(sum(lasted, Fraction(0)), len(lasted)),
        "median_days": quantile(lasted, Fraction(1, 2)) if lasted else None,
        "p90_days": quantile(lasted, Fraction(9, 10)) if lasted else None,
        "on_time_pct": percent(sum(on_time), len(on_time)),
        "undated": undated_deliveries(sales, window),
    }


def undated_deliveries(sales: Sales, window: Window | None) -> int | None:
    """Work orders of a window that are delivered, and nobody wrote when."""
    if sales.book.work_orders is None:
        return None
    rows: list[WorkOrder] = rows_made(sales.book.work_orders.values(), sales, window)
    return sum(row.status == "delivered" and row.delivered_at is None for row in rows)


def quotes(sales: Sales, window: Window) -> Record:
    """Quotes created in a window, by what became of them."""
    if sales.book.quotes is None:
        keys = ("conversion_pct", "decided_conversion_pct", "average_value", "open_value")
        return dict.fromkeys(["total", *dict.fromkeys(QUOTE_BUCKETS.values()), "unknown", "by_status", *keys])
    today = sales.book.clock.today
    rows = rows_made(sales.book.quotes, sales, window)
    result = _buckets((_quote_bucket(row, today) for row in rows), QUOTE_BUCKETS.values())
    valued = [row for row in rows if row.total_amount is not None and sales.is_report_currency(row.currency)]
    won = result["accepted"] + result["converted"]
    return {
        "total": len(rows),
        **result,
        "by_status": by_status(rows),
        "conversion_pct": percent(won, len(rows)),
        "decided_conversion_pct": percent(won, won + result["rejected"] + result["expired"]),
        "average_value": average(total(row.total_amount for row in valued if row.total_amount), len(valued)),
        "open_value": total(
            row.total_amount for row in valued if row.total_amount and _quote_bucket(row, today) == "open"
        ),
    }


def _quote_bucket(quote: Quote, today: date) -> str | None:
    bucket = QUOTE_BUCKETS.get(quote.status or "")
    if bucket == "accepted" and quote.converted_to_work_order_id is not None:
        return "converted"
    is_late = quote.expiration_date is not None and quote.expiration_date < today
    return "expired" if bucket == "open" and is_late else bucket


def appointments(sales: Sales, window: Window) -> Record:
    """Appointments of a window; they have dates only, so no day of it is cut."""
    if sales.book.appointments is None:
        return dict.fromkeys(
            ["total", *APPOINTMENT_BUCKETS, "unknown", "by_status", "completion_pct", "attendance_pct"]
        )
    rows = [row for row in sales.book.appointments if window.holds(row.appointment_date)]
    result = _buckets((APPOINTMENT_BUCKETS.get(row.status or "") for row in rows), APPOINTMENT_BUCKETS)
    return {
        "total": len(rows),
        **result,
        "by_status": by_status(rows),
        "completion_pct": percent(result["completed"], len(rows)),
        "attendance_pct": percent(result["completed"], result["completed"] + result["no_show"]),
    }
