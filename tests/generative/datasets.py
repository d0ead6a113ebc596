"""How a hostile data set is drawn: few organizations, few ids, and values that sit on the edges of the rules.

Beside a shop lies another shop, or the app's own organization, or a demo: then what names nobody belongs to
the shop. The branch b5 names nobody, as `MAIN` does.

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
    from collections.abc import Callable
    from pathlib import Path

Row = dict[str, str]
Texts = st.SearchStrategy[str]
one = st.sampled_from

NULL = ""
UNREADABLE = "abc"
"""What stands in a cell of a number and is none."""
BRANCHES_OF_ALL: list[Row] = [
    {"id": "b1", "organization_id": "g1"},
    {"id": "b2", "organization_id": "g1", "is_active": "f"},
    {"id": "b3", "organization_id": "g2"},
    {"id": "b4", "organization_id": "g2"},
    {"id": "b5", "organization_id": NULL, "code": "MAIN"},
]
CATEGORIES: list[Row] = [{"id": "k1", "name": "Armazones"}, {"id": "k2", "name": "Cristales"}]
SHOP = {"id": "g1", "metadata": '{"timezone": "America/Santiago", "currency": "CLP", "is_demo": false}'}
BESIDE = '{{"timezone": "America/Argentina/Buenos_Aires", "currency": "ARS"{flag}}}'
# What the organization beside the shop says of itself; when it says something, the shop is the only one.
FLAGS_BESIDE = (NULL, NULL, ', "is_platform": true', ', "is_root_testing": true', ', "is_demo": true')
SETTINGS: tuple[list[Row], ...] = (
    [],
    [],
    [{"organization_id": "g1", "currency": "USD"}],
    [{"organization_id": "g1", "currency": NULL}, {"organization_id": "g2", "currency": "CLP"}],
)
Scope = tuple[str, ...]
SCOPES: tuple[Scope, ...] = (
    ("--branch", "b1"),
    ("--branch", "b1"),
    ("--organization", "g1"),
    ("--branch", "b1", "--branch", "b2"),
    ("--branch", "b2"),
    ("--branch", "b3"),
    ("--organization", "g1"),
    ("--organization", "g2"),
)
# What can be asked where the shop is the only organization.
ADOPTING_SCOPES: tuple[Scope, ...] = (
    *SCOPES,
    (),
    (),
    ("--branch", "MAIN"),
    ("--branch", "b1", "--branch", "b2", "--branch", "MAIN"),
)
TENANTED = ("customers", "orders", "lab_work_orders", "quotes", "appointments")
CHILDREN = ("order_items", "order_payments", "credit_notes")
# How many rows the app's interface gives at most, and the counts beside.
NEARLY_CUT = (999, 1000, 1000, 1001)

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
    *("30", "30", "30", "90", "90", "365", "365"),
    "1",
    "7",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "ytd",
    "yesterday",
)
COMPARES = ("previous", "previous", "previous", "year", "none")
# Hours before as-of: the same moment, hours around midnight, days, months, half a year and years before.
HOURS = (
    *(0, 1, 9, 15, 16, 24, 25, 96, 168, 200, 400, 700, 719, 720, 721, 744, 800, 900, 1000, 1200, 1439, 1440),
    *(2160, 3000, 4320, 4344, 6000, 8736, 8760, 8784, 9200, 10000, 12960, 12984, 17520),
)
# So many of these hours are of the last month, and of the last two.
MONTH, MONTHS = 14, 22

BRANCHES = (*("b1",) * 8, "b2", "b2", "b3", "b3", "b5", "b5", "b99", NULL, NULL)
ORGANIZATIONS = ("g1", "g2", NULL)
CUSTOMERS = ("c1", "c2", "c3", "c4", NULL, NULL, NULL, "c99")
EMAILS = ("ana@correo.cl", " ANA@correo.cl", "josé@correo.cl", "jose@correo.cl", "venta@pos.local", NULL)
# One number in every spelling, one of two customers, a wrong check digit, two that stand for nobody.
RUTS = (
    *("12.345.678-5", "12345678-5", "012345678-5", "12 345 678 – 5", "7.654.321-6", "10.000.013-k"),
    *("10000013-K", "11.222.333-4", "66.666.666-6", "11.111.111-1", "123-6", NULL, NULL),
)
AMOUNTS = ("1000", "1000", "1000", "20000", "333.33", "0.01", "0", "-50.5", "99999.99", NULL)
PAID_AMOUNTS = ("100", "333.33", "0.01", "-20", "1000")
HANDED_OVER = (*PAID_AMOUNTS, "1000", "1500", "20000")
GIVEN_BACK = ("100", "333.33", "0.01", "-20", "1000", "99999")
PARTS = (NULL, NULL, "0", "-1", "84000", "0.5")
CURRENCIES = (NULL, NULL, NULL, "CLP", "CLP", "CLP", "ARS", "USD")
METHODS = ("cash", "transfer", NULL)
ORDERS = tuple(f"o{number}" for number in range(1, 17))
FLAGS = ("t", "f", NULL)
ORDER_STATUSES = (*("delivered",) * 5, "pending", "cancelled", "refunded", "weird", NULL)
ORDER_PAYMENTS = (
    *("paid",) * 8,
    *(
        "pending",
        "partial",
        "failed",
        "refunded",
        "refunded",
        "partially_refunded",
        "partially_refunded",
        NULL,
    ),
)
LAB_STATUSES = (
    *("delivered", "delivered", "delivered", "ordered", "quality_check", "ready_for_pickup", "quote"),
    *("cancelled", "returned", "lost_in_mail", NULL),
)
LAB_PAYMENTS = ("paid", "paid", "paid", "pending", "partial", "refunded", NULL)
QUOTE_STATUSES = (
    "draft",
    "sent",
    "accepted",
    "accepted",
    "accepted",
    "rejected",
    "expired",
    "converted_to_work",
    "raro",
    NULL,
)
VISIT_STATUSES = ("scheduled", "confirmed", "completed", "cancelled", "no_show", "rescheduled", NULL)


@dataclass(frozen=True, slots=True)
class Dataset:
    """A data set, and what is asked of it."""

    tables: dict[str, list[Row]]
    scope: Scope
    as_of: str
    period: str
    compare: str

    @property
    def adopter(self) -> str | None:
        """The only organization, to which belongs what names nobody."""
        left = [row["id"] for row in self.tables["organizations"] if "true" not in row["metadata"]]
        return left[0] if len(left) == 1 else None

    @property
    def owners(self) -> dict[str, str]:
        """The organization of each branch that has one, by the branch's code."""
        named = {
            row.get("code", row["id"]): row["organization_id"] or self.adopter or NULL
            for row in self.tables["branches"]
        }
        return {branch: owner for branch, owner in named.items() if owner}

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


def _rows(columns: dict[str, Texts], most: int) -> st.SearchStrategy[list[Row]]:
    """At least half as many rows as at most: an empty shop is drawn by the scope and the dates already."""
    return st.lists(st.fixed_dictionaries(columns), min_size=most // 2, max_size=most)


def _unique(rows: list[Row], *columns: str) -> list[Row]:
    """Keep the first row for each key."""
    return list({tuple(row[column] for column in columns): row for row in reversed(rows)}.values())


@st.composite
def datasets(draw: st.DrawFn, *, unreadable: bool = True) -> Dataset:
    """Draw a data set and a question; without ``unreadable``, every row can be read."""
    as_of = draw(st.sampled_from(AS_OFS))
    flag = draw(st.sampled_from(FLAGS_BESIDE))
    scope = draw(st.sampled_from(ADOPTING_SCOPES if flag else SCOPES))
    days = Days(as_of)
    tables = {
        "organizations": [SHOP, {"id": "g2", "metadata": BESIDE.format(flag=flag)}],
        "organization_settings": draw(st.sampled_from(SETTINGS)),
        "branches": BRANCHES_OF_ALL,
        "categories": CATEGORIES,
        **draw(_main_tables(days)),
        **draw(_children(days)),
        **draw(_stock()),
    }
    if unreadable:
        tables["orders"] += _numbered(draw(_rows(_unreadable_orders(days), 2)), "o8")
    world = Dataset(tables, scope, as_of, draw(st.sampled_from(PERIODS)), draw(st.sampled_from(COMPARES)))
    if draw(st.integers(0, 9)) == 0:
        _fill(world, draw(st.sampled_from(["appointments", "quotes"])), draw(st.sampled_from(NEARLY_CUT)))
    return world


@dataclass(frozen=True, slots=True)
class Days:
    """Instants and dates around an as-of, to draw from."""

    as_of: str

    @property
    def moment(self) -> Texts:
        """Instants; two in three lie in the month before as-of or in the one before that."""
        moments = _moments(self.as_of)
        return st.one_of(*(st.sampled_from(some) for some in (moments[:MONTH], moments[:MONTHS], moments)))

    @property
    def maybe_moment(self) -> Texts:
        """Instants, or none."""
        return st.one_of(self.moment, self.moment, st.just(NULL))

    @property
    def day(self) -> Texts:
        """Dates."""
        return st.sampled_from(_dates(self.as_of))

    @property
    def maybe_day(self) -> Texts:
        """Dates, or none."""
        return st.one_of(st.just(NULL), self.day)


def _tenant() -> dict[str, Texts]:
    return {"branch_id": one(BRANCHES), "organization_id": one(ORGANIZATIONS)}


@st.composite
def _main_tables(draw: st.DrawFn, days: Days) -> dict[str, list[Row]]:
    """Rows that belong to a branch; of two copies one is the later."""

    def draw_rows(columns: dict[str, Texts], most: int) -> list[Row]:
        dated = {"created_at": days.moment, "updated_at": days.maybe_moment}
        rows = draw(_rows({**_tenant(), **columns, **dated}, most))
        return _unique(rows, "id", "updated_at", "created_at")

    return {
        "customers": draw_rows(_customers(), 10),
        "orders": draw_rows(_orders(), 32),
        "lab_work_orders": draw_rows(_work_orders(days), 12),
        "quotes": draw_rows(_quotes(days), 8),
        "appointments": draw_rows(
            {
                "id": one(["a1", "a2", "a3", "a4"]),
                "customer_id": one(CUSTOMERS),
                "status": one(VISIT_STATUSES),
                "appointment_date": days.day,
            },
            8,
        ),
    }


def _customers() -> dict[str, Texts]:
    return {"id": one(CUSTOMERS[:4]), "email": one(EMAILS), "rut": one(RUTS), "is_active": one(FLAGS)}


def _orders() -> dict[str, Texts]:
    return {
        "id": one(ORDERS),
        "customer_id": one(CUSTOMERS),
        "email": one(EMAILS),
        "sii_rut": one(RUTS),
        "status": one(ORDER_STATUSES),
        "payment_status": one(ORDER_PAYMENTS),
        "total_amount": one(AMOUNTS),
        "currency": one(CURRENCIES),
        "is_pos_sale": one(FLAGS),
        "payment_method_type": one(METHODS),
        "institutional_amount": one(PARTS),
    }


def _unreadable_orders(days: Days) -> dict[str, Texts]:
    """Orders made before as-of: a part that cannot be read is nothing, an amount refuses its row."""
    return {
        **_tenant(),
        "status": one(ORDER_STATUSES),
        "payment_status": one(ORDER_PAYMENTS),
        "total_amount": one([UNREADABLE, "1000"]),
        "institutional_amount": st.just(UNREADABLE),
        "created_at": one(_moments(days.as_of)[:24]),
    }


def _work_orders(days: Days) -> dict[str, Texts]:
    return {
        "id": one([f"w{number}" for number in range(1, 7)]),
        "customer_id": one(CUSTOMERS),
        "pos_order_id": one([*ORDERS, NULL, NULL, NULL, "o99"]),
        "status": one(LAB_STATUSES),
        "payment_status": one(LAB_PAYMENTS),
        "total_amount": one(AMOUNTS),
        "currency": one(CURRENCIES),
        "ordered_at": days.maybe_moment,
        "delivered_at": days.maybe_moment,
        "lab_estimated_delivery_date": days.maybe_day,
    }


def _quotes(days: Days) -> dict[str, Texts]:
    return {
        "id": one(["q1", "q2", "q3", "q4"]),
        "customer_id": one(CUSTOMERS),
        "status": one(QUOTE_STATUSES),
        "total_amount": one(AMOUNTS),
        "currency": one(CURRENCIES),
        "expiration_date": days.maybe_day,
        "converted_to_work_order_id": one([NULL, NULL, "w1", "w99"]),
    }


@st.composite
def _children(draw: st.DrawFn, days: Days) -> dict[str, list[Row]]:
    """Rows that follow their order, which is not always in the data."""
    order = one([*ORDERS, "o98"])
    items = {
        "order_id": order,
        "product_id": one([NULL, "d1", "d2", "d3", "d99"]),
        "product_name": one(["Ray", " RAY ", "Paño", "paño"]),
        "quantity": one(["1", "2", "3"]),
        "total_price": one(PAID_AMOUNTS),
    }
    payments = {
        "order_id": order,
        "amount": one(HANDED_OVER),
        "payment_method": one(["cash", "cash", "cash", "debit", "bitcoin", NULL]),
        "paid_at": days.maybe_moment,
    }
    notes = {"order_id": order, "amount": one(GIVEN_BACK), "created_at": days.maybe_moment}
    return {
        "order_items": _numbered(draw(_rows(items, 16)), "i"),
        "order_payments": _numbered(draw(_rows(payments, 24)), "p"),
        "credit_notes": _numbered(draw(_rows(notes, 12)), "n"),
    }


@st.composite
def _stock(draw: st.DrawFn) -> dict[str, list[Row]]:
    """Products, of which some name nobody, and what the branches hold of them."""
    products = {
        "id": one(["d1", "d2", "d3"]),
        "name": one(["Ray", "Cristal"]),
        "category_id": one(["k1", "k2", "k9", NULL]),
        "status": one(["active", "active", "archived", NULL]),
        **_tenant(),
    }
    stock = {
        "product_id": one(["d1", "d2", "d3", "d99"]),
        "branch_id": one(["b1", "b2", "b3", "b5", "b99"]),
        "quantity": one(["0", "3", "9"]),
        "reserved_quantity": one([NULL, "0", "4"]),
        "available_quantity": one([NULL, "-1", "0", "2", "6"]),
        "low_stock_threshold": one([NULL, "0", "2", "6"]),
    }
    return {
        "products": _unique(draw(_rows(products, 6)), "id"),
        "product_branch_stock": _unique(draw(_rows(stock, 8)), "product_id", "branch_id"),
    }


def _numbered(rows: list[Row], letter: str) -> list[Row]:
    """Give rows ids of their own, and repeat the first one as it is, if it is a child."""
    numbered = [{"id": f"{letter}{number}", **row} for number, row in enumerate(rows)]
    return numbered if letter == "o8" else numbered + numbered[:1]


def _fill(world: Dataset, table: str, count: int) -> None:
    """Add rows of the scope until it holds so many of a table, as where the app's interface cuts it."""
    holds = _holds(world)
    branch = next(name for name in ("b1", "b2", "b3", "b5") if holds({"branch_id": name}))
    missing = count - sum(map(holds, world.tables[table]))
    row = {"branch_id": branch, "organization_id": NULL, "status": "sent", "created_at": "2024-02-01"}
    world.tables[table] += [
        {**row, "id": f"x{number}", "appointment_date": "2024-02-01"} for number in range(missing)
    ]


def _holds(world: Dataset) -> Callable[[Row], bool]:
    """Whether the scope of a world holds a row, from the words of the contract."""
    owners, (owner, chosen, everything) = world.owners, _scope(world)
    ids = {row["id"] for row in world.tables["branches"] if row.get("code", row["id"]) in chosen}
    assert set(owners) >= chosen

    def holds(row: Row) -> bool:
        if row["branch_id"] != NULL:
            return row["branch_id"] in ids
        named = row["organization_id"] or world.adopter
        return chosen == everything and named == owner

    return holds


def _scope(world: Dataset) -> tuple[str, set[str], set[str]]:
    """The organization of a world's question, the branches that are asked for, and all of its branches."""
    names, owners = set(world.scope[1::2]), world.owners
    owner = next((owners.get(name, name) for name in sorted(names)), world.adopter or NULL)
    everything = {branch for branch, of in owners.items() if of == owner}
    return owner, (names & set(owners)) or everything, everything


def inside(world: Dataset) -> dict[str, list[Row]]:
    """Delete every row outside the scope; the directory, which is no scoped row, stays."""
    holds, owner = _holds(world), _scope(world)[0]
    tables = dict(world.tables)
    for table in TENANTED:
        tables[table] = [row for row in tables[table] if holds(row)]
    orders = {row["id"] for row in tables["orders"]}
    for table in CHILDREN:
        tables[table] = [row for row in tables[table] if row["order_id"] in orders]
    tables["products"] = [
        row
        for row in tables["products"]
        if row["organization_id"] == owner
        or (row["branch_id"] != NULL and holds(row))
        or (row["branch_id"] == row["organization_id"] == NULL and world.adopter == owner)
    ]
    tables["product_branch_stock"] = [row for row in tables["product_branch_stock"] if holds(row)]
    return tables
