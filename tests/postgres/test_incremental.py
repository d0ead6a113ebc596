"""An incremental load ends with the tables of a full one, whatever happened in between."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest
from sources.snapshots import numbered_uuid

from postgres.live_database import (
    LATER,
    NOW,
    SHOP,
    load,
    log_position,
    logged_statements,
    open_live_source,
    request_rows,
)
from postgres.server import READER

if TYPE_CHECKING:
    from pathlib import Path

    from postgres.server import Database, Server


def order(branch: int, updated_at: str = "now()") -> str:
    """A new order."""
    return (
        "INSERT INTO orders (id, branch_id, status, payment_status, total_amount, updated_at) "
        f"VALUES (gen_random_uuid(), '{numbered_uuid(branch)}', 'pending', 'paid', 5, {updated_at})"
    )


CHANGES = {
    "nothing": "SELECT 1",
    "inserted": order(11),
    "updated": "UPDATE orders SET total_amount = 1, updated_at = now() WHERE total_amount > 2900",
    "deleted": "DELETE FROM orders WHERE total_amount BETWEEN 100 AND 200",
    "all of these": "UPDATE customers SET first_name = 'Ana', updated_at = now() WHERE first_name = 'Cliente 5';"
    f"DELETE FROM orders WHERE total_amount = 30; {order(12)}",
    "moved": f"UPDATE orders SET branch_id = '{numbered_uuid(21)}', updated_at = now() WHERE total_amount = 40",
    "committed late": order(11, "(SELECT max(updated_at) FROM orders) - interval '9 minutes'"),
    "committed much too late": order(11, "'2020-01-01'"),
    "never dated": order(11, "NULL"),
    "an item changed": "UPDATE order_items SET total_price = 1 WHERE total_price = 10",
    "no number": "UPDATE orders SET total_amount = 'NaN', updated_at = now() WHERE total_amount = 50",
    "a column changed its type": "ALTER TABLE orders ALTER COLUMN email TYPE varchar(99);"
    "UPDATE orders SET email = 'x@y.cl'",
    "a column went away": "ALTER TABLE orders DROP COLUMN currency",
    "tags became another type": "ALTER TABLE customers ALTER COLUMN tags TYPE jsonb USING to_jsonb(tags);"
    """UPDATE customers SET tags = '["vip", "a, b"]'""",
    "tags that stay as they are": "UPDATE customers SET phone = '1', updated_at = now() WHERE first_name = 'Ana'",
    "rows came for others": "DELETE FROM orders WHERE total_amount = 70;"
    + order(11, "(SELECT max(updated_at) FROM orders) - interval '11 minutes'"),
    "an update committed much too late": "UPDATE orders SET total_amount = 8, "
    "updated_at = (SELECT max(updated_at) FROM orders) - interval '30 minutes' WHERE total_amount = 80",
    "another key": "UPDATE orders SET id = gen_random_uuid() WHERE total_amount = 90",
    "changed before time": "UPDATE orders SET total_amount = 11, updated_at = '-infinity' WHERE total_amount = 220",
    "and changed again": "UPDATE orders SET total_amount = 12 WHERE updated_at = '-infinity'",
    "dates exchanged": "UPDATE orders AS o SET updated_at = p.updated_at, total_amount = 13 FROM orders AS p "
    "WHERE (o.total_amount, p.total_amount) IN ((240, 250), (250, 240))",
    "put back": "CREATE TABLE kept AS SELECT md5(id::text)::uuid AS other, * FROM orders; TRUNCATE orders;"
    "UPDATE kept SET id = other; ALTER TABLE kept DROP other; INSERT INTO orders SELECT * FROM kept; DROP TABLE kept",
    "put back under the same keys": "CREATE TABLE kept AS SELECT * FROM orders; TRUNCATE orders;"
    "UPDATE kept SET total_amount = total_amount + 1; INSERT INTO orders SELECT * FROM kept; DROP TABLE kept",
    "another table": "CREATE TABLE kept AS SELECT * FROM orders; UPDATE kept SET total_amount = total_amount + 1;"
    f"DROP TABLE orders; ALTER TABLE kept RENAME TO orders; GRANT SELECT ON orders TO {READER}",
    "a key came twice": "INSERT INTO orders SELECT * FROM orders WHERE total_amount = 60",
    "and once again": "UPDATE orders SET id = gen_random_uuid() WHERE total_amount = 60",
    "everything went": "DELETE FROM orders",
}


@pytest.fixture
def shop(server: Server) -> Database:
    new_database = server.database()
    new_database.execute(SHOP)
    return new_database


def test_incremental_and_full_give_equal_tables(shop: Database, tmp_path: Path) -> None:
    load(open_live_source(shop), tmp_path / "grown")
    for step, (description, change) in enumerate(CHANGES.items(), 1):
        shop.execute(change)
        grown = load(open_live_source(shop), tmp_path / "grown", now=NOW + step * timedelta(minutes=6))
        assert grown == load(open_live_source(shop), tmp_path / "full", refresh=True), description


def test_a_damaged_snapshot_is_not_built_on(shop: Database, tmp_path: Path) -> None:
    whole = load(open_live_source(shop), tmp_path)
    (file,) = tmp_path.glob("*.duckdb")
    data = bytearray(file.read_bytes())
    # Its manifest can still be read.
    for place in range(len(data) // 2, len(data), 2 * 262_144):
        data[place] ^= 4
    file.write_bytes(data)
    assert load(open_live_source(shop), tmp_path, now=LATER) == whole
    assert load(open_live_source(shop), tmp_path, now=LATER) == whole


def test_a_scope_is_brought_up_to_date_like_the_whole(shop: Database, tmp_path: Path) -> None:
    mine = open_live_source(shop, request_rows(None, "C-1"))
    load(mine, tmp_path / "grown")
    shop.execute(CHANGES["all of these"])
    shop.execute(
        f"UPDATE orders SET branch_id = '{numbered_uuid(11)}', updated_at = now() WHERE branch_id = "
        f"'{numbered_uuid(21)}'"
    )
    # Nothing tells of this but that there is one row less.
    shop.execute(f"UPDATE orders SET branch_id = '{numbered_uuid(12)}' WHERE total_amount = 2700")
    assert load(mine, tmp_path / "grown", now=LATER) == load(mine, tmp_path / "full")


def test_a_view_that_is_redefined_is_read_again(shop: Database, tmp_path: Path) -> None:
    view = (
        "CREATE OR REPLACE VIEW customers AS SELECT id, branch_id, {} AS first_name, created_at, updated_at FROM kept;"
        f"GRANT SELECT ON customers TO {READER}"
    )
    shop.execute("ALTER TABLE customers RENAME TO kept;" + view.format("first_name"))
    before = load(open_live_source(shop), tmp_path)
    shop.execute(view.format("upper(first_name)"))
    grown = load(open_live_source(shop), tmp_path, now=LATER)
    assert grown.column("customers", "first_name") == [
        str(name).upper() for name in before.column("customers", "first_name")
    ]


def test_a_restricted_role_keeps_no_row_that_it_may_not_see(shop: Database, tmp_path: Path) -> None:
    shop.execute(
        f"ALTER TABLE customers ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON customers TO {READER} "
        f"USING (branch_id = '{numbered_uuid(11)}')"
    )
    mine = open_live_source(shop, restricted=True)
    assert set(load(mine, tmp_path).column("customers", "branch_id")) == {numbered_uuid(11)}
    shop.execute(f"ALTER POLICY own ON customers USING (branch_id = '{numbered_uuid(12)}')")
    assert set(load(mine, tmp_path, now=LATER).column("customers", "branch_id")) == {numbered_uuid(12)}


KEYS = {
    "varchar": "ALTER TABLE orders ALTER id TYPE varchar(40)",
    "text": "ALTER TABLE orders ALTER id TYPE text USING upper(id::text)",
    "char": "ALTER TABLE orders ALTER id TYPE char(40)",
    "bigint": "ALTER TABLE orders ALTER id TYPE bigint USING total_amount",
}


@pytest.mark.parametrize("key", KEYS)
def test_keys_of_another_type_prove_the_same(shop: Database, tmp_path: Path, key: str) -> None:
    shop.execute(KEYS[key])
    load(open_live_source(shop), tmp_path / "grown")
    shop.execute(
        "DELETE FROM orders WHERE total_amount = 30; UPDATE orders SET updated_at = now() WHERE total_amount = 50"
    )
    before = log_position(shop)
    grown = load(open_live_source(shop), tmp_path / "grown", now=LATER)
    if key == "varchar":
        assert not fetched_whole(shop, before, "orders")
    assert grown == load(open_live_source(shop), tmp_path / "full")


def test_a_table_without_timestamps_in_the_catalog_is_fetched_whole(shop: Database, tmp_path: Path) -> None:
    """The catalog has no updated_at of the stock, whose key is two columns."""
    shop.execute(
        "INSERT INTO product_branch_stock (product_id, branch_id, quantity, updated_at) "
        f"SELECT md5('p' || n)::uuid, '{numbered_uuid(11)}', n, '2026-01-01' FROM generate_series(1, 30) AS n"
    )
    load(open_live_source(shop), tmp_path / "grown")
    shop.execute("UPDATE product_branch_stock SET quantity = 100, updated_at = now() WHERE quantity = 3")
    before = log_position(shop)
    grown = load(open_live_source(shop), tmp_path / "grown", now=LATER)
    assert fetched_whole(shop, before, "product_branch_stock")
    assert grown == load(open_live_source(shop), tmp_path / "full")


def test_changes_without_a_timestamp_are_loaded_after_a_day(shop: Database, tmp_path: Path) -> None:
    first = load(open_live_source(shop), tmp_path)
    shop.execute("UPDATE orders SET total_amount = 7 WHERE total_amount = 30")
    assert load(open_live_source(shop), tmp_path, now=LATER) == first
    (snapshot,) = tmp_path.glob("*.duckdb")
    with duckdb.connect(str(snapshot)) as con:
        con.execute("UPDATE meta.manifest SET value = '2026-01-01T00:00:00+00:00' WHERE name = 'whole_at'")
    loaded = load(open_live_source(shop), tmp_path, now=LATER + timedelta(minutes=6))
    assert loaded != first
    assert loaded == load(open_live_source(shop), tmp_path / "full")


def test_only_changed_rows_are_fetched(shop: Database, tmp_path: Path) -> None:
    load(open_live_source(shop), tmp_path)
    shop.execute(CHANGES["inserted"])
    before = log_position(shop)
    load(open_live_source(shop), tmp_path, now=LATER)
    assert not fetched_whole(shop, before, "orders")
    whole = log_position(shop)
    load(open_live_source(shop), tmp_path, now=LATER, refresh=True)
    load(open_live_source(shop, incremental=False), tmp_path, now=LATER)
    assert not any("updated_at >=" in statement for statement in logged_statements(shop, whole))


def fetched_whole(database: Database, since: int, table: str) -> bool:
    """Whether all rows were asked for since a place in the log: not those that changed, nor keys and numbers."""
    return any(
        "updated_at >= '" not in statement
        for statement in logged_statements(database, since)
        if f'FROM "public"."{table}"' in statement
        and not any(word in statement for word in ("LIMIT 0", "count(*)", 'SELECT "id" AS "id", CASE'))
    )
