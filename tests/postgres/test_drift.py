"""A schema that is not the one we know: other types, words, names and places are read or told, and never a crash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cli.run_program import run_inline

from postgres.server import PASSWORDS, READER

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult

    from postgres.server import Database, Server

SHOP = """
INSERT INTO organizations (id, name, slug) VALUES (md5('org')::uuid, 'Óptica', 'optica');
INSERT INTO branches (id, organization_id, name, code, is_active)
VALUES (md5('centro')::uuid, md5('org')::uuid, 'Centro', 'C-1', true);
INSERT INTO customers (id, branch_id, organization_id, first_name, email, phone, is_active, tags, created_at)
VALUES (md5('ana')::uuid, md5('centro')::uuid, md5('org')::uuid, 'Ana', 'ana@mail.cl', '+56 9 1234 5678', true,
        '{vip,lee}', '2026-11-01 12:00+00');
INSERT INTO orders (id, branch_id, organization_id, customer_id, status, payment_status, total_amount, currency,
                    is_pos_sale, created_at)
SELECT md5('order' || place)::uuid, md5('centro')::uuid, md5('org')::uuid, md5('ana')::uuid, 'delivered', 'paid',
       1000 * place, 'CLP', place = 1, '2026-11-20 12:00+00' FROM generate_series(1, 3) AS place;
INSERT INTO appointments (id, customer_id, branch_id, organization_id, appointment_date, appointment_time, status)
VALUES (md5('visit')::uuid, md5('ana')::uuid, md5('centro')::uuid, md5('org')::uuid, '2026-11-20', '10:30',
        'completed');
"""
"""Three paid sales of 1,000, 2,000 and 3,000 to one customer, and one visit."""


@pytest.fixture
def database(server: Server) -> Database:
    new_database = server.database()
    new_database.execute(SHOP)
    return new_database


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., RunResult]:
    monkeypatch.setenv("PGPASSWORD", PASSWORDS[READER])
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    monkeypatch.setenv("OPTTIUS_NOW", "2026-11-22T15:00:00+00:00")
    return run_inline(capsys)


@pytest.fixture
def load_dashboard(run: Callable[..., RunResult]) -> Callable[[Database], dict[str, Any]]:
    """The dashboard of a database, loaded now."""

    def load_dashboard(database: Database) -> dict[str, Any]:
        ran = run("dashboard", "-s", database.address, "--refresh", "-f", "json")
        assert ran.code == 0, ran.err
        dashboard: dict[str, Any] = json.loads(ran.out)
        return dashboard

    return load_dashboard


def as_usual(dashboard: dict[str, Any]) -> None:
    """The figures are those of the shop as it was put in."""
    kpis = dashboard["kpis"]
    assert (kpis["total_revenue"], kpis["sales_count"], kpis["orders_count"]) == (6000, 3, 3)
    assert (kpis["customers_new"], kpis["customers_enabled"], kpis["appointments_count"]) == (1, 1, 1)


VIEW = """ALTER TABLE orders RENAME TO ventas; CREATE {kind} VIEW orders AS SELECT * FROM ventas;
GRANT SELECT ON orders TO lector"""
OTHER_FORMS = {
    "another type for everything": """
        CREATE TYPE order_status AS ENUM ('delivered', 'pending');
        ALTER TABLE orders ALTER status TYPE order_status USING status::order_status, ALTER total_amount TYPE text,
            ALTER created_at TYPE timestamp USING created_at AT TIME ZONE 'UTC', ALTER id TYPE text,
            ALTER customer_id TYPE varchar(40);
        ALTER TABLE customers ALTER id TYPE varchar(40), ALTER tags TYPE jsonb USING to_jsonb(tags),
            ALTER is_active TYPE integer USING is_active::integer;
        ALTER TABLE organizations ALTER metadata TYPE text;
        ALTER TABLE appointments ALTER appointment_date TYPE timestamptz, ALTER appointment_time TYPE text
    """,
    "words of a fixed length": """
        ALTER TABLE orders ALTER status TYPE char(20), ALTER payment_status TYPE char(20), ALTER currency TYPE char(5),
            ALTER id TYPE char(40);
        ALTER TABLE branches ALTER code TYPE char(9), ALTER id TYPE char(50);
        ALTER TABLE customers ALTER first_name TYPE char(30), ALTER tags TYPE char(10)[];
        ALTER TABLE appointments ALTER status TYPE char(20)
    """,
    "yet another type": """
        ALTER TABLE orders ALTER total_amount TYPE double precision, ALTER created_at DROP DEFAULT,
            ALTER created_at TYPE text, ALTER is_pos_sale TYPE text
    """,
    "a view, amounts without a scale": "ALTER TABLE orders ALTER total_amount TYPE numeric;"
    + VIEW.format(kind=""),
    "a materialized view, whole amounts": "ALTER TABLE orders ALTER total_amount TYPE bigint;"
    + VIEW.format(kind="MATERIALIZED"),
    "partitions": """
        ALTER TABLE orders RENAME TO ventas;
        CREATE TABLE orders (LIKE ventas INCLUDING DEFAULTS) PARTITION BY RANGE (created_at);
        CREATE TABLE orders_2026 PARTITION OF orders FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        INSERT INTO orders SELECT * FROM ventas; GRANT SELECT ON orders TO lector
    """,
    "other columns, in another order": """
        CREATE TABLE later AS SELECT created_at, 5 AS loyalty_points, total_amount, payment_status, status, id,
            currency, customer_id, branch_id, organization_id, is_pos_sale, 1 AS "Total Amount" FROM orders;
        DROP TABLE orders; ALTER TABLE later RENAME TO orders; GRANT SELECT ON orders TO lector
    """,
}


def customer(run: Callable[..., RunResult], database: Database) -> object:
    """Who Ana is, with her name and tags."""
    return json.loads(
        run("customers", "-s", database.address, "--reveal-pii", "--reason", "x", "-f", "json").out
    )["rows"]


@pytest.mark.parametrize("change", OTHER_FORMS)
def test_other_forms_give_the_same_figures(
    database: Database,
    load_dashboard: Callable[[Database], dict[str, Any]],
    run: Callable[..., RunResult],
    change: str,
) -> None:
    before = customer(run, database)
    database.execute(OTHER_FORMS[change])
    as_usual(load_dashboard(database))
    assert customer(run, database) == before


def test_an_unknown_status_is_counted_and_reported(
    database: Database, load_dashboard: Callable[[Database], dict[str, Any]]
) -> None:
    database.execute(
        "UPDATE orders SET status = 'teletransportado', payment_method_type = 'cripto' WHERE is_pos_sale;"
        "UPDATE appointments SET status = 'reagendada'"
    )
    dashboard = load_dashboard(database)
    as_usual(dashboard)
    assert "reagendada" in json.dumps(dashboard["appointments"])


def test_missing_optional_columns_and_tables_are_reported(
    database: Database, load_dashboard: Callable[[Database], dict[str, Any]], run: Callable[..., RunResult]
) -> None:
    database.execute(
        "ALTER TABLE customers DROP COLUMN tags; ALTER TABLE orders RENAME agreement_id TO agreements_id;"
        "DROP TABLE quotes, lab_work_orders"
    )
    dashboard = load_dashboard(database)
    as_usual(dashboard)
    quality = json.dumps(dashboard["data_quality"])
    assert '"tags"' in quality
    assert '"agreement_id"' in quality
    assert '"lab_work_orders"' in quality
    assert dashboard["kpis"]["quotes_count"] is None
    assert "Does it have another name? agreements_id → agreement_id." in run("doctor", database.address).out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("ALTER TABLE orders RENAME total_amount TO total", "public.orders has no column “total_amount”"),
        ("ALTER TABLE customers RENAME TO clientes", "has no table public.customers"),
    ],
)  # fmt: skip
def test_a_missing_required_column_is_named_and_the_old_snapshot_stays(
    database: Database,
    run: Callable[..., RunResult],
    load_dashboard: Callable[[Database], dict[str, Any]],
    change: str,
    message: str,
) -> None:
    as_usual(load_dashboard(database))
    database.execute(change)
    ran = run("dashboard", "-s", database.address, "--refresh", "-f", "json")
    assert (ran.code, ran.out) == (4, "")
    assert message in ran.err
    assert "which is required" in ran.err
    still = run("dashboard", "-s", database.address, "-f", "json", "--max-age", "1d")
    assert still.code == 0
    as_usual(json.loads(still.out))


def test_columns_that_come_and_go_between_two_loads(
    database: Database, load_dashboard: Callable[[Database], dict[str, Any]]
) -> None:
    as_usual(load_dashboard(database))
    database.execute("ALTER TABLE orders DROP COLUMN copago_amount, DROP COLUMN updated_at")
    dashboard = load_dashboard(database)
    as_usual(dashboard)
    assert '"copago_amount"' in json.dumps(dashboard["data_quality"])
    database.execute("ALTER TABLE orders ADD copago_amount text, ADD updated_at timestamptz DEFAULT now()")
    dashboard = load_dashboard(database)
    as_usual(dashboard)
    assert '"copago_amount"' not in json.dumps(dashboard["data_quality"])


@pytest.mark.parametrize("name", ["tenant1", 'Inquilino "1"; DROP TABLE x'])
def test_tables_in_another_schema(
    database: Database,
    load_dashboard: Callable[[Database], dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    database.execute(f"ALTER SCHEMA public RENAME TO {quoted}; CREATE SCHEMA public")
    monkeypatch.setenv("OPTTIUS_POSTGRES_SCHEMA", name)
    as_usual(load_dashboard(database))
