"""Rows of an export folder as typed values; a table without a file is absent, an empty field is null.

Only UTF-8 CSV files with a comma are read: the forms that exports take are the tool's subject, not the
model's. A cell that cannot be read refuses its row where its column is required, and is emptied elsewhere.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

Values = dict[str, Any]
T = TypeVar("T")

# Every column of the source tables: `!` is required, and what follows a colon is not text.
SCHEMA = {
    "branches": "id! organization_id name! code is_active:flag",
    "customers": "id! branch_id! organization_id first_name last_name email phone rut is_active:flag"
    " created_at!:time updated_at:time last_eye_exam_date:date next_eye_exam_due:date"
    " preferred_contact_method tags",
    "orders": "id! order_number branch_id organization_id customer_id email sii_rut status! payment_status!"
    " total_amount!:number currency is_pos_sale:flag payment_method_type agreement_id copago_amount:number"
    " institutional_amount:number discount_amount:number pos_cashier_id created_at!:time updated_at:time",
    "lab_work_orders": "id! work_order_number branch_id organization_id customer_id! quote_id pos_order_id"
    " status! payment_status! total_amount!:number currency lab_name lens_type ordered_at:time"
    " sent_to_lab_at:time received_from_lab_at:time ready_at:time delivered_at:time"
    " lab_estimated_delivery_date:date created_at!:time updated_at:time",
    "appointments": "id! customer_id branch_id organization_id appointment_date!:date appointment_time"
    " appointment_type status! created_at:time updated_at:time",
    "quotes": "id! customer_id! quote_number branch_id organization_id status! total_amount!:number currency"
    " expiration_date:date sent_at:time converted_to_work_order_id created_at!:time updated_at:time",
    "order_items": "id! order_id! product_id product_name quantity!:number unit_price:number"
    " total_price!:number",
    "order_payments": "id! order_id! amount!:number payment_method paid_at:time",
    "credit_notes": "id! order_id! amount!:number created_at:time",
    "products": "id! organization_id branch_id name! category_id status product_type",
    "categories": "id! name!",
    "product_branch_stock": "product_id! branch_id! quantity!:number reserved_quantity:number"
    " available_quantity:number low_stock_threshold:number",
    "prescriptions": "id! customer_id! branch_id prescription_date:date expiration_date:date is_current:flag",
    "organizations": "id! name slug subscription_tier status metadata:json",
    "organization_settings": "organization_id! currency country",
    "subscription_tiers": "name! features:json",
    "admin_users": "id! email! role! is_active:flag organization_id",
    "admin_branch_access": "admin_user_id! branch_id role is_primary:flag",
    "agreements": "id! organization_id name agreement_type institution_name",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it holds, and whether a row can be read without it."""

    name: str
    kind: str
    required: bool


def _column(text: str) -> Column:
    name, _, kind = text.partition(":")
    return Column(name.removesuffix("!"), kind or "text", name.endswith("!"))


TABLES = {table: tuple(map(_column, text.split())) for table, text in SCHEMA.items()}

# The columns of the source tables, and so what `missing_columns` may name.
COLUMNS: dict[str, tuple[str, ...]] = {
    table: tuple(column.name for column in columns) for table, columns in TABLES.items()
}

# A generated column is not missed where its parts are there.
GENERATED = {("product_branch_stock", "available_quantity"): {"quantity", "reserved_quantity"}}


@dataclass(frozen=True, slots=True)
class Organization:
    """One organization with what its metadata and its settings say."""

    id: str | None
    name: str | None = None
    slug: str | None = None
    timezone: str | None = None
    currency: str | None = None
    is_internal: bool = False
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One branch; whether it is active is not read, because it changes nothing."""

    id: str
    organization_id: str | None
    name: str
    code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """Whose a row is, and which of its cells could not be read."""

    branch_id: str | None
    organization_id: str | None = None
    emptied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer(Tenant):
    """One customer."""

    id: str
    email: str | None
    rut: str | None
    is_active: bool | None
    next_eye_exam_due: date | None
    created_at: datetime
    updated_at: datetime | None
    phone: str | None = None
    tags: str | None = None
    last_eye_exam_date: date | None = None
    preferred_contact_method: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order(Tenant):
    """One order."""

    id: str
    customer_id: str | None
    email: str | None
    sii_rut: str | None
    status: str | None
    payment_status: str | None
    total_amount: Decimal | None
    currency: str | None
    is_pos_sale: bool | None
    payment_method_type: str | None
    institutional_amount: Decimal | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder(Tenant):
    """One work order."""

    id: str
    customer_id: str | None
    pos_order_id: str | None
    status: str | None
    payment_status: str | None
    total_amount: Decimal | None
    currency: str | None
    ordered_at: datetime | None
    ready_at: datetime | None = None
    delivered_at: datetime | None
    lab_estimated_delivery_date: date | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote(Tenant):
    """One quote."""

    id: str
    customer_id: str | None
    status: str | None
    total_amount: Decimal | None
    currency: str | None
    expiration_date: date | None
    converted_to_work_order_id: str | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment(Tenant):
    """One appointment; its date is a local one already."""

    id: str
    customer_id: str | None
    status: str | None
    appointment_date: date
    created_at: datetime | None
    updated_at: datetime | None
    appointment_time: str | None = None
    appointment_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prescription(Tenant):
    """One prescription; the table has no organization."""

    id: str
    customer_id: str | None = None
    prescription_date: date | None
    expiration_date: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Tenant):
    """One product."""

    id: str
    name: str
    category_id: str | None
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock(Tenant):
    """How much of a product a branch holds."""

    product_id: str
    quantity: Decimal | None
    reserved_quantity: Decimal | None
    available_quantity: Decimal | None
    low_stock_threshold: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an order."""

    id: str
    order_id: str
    product_id: str | None
    product_name: str | None
    quantity: Decimal | None
    total_price: Decimal | None
    emptied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """One payment of an order."""

    id: str
    order_id: str
    amount: Decimal | None
    payment_method: str | None
    paid_at: datetime | None
    emptied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditNote:
    """What was given back for an order, in part or whole."""

    id: str
    order_id: str
    amount: Decimal | None
    created_at: datetime | None
    emptied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Tenant):
    """A row that cannot be read; whose it is can be."""

    order_id: str | None


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
    credit_notes: list[CreditNote] | None
    products: list[Product] | None
    categories: dict[str, str]
    stock: list[Stock] | None
    prescriptions: list[Prescription] | None
    refused: dict[str, list[Refused]]
    missing_tables: list[str]
    missing_columns: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """One table as it lies in its files."""

    header: set[str]
    rows: list[Values]
    refused: list[Values]


def read_export(folder: Path) -> Export:
    """Read every table of a folder, from `<table>.csv` or from any number of `<table>-*.csv`."""
    tables = {table: _read_table(folder, table) for table in SCHEMA}

    def rows(table: str, kind: Callable[..., T]) -> list[T] | None:
        read = tables[table]
        return None if read is None else [kind(**_fields(kind, row)) for row in read.rows]

    return Export(
        organizations=_organizations(tables["organizations"], tables["organization_settings"]),
        branches=rows("branches", Branch) or [],
        customers=rows("customers", Customer) or [],
        orders=rows("orders", Order) or [],
        work_orders=rows("lab_work_orders", WorkOrder),
        quotes=rows("quotes", Quote),
        appointments=rows("appointments", Appointment),
        items=rows("order_items", Item),
        payments=rows("order_payments", Payment),
        credit_notes=rows("credit_notes", CreditNote),
        products=rows("products", Product),
        categories={row["id"]: row["name"] for row in _rows(tables["categories"])},
        stock=rows("product_branch_stock", Stock),
        prescriptions=rows("prescriptions", Prescription),
        refused={
            table: [Refused(**_fields(Refused, row)) for row in read.refused]
            for table, read in tables.items()
            if read is not None
        },
        missing_tables=sorted(table for table, read in tables.items() if read is None),
        missing_columns=_missing_columns(tables),
    )


def _rows(table: Table | None) -> list[Values]:
    return [] if table is None else table.rows


def _fields(kind: Any, row: Values) -> Values:
    """Pick the values that a record has a place for; a column that the file lacks is null."""
    values = {name: row.get(name) for name in kind.__dataclass_fields__}
    return values | {"emptied": row["emptied"]} if "emptied" in values else values


def _missing_columns(tables: dict[str, Table | None]) -> dict[str, list[str]]:
    missing = {}
    for table, read in sorted(tables.items()):
        header = set() if read is None else read.header
        absent = [
            column
            for column in sorted(set(COLUMNS[table]) - header)
            if not GENERATED.get((table, column), {""}) <= header
        ]
        if read is not None and absent:
            missing[table] = absent
    return missing


def _organizations(organizations: Table | None, settings: Table | None) -> list[Organization]:
    """An organization's own setting of the currency goes before its metadata."""
    currencies = {row["organization_id"]: row.get("currency") for row in _rows(settings)}
    return [
        _organization(row, row.get("metadata") or {}, currencies.get(row["id"]))
        for row in _rows(organizations)
    ]


def _organization(row: Values, metadata: Values, currency: str | None) -> Organization:
    return Organization(
        id=row["id"],
        name=row.get("name"),
        slug=row.get("slug"),
        timezone=metadata.get("timezone"),
        currency=currency or metadata.get("currency"),
        is_internal=_says(metadata, "is_platform") or _says(metadata, "is_root_testing"),
        is_demo=_says(metadata, "is_demo"),
    )


def _says(metadata: Values, flag: str) -> bool:
    return str(metadata.get(flag)).lower() == "true"


def _read_table(folder: Path, table: str) -> Table | None:
    whole = folder / f"{table}.csv"
    files = ([whole] if whole.exists() else []) + sorted(folder.glob(f"{table}-*.csv"))
    if not files:
        return None
    read = Table(set(), [], [])
    for file in files:
        with file.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            read.header.update(reader.fieldnames or ())
            for cells in reader:
                row, is_refused = _read_row(table, cells)
                (read.refused if is_refused else read.rows).append(row)
    return read


def _read_row(table: str, cells: dict[str, str]) -> tuple[Values, bool]:
    """A row's values, and whether one that it needs could not be read."""
    row: Values = {}
    emptied, is_refused = [], False
    for column in TABLES[table]:
        text = cells.get(column.name)
        if text is None:
            continue
        try:
            row[column.name] = None if text in {"", r"\N"} else PARSERS[column.kind](text)
        except ValueError:
            row[column.name] = None
            emptied.append(column.name)
            is_refused |= column.required
    return row | {"emptied": tuple(emptied)}, is_refused


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


def _parse_flag(text: str) -> bool:
    if text not in {"t", "true", "f", "false"}:
        raise ValueError(text)
    return text[0] == "t"


def _parse_number(text: str) -> Decimal:
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise ValueError(text)
    return Decimal(text)


PARSERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "flag": _parse_flag,
    "number": _parse_number,
    "date": date.fromisoformat,
    "time": parse_timestamp,
    "json": json.loads,
}


def spelling(values: Iterable[str | None]) -> set[str]:
    """The trimmed lower-case forms of some names."""
    return {value.strip(" ").lower() for value in values if value is not None}
