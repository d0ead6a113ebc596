"""A load shows one state of every table, whatever is done to the tables while it goes on."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg
import pytest
from sources.snapshots import open_snapshot, open_store, read_snapshot

from opttius_cli.snapshot.build import BuildOptions
from postgres.live_database import NOW, SHOP, load, open_live_source, request_rows
from postgres.server import READER

if TYPE_CHECKING:
    from pathlib import Path

    from sources.snapshots import SnapshotContents

    from postgres.server import Database, Server

REPLACED = {
    "emptied and filled": """
        CREATE TEMP TABLE kept AS SELECT * FROM orders; TRUNCATE orders; INSERT INTO orders SELECT * FROM kept
    """,
    "written anew": "ALTER TABLE orders ALTER total_amount TYPE numeric(14, 3)",
    "another in its place": f"""
        CREATE TABLE later AS SELECT * FROM orders; DROP TABLE orders; ALTER TABLE later RENAME TO orders;
        GRANT SELECT ON orders TO {READER}
    """,
    "what a view reads emptied": """
        CREATE TEMP TABLE kept AS SELECT * FROM app.order_items; TRUNCATE app.order_items;
        INSERT INTO app.order_items SELECT * FROM kept
    """,
    "another that was there": f"""
        INSERT INTO spare SELECT * FROM orders; ALTER TABLE orders RENAME TO former;
        ALTER TABLE spare RENAME TO orders; GRANT SELECT ON orders TO {READER}
    """,
}


@pytest.fixture
def shop(server: Server) -> Database:
    """A shop whose items are read through a view."""
    new_database = server.database()
    new_database.execute(SHOP)
    new_database.execute(
        "CREATE TABLE spare (LIKE orders); CREATE SCHEMA app; ALTER TABLE order_items SET SCHEMA app; "
        f"CREATE VIEW order_items AS SELECT * FROM app.order_items; GRANT SELECT ON order_items TO {READER}"
    )
    return new_database


@pytest.mark.parametrize("how", REPLACED)
def test_a_table_replaced_while_others_load_is_read_as_it_was(
    shop: Database, tmp_path: Path, how: str
) -> None:
    before = load(open_live_source(shop), tmp_path / "before")
    tried: list[str] = []

    def replace(table: str, _rows: int) -> None:
        if table == "customers" and not tried:
            tried.append(how)
            with suppress(psycopg.errors.LockNotAvailable):
                shop.execute(f"SET lock_timeout = '100ms'; {REPLACED[how]}")

    path = open_store(tmp_path / "cache").load_snapshot(
        open_live_source(shop), NOW, BuildOptions(on_progress=replace)
    )
    with open_snapshot(path) as con:
        assert (tried, read_snapshot(con)) == ([how], before)


@pytest.mark.parametrize("how", REPLACED)
def test_a_table_replaced_before_it_could_be_locked_is_read_as_it_is(
    shop: Database, tmp_path: Path, how: str
) -> None:
    loaded: list[SnapshotContents] = []
    mine = open_live_source(shop, request_rows(None, "C-1"))
    thread = threading.Thread(target=lambda: loaded.append(load(mine, tmp_path / "after")))
    with psycopg.connect(shop.server.address(shop.name)) as con:
        con.execute(REPLACED[how].encode())
        con.execute("INSERT INTO orders SELECT * FROM orders WHERE total_amount = 3000")
        thread.start()
        until_waiting(shop)
    thread.join(30)
    # The row that was put in is seen: the state that is shown is not the one before.
    assert loaded[0].rows_read["orders"] == 101
    assert len(loaded[0].tables["order_items"]) == 100
    assert loaded[0] == load(mine, tmp_path / "again")


def until_waiting(database: Database) -> None:
    """Wait until somebody waits for a lock."""
    ends = time.monotonic() + 20
    while database.execute("SELECT count(*) FROM pg_locks WHERE NOT granted") == [(0,)]:
        assert time.monotonic() < ends
        time.sleep(0.02)
