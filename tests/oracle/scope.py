"""Which rows a report sees: those of the scope, up to as-of, one for each primary key (section 3)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from .rows import Organization

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .clock import Clock
    from .rows import (
        Appointment,
        Branch,
        CreditNote,
        Customer,
        Export,
        Item,
        Order,
        Payment,
        Prescription,
        Product,
        Quote,
        Stock,
        WorkOrder,
    )

NEVER = datetime.min.replace(tzinfo=UTC)
# The interface of the app gives at most so many rows of a table.
MOST_ROWS = 1000
# How `scope.adopt` is set when nothing is said; None is never.
THE_ONLY_ONE = ""
# What `rows` and `rows_after_as_of` are told of; `duplicate_rows` is told of children too.
MAIN_TABLES = ("appointments", "customers", "lab_work_orders", "orders", "quotes")
CHILDREN = ("credit_notes", "order_items", "order_payments")


class WrongScopeError(ValueError):
    """A scope that the data do not have."""


class Tenanted(Protocol):
    """A row that belongs to a branch or, without one, to an organization."""

    @property
    def branch_id(self) -> str | None:
        """The branch."""

    @property
    def organization_id(self) -> str | None:
        """The organization, looked at only where the branch is null."""


class Row(Protocol):
    """A row of whatever table."""

    @property
    def emptied(self) -> tuple[str, ...]:
        """Columns whose cell could not be read."""


class Versioned(Row, Tenanted, Protocol):
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


class Child(Row, Protocol):
    """A row that follows its order."""

    @property
    def id(self) -> str:
        """Primary key."""

    @property
    def order_id(self) -> str:
        """The order."""


S = TypeVar("S", bound=Versioned)
C = TypeVar("C", bound=Child)


@dataclass(frozen=True, slots=True)
class Scope:
    """An organization, the branches of it that are asked for, and whether that is all of them.

    `adopts`: what names nobody belongs to this organization.
    """

    organization: Organization
    branches: tuple[Branch, ...]
    whole: bool
    adopts: bool

    @property
    def branch_ids(self) -> frozenset[str]:
        """The branches' ids."""
        return frozenset(branch.id for branch in self.branches)

    def holds(self, row: Tenanted) -> bool:
        """Whether a row is in scope."""
        if row.branch_id is None:
            return self.whole and self._is_own(row)
        return row.branch_id in self.branch_ids

    def holds_product(self, product: Tenanted) -> bool:
        """Products belong to the organization, or to a branch of the scope."""
        return self._is_own(product) or product.branch_id in self.branch_ids

    def is_adopted(self, row: Tenanted) -> bool:
        """Whether a row names nobody and belongs to the organization all the same."""
        return self.adopts and row.branch_id is None and row.organization_id is None

    @property
    def adopted_branches(self) -> list[str | None]:
        """Codes of the scope's branches that name no organization."""
        return [branch.code for branch in self.branches if self.adopts and branch.organization_id is None]

    def _is_own(self, row: Tenanted) -> bool:
        return row.organization_id == self.organization.id or self.is_adopted(row)


@dataclass(slots=True)
class Counts:
    """What was met on the way, for each table; a table without any is not there."""

    rows: Counter[str] = field(default_factory=Counter)
    duplicate_rows: Counter[str] = field(default_factory=Counter)
    rows_after_as_of: Counter[str] = field(default_factory=Counter)
    refused_rows: Counter[str] = field(default_factory=Counter)
    adopted_rows: Counter[str] = field(default_factory=Counter)
    emptied_cells: dict[str, Counter[str]] = field(default_factory=dict)
    rows_in_data: Counter[str] = field(default_factory=Counter)

    @property
    def cut(self) -> list[str]:
        """Tables that are likely cut."""
        return sorted(table for table, count in self.rows_in_data.items() if count == MOST_ROWS)

    def note_emptied(self, table: str, rows: Iterable[Row]) -> None:
        """Count the cells of some rows that could not be read."""
        result = Counter(column for row in rows for column in row.emptied)
        if result:
            self.emptied_cells[table] = result


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
    credit_notes: list[CreditNote] | None
    products: dict[str, Product] | None
    categories: dict[str, str]
    stock: list[Stock] | None
    counts: Counts
    bookings: list[Appointment]
    prescriptions: list[Prescription]


def find_scope(
    export: Export, organization: str | None, branches: tuple[str, ...], adopt: str | None
) -> Scope:
    """Find a scope by an organization's id, name or slug and by branches' codes, ids or names."""
    every = _organizations(export)
    adopter = _adopter(every, adopt)

    def owner(branch: Branch) -> str | None:
        return branch.organization_id or (adopter.id if adopter else None)

    chosen_branches = [branch for name in branches for branch in export.branches if _named(branch, name)]
    owners = {owner(branch) for branch in chosen_branches}
    chosen = _chosen(every, organization, owners)
    everything = [branch for branch in export.branches if owner(branch) == chosen.id]
    branches_by_id = {branch.id: branch for branch in chosen_branches or everything}
    if owners - {chosen.id} or (chosen.id is None and any(known_ids.id for known_ids in every)):
        raise WrongScopeError(str(branches))
    ordered = tuple(sorted(branches_by_id.values(), key=lambda branch: (branch.code or "", branch.id)))
    whole = set(branches_by_id) >= {branch.id for branch in everything}
    return Scope(chosen, ordered, whole, adopter is not None and adopter.id == chosen.id)


def _organizations(export: Export) -> list[Organization]:
    """The rows of the table and those that a branch names; where there are none, all branches are one."""
    known_ids = {organization.id: organization for organization in export.organizations}
    for branch in export.branches:
        if branch.organization_id is not None:
            known_ids.setdefault(branch.organization_id, Organization(branch.organization_id))
    return list(known_ids.values()) or [Organization(None)]


def _countable(every: Sequence[Organization]) -> list[Organization]:
    """Those that are not the app's own, and of the demo ones those without any other beside them."""
    shops = [organization for organization in every if not organization.is_internal]
    return [organization for organization in shops if not organization.is_demo] or shops


def _adopter(every: Sequence[Organization], adopt: str | None) -> Organization | None:
    """The organization to which belongs what names nobody: by its slug, the only one, or none."""
    left = _countable(every)
    if adopt == THE_ONLY_ONE:
        return left[0] if len(left) == 1 and left[0].id else None
    return next((known_ids for known_ids in every if adopt and known_ids.slug == adopt), None)


def _chosen(every: Sequence[Organization], name: str | None, owners: set[str | None]) -> Organization:
    """The organization that is named, else the one of the branches that are named, else the only one."""
    left = _countable(every)
    for known_ids in every:
        if name is not None and name in {known_ids.id, known_ids.name, known_ids.slug}:
            return known_ids
    for known_ids in every:
        if name is None and known_ids.id in owners:
            return known_ids
    if name is None and not owners and len(left) == 1:
        return left[0]
    raise WrongScopeError(name)


def _named(branch: Branch, name: str) -> bool:
    return name in {branch.code, branch.id, branch.name}


def open_book(export: Export, scope: Scope, clock: Clock) -> Book:
    """Keep what exists at as-of inside the scope, and count what was left out on the way."""
    counts = Counts()

    def resolve_copies(table: str, rows: list[S], exists: Callable[[S], bool]) -> list[S]:
        inside = [row for row in rows if scope.holds(row)]
        latest = _settle(table, inside, exists, counts)
        counts.adopted_rows[table] += sum(map(scope.is_adopted, latest))
        return latest

    def optional(table: str, rows: list[S] | None, exists: Callable[[S], bool]) -> list[S] | None:
        return None if rows is None else resolve_copies(table, rows, exists)

    def created(row: Versioned) -> bool:
        return row.created_at is None or row.created_at <= clock.as_of

    def dated(moment: datetime | None) -> bool:
        return moment is None or moment <= clock.as_of

    orders = {order.id: order for order in resolve_copies("orders", export.orders, created)}
    everywhen = {order.id for order in export.orders if scope.holds(order)}

    def children(table: str, rows: list[C] | None, exists: Callable[[C], bool]) -> list[C] | None:
        if rows is None:
            return None
        counts.rows_in_data[table] += sum(row.order_id in everywhen for row in rows)
        return _settle_children(table, [row for row in rows if row.order_id in orders], exists, counts)

    work_orders = optional("lab_work_orders", export.work_orders, created)
    book = Book(
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
        items=children("order_items", export.items, lambda _: True),
        payments=children("order_payments", export.payments, lambda row: dated(row.paid_at)),
        credit_notes=children("credit_notes", export.credit_notes, lambda row: dated(row.created_at)),
        products=_products(export, scope, counts),
        categories=export.categories,
        stock=_stock(export, scope, counts),
        counts=counts,
        # An appointment of a day to come exists from when it was made; no count tells of these.
        bookings=_settle(
            "bookings", [row for row in export.appointments or [] if scope.holds(row)], created, Counts()
        ),
        prescriptions=_prescriptions(export.prescriptions or [], scope, clock.today, counts),
    )
    _refused(export, scope, everywhen, counts)
    return book


def _settle(table: str, inside: list[S], exists: Callable[[S], bool], counts: Counts) -> list[S]:
    """Of the copies of a row that exist, keep the latest `updated_at`, then `created_at`."""
    existing = [row for row in inside if exists(row)]
    latest: dict[str, S] = {}
    for row in existing:
        previous = latest.get(row.id)
        if previous is None or _age(row) > _age(previous):
            latest[row.id] = row
    counts.rows_in_data[table] += len(inside)
    counts.rows[table] = len(latest)
    counts.duplicate_rows[table] = len(existing) - len(latest)
    counts.rows_after_as_of[table] = len({row.id for row in inside if not exists(row)})
    counts.note_emptied(table, latest.values())
    return list(latest.values())


def _age(row: Versioned) -> tuple[datetime, datetime]:
    return row.updated_at or NEVER, row.created_at or NEVER


def _settle_children(table: str, inside: list[C], exists: Callable[[C], bool], counts: Counts) -> list[C]:
    existing = [row for row in inside if exists(row)]
    latest = {row.id: row for row in existing}
    counts.duplicate_rows[table] = len(existing) - len(latest)
    counts.note_emptied(table, latest.values())
    return list(latest.values())


def _products(export: Export, scope: Scope, counts: Counts) -> dict[str, Product] | None:
    if export.products is None:
        return None
    existing = [product for product in export.products if scope.holds_product(product)]
    latest = {product.id: product for product in existing}
    counts.rows_in_data["products"] += len(existing)
    counts.adopted_rows["products"] = sum(map(scope.is_adopted, latest.values()))
    counts.note_emptied("products", latest.values())
    return latest


def _stock(export: Export, scope: Scope, counts: Counts) -> list[Stock] | None:
    if export.stock is None:
        return None
    existing = [row for row in export.stock if row.branch_id in scope.branch_ids]
    latest = {(row.product_id, row.branch_id): row for row in existing}
    counts.rows_in_data["product_branch_stock"] += len(existing)
    counts.note_emptied("product_branch_stock", latest.values())
    return list(latest.values())


def _prescriptions(rows: list[Prescription], scope: Scope, today: date, counts: Counts) -> list[Prescription]:
    """The prescriptions that exist, counted like the others."""
    inside = [row for row in rows if scope.holds(row)]
    latest = {
        row.id: row for row in inside if row.prescription_date is None or row.prescription_date <= today
    }
    counts.rows_in_data["prescriptions"] += len(inside)
    counts.adopted_rows["prescriptions"] = sum(map(scope.is_adopted, latest.values()))
    counts.note_emptied("prescriptions", latest.values())
    return list(latest.values())


def _refused(export: Export, scope: Scope, orders: set[str], counts: Counts) -> None:
    for table, rows in export.refused.items():
        if table in CHILDREN:
            inside = sum(row.order_id in orders for row in rows)
        else:
            inside = sum(map(scope.holds, rows)) if table in MAIN_TABLES else 0
        counts.refused_rows[table] += inside
        counts.rows_in_data[table] += inside
