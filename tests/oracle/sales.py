"""Purchases: which rows are one, whose, by which channel, in which currency (sections 4 and 5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from .rows import spelling

if TYPE_CHECKING:
    from datetime import date, datetime

    from .rows import Order, WorkOrder
    from .scope import Book

VOID_ORDER = {"cancelled", "refunded"}
VOID_ORDER_PAYMENT = {"failed", "refunded"}
VOID_WORK_ORDER = {"cancelled", "returned"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What configuration may change."""

    currency: str | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    paid_statuses: tuple[str, ...] = ("paid",)
    vip_min_spent: Decimal | None = None
    active_days: int = 365


@dataclass(frozen=True, slots=True)
class Purchase:
    """A customer's act of buying: an order, or a work order that stands alone."""

    id: str
    order: Order | None
    moment: datetime
    day: date
    channel: str
    recognised: bool
    currency: str
    is_report_currency: bool
    stated: Decimal | None
    customer: str | None
    reason: str | None

    @property
    def amount(self) -> Decimal:
        """The amount as it counts: a null one is 0."""
        return self.stated or Decimal(0)

    @property
    def counted(self) -> Decimal:
        """The amount where money is summed: only the report's currency."""
        return self.amount if self.is_report_currency else Decimal(0)


@dataclass(frozen=True, slots=True)
class Sales:
    """Every purchase up to as-of, with the links that settled what counts once."""

    book: Book
    settings: Settings
    currency: str
    purchases: list[Purchase]
    links: dict[str, list[WorkOrder]]
    customer_of_order: dict[str, tuple[str | None, str | None]]

    def is_linked(self, work_order: WorkOrder) -> bool:
        """Whether the order it names is in the scope and exists."""
        return work_order.pos_order_id in self.book.orders

    def is_report_currency(self, code: str | None) -> bool:
        """Whether a row's money may be summed."""
        return _canonical(code, self.currency, self.settings) == self.currency

    def is_paid(self, row: Order | WorkOrder) -> bool:
        """Whether a row's payment status makes a recognised sale."""
        return row.payment_status in self.settings.paid_statuses


def is_void_order(order: Order) -> bool:
    """Cancelled or refunded, or its payment failed or was refunded."""
    return order.status in VOID_ORDER or order.payment_status in VOID_ORDER_PAYMENT


def is_void_work_order(work_order: WorkOrder) -> bool:
    """Cancelled or returned, or its payment was refunded."""
    return work_order.status in VOID_WORK_ORDER or work_order.payment_status == "refunded"


def find_sales(book: Book, settings: Settings) -> Sales:
    """Settle links, customers and purchases over every row that exists."""
    links: dict[str, list[WorkOrder]] = defaultdict(list)
    for work_order in (book.work_orders or {}).values():
        if work_order.pos_order_id in book.orders and not is_void_work_order(work_order):
            links[work_order.pos_order_id].append(work_order)
    raw = settings.currency or book.scope.organization.currency or "CLP"
    currency = settings.aliases.get(raw, raw)
    emails = _emails(book)
    owners = {order.id: _order_customer(order, links, emails, book) for order in book.orders.values()}
    sales = Sales(book, settings, currency, [], dict(links), owners)
    orders = [order for order in book.orders.values() if not is_void_order(order)]
    alone = [row for row in (book.work_orders or {}).values() if _is_purchase(row, sales)]
    sales.purchases.extend(_order_purchase(order, sales) for order in orders)
    sales.purchases.extend(_work_order_purchase(row, sales) for row in alone)
    return sales


def _is_purchase(work_order: WorkOrder, sales: Sales) -> bool:
    return (
        not is_void_work_order(work_order)
        and work_order.status != "quote"
        and not sales.is_linked(work_order)
    )


def _canonical(code: str | None, report: str, settings: Settings) -> str:
    """The code that a row's currency stands for; a missing one means the report's."""
    return report if code is None else settings.aliases.get(code, code)


def _order_purchase(order: Order, sales: Sales) -> Purchase:
    customer, reason = sales.customer_of_order[order.id]
    channel = "work_order" if order.id in sales.links else "pos" if order.is_pos_sale else "other"
    return _purchase(order, order, channel, (customer, reason), sales)


def _work_order_purchase(work_order: WorkOrder, sales: Sales) -> Purchase:
    exists = work_order.customer_id in sales.book.customers
    owner = (work_order.customer_id, None) if exists else (None, "customer_not_in_scope")
    return _purchase(work_order, None, "work_order", owner, sales)


def _purchase(
    row: Order | WorkOrder,
    order: Order | None,
    channel: str,
    owner: tuple[str | None, str | None],
    sales: Sales,
) -> Purchase:
    return Purchase(
        id=row.id,
        order=order,
        moment=sales.book.clock.local(row.created_at),
        day=sales.book.clock.date(row.created_at),
        channel=channel,
        recognised=sales.is_paid(row),
        currency=_canonical(row.currency, sales.currency, sales.settings),
        is_report_currency=sales.is_report_currency(row.currency),
        stated=row.amount,
        customer=owner[0],
        reason=owner[1],
    )


def _emails(book: Book) -> dict[tuple[str | None, str], list[str]]:
    """Customers of each branch by their email."""
    emails: dict[tuple[str | None, str], list[str]] = defaultdict(list)
    for customer in book.customers.values():
        for email in spelling([customer.email]):
            emails[customer.branch_id, email].append(customer.id)
    return emails


def _order_customer(
    order: Order,
    links: dict[str, list[WorkOrder]],
    emails: dict[tuple[str | None, str], list[str]],
    book: Book,
) -> tuple[str | None, str | None]:
    """The customer of an order, or nobody and why; the first rule that applies."""
    if order.customer_id in book.customers:
        return order.customer_id, None
    named = {work_order.customer_id for work_order in links.get(order.id, [])}
    if len(named) == 1 and named <= set(book.customers):
        return named.pop(), None
    if order.customer_id is not None:
        return None, "customer_not_in_scope"
    return _by_email(order, emails)


def _by_email(order: Order, emails: dict[tuple[str | None, str], list[str]]) -> tuple[str | None, str | None]:
    email = "".join(spelling([order.email]))
    if not email or order.branch_id is None:
        return None, "no_match"
    if email.endswith("@pos.local"):
        return None, "placeholder_email"
    sharing = emails.get((order.branch_id, email), [])
    if len(sharing) == 1:
        return sharing[0], None
    return None, "ambiguous_email" if sharing else "no_match"
