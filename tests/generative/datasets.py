"""How a hostile data set is drawn: two organizations, few ids, and values that sit on the edges of the rules.

Ids are drawn from short lists, so that links cross branches, rows repeat and children lose their order.
Instants lie around midnights, around the days that clocks change, and around as-of. Two copies of a row
never carry the same `updated_at` and `created_at`, because the contract does not say which of those would
count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from spec.harness import new_folder, write_table

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, str]

NULL = ""
DIRECTORY: dict[str, list[Row]] = {
    "organizations": [
        {"id": "g1", "metadata": '{"timezone": "America/Santiago", "currency": "CLP"}'},
        {"id": "g2", "metadata": '{"timezone": "America/Argentina/Buenos_Aires", "currency": "ARS"}'},
    ],
    "branches": [
        {"id": "b1", "organization_id": "g1"},
        {"id": "b2", "organization_id": "g1", "is_active": "f"},
        {"id": "b3", "organization_id": "g2"},
        {"id": "b4", "organization_id": "g2"},
    ],
    "categories": [{"id": "k1", "name": "Armazones"}, {"id": "k2", "name": "Cristales"}],
}
OWNERS = {branch["id"]: branch["organization_id"] for branch in DIRECTORY["branches"]}
SCOPES = (
    ("--branch", "b1"),
    ("--branch", "b1", "--branch", "b2"),
    ("--branch", "b2"),
    ("--branch", "b3"),
    ("--organization", "g1"),
    ("--organization", "g2"),
)
AS_OFS = (
    "2026-11-22T15:00:00-03:00",
    "2026-11-22",
    "2026-04-04",
    "2026-04-05T00:30:00-04:00",
    "2026-09-06T12:00:00-03:00",
    "2026-03-30T12:00:00-03:00",
    "2024-02-29T12:00:00-03:00",
)
PERIODS = (
    "30",
    "90",
    "365",
    "1",
    "7",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "ytd",
    "yesterday",
)
COMPARES = ("previous", "year", "none")
# Hours before as-of: the same moment, hours around midnight, days, months, half a year and years before.
HOURS = (
    *(0, 1, 9, 15, 16, 24, 25, 96, 168, 200, 400, 700, 719, 720, 721, 744, 800, 900, 1000, 1200, 1439, 1440),
    *(2160, 3000, 4320, 4344, 6000, 8736, 8760, 8784, 9200, 10000, 17520),
)

BRANCHES = ("b1", "b1", "b1", "b1", "b2", "b2", "b3", "b99", NULL)
ORGANIZATIONS = ("g1", "g2", NULL)
CUSTOMERS = ("c1", "c2", "c3", "c4", NULL, NULL, NULL, "c99")
EMAILS = ("ana@correo.cl", " ANA@correo.cl", "josé@correo.cl", "jose@correo.cl", "venta@pos.local", NULL)
AMOUNTS = ("1000", "1000", "333.33", "0.01", "0", "-50.5", "99999.99", NULL)
PAID_AMOUNTS = ("100", "333.33", "0.01", "-20", "1000")
CURRENCIES = (NULL, NULL, "CLP", "CLP", "ARS", "USD")
FLAGS = ("t", "f", NULL)
ORDER_STATUSES = ("delivered", "delivered", "delivered", "pending", "cancelled", "refunded", "weird", NULL)
ORDER_PAYMENTS = ("paid", "paid", "paid", "paid", "pending", "partial", "failed", "refunded", NULL)
LAB_STATUSES = (
    *("delivered", "ordered", "quality_check", "ready_for_pickup", "quote"),
    *("cancelled", "returned", "lost_in_mail", NULL),
)
LAB_PAYMENTS = ("paid", "paid", "paid", "pending", "partial", "refunded", NULL)
QUOTE_STATUSES = ("draft", "sent", "accepted", "rejected", "expired", "converted_to_work", "raro", NULL)
VISIT_STATUSES = ("scheduled", "confirmed", "completed", "cancelled", "no_show", "rescheduled", NULL)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set, and what is asked of it."""

    tables: dict[str, list[Row]]
    scope: tuple[str, ...]
    as_of: str
    period: str
    compare: str

    @property
    def options(self) -> tuple[str, ...]:
        """The question's scope and instant, for any report."""
        return (*self.scope, "--as-of", self.as_of)

    @property
    def window(self) -> tuple[str, ...]:
        """The question's window, for a dashboard."""
        return ("--period", self.period, "--compare", self.compare)


def write_dataset(tables: dict[str, list[Row]]) -> Path:
    """Write a data set as a folder of CSV files."""
    folder = new_folder()
    for table, rows in tables.items():
        write_table(folder / f"{table}.csv", table, rows)
    return folder


def _moments(as_of: str) -> list[str]:
    """Instants on the edges: of as-of itself, of hours before it, and of days on which clocks change."""
    local = as_of if "T" in as_of else f"{as_of}T23:59:59.999999-03:00"
    now = datetime.fromisoformat(local).astimezone(UTC)
    tick = timedelta(microseconds=1)
    moments = [now - timedelta(hours=hours) for hours in HOURS]
    moments += [now - tick, now + tick, now + timedelta(hours=1), now + timedelta(days=40)]
    for text in ("2026-04-04T03:00", "2026-04-05T03:00", "2026-04-05T04:00", "2026-09-06T04:00"):
        edge = datetime.fromisoformat(text).replace(tzinfo=UTC)
        moments += [edge - tick, edge]
    midnights = [moment.replace(hour=hour, minute=0) for moment in moments[3:20:2] for hour in (3, 4)]
    return [_written(moment) for moment in (*moments, *midnights)]


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.%f+00")


def _dates(as_of: str) -> list[str]:
    today = datetime.fromisoformat(as_of).date()
    return [(today - timedelta(days)).isoformat() for days in (-30, -1, 0, 1, 7, 29, 30, 40, 364, 365)]


def _rows(columns: dict[str, st.SearchStrategy[str]], most: int) -> st.SearchStrategy[list[Row]]:
    """At least half as many rows as at most: an empty shop is drawn by the scope and the dates already."""
    return st.lists(st.fixed_dictionaries(columns), min_size=most // 2, max_size=most)


def _unique(rows: list[Row], *columns: str) -> list[Row]:
    """Keep the first row for each key."""
    return list({tuple(row[column] for column in columns): row for row in reversed(rows)}.values())


@st.composite
def datasets(draw: st.DrawFn) -> Dataset:
    """Draw a data set and a question."""
    as_of = draw(st.sampled_from(AS_OFS))
    moment, day = st.sampled_from(_moments(as_of)), st.sampled_from(_dates(as_of))
    maybe_moment, maybe_day = st.one_of(st.just(NULL), moment), st.one_of(st.just(NULL), day)
    pick = st.sampled_from
    tenant = {"branch_id": pick(BRANCHES), "organization_id": pick(ORGANIZATIONS)}
    dated = {"created_at": moment, "updated_at": maybe_moment}
    orders = [f"o{number}" for number in range(1, 13)]

    def draw_rows(columns: dict[str, st.SearchStrategy[str]], most: int) -> list[Row]:
        rows = draw(_rows({**tenant, **columns, **dated}, most))
        return _unique(rows, "id", "updated_at", "created_at")

    tables = {
        **DIRECTORY,
        "customers": draw_rows(
            {"id": pick(CUSTOMERS[:4]), "email": pick(EMAILS), "is_active": pick(FLAGS)}, 10
        ),
        "orders": draw_rows(
            {
                "id": pick(orders),
                "customer_id": pick(CUSTOMERS),
                "email": pick(EMAILS),
                "status": pick(ORDER_STATUSES),
                "payment_status": pick(ORDER_PAYMENTS),
                "total_amount": pick(AMOUNTS),
                "currency": pick(CURRENCIES),
                "is_pos_sale": pick(FLAGS),
            },
            24,
        ),
        "lab_work_orders": draw_rows(
            {
                "id": pick([f"w{number}" for number in range(1, 7)]),
                "customer_id": pick(CUSTOMERS),
                "pos_order_id": pick([*orders, NULL, NULL, NULL, "o99"]),
                "status": pick(LAB_STATUSES),
                "payment_status": pick(LAB_PAYMENTS),
                "total_amount": pick(AMOUNTS),
                "currency": pick(CURRENCIES),
                "ordered_at": maybe_moment,
                "delivered_at": maybe_moment,
                "lab_estimated_delivery_date": maybe_day,
            },
            12,
        ),
        "quotes": draw_rows(
            {
                "id": pick(["q1", "q2", "q3", "q4"]),
                "customer_id": pick(CUSTOMERS),
                "status": pick(QUOTE_STATUSES),
                "total_amount": pick(AMOUNTS),
                "currency": pick(CURRENCIES),
                "expiration_date": maybe_day,
            },
            8,
        ),
        "appointments": draw_rows(
            {
                "id": pick(["a1", "a2", "a3", "a4"]),
                "customer_id": pick(CUSTOMERS),
                "status": pick(VISIT_STATUSES),
                "appointment_date": day,
            },
            8,
        ),
        "order_items": _numbered(
            draw(
                _rows(
                    {
                        "order_id": pick([*orders, "o98"]),
                        "product_id": pick([NULL, "d1", "d2", "d3", "d99"]),
                        "product_name": pick(["Ray", " RAY ", "Paño", "paño"]),
                        "quantity": pick(["1", "2", "3"]),
                        "total_price": pick(PAID_AMOUNTS),
                    },
                    16,
                )
            ),
            "i",
        ),
        "order_payments": _numbered(
            draw(
                _rows(
                    {
                        "order_id": pick([*orders, "o98"]),
                        "amount": pick(PAID_AMOUNTS),
                        "payment_method": pick(["cash", "debit", "bitcoin", NULL]),
                        "paid_at": maybe_moment,
                    },
                    16,
                )
            ),
            "p",
        ),
        "products": _unique(
            draw(
                _rows(
                    {
                        "id": pick(["d1", "d2", "d3"]),
                        "name": pick(["Ray", "Cristal"]),
                        "category_id": pick(["k1", "k2", "k9", NULL]),
                        "status": pick(["active", "active", "archived", NULL]),
                        **tenant,
                    },
                    6,
                )
            ),
            "id",
        ),
        "product_branch_stock": _unique(
            draw(
                _rows(
                    {
                        "product_id": pick(["d1", "d2", "d3", "d99"]),
                        "branch_id": pick(["b1", "b2", "b3", "b99"]),
                        "quantity": pick(["0", "3", "9"]),
                        "reserved_quantity": pick([NULL, "0", "4"]),
                        "available_quantity": pick([NULL, "-1", "0", "2", "6"]),
                        "low_stock_threshold": pick([NULL, "0", "2", "6"]),
                    },
                    8,
                )
            ),
            "product_id",
            "branch_id",
        ),
    }
    return Dataset(tables, draw(pick(SCOPES)), as_of, draw(pick(PERIODS)), draw(pick(COMPARES)))


def _numbered(rows: list[Row], letter: str) -> list[Row]:
    """Give rows ids of their own, and repeat the first one as it is."""
    numbered = [{"id": f"{letter}{number}", **row} for number, row in enumerate(rows)]
    return numbered + numbered[:1]


def inside(world: Dataset) -> dict[str, list[Row]]:
    """Delete every row outside the scope; the directory, which is no scoped row, stays."""
    names = world.scope[1::2]
    owners = {OWNERS.get(name, name) for name in names}
    everything = {branch for branch, owner in OWNERS.items() if owner in owners}
    chosen = set(names) & set(OWNERS) or everything

    def holds(row: Row) -> bool:
        if row["branch_id"] == NULL:
            return chosen == everything and row["organization_id"] in owners
        return row["branch_id"] in chosen

    tables = dict(world.tables)
    for table in ("customers", "orders", "lab_work_orders", "quotes", "appointments"):
        tables[table] = [row for row in tables[table] if holds(row)]
    orders = {row["id"] for row in tables["orders"]}
    for table in ("order_items", "order_payments"):
        tables[table] = [row for row in tables[table] if row["order_id"] in orders]
    tables["products"] = [
        row for row in tables["products"] if row["organization_id"] in owners or row["branch_id"] in chosen
    ]
    tables["product_branch_stock"] = [
        row for row in tables["product_branch_stock"] if row["branch_id"] in chosen
    ]
    return tables
