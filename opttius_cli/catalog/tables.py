"""Declare the source tables: names, columns, types and owners. Adding a table is one entry here.

Only the columns named here are read; everything else in an export is ignored.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection

Tenancy = Literal["branch", "organization", "parent", "none", "directory"]

SALES_TABLES = ("orders", "lab_work_orders")
"""The tables whose rows are sales."""


class Kind(StrEnum):
    """What a column holds; it decides how a cell is read and how it is stored."""

    ID = "id"
    TEXT = "text"
    MONEY = "money"
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"
    DATE = "date"
    JSON = "json"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a source table.

    ``required``: without the column the table is refused, and so is a row whose cell cannot be read.
    ``generated_from`` names the columns that a database generates it from: an export seldom holds it, and where
    those are there nothing is missing.
    """

    name: str
    kind: Kind
    required: bool = False
    generated_from: tuple[str, ...] = ()

    def folded(self, text: str) -> str:
        """The SQL of ``text`` in the letter case of this column: of a code it never tells two values apart."""
        fold = _FOLDED.get(self.name)
        return f"{fold}({text})" if fold else text


_FOLDED = {
    "status": "lower",
    "payment_status": "lower",
    "payment_method": "lower",
    "payment_method_type": "lower",
    "role": "lower",
    "subscription_tier": "lower",
    "currency": "upper",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A column that refers to a row of another table, which may be outside a scope.

    The loader stores with each row the owner and creation time of the row it refers to, and whether that row
    was deferred (columns ``<stem>_tenant``, ``<stem>_created_at``, ``<stem>_contested``). So the scoped view
    can compute ``<stem>_seen``, whether the scope sees it, without a join.

    ``customer`` says that the other row itself refers to a customer. Then ``<stem>_apart`` is stored as well:
    whether a scope may see the other row but not its customer. Where it is false, no further check is needed.
    """

    column: str
    table: str
    customer: bool = False

    @property
    def stem(self) -> str:
        """Return the column's name without ``_id``."""
        return self.column.removesuffix("_id")


@dataclass(frozen=True, slots=True)
class Table:
    """One source table.

    ``key`` names its primary key. ``date_column`` says from when a row exists (None: rows have no date).
    ``tenancy`` is how a row belongs to an organization: by ``branch`` (or by organization, for rows without
    a branch), by ``organization`` or branch, through its ``parent`` order, to ``none``, or as part of the
    ``directory`` that every reader may see. ``source_names`` are pairs of the name that a column has in the source
    and our name, where they differ; of several of ours with one name there, the first is read, the others are its
    ``twins``. ``constant_columns`` are those that hold the same in every row, and that the source does not have.
    """

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ("id",)
    date_column: str | None = None
    tenancy: Tenancy = "branch"
    required: bool = False
    references: tuple[Reference, ...] = ()
    source_names: tuple[tuple[str, str], ...] = ()
    constant_columns: tuple[str, ...] = ()

    def find_name(self, name: str) -> str:
        """Return our name of a column that the source calls ``name``; a name of ours may stand for another there."""
        ours = next((ours for theirs, ours in self.source_names if theirs == name), None)
        is_taken = any(ours == name for _theirs, ours in self.source_names)
        return ours or (f"~{name}" if is_taken else name)

    @property
    def twins(self) -> dict[str, str]:
        """Return the columns that are read from the same column of the source as another one of ours, and that one."""
        firsts: dict[str, str] = {}
        for theirs, ours in self.source_names:
            firsts.setdefault(theirs, ours)
        return {ours: firsts[theirs] for theirs, ours in self.source_names if firsts[theirs] != ours}

    def get_column(self, name: str) -> Column:
        """Return the column called ``name``. Raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def is_lacking(self, name: str, absent: Collection[str]) -> bool:
        """Whether a column, which is one of the ``absent``, is worth a line in what was left out."""
        parts = self.get_column(name).generated_from
        return not parts or any(part in absent for part in parts)

    def has_column(self, name: str) -> bool:
        """Return whether the table has a column called ``name``."""
        return any(column.name == name for column in self.columns)

    @property
    def has_email_key(self) -> bool:
        """Return whether people are matched by email here; the scoped view then has an ``email_key``."""
        return self.tenancy == "branch" and self.has_column("email")

    @property
    def can_match_by_email(self) -> bool:
        """Whether a row that names no customer is that of its email's only holder (metrics 4.4)."""
        return self.has_email_key and self.has_column("customer_id")

    @property
    def asks_by_ticket(self) -> bool:
        """Whether a row that names no customer is that of the only holder of its ticket's RUT (metrics 4.3)."""
        return self.has_column("sii_rut") and self.has_column("customer_id")

    @property
    def keeps_repeats(self) -> bool:
        """Whether further rows of one key are stored, too: a sale counts once, the app sums what it reads."""
        return self.name in SALES_TABLES

    @property
    def has_owner(self) -> bool:
        """Return whether each row has one owner, a branch or an organization; other tables have few rows."""
        return self.tenancy in {"branch", "parent"}

    @property
    def sort_column(self) -> str | None:
        """Return the sort column of stored rows: the order's time for a child, else its own date, or None."""
        return "order_created_at" if self.tenancy == "parent" else self.date_column

    @property
    def mandatory_columns(self) -> tuple[str, ...]:
        """Return the columns without which the table is rejected, as far as the source has to have them."""
        elsewhere = (
            {*self.constant_columns, *self.twins} if self.source_names or self.constant_columns else ()
        )
        return tuple(
            column.name for column in self.columns if column.required and column.name not in elsewhere
        )


_GENERATED = {"available_quantity": ("quantity", "reserved_quantity")}
_KINDS = {kind.value: kind for kind in Kind}


def _parse_columns(text: str) -> tuple[Column, ...]:
    """Columns from lines of ``kind: name, name!``; ``!`` is required."""
    columns = []
    for line in text.strip().splitlines():
        kind, names = line.strip().split(": ")
        columns += [
            Column(name.rstrip("!"), _KINDS[kind], name.endswith("!"), _GENERATED.get(name, ()))
            for name in names.split(", ")
        ]
    return tuple(columns)


_ALL_TABLES = (
    Table(
        "organizations",
        _parse_columns("""
            id: id!
            text: name, slug, subscription_tier, status
            json: metadata
        """),
        tenancy="directory",
    ),
    Table(
        "organization_settings",
        _parse_columns("""
            id: organization_id!
            text: currency, country
        """),
        key=("organization_id",),
        tenancy="directory",
    ),
    Table(
        "branches",
        _parse_columns("""
            id: id!, organization_id
            text: name!, code
            flag: is_active
        """),
        tenancy="directory",
        required=True,
    ),
    Table(
        "customers",
        _parse_columns("""
            id: id!, branch_id!, organization_id
            text: first_name, last_name, email, phone, rut
            flag: is_active
            instant: created_at!, updated_at
            date: last_eye_exam_date, next_eye_exam_due
            text: preferred_contact_method
            list: tags
        """),
        date_column="created_at",
        required=True,
    ),
    Table(
        "orders",
        _parse_columns("""
            id: id!
            text: order_number
            id: branch_id, organization_id, customer_id
            text: email, sii_rut, status!, payment_status!
            money: total_amount!
            text: currency
            flag: is_pos_sale
            text: payment_method_type
            id: agreement_id
            money: copago_amount, institutional_amount, discount_amount
            id: pos_cashier_id
            instant: created_at!, updated_at
        """),
        date_column="created_at",
        required=True,
        references=(Reference("customer_id", "customers"),),
    ),
    Table(
        "lab_work_orders",
        _parse_columns("""
            id: id!
            text: work_order_number
            id: branch_id, organization_id, customer_id!, quote_id, pos_order_id
            text: status!, payment_status!
            money: total_amount!
            text: currency, lab_name, lens_type
            instant: ordered_at, sent_to_lab_at, received_from_lab_at, ready_at, delivered_at
            date: lab_estimated_delivery_date
            instant: created_at!, updated_at
        """),
        date_column="created_at",
        references=(
            Reference("customer_id", "customers"),
            Reference("pos_order_id", "orders", customer=True),
        ),
    ),
    Table(
        "appointments",
        _parse_columns("""
            id: id!, customer_id, branch_id, organization_id
            date: appointment_date!
            text: appointment_time, appointment_type, status!
            instant: created_at, updated_at
        """),
        date_column="appointment_date",
    ),
    Table(
        "quotes",
        _parse_columns("""
            id: id!, customer_id!
            text: quote_number
            id: branch_id, organization_id
            text: status!
            money: total_amount!
            text: currency
            date: expiration_date
            instant: sent_at
            id: converted_to_work_order_id
            instant: created_at!, updated_at
        """),
        date_column="created_at",
    ),
    Table(
        "order_items",
        _parse_columns("""
            id: id!, order_id!, product_id
            text: product_name
            number: quantity!
            money: unit_price, total_price!
        """),
        tenancy="parent",
    ),
    Table(
        "order_payments",
        _parse_columns("""
            id: id!, order_id!
            money: amount!
            text: payment_method
            instant: paid_at
        """),
        date_column="paid_at",
        tenancy="parent",
    ),
    Table(
        "credit_notes",
        _parse_columns("""
            id: id!, order_id!
            money: amount!
            instant: created_at
        """),
        date_column="created_at",
        tenancy="parent",
    ),
    Table(
        "products",
        _parse_columns("""
            id: id!, organization_id, branch_id
            text: name!
            id: category_id
            text: status, product_type
        """),
        tenancy="organization",
    ),
    Table(
        "categories",
        _parse_columns("""
            id: id!
            text: name!
        """),
        tenancy="none",
    ),
    Table(
        "product_branch_stock",
        _parse_columns("""
            id: product_id!, branch_id!
            number: quantity!, reserved_quantity, available_quantity, low_stock_threshold
        """),
        key=("product_id", "branch_id"),
    ),
    Table(
        "prescriptions",
        _parse_columns("""
            id: id!, customer_id!, branch_id
            date: prescription_date, expiration_date
            flag: is_current
        """),
        date_column="prescription_date",
    ),
    Table(
        "subscription_tiers",
        _parse_columns("""
            text: name!
            json: features
        """),
        key=("name",),
        tenancy="directory",
    ),
    Table(
        "admin_users",
        _parse_columns("""
            id: id!
            text: email!, role!
            flag: is_active
            id: organization_id
        """),
        tenancy="directory",
    ),
    Table(
        "admin_branch_access",
        _parse_columns("""
            id: admin_user_id!, branch_id
            text: role
            flag: is_primary
        """),
        key=("admin_user_id", "branch_id"),
        tenancy="directory",
    ),
    Table(
        "agreements",
        _parse_columns("""
            id: id!, organization_id
            text: name, agreement_type, institution_name
        """),
        tenancy="organization",
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _ALL_TABLES}
"""Every source table by name, in loading order (a parent before its children)."""
