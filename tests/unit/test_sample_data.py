"""sample_data/ is what its generator writes, and holds every odd case at least once: one query a case."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from opttius_cli.sample import generate_sample
from opttius_cli.sample.__main__ import format_odd_cases

DATA = Path(__file__).parents[2] / "sample_data"
UNTIL = date(2026, 11, 22)


def between(text: str, name: str) -> str:
    """Return what stands between a marker and its end in the README."""
    return text.partition(f"<!-- {name} -->\n")[2].partition(f"<!-- /{name} -->")[0].strip() + "\n"


def test_generating_again_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = generate_sample(tmp_path / "again", customers=800, seed=2026, until=UNTIL)
    for table in rows:
        name = f"{table}.csv"
        assert (tmp_path / "again" / name).read_bytes() == (DATA / name).read_bytes(), name
    assert {path.stem for path in DATA.glob("*.csv")} == set(rows)


def test_it_is_small() -> None:
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 2_500_000


def test_the_readme_lists_every_hand_placed_row() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    assert between(text, "odd cases") == format_odd_cases(UNTIL)


def test_the_readme_counts_the_rows() -> None:
    text = (DATA / "README.md").read_text(encoding="utf-8")
    with duckdb.connect() as con:
        counted = [
            f"| {path.stem} | {len(con.read_csv(str(path), all_varchar=True))} |"
            for path in sorted(DATA.glob("*.csv"))
        ]
    assert between(text, "rows").splitlines()[2:] == counted


# Name in the README, the file, its key column and the column that is summed.
TOTALS = [
    ("orders by currency", "orders", "currency", "total_amount"),
    ("payments by method", "order_payments", "payment_method", "amount"),
]


@pytest.mark.parametrize(("name", "table", "key", "value"), TOTALS, ids=[total[0] for total in TOTALS])
def test_the_readme_knows_the_totals(name: str, table: str, key: str, value: str) -> None:
    groups: dict[str, list[Decimal]] = {}
    with (DATA / f"{table}.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            groups.setdefault(row[key] or "(null)", []).append(Decimal(row[value] or 0))
    documented = between((DATA / "README.md").read_text(encoding="utf-8"), name).splitlines()[2:]
    assert sorted(documented) == sorted(f"| {key} | {len(of)} | {sum(of)} |" for key, of in groups.items())


def test_the_readme_counts_the_work_orders() -> None:
    with (DATA / "lab_work_orders.csv").open(encoding="utf-8", newline="") as lines:
        counted = Counter(row["status"] or "(null)" for row in csv.DictReader(lines))
    documented = between(
        (DATA / "README.md").read_text(encoding="utf-8"), "work orders by status"
    ).splitlines()[2:]
    assert sorted(documented) == sorted(f"| {status} | {count} |" for status, count in counted.items())


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    for path in DATA.glob("*.csv"):
        # A quoted empty field is an empty string, an unquoted one is null.
        con.read_csv(str(path), sample_size=-1, allow_quoted_nulls=False).create_view(path.stem)
    con.execute("SET VARIABLE ends = timezone('America/Santiago', TIMESTAMP '2026-11-23')")
    con.execute(
        "CREATE VIEW links AS SELECT w.id AS work_order, w.branch_id AS made_in, w.status AS made_status, "
        "w.payment_status AS made_payment, w.created_at AS made_at, w.customer_id AS made_for, o.*, "
        "bo.organization_id AS sold_by, bw.organization_id AS made_by FROM lab_work_orders AS w "
        "INNER JOIN orders AS o ON o.id = w.pos_order_id LEFT JOIN branches AS bo ON bo.id = o.branch_id "
        "LEFT JOIN branches AS bw ON bw.id = w.branch_id"
    )
    con.execute(
        "CREATE VIEW nameless AS SELECT * FROM orders WHERE customer_id IS NULL AND id NOT IN "
        "(SELECT pos_order_id FROM lab_work_orders WHERE pos_order_id IS NOT NULL)"
    )
    con.execute(
        "CREATE VIEW matches AS SELECT o.id, o.branch_id, count(c.id) FILTER (c.branch_id = o.branch_id) "
        "AS here, "
        "count(c.id) AS anywhere FROM nameless AS o LEFT JOIN customers AS c "
        "ON lower(trim(c.email)) = lower(trim(o.email)) WHERE o.email NOT LIKE '%pos.local%' "
        "GROUP BY o.id, o.branch_id"
    )
    return con


LOCAL = "timezone('America/Santiago', created_at)"
CASES = {
    # Links between orders and work orders.
    "linked work order": "FROM links WHERE branch_id = made_in AND status = 'delivered'",
    "linked to a cancelled order": "FROM links WHERE status = 'cancelled' AND made_status = 'delivered'",
    "linked to a refunded order": "FROM links WHERE status = 'refunded' AND made_status = 'ready_for_pickup'",
    "void work order, living order": "FROM links WHERE status = 'delivered' AND made_status = 'cancelled'",
    "linked across branches": "FROM links WHERE branch_id <> made_in AND sold_by = made_by",
    "linked across organizations": "FROM links WHERE sold_by <> made_by",
    "linked to a missing order": "FROM lab_work_orders WHERE pos_order_id NOT IN (SELECT id FROM orders)",
    "linked to an order after the end": "FROM links WHERE created_at >= getvariable('ends') AND made_at < "
    "created_at",
    "order that only its work order gives a customer": "FROM links WHERE customer_id IS NULL AND "
    "email = 'venta@pos.local' GROUP BY id HAVING count(DISTINCT made_for) = 1",
    "order whose work orders name two customers": "FROM links WHERE customer_id IS NULL GROUP BY id "
    "HAVING count(DISTINCT made_for) = 2",
    "two work orders on one order": "FROM links GROUP BY id HAVING count(DISTINCT work_order) = 2",
    "quote, linked": "FROM links WHERE made_status = 'quote'",
    "quote, standing alone": "FROM lab_work_orders WHERE status = 'quote' AND pos_order_id IS NULL",
    "work order standing alone": "FROM lab_work_orders WHERE status = 'delivered' AND pos_order_id IS NULL",
    # Whose order it is.
    "email only, one customer of the branch": "FROM matches WHERE here = 1",
    "email only, shared": "FROM matches WHERE here > 1",
    "email only, customer of another branch": "FROM matches WHERE here = 0 AND anywhere > 0",
    "email only, no branch": "FROM nameless WHERE branch_id IS NULL AND email LIKE '%correo.example'",
    "email with spaces or capitals": "FROM nameless WHERE email <> lower(trim(email)) AND email NOT LIKE "
    "'%POS%'",
    "email with accents": "FROM customers WHERE email <> strip_accents(email)",
    "placeholder email": "FROM nameless WHERE email = 'venta@pos.local'",
    "another placeholder email": "FROM nameless WHERE lower(email) LIKE '%@pos.local%' AND email <> "
    "'venta@pos.local'",
    "customer with the placeholder email": "FROM customers WHERE email = 'venta@pos.local'",
    "neither customer nor email": "FROM nameless WHERE email IS NULL",
    "empty email": "FROM nameless WHERE email = ''",
    "RUT of the ticket, one customer of the branch": "FROM nameless AS o INNER JOIN customers AS c "
    "ON c.branch_id = o.branch_id WHERE upper(replace(replace(o.sii_rut, '.', ''), '-', '')) = "
    "upper(replace(replace(c.rut, '.', ''), '-', '')) AND o.sii_rut <> c.rut",
    "RUT of the ticket that stands for nobody": "FROM nameless WHERE sii_rut = '66.666.666-6'",
    "RUT of the ticket, customer named": "FROM orders AS o INNER JOIN customers AS c ON c.id = o.customer_id "
    "WHERE o.sii_rut = c.rut",
    "customer that is missing": "FROM orders WHERE customer_id NOT IN (SELECT id FROM customers)",
    "customer of another organization": "FROM orders AS o INNER JOIN customers AS c ON c.id = o.customer_id "
    "INNER JOIN branches AS b ON b.id = o.branch_id WHERE b.organization_id <> c.organization_id",
    "customer of another branch": "FROM orders AS o INNER JOIN customers AS c ON c.id = o.customer_id "
    "WHERE o.branch_id <> c.branch_id",
    "customer created after the end": "FROM orders AS o INNER JOIN customers AS c ON c.id = o.customer_id "
    "WHERE c.created_at >= getvariable('ends') AND o.created_at < getvariable('ends')",
    "work order of a missing customer": "FROM lab_work_orders WHERE customer_id NOT IN (SELECT id FROM "
    "customers)",
    # Money.
    "null currency": "FROM orders WHERE currency IS NULL",
    "currency ARS": "FROM orders WHERE currency = 'ARS'",
    "currency USD": "FROM orders WHERE currency = 'USD'",
    "ARS in old rows": "FROM orders WHERE currency = 'ARS' AND created_at < '2024-08-23'",
    "null amount": "FROM orders WHERE total_amount IS NULL",
    "negative amount": "FROM orders WHERE total_amount < 0",
    "amount of zero": "FROM orders WHERE total_amount = 0",
    "amount with cents": "FROM orders WHERE total_amount % 1 <> 0",
    "work order with null amount": "FROM lab_work_orders WHERE total_amount IS NULL",
    "work order with negative amount": "FROM lab_work_orders WHERE total_amount < 0",
    "work order in ARS": "FROM lab_work_orders WHERE currency = 'ARS'",
    "work order without currency": "FROM lab_work_orders WHERE currency IS NULL",
    "quote without amount": "FROM quotes WHERE total_amount IS NULL",
    "quote in ARS": "FROM quotes WHERE currency = 'ARS'",
    "undated payment": "FROM order_payments WHERE paid_at IS NULL",
    "payment after the end": "FROM order_payments WHERE paid_at >= getvariable('ends')",
    "negative payment": "FROM order_payments WHERE amount < 0",
    "payment without method": "FROM order_payments WHERE payment_method IS NULL",
    "payment of a void order": "FROM order_payments AS p INNER JOIN orders AS o ON o.id = p.order_id "
    "WHERE o.status = 'cancelled'",
    "more paid than owed": "FROM order_payments AS p INNER JOIN orders AS o ON o.id = p.order_id "
    "WHERE o.payment_status = 'partial' AND p.amount > o.total_amount",
    "abono and saldo": "FROM order_payments WHERE order_id IN (SELECT id FROM orders WHERE payment_status "
    "= 'paid') "
    "GROUP BY order_id HAVING count(*) = 2",
    **{
        f"kept {kept} of a refunded sale": "FROM orders AS o INNER JOIN (SELECT order_id, sum(amount) AS given FROM "
        "credit_notes WHERE created_at < getvariable('ends') GROUP BY order_id) AS n ON n.order_id = o.id LEFT JOIN "
        "(SELECT order_id, sum(amount) AS paid FROM order_payments GROUP BY order_id) AS p ON p.order_id = o.id "
        f"WHERE payment_status = 'refunded' AND {condition}"
        for kept, condition in {
            "a part": "status = 'cancelled' AND given < paid",
            "nothing": "status = 'cancelled' AND given = paid",
            "less than nothing": "given > coalesce(paid, 0)",
        }.items()
    },
    "two credit notes on one order": "FROM credit_notes GROUP BY order_id HAVING count(*) = 2",
    "credit note of a missing order": "FROM credit_notes WHERE order_id NOT IN (SELECT id FROM orders)",
    "credit note after the end, of a sale before it": "FROM credit_notes AS n INNER JOIN orders AS o "
    "ON o.id = n.order_id WHERE n.created_at >= getvariable('ends') AND o.created_at < getvariable('ends')",
    "credit note of an order refunded in part": "FROM credit_notes WHERE order_id IN (SELECT id FROM orders WHERE "
    "payment_status = 'partially_refunded')",
    "discount": "FROM orders WHERE discount_amount > 0",
    "currency that the shop has set": "FROM organization_settings WHERE currency = 'CLP'",
    "instalments": "FROM order_payments GROUP BY order_id HAVING count(*) = 3",
    "agreement": "FROM orders WHERE copago_amount + institutional_amount = total_amount",
    # Statuses.
    **{
        f"order {status}": f"FROM orders WHERE status = '{status}'"
        for status in ("pending", "processing", "shipped", "delivered", "cancelled", "refunded")
    },
    **{
        f"payment {status}": f"FROM orders WHERE payment_status = '{status}'"
        for status in (
            "pending", "paid", "failed", "refunded", "partially_refunded", "partial", "on_hold_payment",
        )
    },
    "order of unknown status": "FROM orders WHERE status = 'archivado_2019'",
    "order of null status": "FROM orders WHERE status IS NULL",
    "unknown payment status": "FROM orders WHERE payment_status = 'pagado'",
    "null payment status": "FROM orders WHERE payment_status IS NULL",
    "is_pos_sale null": "FROM orders WHERE is_pos_sale IS NULL",
    "work order of unknown status": "FROM lab_work_orders WHERE status = 'en_taller'",
    "work order of null status": "FROM lab_work_orders WHERE status IS NULL",
    "work order refunded": "FROM lab_work_orders WHERE status = 'delivered' AND payment_status = 'refunded'",
    "work order of null payment status": "FROM lab_work_orders WHERE payment_status IS NULL",
    "returned after delivery": "FROM lab_work_orders WHERE status = 'returned' AND delivered_at IS NOT NULL",
    "delivered before ordered": "FROM lab_work_orders WHERE delivered_at < ordered_at",
    "delivered without a promise": "FROM lab_work_orders WHERE delivered_at IS NOT NULL AND "
    "lab_estimated_delivery_date IS NULL",
    "delivered late": "FROM lab_work_orders WHERE CAST(delivered_at AS DATE) > "
    "lab_estimated_delivery_date + 5",
    "delivery after the end": "FROM lab_work_orders WHERE delivered_at >= getvariable('ends')",
    "quote of unknown status": "FROM quotes WHERE status = 'revisar'",
    "quote of null status": "FROM quotes WHERE status IS NULL",
    "quote stored as sent, but past": "FROM quotes WHERE status = 'sent' AND expiration_date < '2026-11-22'",
    "quote that expires on the last day": "FROM quotes WHERE status = 'sent' AND expiration_date = "
    "'2026-11-22'",
    "quote that became work and stays accepted": "FROM quotes AS q INNER JOIN lab_work_orders AS w "
    "ON w.id = q.converted_to_work_order_id WHERE q.status = 'accepted' AND w.created_at > q.created_at",
    "quote without expiration": "FROM quotes WHERE expiration_date IS NULL",
    "appointment of unknown status": "FROM appointments WHERE status = 'reagendada'",
    "appointment of null status": "FROM appointments WHERE status IS NULL",
    "no-show": "FROM appointments WHERE status = 'no_show'",
    "appointment of a guest": "FROM appointments WHERE customer_id IS NULL",
    # Scope.
    **{
        f"{table} without organization": f"FROM {table} WHERE organization_id IS NULL AND branch_id IS "
        "NOT NULL"
        for table in ("orders", "lab_work_orders", "quotes", "appointments", "customers")
    },
    **{
        f"{table} without branch": f"FROM {table} WHERE branch_id IS NULL AND organization_id IS NOT NULL"
        for table in ("orders", "lab_work_orders", "quotes", "appointments", "customers")
    },
    **{
        f"{table} without either": f"FROM {table} WHERE branch_id IS NULL AND organization_id IS NULL"
        for table in ("orders", "lab_work_orders", "customers")
    },
    **{
        f"{table} of a missing branch": f"FROM {table} WHERE branch_id NOT IN (SELECT id FROM branches)"
        for table in ("orders", "customers")
    },
    **{
        f"{table} whose branch and organization disagree": f"FROM {table} AS t INNER JOIN branches AS b "
        "ON b.id = t.branch_id WHERE b.organization_id <> t.organization_id"
        for table in ("orders", "customers")
    },
    **{
        f"{table} twice in one branch": f"FROM {table} GROUP BY id HAVING count(*) = 2 AND count(DISTINCT "
        "branch_id) = 1"
        for table in ("orders", "lab_work_orders", "customers", "appointments")
    },
    **{
        f"{table} twice, in two branches": f"FROM {table} GROUP BY id HAVING count(DISTINCT branch_id) = 2"
        for table in ("orders", "lab_work_orders", "customers", "quotes")
    },
    "order twice without updated_at": "FROM orders WHERE updated_at IS NULL GROUP BY id HAVING count(*) = 2",
    **{
        f"{table} after the end": f"FROM {table} WHERE created_at >= getvariable('ends')"
        for table in ("orders", "lab_work_orders", "customers", "quotes", "appointments")
    },
    "appointment booked for after the end": "FROM appointments WHERE appointment_date > '2026-11-22' "
    "AND created_at < getvariable('ends')",
    "branch without organization": "FROM branches WHERE code = 'MAIN' AND organization_id IS NULL",
    "order of the branch without organization": "FROM orders WHERE organization_id IS NULL AND branch_id IN "
    "(SELECT id FROM branches WHERE organization_id IS NULL)",
    "order of the form for manual orders": "FROM orders WHERE branch_id IS NULL AND organization_id IS NULL "
    "AND currency = 'ARS'",
    "organization that is the app's own": "FROM organizations WHERE metadata LIKE '%\"is_platform\": true%'",
    "branch that is not active": "FROM branches WHERE NOT is_active",
    "customer that is not active, yet buys": "FROM orders WHERE customer_id IN (SELECT id FROM customers "
    "WHERE NOT is_active)",
    "customer who must not be contacted": "FROM customers WHERE tags = '{no-contactar}' HAVING count(*) = 1",
    "customer whose is_active is null": "FROM customers WHERE is_active IS NULL",
    "admin of every branch": "FROM admin_branch_access WHERE branch_id IS NULL",
    "admin of two branches": "FROM admin_branch_access GROUP BY admin_user_id HAVING count(*) = 2",
    "admin without access": "FROM admin_users WHERE role = 'employee' AND id NOT IN "
    "(SELECT admin_user_id FROM admin_branch_access)",
    "admin that is not active": "FROM admin_users WHERE NOT is_active",
    "organization without the analytics feature": "FROM organizations AS o INNER JOIN subscription_tiers "
    "AS t "
    "ON t.name = o.subscription_tier WHERE t.features LIKE '%\"advanced_analytics\": false%'",
    # Children.
    "item of a missing order": "FROM order_items WHERE order_id NOT IN (SELECT id FROM orders)",
    "payment of a missing order": "FROM order_payments WHERE order_id NOT IN (SELECT id FROM orders)",
    "item without product": "FROM order_items WHERE product_id IS NULL",
    "item without product or name": "FROM order_items WHERE product_id IS NULL AND product_name IS NULL",
    "one name in two spellings": "FROM order_items WHERE product_id IS NULL GROUP BY "
    "lower(trim(product_name)) "
    "HAVING count(DISTINCT product_name) > 1",
    "item of a missing product": "FROM order_items WHERE product_id NOT IN (SELECT id FROM products)",
    "negative quantity": "FROM order_items WHERE quantity < 0",
    "product without category": "FROM products WHERE category_id IS NULL",
    "product of a missing category": "FROM products WHERE category_id NOT IN (SELECT id FROM categories)",
    "archived product with stock": "FROM products INNER JOIN product_branch_stock ON product_id = id "
    "WHERE status = 'archived' AND quantity > 0",
    "product of a branch": "FROM products WHERE branch_id IS NOT NULL AND organization_id IS NULL",
    "null threshold": "FROM product_branch_stock WHERE low_stock_threshold IS NULL AND quantity > 0",
    "available not stored": "FROM product_branch_stock WHERE available_quantity IS NULL",
    "more reserved than there is": "FROM product_branch_stock WHERE reserved_quantity > quantity",
    "low in one branch, plenty in another": "FROM product_branch_stock GROUP BY product_id "
    "HAVING bool_or(available_quantity BETWEEN 1 AND low_stock_threshold) AND max(available_quantity) > 50",
    # Instants.
    "last second of the last day": f"FROM orders WHERE {LOCAL} = '2026-11-22 23:59:59'",
    "first second of the last day": f"FROM orders WHERE {LOCAL} = '2026-11-22 00:00:00'",
    "midnight after the last day": f"FROM orders WHERE {LOCAL} = '2026-11-23 00:00:00'",
    "last second of a month": f"FROM orders WHERE {LOCAL} = '2026-10-31 23:59:59'",
    "first second of a month": f"FROM orders WHERE {LOCAL} = '2026-11-01 00:00:00'",
    "first instant of the 23-hour day": f"FROM orders WHERE {LOCAL} = '2026-09-06 01:00:00'",
    "second before the 23-hour day": f"FROM orders WHERE {LOCAL} = '2026-09-05 23:59:59'",
    "repeated hour of the 25-hour day": f"FROM orders WHERE {LOCAL} = '2026-04-04 23:30:00' "
    "HAVING count(DISTINCT created_at) = 2",
    # Text.
    "name that is a formula": "FROM customers WHERE first_name = '=1+1'",
    "name that begins with a plus": "FROM customers WHERE first_name LIKE '+%'",
    "name that begins with a minus, with an at sign": "FROM customers WHERE last_name LIKE '-%@%'",
    "name with quotes": "FROM customers WHERE first_name LIKE '%\"%'",
    "name with comma, semicolon and apostrophe": "FROM customers WHERE last_name LIKE '%''%;%,%'",
    "name with a line break": "FROM customers WHERE contains(first_name, chr(10))",
    "name that begins with a tab": "FROM customers WHERE starts_with(last_name, chr(9))",
    "name with an emoji": "FROM customers WHERE contains(first_name, '👓')",
    "name with accents": "FROM customers WHERE last_name <> strip_accents(last_name)",
    "name with markup": "FROM customers WHERE first_name LIKE '[bold]%' AND last_name LIKE '<script>%'",
    "no name at all": "FROM customers WHERE first_name IS NULL AND last_name IS NULL",
    "product with a formula for a name": "FROM products WHERE name = '=1+1'",
    "one RUT of two customers": "FROM customers WHERE rut IS NOT NULL "
    "GROUP BY upper(replace(replace(rut, '.', ''), '-', '')) HAVING count(DISTINCT id) = 2",
    "one email of two customers": "FROM customers WHERE email IS NOT NULL GROUP BY lower(trim(email)) "
    "HAVING count(DISTINCT id) = 2",
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_odd_case_is_there(con: duckdb.DuckDBPyConnection, case: str) -> None:
    assert con.execute(f"SELECT 1 {CASES[case]} LIMIT 1").fetchall() == [(1,)]
