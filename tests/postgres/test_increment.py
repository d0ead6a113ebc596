"""An incremental load ends with the tables of a full one, whatever happened in between."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest
from sources.loading import uid

from postgres.live import LATER, NOW, SHOP, asked, load, place, scoped, source

if TYPE_CHECKING:
    from pathlib import Path

    from postgres.server import Database, Server


def order(branch: int, updated_at: str = "now()") -> str:
    """A new order."""
    return (
        "INSERT INTO orders (id, branch_id, status, payment_status, total_amount, updated_at) "
        f"VALUES (gen_random_uuid(), '{uid(branch)}', 'pending', 'paid', 5, {updated_at})"
    )


CHANGES = {
    "nothing": "SELECT 1",
    "inserted": order(11),
    "updated": "UPDATE orders SET total_amount = 1, updated_at = now() WHERE total_amount > 2900",
    "deleted": "DELETE FROM orders WHERE total_amount BETWEEN 100 AND 200",
    "all of these": "UPDATE customers SET first_name = 'Ana', updated_at = now() WHERE first_name = 'Cliente 5';"
    f"DELETE FROM orders WHERE total_amount = 30; {order(12)}",
    "moved": f"UPDATE orders SET branch_id = '{uid(21)}', updated_at = now() WHERE total_amount = 40",
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
    "a key came twice": "INSERT INTO orders SELECT * FROM orders WHERE total_amount = 60",
    "and once again": "UPDATE orders SET id = gen_random_uuid() WHERE total_amount = 60",
    "everything went": "DELETE FROM orders",
}


@pytest.fixture
def shop(server: Server) -> Database:
    made = server.database()
    made.execute(SHOP)
    return made


def test_incremental_and_full_give_equal_tables(shop: Database, tmp_path: Path) -> None:
    load(source(shop), tmp_path / "grown")
    for step, (what, change) in enumerate(CHANGES.items(), 1):
        shop.execute(change)
        grown = load(source(shop), tmp_path / "grown", now=NOW + step * timedelta(minutes=6))
        assert grown == load(source(shop), tmp_path / "full", refresh=True), what


def test_a_scope_is_brought_up_to_date_like_the_whole(shop: Database, tmp_path: Path) -> None:
    mine = source(shop, scoped(None, "C-1"))
    load(mine, tmp_path / "grown")
    shop.execute(CHANGES["all of these"])
    shop.execute(
        f"UPDATE orders SET branch_id = '{uid(11)}', updated_at = now() WHERE branch_id = '{uid(21)}'"
    )
    # Nothing tells of this but that there is one row less.
    shop.execute(f"UPDATE orders SET branch_id = '{uid(12)}' WHERE total_amount = 2700")
    assert load(mine, tmp_path / "grown", now=LATER) == load(mine, tmp_path / "full")


def test_what_changes_without_a_word_is_found_when_a_day_has_passed(shop: Database, tmp_path: Path) -> None:
    first = load(source(shop), tmp_path)
    shop.execute("UPDATE orders SET total_amount = 7 WHERE total_amount = 30")
    assert load(source(shop), tmp_path, now=LATER) == first
    (snapshot,) = tmp_path.glob("*.duckdb")
    with duckdb.connect(str(snapshot)) as con:
        con.execute("UPDATE meta.manifest SET value = '2026-01-01T00:00:00+00:00' WHERE name = 'whole_at'")
    found = load(source(shop), tmp_path, now=LATER + timedelta(minutes=6))
    assert found != first
    assert found == load(source(shop), tmp_path / "full")


def test_only_what_changed_is_fetched(shop: Database, tmp_path: Path) -> None:
    load(source(shop), tmp_path)
    shop.execute(CHANGES["inserted"])
    before = place(shop)
    load(source(shop), tmp_path, now=LATER)
    of_orders = [
        statement
        for statement in asked(shop, before)
        if 'FROM "public"."orders"' in statement and "LIMIT 0" not in statement
    ]
    assert of_orders
    assert all("updated_at >= '2026-02-" in one or "count(*)" in one for one in of_orders)
    whole = place(shop)
    load(source(shop), tmp_path, now=LATER, refresh=True)
    load(source(shop, incremental=False), tmp_path, now=LATER)
    assert not any("updated_at >=" in statement for statement in asked(shop, whole))
