"""Which rows a report sees: those of the scope, up to as-of, one for each primary key (section 3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sized

    from .clock import Clock
    from .rows import (
        Appointment,
        Branch,
        Customer,
        Export,
        Item,
        Order,
        Organization,
        Payment,
        Product,
        Quote,
        Stock,
        WorkOrder,
    )

NEVER = datetime.min.replace(tzinfo=UTC)


class Tenanted(Protocol):
    """A row that belongs to a branch or, without one, to an organization."""

    @property
    def branch_id(self) -> str | None:
        """The branch."""

    @property
    def organization_id(self) -> str | None:
        """The organization, looked at only where the branch is null."""


class Versioned(Tenanted, Protocol):
    """A row that says when it was written."""

    @property
    def id(self) -> str:
        """Primary key."""

    @property
    def updated_at(self) -> datetime | None:
        """When it last changed."""

    @property
    def created_at(self) -> datetime | None:
        """When it was created."""


S = TypeVar("S", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Scope:
    """An organization, the branches of it that are asked for, and whether that is all of them."""

    organization: Organization
    branches: tuple[Branch, ...]
    whole: bool

    @property
    def branch_ids(self) -> frozenset[str]:
        """The branches' ids."""
        return frozenset(branch.id for branch in self.branches)

    def holds(self, row: Tenanted) -> bool:
        """Whether a row is in scope."""
        if row.branch_id is None:
            return self.whole and row.organization_id == self.organization.id
        return row.branch_id in self.branch_ids

    def holds_product(self, product: Product) -> bool:
        """Products belong to the organization, or to a branch of the scope."""
        return product.organization_id == self.organization.id or product.branch_id in self.branch_ids


@dataclass(slots=True)
class Counts:
    """Rows of the scope for each table: kept, repeated, and dated after as-of."""

    rows: dict[str, int]
    duplicate_rows: dict[str, int]
    rows_after_as_of: dict[str, int]


@dataclass(frozen=True, slots=True)
class Book:
    """The rows that exist for a report; a table that is absent is None."""

    scope: Scope
    clock: Clock
    customers: dict[str, Customer]
    orders: dict[str, Order]
    work_orders: dict[str, WorkOrder] | None
    quotes: list[Quote] | None
    appointments: list[Appointment] | None
    items: list[Item] | None
    payments: list[Payment] | None
    products: dict[str, Product] | None
    categories: dict[str, str]
    stock: list[Stock] | None
    counts: Counts


def find_scope(export: Export, organization: str | None, branches: tuple[str, ...]) -> Scope:
    """Find a scope by an organization's id or name and by branches' codes, ids or names."""
    chosen_branches = [branch for name in branches for branch in export.branches if _named(branch, name)]
    owners = {branch.organization_id for branch in chosen_branches}
    owner = next(
        candidate
        for candidate in export.organizations
        if organization in {candidate.id, candidate.name}
        or candidate.id in owners
        or len(export.organizations) == 1
    )
    everything = [branch for branch in export.branches if branch.organization_id == owner.id]
    chosen = chosen_branches or everything
    branches_by_id = {branch.id: branch for branch in chosen}
    return Scope(
        owner, tuple(branches_by_id.values()), set(branches_by_id) >= {branch.id for branch in everything}
    )


def _named(branch: Branch, name: str) -> bool:
    return name in {branch.code, branch.id, branch.name}


def open_book(export: Export, scope: Scope, clock: Clock) -> Book:
    """Keep what exists at as-of inside the scope, and count what was left out on the way."""
    counts = Counts({}, {}, {})

    def resolve_copies(table: str, rows: list[S], exists: Callable[[S], bool]) -> list[S]:
        inside = [row for row in rows if scope.holds(row)]
        return _settle(table, inside, exists, counts)

    def optional(table: str, rows: list[S] | None, exists: Callable[[S], bool]) -> list[S] | None:
        return None if rows is None else resolve_copies(table, rows, exists)

    def created(row: Versioned) -> bool:
        return row.created_at is None or row.created_at <= clock.as_of

    orders = {order.id: order for order in resolve_copies("orders", export.orders, created)}
    work_orders = optional("lab_work_orders", export.work_orders, created)
    return Book(
        scope=scope,
        clock=clock,
        customers={
            customer.id: customer for customer in resolve_copies("customers", export.customers, created)
        },
        orders=orders,
        work_orders=None if work_orders is None else {row.id: row for row in work_orders},
        quotes=optional("quotes", export.quotes, created),
        appointments=optional(
            "appointments", export.appointments, lambda row: row.appointment_date <= clock.today
        ),
        items=_items(export, orders, counts),
        payments=_payments(export, orders, clock, counts),
        products=_products(export, scope, counts),
        categories=export.categories,
        stock=_stock(export, scope, counts),
        counts=counts,
    )


def _settle(table: str, inside: list[S], exists: Callable[[S], bool], counts: Counts) -> list[S]:
    """Of the copies of a row that exist, keep the latest `updated_at`, then `created_at`."""
    existing = [row for row in inside if exists(row)]
    latest: dict[str, S] = {}
    for row in existing:
        previous = latest.get(row.id)
        if previous is None or _age(row) > _age(previous):
            latest[row.id] = row
    counts.rows_after_as_of[table] = len({row.id for row in inside if not exists(row)})
    _count(table, existing, latest, counts)
    return list(latest.values())


def _age(row: Versioned) -> tuple[datetime, datetime]:
    return row.updated_at or NEVER, row.created_at or NEVER


def _count(table: str, existing: Sized, latest: Sized, counts: Counts) -> None:
    counts.rows[table] = len(latest)
    counts.duplicate_rows[table] = len(existing) - len(latest)


def _items(export: Export, orders: dict[str, Order], counts: Counts) -> list[Item] | None:
    if export.items is None:
        return None
    existing = [item for item in export.items if item.order_id in orders]
    latest = {item.id: item for item in existing}
    _count("order_items", existing, latest, counts)
    return list(latest.values())


def _payments(export: Export, orders: dict[str, Order], clock: Clock, counts: Counts) -> list[Payment] | None:
    if export.payments is None:
        return None
    inside = [payment for payment in export.payments if payment.order_id in orders]
    existing = [payment for payment in inside if payment.paid_at is None or payment.paid_at <= clock.as_of]
    latest = {payment.id: payment for payment in existing}
    counts.rows_after_as_of["order_payments"] = len(inside) - len(existing)
    _count("order_payments", existing, latest, counts)
    return list(latest.values())


def _products(export: Export, scope: Scope, counts: Counts) -> dict[str, Product] | None:
    if export.products is None:
        return None
    existing = [product for product in export.products if scope.holds_product(product)]
    latest = {product.id: product for product in existing}
    _count("products", existing, latest, counts)
    return latest


def _stock(export: Export, scope: Scope, counts: Counts) -> list[Stock] | None:
    if export.stock is None:
        return None
    existing = [row for row in export.stock if row.branch_id in scope.branch_ids]
    latest = {(row.product_id, row.branch_id): row for row in existing}
    _count("product_branch_stock", existing, latest, counts)
    return list(latest.values())
