"""The app's own types, and what a database can hold that no report expects."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from cli.run_program import run_inline
from sources.snapshots import numbered_uuid, open_snapshot, open_store

from opttius_cli.catalog.tables import TABLES
from opttius_cli.snapshot.build import BuildOptions
from postgres.live_database import NOW, SHOP, load, open_live_source
from postgres.server import READER

if TYPE_CHECKING:
    from pathlib import Path

    from postgres.server import Database, Server

ODD = f"""
INSERT INTO branches (id, organization_id, name, code)
    VALUES ('{numbered_uuid(11)}', '{numbered_uuid(1)}', 'Centro', 'C-1');
INSERT INTO customers (id, branch_id, first_name, email, created_at, updated_at, last_eye_exam_date, tags, is_active)
VALUES
    ('{numbered_uuid(1)}', '{numbered_uuid(11)}', 'Ñandú "x"\\n',
     '', '2026-01-02 03:04:05.123456+00', 'infinity', 'infinity', NULL, NULL),
    ('{numbered_uuid(2)}', '{numbered_uuid(11)}', NULL, NULL, '2026-01-02', '-infinity', '-infinity',
        ARRAY['a', 'b,c', '{{"d"}}', NULL, ''], TRUE),
    ('{numbered_uuid(3)}', '{numbered_uuid(11)}', '', 'x', '-infinity', NULL, '0044-03-15 BC', '{{}}', FALSE),
    ('{numbered_uuid(4)}', '{numbered_uuid(11)}', 'Z', 'x', '2026-01-02', NULL, NULL, ARRAY[['a',
     'b'], ['c', 'd']], FALSE);
INSERT INTO orders (id, branch_id, status, payment_status, total_amount, copago_amount, created_at) VALUES
    ('{numbered_uuid(1)}', '{numbered_uuid(11)}', 'delivered', 'paid', 'NaN', 9999999999.99, '2026-01-02'),
    ('{numbered_uuid(2)}', '{numbered_uuid(11)}', 'delivered', 'paid', -0.01, NULL, '2026-01-02 00:00:00-03');
INSERT INTO appointments (id, branch_id, appointment_date, appointment_time, status) VALUES
    ('{numbered_uuid(1)}', '{numbered_uuid(11)}', '2026-01-02', '09:30', 'scheduled');
INSERT INTO organizations (id, name, metadata)
    VALUES ('{numbered_uuid(1)}', 'Una', '{{"timezone": "America/Lima", "n": 1.0}}');
"""


@pytest.fixture
def database(server: Server) -> Database:
    return server.database()


def test_every_type_arrives_with_its_value(database: Database, tmp_path: Path) -> None:
    database.execute(ODD)
    loaded = load(open_live_source(database), tmp_path)
    # A customer that was made at no moment is refused; what is optional is only empty.
    assert loaded.column("customers", "id") == [numbered_uuid(1), numbered_uuid(2), numbered_uuid(4)]
    assert loaded.column("customers", "first_name") == ['Ñandú "x"\\n', None, "Z"]
    assert loaded.column("customers", "email") == [None, None, "x"]
    assert loaded.column("customers", "created_at")[0] == "2026-01-02 03:04:05.123456+00"
    assert loaded.column("customers", "updated_at") == [None, None, None]
    assert loaded.column("customers", "last_eye_exam_date") == [None, None, None]
    assert loaded.column("customers", "is_active") == [None, "true", "false"]
    assert loaded.column("customers", "tags") == [None, "[a, 'b,c', '{\"d\"}', NULL, '']", "[a, b, c, d]"]
    assert loaded.column("orders", "total_amount") == [None, "-0.01"]
    assert loaded.column("orders", "copago_amount") == ["9999999999.99", None]
    assert loaded.column("orders", "created_at")[1] == "2026-01-02 03:00:00+00"
    assert loaded.column("appointments", "appointment_time") == ["09:30:00"]
    assert loaded.column("organizations", "metadata") == ['{"n":1.0,"timezone":"America/Lima"}']
    assert [
        (reject.origin, reject.line, reject.column, reject.reason, reject.refused)
        for reject in loaded.rejects
    ] == [
        ("public.customers", None, "created_at", "empty", True),
        # Of the same row: no calendar shows the year before Christ.
        ("public.customers", None, "last_eye_exam_date", "unreadable", True),
    ]


def test_columns_of_other_types_are_read_as_in_an_export(database: Database, tmp_path: Path) -> None:
    database.execute(
        "CREATE TYPE state AS ENUM ('delivered'); CREATE DOMAIN cash AS numeric; DROP TABLE orders; "
        "CREATE TABLE orders (id text, branch_id varchar(36), customer_id uuid, status state, payment_status name, "
        "total_amount float8, currency char(3), copago_amount cash, institutional_amount money, is_pos_sale int, "
        "created_at timestamp, updated_at date, email inet); "
        f"INSERT INTO orders VALUES ('{numbered_uuid(1)}', '{numbered_uuid(11)}', NULL, 'delivered', "
        f"'paid', 12.5, 'CLP', 3, 4, 1, "
        "'2026-01-02 03:04:05', '2026-01-03', '10.0.0.1'), "
        f"('{numbered_uuid(2)}', '{numbered_uuid(11)}', NULL, 'delivered', 'paid', 'infinity', 'CLP', "
        f"'Infinity', 4, 0, "
        "'2026-01-02 03:04:05', '2026-01-03', '10.0.0.1');"
        f"INSERT INTO branches (id, name) VALUES ('{numbered_uuid(11)}', 'x'); GRANT SELECT ON orders TO {READER}"
    )
    loaded = load(open_live_source(database), tmp_path)
    first, second = loaded.tables["orders"]
    names = [column.name for column in TABLES["orders"].columns]
    assert {name: value for name, value in zip(names, first, strict=False) if value is not None} == {
        "id": numbered_uuid(1),
        "branch_id": numbered_uuid(11),
        "email": "10.0.0.1/32",
        "status": "delivered",
        "payment_status": "paid",
        "total_amount": "12.50",
        "currency": "CLP",
        "is_pos_sale": "true",
        "copago_amount": "3.00",
        "institutional_amount": "4.00",
        "created_at": "2026-01-02 03:04:05+00",
        "updated_at": "2026-01-03 00:00:00+00",
    }
    assert second[names.index("total_amount")] is None
    assert second[names.index("copago_amount")] is None
    assert loaded.rejects == []


def test_three_decimals_of_a_database_are_no_thousands(database: Database, tmp_path: Path) -> None:
    """What divides the decimals of a number is in doubt in an export only."""
    branch, order = numbered_uuid(11), numbered_uuid(1)
    database.execute(
        "ALTER TABLE orders ALTER total_amount TYPE numeric(14, 3); "
        "ALTER TABLE order_items ALTER quantity TYPE numeric(10, 3); "
        f"INSERT INTO branches (id, name) VALUES ('{branch}', 'x'); "
        "INSERT INTO orders (id, branch_id, status, payment_status, total_amount, created_at) "
        f"VALUES ('{order}', '{branch}', 'delivered', 'paid', 12.990, '2026-01-02'); "
        "INSERT INTO order_items (id, order_id, product_name, quantity, total_price) "
        f"VALUES ('{numbered_uuid(2)}', '{order}', 'Lente', 1.250, 10)"
    )
    loaded = load(open_live_source(database), tmp_path)
    assert loaded.column("orders", "total_amount") == ["12.99"]
    assert loaded.column("order_items", "quantity") == ["1.250"]
    assert loaded.rejects == []


def test_a_shop_without_a_single_row_answers(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    database.execute(f"INSERT INTO branches (id, name, code) VALUES ('{numbered_uuid(11)}', 'Centro', 'C-1')")
    ran = run_inline(capsys)("dashboard", "-b", "C-1", "--source", database.address, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    assert '"sales_count": 0' in ran.out


def test_300_000_rows_arrive(database: Database, tmp_path: Path) -> None:
    database.execute(
        f"INSERT INTO branches (id, name) VALUES ('{numbered_uuid(11)}', 'x'); "
        "INSERT INTO orders (id, branch_id, status, payment_status, total_amount, created_at) "
        f"SELECT md5(n::text)::uuid, '{numbered_uuid(11)}', 'delivered', 'paid', n / 100.0, '2026-01-01' "
        "FROM generate_series(1, 300000) AS n"
    )
    progress: list[tuple[str, int]] = []
    path = open_store(tmp_path).load_snapshot(
        open_live_source(database),
        NOW,
        BuildOptions(on_progress=lambda table, rows: progress.append((table, rows))),
    )
    with open_snapshot(path) as con:
        assert con.execute(
            "SELECT count(*), sum(total_amount), count(DISTINCT id) FROM raw.orders"
        ).fetchall() == [(300_000, Decimal("450001500.00"), 300_000)]
    steps = [rows for table, rows in progress if table == "orders"]
    assert len(steps) > 3, "rows are told while they arrive"
    assert steps == sorted(steps)
    assert steps[-1] == 300_000


def test_the_schema_may_have_another_name(
    database: Database, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    database.execute(SHOP)
    run = run_inline(capsys)
    options = (
        "dashboard",
        "-b",
        "C-1",
        "--source",
        database.address,
        "--format",
        "json",
        "--section",
        "kpis",
    )
    public = run(*options, "--as-of", "2026-11-22")
    database.execute(
        'ALTER SCHEMA public RENAME TO "tenant 1"; CREATE SCHEMA public; '
        f'GRANT USAGE ON SCHEMA "tenant 1" TO {READER}'
    )
    moved = run(*options, "--as-of", "2026-11-22", "--refresh")
    assert (moved.code, "has no table public.branches" in moved.err) == (4, True)
    monkeypatch.setenv("OPTTIUS_POSTGRES_SCHEMA", "tenant 1")
    assert (
        run(*options, "--as-of", "2026-11-22").out.split('"snapshot"')[0] == public.out.split('"snapshot"')[0]
    )


def test_changes_of_the_schema_are_reported(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    database.execute(SHOP)
    database.execute(
        "ALTER TABLE orders RENAME COLUMN currency TO moneda; ALTER TABLE customers DROP COLUMN phone; "
        "DROP TABLE quotes; "
        f"REVOKE SELECT ON prescriptions FROM {READER}; "
        "UPDATE orders SET status = 'teleported' WHERE total_amount = 30"
    )
    run = run_inline(capsys)
    shown = run(
        "dashboard", "-O", "Una", "--source", database.address, "--format", "json", "--as-of", "2026-11-22"
    )
    assert (shown.code, shown.err) == (0, "")
    quality = json.loads(shown.out)["data_quality"]
    assert quality["missing_tables"] == ["prescriptions", "quotes"]
    assert quality["missing_columns"] == {"customers": ["phone"], "orders": ["currency"]}
    result = run(
        "check", "-O", "Una", "--source", database.address, "--format", "json", "--as-of", "2026-11-22"
    )
    assert '"unknown_status"' in result.out
