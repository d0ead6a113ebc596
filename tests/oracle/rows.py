"""Rows of an export folder as typed values; a table without a file is absent, an empty field is null.

Only UTF-8 CSV files with a comma are read: the forms that exports take are the tool's subject, not the
model's.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Raw = dict[str, str | None]
T = TypeVar("T")

# The columns of the source tables, and so what `missing_columns` may name.
COLUMNS: dict[str, tuple[str, ...]] = {
    "branches": ("id", "organization_id", "name", "code", "is_active"),
    "customers": (
        "id",
        "branch_id",
        "organization_id",
        "first_name",
        "last_name",
        "email",
        "phone",
        "rut",
        "is_active",
        "created_at",
        "updated_at",
        "last_eye_exam_date",
        "next_eye_exam_due",
        "preferred_contact_method",
        "tags",
    ),
    "orders": (
        "id",
        "order_number",
        "branch_id",
        "organization_id",
        "customer_id",
        "email",
        "status",
        "payment_status",
        "total_amount",
        "currency",
        "is_pos_sale",
        "payment_method_type",
        "agreement_id",
        "copago_amount",
        "institutional_amount",
        "created_at",
        "updated_at",
    ),
    "lab_work_orders": (
        "id",
        "work_order_number",
        "branch_id",
        "organization_id",
        "customer_id",
        "quote_id",
        "pos_order_id",
        "status",
        "payment_status",
        "total_amount",
        "currency",
        "lab_name",
        "lens_type",
        "ordered_at",
        "sent_to_lab_at",
        "received_from_lab_at",
        "ready_at",
        "delivered_at",
        "lab_estimated_delivery_date",
        "created_at",
        "updated_at",
    ),
    "appointments": (
        "id",
        "customer_id",
        "branch_id",
        "organization_id",
        "appointment_date",
        "appointment_time",
        "appointment_type",
        "status",
        "created_at",
        "updated_at",
    ),
    "quotes": (
        "id",
        "customer_id",
        "quote_number",
        "branch_id",
        "organization_id",
        "status",
        "total_amount",
        "currency",
        "expiration_date",
        "sent_at",
        "converted_to_work_order_id",
        "created_at",
        "updated_at",
    ),
    "order_items": ("id", "order_id", "product_id", "product_name", "quantity", "unit_price", "total_price"),
    "order_payments": ("id", "order_id", "amount", "payment_method", "paid_at"),
    "products": ("id", "organization_id", "branch_id", "name", "category_id", "status", "product_type"),
    "categories": ("id", "name"),
    "product_branch_stock": (
        "product_id",
        "branch_id",
        "quantity",
        "reserved_quantity",
        "available_quantity",
        "low_stock_threshold",
    ),
    "prescriptions": (
        "id",
        "customer_id",
        "branch_id",
        "prescription_date",
        "expiration_date",
        "is_current",
    ),
    "organizations": ("id", "name", "subscription_tier", "status", "metadata"),
    "subscription_tiers": ("name", "features"),
    "admin_users": ("id", "email", "role", "is_active", "organization_id"),
    "admin_branch_access": ("admin_user_id", "branch_id", "role", "is_primary"),
    "agreements": ("id", "organization_id", "name", "agreement_type", "institution_name"),
}


@dataclass(frozen=True, slots=True)
class Organization:
    """One organization with what its metadata says."""

    id: str
    name: str
    timezone: str | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch; whether it is active is not read, because it changes nothing."""

    id: str
    organization_id: str | None
    name: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer."""

    id: str
    branch_id: str | None
    organization_id: str | None
    email: str | None
    rut: str | None
    is_active: bool | None
    next_eye_exam_due: date | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Order:
    """One order."""

    id: str
    branch_id: str | None
    organization_id: str | None
    customer_id: str | None
    email: str | None
    status: str | None
    payment_status: str | None
    amount: Decimal | None
    currency: str | None
    is_pos_sale: bool | None
    payment_method_type: str | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One work order."""

    id: str
    branch_id: str | None
    organization_id: str | None
    customer_id: str | None
    pos_order_id: str | None
    status: str | None
    payment_status: str | None
    amount: Decimal | None
    currency: str | None
    ordered_at: datetime | None
    delivered_at: datetime | None
    estimated_on: date | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Quote:
    """One quote."""

    id: str
    branch_id: str | None
    organization_id: str | None
    customer_id: str | None
    status: str | None
    amount: Decimal | None
    currency: str | None
    expires_on: date | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """One appointment; its date is a local one already."""

    id: str
    branch_id: str | None
    organization_id: str | None
    customer_id: str | None
    status: str | None
    appointment_date: date
    created_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Item:
    """One line of an order."""

    id: str
    order_id: str
    product_id: str | None
    product_name: str | None
    quantity: Decimal
    total_price: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """One payment of an order."""

    id: str
    order_id: str
    amount: Decimal
    method: str | None
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class Product:
    """One product."""

    id: str
    organization_id: str | None
    branch_id: str | None
    name: str
    category_id: str | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Stock:
    """How much of a product a branch holds."""

    product_id: str
    branch_id: str
    quantity: Decimal
    reserved: Decimal | None
    available: Decimal | None
    threshold: Decimal | None


@dataclass(frozen=True, slots=True)
class Export:
    """Everything read; a table that has no file is None."""

    organizations: list[Organization]
    branches: list[Branch]
    customers: list[Customer]
    orders: list[Order]
    work_orders: list[WorkOrder] | None
    quotes: list[Quote] | None
    appointments: list[Appointment] | None
    items: list[Item] | None
    payments: list[Payment] | None
    products: list[Product] | None
    categories: dict[str, str]
    stock: list[Stock] | None
    missing_tables: list[str]
    missing_columns: dict[str, list[str]]


def read_export(folder: Path) -> Export:
    """Read every table of a folder, from `<table>.csv` or from any number of `<table>-*.csv`."""
    tables = {table: _read_table(folder, table) for table in COLUMNS}

    def rows(table: str, make: Callable[[Raw], T]) -> list[T] | None:
        content = tables[table]
        return None if content is None else [make(row) for row in content[1]]

    categories = rows("categories", lambda row: (_text(row, "id"), _text(row, "name"))) or []
    return Export(
        organizations=rows("organizations", _organization) or [],
        branches=rows("branches", _branch) or [],
        customers=rows("customers", _customer) or [],
        orders=rows("orders", _order) or [],
        work_orders=rows("lab_work_orders", _work_order),
        quotes=rows("quotes", _quote),
        appointments=rows("appointments", _appointment),
        items=rows("order_items", _item),
        payments=rows("order_payments", _payment),
        products=rows("products", _product),
        categories=dict(categories),
        stock=rows("product_branch_stock", _stock),
        missing_tables=sorted(table for table, content in tables.items() if content is None),
        missing_columns={
            table: absent
            for table, content in sorted(tables.items())
            if content is not None and (absent := sorted(set(COLUMNS[table]) - content[0]))
        },
    )


def _read_table(folder: Path, table: str) -> tuple[set[str], list[Raw]] | None:
    whole = folder / f"{table}.csv"
    files = ([whole] if whole.exists() else []) + sorted(folder.glob(f"{table}-*.csv"))
    if not files:
        return None
    header: set[str] = set()
    rows: list[Raw] = []
    for file in files:
        with file.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            header |= set(reader.fieldnames or ())
            rows += [{name: _field(value) for name, value in row.items()} for row in reader]
    return header, rows


def _field(value: str) -> str | None:
    return None if value in {"", r"\N"} else value


def parse_timestamp(text: str) -> datetime:
    """`2026-01-02 03:04:05.123+00` as an instant in UTC; no offset means UTC."""
    match = re.fullmatch(
        r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,6}))?(Z|[+-]\d\d(?::?\d\d)?)?", text
    )
    if match is None:
        message = f"not a timestamp: {text}"
        raise ValueError(message)
    day, clock, fraction, offset = match.groups()
    moment = datetime.fromisoformat(f"{day}T{clock}") + timedelta(
        microseconds=int((fraction or "").ljust(6, "0"))
    )
    return (moment - _offset(offset)).replace(tzinfo=UTC)


def _offset(text: str | None) -> timedelta:
    if text is None or text == "Z":
        return timedelta(0)
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return -size if text[0] == "-" else size


def _text(row: Raw, name: str) -> str:
    value = row.get(name)
    if value is None:
        message = f"{name} must not be null"
        raise ValueError(message)
    return value


def _bool(row: Raw, name: str) -> bool | None:
    value = row.get(name)
    return None if value is None else value in {"t", "true"}


def _money(row: Raw, name: str) -> Decimal | None:
    value = row.get(name)
    return None if value is None else Decimal(value)


def _date(row: Raw, name: str) -> date | None:
    value = row.get(name)
    return None if value is None else date.fromisoformat(value)


def _time(row: Raw, name: str) -> datetime | None:
    value = row.get(name)
    return None if value is None else parse_timestamp(value)


def _metadata(row: Raw) -> dict[str, str]:
    metadata: dict[str, str] = json.loads(row.get("metadata") or "{}")
    return metadata


def _organization(row: Raw) -> Organization:
    metadata = _metadata(row)
    return Organization(
        _text(row, "id"), row.get("name") or "", metadata.get("timezone"), metadata.get("currency")
    )


def _branch(row: Raw) -> Branch:
    return Branch(_text(row, "id"), row.get("organization_id"), _text(row, "name"), row.get("code"))


def _customer(row: Raw) -> Customer:
    return Customer(
        id=_text(row, "id"),
        branch_id=row.get("branch_id"),
        organization_id=row.get("organization_id"),
        email=row.get("email"),
        rut=row.get("rut"),
        is_active=_bool(row, "is_active"),
        next_eye_exam_due=_date(row, "next_eye_exam_due"),
        created_at=parse_timestamp(_text(row, "created_at")),
        updated_at=_time(row, "updated_at"),
    )


def _order(row: Raw) -> Order:
    return Order(
        id=_text(row, "id"),
        branch_id=row.get("branch_id"),
        organization_id=row.get("organization_id"),
        customer_id=row.get("customer_id"),
        email=row.get("email"),
        status=row.get("status"),
        payment_status=row.get("payment_status"),
        amount=_money(row, "total_amount"),
        currency=row.get("currency"),
        is_pos_sale=_bool(row, "is_pos_sale"),
        payment_method_type=row.get("payment_method_type"),
        created_at=parse_timestamp(_text(row, "created_at")),
        updated_at=_time(row, "updated_at"),
    )


def _work_order(row: Raw) -> WorkOrder:
    return WorkOrder(
        id=_text(row, "id"),
        branch_id=row.get("branch_id"),
        organization_id=row.get("organization_id"),
        customer_id=row.get("customer_id"),
        pos_order_id=row.get("pos_order_id"),
        status=row.get("status"),
        payment_status=row.get("payment_status"),
        amount=_money(row, "total_amount"),
        currency=row.get("currency"),
        ordered_at=_time(row, "ordered_at"),
        delivered_at=_time(row, "delivered_at"),
        estimated_on=_date(row, "lab_estimated_delivery_date"),
        created_at=parse_timestamp(_text(row, "created_at")),
        updated_at=_time(row, "updated_at"),
    )


def _quote(row: Raw) -> Quote:
    return Quote(
        id=_text(row, "id"),
        branch_id=row.get("branch_id"),
        organization_id=row.get("organization_id"),
        customer_id=row.get("customer_id"),
        status=row.get("status"),
        amount=_money(row, "total_amount"),
        currency=row.get("currency"),
        expires_on=_date(row, "expiration_date"),
        created_at=parse_timestamp(_text(row, "created_at")),
        updated_at=_time(row, "updated_at"),
    )


def _appointment(row: Raw) -> Appointment:
    return Appointment(
        id=_text(row, "id"),
        branch_id=row.get("branch_id"),
        organization_id=row.get("organization_id"),
        customer_id=row.get("customer_id"),
        status=row.get("status"),
        appointment_date=date.fromisoformat(_text(row, "appointment_date")),
        created_at=_time(row, "created_at"),
        updated_at=_time(row, "updated_at"),
    )


def _item(row: Raw) -> Item:
    return Item(
        id=_text(row, "id"),
        order_id=_text(row, "order_id"),
        product_id=row.get("product_id"),
        product_name=row.get("product_name"),
        quantity=_money(row, "quantity") or Decimal(0),
        total_price=_money(row, "total_price") or Decimal(0),
    )


def _payment(row: Raw) -> Payment:
    return Payment(
        id=_text(row, "id"),
        order_id=_text(row, "order_id"),
        amount=_money(row, "amount") or Decimal(0),
        method=row.get("payment_method"),
        paid_at=_time(row, "paid_at"),
    )


def _product(row: Raw) -> Product:
    return Product(
        id=_text(row, "id"),
        organization_id=row.get("organization_id"),
        branch_id=row.get("branch_id"),
        name=_text(row, "name"),
        category_id=row.get("category_id"),
        status=row.get("status"),
    )


def _stock(row: Raw) -> Stock:
    return Stock(
        product_id=_text(row, "product_id"),
        branch_id=_text(row, "branch_id"),
        quantity=_money(row, "quantity") or Decimal(0),
        reserved=_money(row, "reserved_quantity"),
        available=_money(row, "available_quantity"),
        threshold=_money(row, "low_stock_threshold"),
    )


def spelling(values: Iterable[str | None]) -> set[str]:
    """The trimmed lower-case forms of some names."""
    return {value.strip(" ").lower() for value in values if value is not None}
