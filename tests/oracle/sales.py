"""Purchases: which rows are one, by which channel, for how much, in which currency (section 5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from .attribution import Owner, order_owners
from .numbers import total

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from .rows import CreditNote, Order, Payment, WorkOrder
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
    at_risk_days: int = 540
    active_days: int = 365
    placeholder_ruts: tuple[str, ...] = ()
    adopt: str | None = ""
    goals: dict[tuple[str, str], Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PartRefund:
    """What is left of an order of which a part was given back, and how much that part was."""

    kept: Decimal
    given_back: Decimal


@dataclass(frozen=True, slots=True)
class Purchase:
    """A customer's act of buying: an order, or a work order that stands alone.

    `stated` is its total_amount; `part_refund` is set when only a part of it was kept.
    """

    id: str
    branch_id: str | None
    order: Order | None
    moment: datetime
    day: date
    channel: str
    recognised: bool
    currency: str
    is_report_currency: bool
    stated: Decimal | None
    part_refund: PartRefund | None
    customer: str | None
    reason: str | None

    @property
    def amount(self) -> Decimal:
        """The amount as it counts: what was kept, and 0 for a null one."""
        return self.part_refund.kept if self.part_refund else self.stated or Decimal(0)

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
    customer_of_order: dict[str, Owner]
    part_refunds: dict[str, PartRefund]

    def is_linked(self, work_order: WorkOrder) -> bool:
        """Whether the order it names is in the scope and exists."""
        return work_order.pos_order_id in self.book.orders

    def is_report_currency(self, code: str | None) -> bool:
        """Whether a row's money may be summed."""
        return _canonical(code, self.currency, self.settings) == self.currency

    def is_paid(self, row: Order | WorkOrder) -> bool:
        """Whether a row's payment status makes a recognised sale."""
        return row.payment_status in self.settings.paid_statuses

    def is_void_order(self, order: Order) -> bool:
        """Cancelled, failed or refunded, unless a part of it was kept."""
        part_refund = self.part_refunds.get(order.id)
        if part_refund is not None:
            return part_refund.kept <= 0
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
    owners = order_owners(book, links, settings.placeholder_ruts)
    sales = Sales(book, settings, currency, [], dict(links), owners, _part_refunds(book))
    orders = [order for order in book.orders.values() if not sales.is_void_order(order)]
    alone = [row for row in (book.work_orders or {}).values() if _is_purchase(row, sales)]
    sales.purchases.extend(_order_purchase(order, sales) for order in orders)
    sales.purchases.extend(_work_order_purchase(row, sales) for row in alone)
    return sales


def amounts_by_order(rows: Iterable[Payment | CreditNote]) -> dict[str, Decimal]:
    """What the payments or the credit notes of each order come to."""
    emails: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        emails[row.order_id] += row.amount or Decimal(0)
    return emails


def _part_refunds(book: Book) -> dict[str, PartRefund]:
    """What was kept of orders that are refunded in part, 0 or less where all was given back."""
    notes = amounts_by_order(book.credit_notes or [])
    paid = amounts_by_order(book.payments or [])
    emails = {}
    for order in book.orders.values():
        given_back = notes.get(order.id, Decimal(0))
        refunded = order.payment_status == "refunded" and given_back > 0
        if refunded or order.payment_status == "partially_refunded":
            amount = order.total_amount or Decimal(0)
            received = amount if book.payments is None else min(paid.get(order.id, Decimal(0)), amount)
            emails[order.id] = PartRefund(received - given_back, given_back)
    return emails


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
    channel = "work_order" if order.id in sales.links else "pos" if order.is_pos_sale else "other"
    return _purchase(order, order, channel, sales.customer_of_order[order.id], sales)


def _work_order_purchase(work_order: WorkOrder, sales: Sales) -> Purchase:
    exists = work_order.customer_id in sales.book.customers
    owner = (work_order.customer_id, None) if exists else (None, "customer_not_in_scope")
    return _purchase(work_order, None, "work_order", owner, sales)


def _purchase(
    row: Order | WorkOrder, order: Order | None, channel: str, owner: Owner, sales: Sales
) -> Purchase:
    part_refund = None if order is None else sales.part_refunds.get(order.id)
    return Purchase(
        id=row.id,
        branch_id=row.branch_id,
        order=order,
        moment=sales.book.clock.local(row.created_at),
        day=sales.book.clock.date(row.created_at),
        channel=channel,
        recognised=part_refund is not None or sales.is_paid(row),
        currency=_canonical(row.currency, sales.currency, sales.settings),
        is_report_currency=sales.is_report_currency(row.currency),
        stated=row.total_amount,
        part_refund=part_refund,
        customer=owner[0],
        reason=owner[1],
    )


def amount_of(purchases: Iterable[Purchase]) -> Decimal:
    """The money of some purchases, in the report's currency."""
    return total(purchase.counted for purchase in purchases)
