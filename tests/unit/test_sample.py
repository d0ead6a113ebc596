"""The generated shop: equal seeds give equal bytes, and its habits are those of an optical shop in Chile."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import duckdb
import pytest

from opttius_cli.sample import generate_sample

if TYPE_CHECKING:
    from pathlib import Path

UNTIL = date(2026, 11, 22)
CUSTOMERS = 3000
COLUMNS = {
    "branches": "id organization_id name code is_active",
    "customers": (
        "id branch_id organization_id first_name last_name email phone rut is_active created_at "
        "updated_at last_eye_exam_date next_eye_exam_due preferred_contact_method tags"
    ),
    "orders": (
        "id order_number branch_id organization_id customer_id email sii_rut status payment_status "
        "total_amount currency is_pos_sale payment_method_type agreement_id copago_amount "
        "institutional_amount discount_amount pos_cashier_id created_at updated_at"
    ),
    "lab_work_orders": (
        "id work_order_number branch_id organization_id customer_id quote_id pos_order_id status "
        "payment_status total_amount currency lab_name lens_type ordered_at sent_to_lab_at "
        "received_from_lab_at ready_at delivered_at lab_estimated_delivery_date created_at updated_at"
    ),
    "appointments": (
        "id customer_id branch_id organization_id appointment_date appointment_time appointment_type "
        "status created_at updated_at"
    ),
    "quotes": (
        "id customer_id quote_number branch_id organization_id status total_amount currency "
        "expiration_date sent_at converted_to_work_order_id created_at updated_at"
    ),
    "order_items": "id order_id product_id product_name quantity unit_price total_price",
    "order_payments": "id order_id amount payment_method paid_at",
    "credit_notes": "id order_id amount created_at",
    "products": "id organization_id branch_id name category_id status product_type",
    "categories": "id name",
    "product_branch_stock": (
        "product_id branch_id quantity reserved_quantity available_quantity low_stock_threshold"
    ),
    "prescriptions": "id customer_id branch_id prescription_date expiration_date is_current",
    "organizations": "id name slug subscription_tier status metadata",
    "organization_settings": "organization_id currency country",
    "subscription_tiers": "name features",
    "admin_users": "id email role is_active organization_id",
    "admin_branch_access": "admin_user_id branch_id role is_primary",
    "agreements": "id organization_id name agreement_type institution_name",
}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


class Shop:
    """A generated shop: its natural rows as views, and the rows that generate() said it wrote."""

    def __init__(self, folder: Path, rows: dict[str, int]) -> None:
        self.rows = rows
        self.con = duckdb.connect()
        self.con.execute("SET TimeZone = 'UTC'")
        for table in rows:
            self.con.read_parquet(str(folder / f"{table}.parquet")).create_view(table)
        # Rows placed by hand keep no habits: they are left out here, and have a test file of their own.
        self.con.execute(
            "CREATE VIEW sold AS SELECT *, timezone('America/Santiago', created_at) AS moment "
            "FROM orders WHERE order_number NOT LIKE 'ODD-%' "
            "AND branch_id IN (SELECT id FROM branches WHERE code LIKE 'CM-%')"
        )

    def value(self, query: str) -> float:
        row = self.con.execute(query).fetchone()
        assert row is not None
        return float(row[0])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    folder = tmp_path_factory.mktemp("shop")
    rows = generate_sample(folder, customers=CUSTOMERS, seed=7, until=UNTIL, file_format="parquet")
    return Shop(folder, rows)


@pytest.mark.parametrize("file_format", ["csv", "parquet"])
def test_equal_seeds_give_equal_bytes(tmp_path: Path, file_format: str) -> None:
    for name in ("one", "two"):
        generate_sample(tmp_path / name, customers=60, seed=3, until=UNTIL, file_format=file_format)  # type: ignore[arg-type]
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    generate_sample(tmp_path / "one", customers=60, seed=3, until=UNTIL)
    generate_sample(tmp_path / "two", customers=60, seed=4, until=UNTIL)
    assert (tmp_path / "one/customers.csv").read_bytes() != (tmp_path / "two/customers.csv").read_bytes()


def test_only_whole_files_are_left(tmp_path: Path) -> None:
    rows = generate_sample(tmp_path / "shop", customers=1, seed=1, until=UNTIL)
    assert sorted(path.name for path in (tmp_path / "shop").iterdir()) == [
        f"{table}.csv" for table in sorted(rows)
    ]


@pytest.mark.parametrize("customers", [0, -5])
def test_a_shop_without_customers_is_refused(tmp_path: Path, customers: int) -> None:
    with pytest.raises(ValueError, match=f"not {customers}"):
        generate_sample(tmp_path / "none", customers=customers, seed=1, until=UNTIL)
    assert not (tmp_path / "none").exists()


def test_the_other_end_of_a_leap_year(tmp_path: Path) -> None:
    rows = generate_sample(tmp_path, customers=50, seed=1, until=date(2028, 2, 29))
    assert rows["orders"] > 150


def test_importing_the_generator_does_not_load_duckdb() -> None:
    code = "import sys, opttius_cli.sample; sys.exit('duckdb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tables_and_columns_are_those_of_the_app(shop: Shop) -> None:
    assert {table: shop.con.table(table).columns for table in shop.rows} == {
        table: names.split() for table, names in COLUMNS.items()
    }


def test_the_returned_rows_are_the_written_rows(shop: Shop) -> None:
    assert shop.rows == {table: len(shop.con.table(table)) for table in shop.rows}


@dataclass(frozen=True)
class Habit:
    """A share, average or count, and the band in which it must lie."""

    query: str
    low: float
    high: float


HABITS = {
    "orders per customer": Habit("SELECT count(*) / 3000 FROM orders", 1.8, 2.8),
    "sales on Sundays": Habit("SELECT count(*) FROM sold WHERE isodow(moment) = 7", 0, 0),
    "sales on the national holiday": Habit(
        "SELECT count(*) FROM sold WHERE strftime(moment, '%m-%d') = '09-18'",
        0,
        0,
    ),
    "sales outside the hours": Habit(
        "SELECT count(*) FROM sold WHERE hour(moment) NOT BETWEEN 10 AND 19",
        0,
        0,
    ),
    "sales on Saturday afternoons": Habit(
        "SELECT count(*) FROM sold WHERE isodow(moment) = 6 AND hour(moment) >= 14",
        0,
        0,
    ),
    "December before Christmas against February, per year": Habit(
        "SELECT count(*) FILTER (month(moment) = 12) / count(*) FILTER (month(moment) = 2) FROM sold WHERE "
        "moment BETWEEN '2023-12-01' AND '2026-03-01'",
        1.5,
        3.5,
    ),
    "the week of 18 September against the first of October": Habit(
        "SELECT count(*) FILTER (month(moment) = 9 AND day(moment) BETWEEN 15 AND 21) / count(*) FILTER "
        "(month(moment) = 10 AND day(moment) BETWEEN 1 AND 7) FROM sold",
        0.1,
        0.6,
    ),
    "share of peak hours (12, 13, 17, 18)": Habit(
        "SELECT avg(CAST(hour(moment) IN (12, 13, 17, 18) AS INTEGER)) FROM sold",
        0.45,
        0.65,
    ),
    "share of buyers who came back": Habit(
        "SELECT avg(CAST(n > 1 AS INTEGER)) FROM (SELECT count(*) AS n FROM sold WHERE customer_id IS NOT "
        "NULL GROUP BY customer_id)",
        0.3,
        0.5,
    ),
    "share of walk-in sales": Habit(
        "SELECT avg(CAST(coalesce(email = 'venta@pos.local', false) AS INTEGER)) FROM sold",
        0.2,
        0.4,
    ),
    "share of orders with a linked work order": Habit(
        "SELECT avg(CAST(id IN (SELECT pos_order_id FROM lab_work_orders WHERE pos_order_id IS NOT NULL) AS"
        " INTEGER)) FROM sold",
        0.33,
        0.47,
    ),
    "share of work orders that stand alone": Habit(
        "SELECT avg(CAST(pos_order_id IS NULL AS INTEGER)) FROM lab_work_orders",
        0.05,
        0.2,
    ),
    "share of paid orders": Habit(
        "SELECT avg(CAST(payment_status = 'paid' AS INTEGER)) FROM sold",
        0.9,
        0.98,
    ),
    "share of void orders": Habit(
        "SELECT avg(CAST(status IN ('cancelled', 'refunded') AS INTEGER)) FROM sold",
        0.015,
        0.05,
    ),
    "days to deliver": Habit(
        "SELECT avg(epoch(delivered_at - ordered_at)) / 86400 FROM lab_work_orders",
        7,
        14,
    ),
    "share delivered on time": Habit(
        "SELECT avg(CAST(CAST(timezone('America/Santiago', delivered_at) AS DATE) <= "
        "lab_estimated_delivery_date AS INTEGER)) FROM lab_work_orders WHERE delivered_at IS NOT NULL",
        0.6,
        0.85,
    ),
    "handed over on Sundays": Habit(
        "SELECT count(*) FROM lab_work_orders WHERE work_order_number NOT LIKE 'OT-ODD-%' AND "
        "isodow(timezone('America/Santiago', delivered_at)) = 7",
        0,
        0,
    ),
    "steps of the lab out of order": Habit(
        "SELECT count(*) FROM lab_work_orders WHERE work_order_number NOT LIKE 'OT-ODD-%' AND NOT "
        "(created_at < ordered_at AND ordered_at < coalesce(sent_to_lab_at, 'infinity') AND "
        "coalesce(sent_to_lab_at, '-infinity') < coalesce(received_from_lab_at, 'infinity') AND "
        "coalesce(received_from_lab_at, '-infinity') < coalesce(ready_at, 'infinity') AND "
        "coalesce(ready_at, '-infinity') < coalesce(delivered_at, 'infinity'))",
        0,
        0,
    ),
    "share of quotes converted": Habit(
        "SELECT avg(CAST(status = 'converted_to_work' AS INTEGER)) FROM quotes",
        0.25,
        0.5,
    ),
    "share of no-shows": Habit(
        "SELECT avg(CAST(status = 'no_show' AS INTEGER)) FROM appointments",
        0.05,
        0.2,
    ),
    "share of customers without email": Habit(
        "SELECT avg(CAST(email IS NULL AS INTEGER)) FROM customers",
        0.2,
        0.35,
    ),
    "share of emails that two customers share": Habit(
        "SELECT avg(CAST(n > 1 AS INTEGER)) FROM (SELECT count(*) AS n FROM customers WHERE email IS NOT "
        "NULL GROUP BY lower(trim(email)))",
        0.01,
        0.1,
    ),
    "share of orders that name no customer, of customers' orders": Habit(
        "SELECT avg(CAST(customer_id IS NULL AS INTEGER)) FROM sold WHERE email <> 'venta@pos.local'",
        0.08,
        0.25,
    ),
    "share of frames outside 29,990 to 249,990": Habit(
        "SELECT avg(CAST(unit_price NOT BETWEEN 29990 AND 249990 AS INTEGER)) FROM order_items AS i INNER "
        "JOIN products AS p ON p.id = i.product_id WHERE product_type = 'frame'",
        0,
        0,
    ),
    "prices that do not end in 990": Habit(
        "SELECT count(*) FROM order_items WHERE id::VARCHAR NOT LIKE '0dd%' AND unit_price % 1000 <> 990",
        0,
        0,
    ),
    "orders that are not the sum of their lines": Habit(
        "SELECT count(*) FROM sold INNER JOIN (SELECT order_id, sum(total_price) AS lines FROM order_items "
        "GROUP BY order_id) ON order_id = id WHERE total_amount > 0 AND total_amount < lines",
        0,
        0,
    ),
    "paid orders whose payments are not their amount": Habit(
        "SELECT count(*) FROM (SELECT DISTINCT id, total_amount FROM sold WHERE payment_status = 'paid' AND"
        " total_amount > 0) AS o LEFT JOIN (SELECT order_id, sum(amount) AS paid FROM order_payments GROUP "
        "BY order_id) AS p ON p.order_id = o.id WHERE paid IS DISTINCT FROM total_amount",
        0,
        0,
    ),
    "refunded orders that the app would not have cancelled": Habit(
        "SELECT count(*) FROM (SELECT DISTINCT ON (id) * FROM sold WHERE payment_status = 'refunded' ORDER BY id, "
        "updated_at DESC) WHERE status NOT IN ('cancelled', 'archived')",
        0,
        0,
    ),
    "share of refunds in part": Habit(
        "SELECT avg(CAST(given < paid AS INTEGER)) FROM (SELECT order_id, sum(amount) AS given FROM credit_notes "
        "GROUP BY order_id) INNER JOIN (SELECT order_id, sum(amount) AS paid FROM order_payments GROUP BY "
        "order_id) USING (order_id) WHERE order_id IN (SELECT id FROM sold)",
        0.1,
        0.4,
    ),
    "share of refunds in two notes": Habit(
        "SELECT avg(CAST(n = 2 AS INTEGER)) FROM (SELECT count(*) AS n FROM credit_notes WHERE order_id IN (SELECT "
        "id FROM sold) GROUP BY order_id)",
        0.1,
        0.45,
    ),
    "more given back than paid": Habit(
        "SELECT count(*) FROM (SELECT order_id, sum(amount) AS given FROM credit_notes GROUP BY order_id) LEFT JOIN "
        "(SELECT order_id, sum(amount) AS paid FROM order_payments GROUP BY order_id) USING (order_id) WHERE "
        "order_id IN (SELECT id FROM sold) AND given > coalesce(paid, 0)",
        0,
        0,
    ),
    "credit notes before their sale, or of a sale that was not refunded": Habit(
        "SELECT count(*) FROM credit_notes AS n INNER JOIN sold ON sold.id = n.order_id WHERE n.created_at <= "
        "sold.created_at OR payment_status <> 'refunded'",
        0,
        0,
    ),
    "tickets whose RUT is not that of their customer": Habit(
        "SELECT count(*) FROM sold LEFT JOIN (SELECT DISTINCT id, rut FROM customers) AS c ON c.id = customer_id "
        "WHERE sii_rut IS DISTINCT FROM rut AND sii_rut IS NOT NULL",
        0,
        0,
    ),
    "share of sales at the counter with a ticket's RUT, of named customers with a RUT": Habit(
        "SELECT avg(CAST(sii_rut IS NOT NULL AS INTEGER)) FROM sold INNER JOIN (SELECT DISTINCT id, rut FROM "
        "customers) AS c ON c.id = customer_id WHERE is_pos_sale AND rut IS NOT NULL",
        0.8,
        0.95,
    ),
    "sales on the web with a ticket or a cashier": Habit(
        "SELECT count(*) FROM sold WHERE NOT is_pos_sale AND (sii_rut IS NOT NULL OR pos_cashier_id IS NOT NULL)",
        0,
        0,
    ),
    "cashiers who are nobody, or no longer active": Habit(
        "SELECT count(*) FROM sold WHERE pos_cashier_id NOT IN (SELECT id FROM admin_users WHERE is_active)",
        0,
        0,
    ),
    "orders whose lines are not the sum of their prices less the discount": Habit(
        "SELECT count(*) FROM sold INNER JOIN (SELECT order_id, sum(total_price) AS lines, sum(quantity * "
        "unit_price) AS full_price, count(*) AS n FROM order_items GROUP BY order_id) ON order_id = id WHERE lines = "
        "abs(total_amount) AND full_price - lines <> discount_amount",
        0,
        0,
    ),
    "sales before their customer is known": Habit(
        "SELECT count(*) FROM sold INNER JOIN customers AS c ON c.id = customer_id WHERE sold.created_at < "
        "c.created_at",
        0,
        0,
    ),
    "repeated ids": Habit(
        "SELECT count(*) FROM (SELECT id FROM order_items GROUP BY id HAVING count(*) > 1)",
        0,
        0,
    ),
    "links from one organization into the other": Habit(
        "SELECT count(*) FROM sold INNER JOIN lab_work_orders AS w ON w.pos_order_id = sold.id INNER JOIN "
        "branches AS b ON b.id = w.branch_id WHERE b.code LIKE 'PA-%'",
        0,
        0,
    ),
}


@pytest.mark.parametrize("name", HABITS)
def test_habit(shop: Shop, name: str) -> None:
    habit = HABITS[name]
    assert habit.low <= shop.value(habit.query) <= habit.high


def check_digit(number: str) -> str:
    """Return module 11's digit as a person works it out: from the right, times 2 to 7 and again from 2."""
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(number)))
    return {10: "K", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


@pytest.mark.parametrize(
    ("number", "digit"), [("12345678", "5"), ("11111111", "1"), ("6", "K"), ("1000005", "K")]
)
def test_check_digit_of_real_ruts(number: str, digit: str) -> None:
    assert check_digit(number) == digit


def test_every_rut_is_valid(shop: Shop) -> None:
    rows = shop.con.execute("SELECT rut FROM customers WHERE rut IS NOT NULL").fetchall()
    plain = [row[0].replace(".", "").replace("-", "").upper() for row in rows]
    assert len(plain) > 2000
    assert [rut for rut in plain if check_digit(rut[:-1]) != rut[-1]] == []


def test_ruts_are_of_nobody_and_written_in_every_way(shop: Shop) -> None:
    rows = shop.con.execute("SELECT rut FROM customers WHERE rut IS NOT NULL").fetchall()
    forms = {
        (("." in rut), ("-" in rut), rut[-1].upper() == "K", len(rut.replace(".", "").replace("-", "")))
        for (rut,) in rows
    }
    numbers = [int(rut.replace(".", "").replace("-", "")[:-1]) for (rut,) in rows]
    assert {
        (True, True, False, 9),
        (False, True, True, 9),
        (False, False, False, 9),
        (True, True, False, 8),
    } <= forms
    assert all(1_000_000 <= n < 1_900_000 or 31_000_000 <= n < 45_000_000 for n in numbers)


# What a loyalty of 70 means: 3 in 10 are lost at each purchase; glasses come back after 12 to 24 months.
LOSSES = {
    "share of first buyers who came back, of those who had two years to": Habit(
        "SELECT avg(CAST(n > 1 AS INTEGER)) FROM (SELECT count(DISTINCT CAST(moment AS DATE)) AS n FROM sold WHERE "
        "customer_id IS NOT NULL GROUP BY customer_id HAVING min(moment) < '2024-11-22')",
        0.5,
        0.75,
    ),
    "median days between purchases of glasses": Habit(
        "SELECT median(days) FROM (SELECT date_diff('day', lag(created_at) OVER (PARTITION BY customer_id ORDER BY "
        "created_at), created_at) AS days FROM lab_work_orders WHERE work_order_number NOT LIKE 'OT-ODD-%' AND "
        "customer_id IN (SELECT id FROM customers WHERE NOT list_contains(tags, 'lentes de contacto'))) "
        "WHERE days > 30",
        365,
        620,
    ),
    "customers who bought once": Habit(
        "SELECT avg(CAST(n = 1 AS INTEGER)) FROM (SELECT count(DISTINCT CAST(moment AS DATE)) AS n FROM sold WHERE "
        "customer_id IS NOT NULL GROUP BY customer_id)",
        0.35,
        0.7,
    ),
    "share of telephones that a household shares": Habit(
        "SELECT avg(CAST(n > 1 AS INTEGER)) FROM (SELECT count(*) AS n FROM customers WHERE phone IS NOT NULL GROUP "
        "BY right(replace(phone, ' ', ''), 7))",
        0.1,
        0.4,
    ),
    "share of customers without a purchase": Habit(
        "SELECT avg(CAST(id NOT IN (SELECT customer_id FROM sold WHERE customer_id IS NOT NULL) AS INTEGER)) FROM "
        "customers",
        0,
        0.35,
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_a_shop_loses_customers(shop: Shop, name: str) -> None:
    habit = LOSSES[name]
    assert habit.low <= shop.value(habit.query) <= habit.high


@pytest.mark.slow
def test_branches_grow_with_the_customers(tmp_path: Path) -> None:
    generate_sample(tmp_path, customers=20_000, seed=1, until=UNTIL, file_format="parquet")
    codes = duckdb.read_parquet(str(tmp_path / "branches.parquet")).project("code").fetchall()
    assert [code for (code,) in codes] == [*(f"CM-{n:03}" for n in range(1, 5)), "PA-001", "PA-002", "MAIN"]
