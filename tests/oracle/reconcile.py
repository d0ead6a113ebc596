"""The way from our revenue to the figure of the app's dashboard, row by row (contract, section 16)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from .figures import window_figures
from .numbers import percent, rounded, total
from .sales import is_void_work_order
from .sections import work_orders as work_order_section

if TYPE_CHECKING:
    from .clock import Window
    from .rows import Export, Order, WorkOrder
    from .sales import Sales

Record = dict[str, Any]
ITEMS = (
    *("window_edge", "not_pos", "delivered_unpaid", "void_orders", "refunded_in_part", "linked_again"),
    *("void_work_orders", "quote_work_orders", "other_currency", "paid_statuses", "duplicate_rows"),
    *("no_branch", "unexplained"),
)
CAP = 1000
PENDING_IN_APP = {"quote", "ordered", "sent_to_lab", "received_from_lab", "mounted", "quality_check"}
NOTHING = Decimal(0)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class App:
    """What the app's queries for one branch return."""

    branch: str
    start: datetime
    end: datetime

    def holds(self, row: Any) -> bool:
        """Whether a query for the window returns a row."""
        return bool(row.branch_id == self.branch and self.start <= row.created_at <= self.end)

    def dates(self) -> tuple[date, date]:
        """The dates of appointments."""
        return self.start.date(), self.end.date()


def reconcile(export: Export, sales: Sales, window: Window, previous: Window) -> Record:
    """The bridge, what is cut, and the other figures."""
    book = sales.book
    end = book.clock.as_of.astimezone(UTC)
    end = end.replace(microsecond=end.microsecond // 1000 * 1000)
    app = App(book.scope.branches[0].id, end - DAY * window.days, end)
    orders = _as_they_lie(export.orders, sales)
    work_orders = _as_they_lie(export.work_orders or [], sales)
    own = [(row, *_order(row, sales, app, window)) for row in orders]
    own += [(row, *_work_order(row, sales, app, window)) for row in work_orders]
    sums = {item: [theirs - ours for _row, item_of, ours, theirs in own if item_of == item] for item in ITEMS}
    cap = _row_cap(sales, app, orders, work_orders, window)
    is_cut = bool({"orders", "lab_work_orders"} & set(cap))
    theirs = total(amount for _row, _item, _ours, amount in own)
    figures = _figures(sales, app, orders, work_orders, (window, previous))
    return {
        "ours": total(ours for _row, _item, ours, _theirs in own),
        "rows": [
            {
                "item": item,
                "count": None if is_cut else len(sums[item]),
                "amount": None if is_cut else total(sums[item]),
            }
            for item in ITEMS
        ],
        "app": None if is_cut else theirs,
        "row_cap": cap,
        "figures": [_line(key, *values, cap=cap) for key, values in figures.items()],
    }


def _as_they_lie(rows: list[Any], sales: Sales) -> list[Any]:
    """Every row of the scope that exists, copies included."""
    book = sales.book
    return [row for row in rows if book.scope.holds(row) and row.created_at <= book.clock.as_of]


def _order(order: Order, sales: Sales, app: App, window: Window) -> tuple[str | None, Decimal, Decimal]:
    counts = order.is_pos_sale and (order.payment_status == "paid" or order.status == "delivered")
    theirs = (order.total_amount or NOTHING) if app.holds(order) and counts else NOTHING
    is_settled = sales.book.orders.get(order.id) is order
    void, part = sales.is_void_order(order), sales.part_refunds.get(order.id)
    recognised = not void and (part is not None or sales.is_paid(order))
    inside = window.holds_moment(sales.book.clock.local(order.created_at))
    amount = part.kept if part else order.total_amount or NOTHING
    in_currency = sales.is_report_currency(order.currency)
    ours = amount if is_settled and inside and recognised and in_currency else NOTHING
    classes = [
        ("no_branch", order.branch_id is None),
        ("duplicate_rows", not is_settled),
        ("window_edge", inside != app.holds(order)),
        ("void_orders", void),
        ("refunded_in_part", part is not None),
        ("other_currency", not in_currency),
        ("not_pos", recognised and not order.is_pos_sale),
        ("paid_statuses", recognised and order.payment_status != "paid"),
        ("delivered_unpaid", order.status == "delivered" and not recognised),
        ("unexplained", True),
    ]
    item = next(name for name, holds in classes if holds) if theirs != ours else None
    return item, ours, theirs


def _work_order(
    row: WorkOrder, sales: Sales, app: App, window: Window
) -> tuple[str | None, Decimal, Decimal]:
    amount = row.total_amount or NOTHING
    theirs = amount if app.holds(row) and row.payment_status == "paid" else NOTHING
    is_settled = (sales.book.work_orders or {}).get(row.id) is row
    void, linked, quote = is_void_work_order(row), sales.is_linked(row), row.status == "quote"
    recognised = sales.is_paid(row) and not (void or linked or quote)
    inside = window.holds_moment(sales.book.clock.local(row.created_at))
    in_currency = sales.is_report_currency(row.currency)
    ours = amount if is_settled and inside and recognised and in_currency else NOTHING
    classes = [
        ("no_branch", row.branch_id is None),
        ("duplicate_rows", not is_settled),
        ("window_edge", inside != app.holds(row)),
        ("void_work_orders", void),
        ("quote_work_orders", quote),
        ("linked_again", linked),
        ("other_currency", not in_currency),
        ("paid_statuses", recognised and row.payment_status != "paid"),
        ("unexplained", True),
    ]
    item = next(name for name, holds in classes if holds) if theirs != ours else None
    return item, ours, theirs


def _row_cap(sales: Sales, app: App, orders: list[Any], work_orders: list[Any], window: Window) -> Record:
    book = sales.book
    first, last = app.dates()
    before = App(app.branch, app.start - DAY * window.days, app.start)
    counts = {
        "appointments": sum(
            row.branch_id == app.branch and first <= row.appointment_date <= last
            for row in book.appointments or ()
        ),
        "customers": sum(row.branch_id == app.branch for row in book.customers.values()),
        "lab_work_orders": max(
            sum(map(app.holds, work_orders)), sum(_earlier(before, row) for row in work_orders)
        ),
        "orders": sum(map(app.holds, orders)),
        "quotes": sum(map(app.holds, book.quotes or ())),
    }
    return {table: rows for table, rows in counts.items() if rows > CAP}


def _earlier(before: App, row: Any) -> bool:
    return before.holds(row) and row.created_at < before.end


def _figures(
    sales: Sales, app: App, orders: list[Any], work_orders: list[Any], windows: tuple[Window, Window]
) -> dict[str, tuple[Any, Any, str, tuple[str, ...]]]:
    """By the app's key: our figure, the app's, why they differ, and the tables that the app reads for it."""
    book, (window, previous) = sales.book, windows
    ours, earlier = window_figures(sales, window), window_figures(sales, previous)
    made, glasses = list(filter(app.holds, orders)), list(filter(app.holds, work_orders))
    pos = total(_order(row, sales, app, window)[2] for row in orders)
    lab = total(row.total_amount or NOTHING for row in glasses if row.payment_status == "paid")
    before = App(app.branch, app.start - DAY * window.days, app.start)
    then = total(
        row.total_amount or NOTHING
        for row in work_orders
        if _earlier(before, row) and row.payment_status == "paid"
    )
    quotes = list(filter(app.holds, book.quotes or ()))
    first, last = app.dates()
    visits = [
        row
        for row in book.appointments or ()
        if row.branch_id == app.branch and first <= row.appointment_date <= last
    ]
    own = [row for row in book.customers.values() if row.branch_id == app.branch]
    several = Counter(row.customer_id for row in glasses if row.customer_id)
    won = sum(row.status in {"accepted", "converted_to_work"} for row in quotes)
    growth = percent(pos + lab - then, then) if then > 0 else Fraction(0)
    was = earlier["total_revenue"]
    change = percent(ours["total_revenue"] - was, was) if was else None
    absent_quotes, absent_visits = book.quotes is None, book.appointments is None
    absent_glasses = book.work_orders is None
    both = ("orders", "lab_work_orders")
    glasses_only = ("lab_work_orders",)
    return {
        "posRevenue": (ours["pos_revenue"], pos, "linked_in_pos", ("orders",)),
        "workOrdersRevenue": (
            ours["work_order_revenue"],
            _or(lab, absent_glasses),
            "other_rule",
            glasses_only,
        ),
        "previousRevenue": (was, then, "no_previous_pos", glasses_only),
        "revenueGrowth": (change, growth, "no_previous_pos", both),
        "totalOrders": (ours["orders_count"], len(made), "window_edge", ("orders",)),
        "totalWorkOrders": (
            ours["work_orders_count"],
            _or(len(glasses), absent_glasses),
            "window_edge",
            glasses_only,
        ),
        "totalQuotes": (ours["quotes_count"], _or(len(quotes), absent_quotes), "window_edge", ("quotes",)),
        "totalAppointments": (
            ours["appointments_count"],
            _or(len(visits), absent_visits),
            "utc_dates",
            ("appointments",),
        ),
        "totalCustomers": (len(book.customers), len(own), "other_rule", ("customers",)),
        "newCustomers": (ours["customers_new"], sum(map(app.holds, own)), "window_edge", ("customers",)),
        "recurringCustomers": (
            ours["customers_recurring"],
            sum(count > 1 for count in several.values()),
            "no_email_column",
            glasses_only,
        ),
        "avgOrderValue": (ours["average_pos_ticket"], _per(pos, len(made)), "other_rule", ("orders",)),
        "avgWorkOrderValue": (
            None if absent_glasses else ours["average_work_order_ticket"],
            _or(_per(lab, len(glasses)), absent_glasses),
            "other_rule",
            glasses_only,
        ),
        "avgQuoteValue": (
            ours["average_quote_value"],
            _or(_per(total(row.total_amount or NOTHING for row in quotes), len(quotes)), absent_quotes),
            "other_rule",
            ("quotes",),
        ),
        "quoteConversionRate": (
            ours["quote_conversion_pct"],
            _or(_per(won * 100, len(quotes)), absent_quotes),
            "other_rule",
            ("quotes",),
        ),
        "appointmentCompletionRate": (
            ours["appointment_completion_pct"],
            _or(_per(sum(row.status == "completed" for row in visits) * 100, len(visits)), absent_visits),
            "other_rule",
            ("appointments",),
        ),
        "avgDeliveryDays": (
            ours["average_delivery_days"],
            _or(_delivery(glasses), absent_glasses),
            "other_rule",
            glasses_only,
        ),
        "pendingWorkOrders": (
            work_order_section(sales, window)["pending"],
            _or(sum(row.status in PENDING_IN_APP for row in glasses), absent_glasses),
            "other_rule",
            glasses_only,
        ),
    }


def _or(value: Any, absent: bool) -> Any:  # noqa: FBT001 - a table that is not there
    return None if absent else value


def _per(amount: Decimal | int, count: int) -> Fraction:
    return Fraction(amount) / count if count else Fraction(0)


def _delivery(glasses: list[Any]) -> int:
    """Whole days, each rounded up, their mean rounded, halves up."""
    days = [
        -((_ms(row.ordered_at) - _ms(row.delivered_at)) // 86_400_000)
        for row in glasses
        if row.status == "delivered" and row.ordered_at and row.delivered_at
    ]
    return (Fraction(sum(days), len(days)) + Fraction(1, 2)).__floor__() if days else 0


def _ms(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _line(key: str, ours: Any, app: Any, why: str, tables: tuple[str, ...], *, cap: Record) -> Record:
    places = 1 if key == "avgDeliveryDays" else 2
    shown = None if ours is None else rounded(ours, places)
    theirs = None if app is None or set(tables) & set(cap) else rounded(app, 2)
    difference = None if shown is None or theirs is None else theirs - shown
    return {
        "key": key,
        "ours": shown,
        "app": theirs,
        "difference": difference,
        "why": why if difference else None,
    }
