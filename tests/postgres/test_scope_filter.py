"""A scope's rows are found whatever the types of the columns that say whose they are: as when all rows are loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sources.snapshots import numbered_uuid

from postgres.live_database import SHOP, load, open_live_source, request_rows

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.sources.postgres.row_request import RowRequest
    from postgres.server import Database, Server

TYPES = {
    "orders by text": "ALTER TABLE orders ALTER id TYPE text",
    "orders by varchar in capitals": "ALTER TABLE orders ALTER id TYPE varchar(36) USING upper(id::text)",
    "orders by char": "ALTER TABLE orders ALTER id TYPE char(40)",
    "items by text": "ALTER TABLE order_items ALTER order_id TYPE text USING upper(order_id::text)",
    "branches in capitals": "ALTER TABLE branches ALTER id TYPE text USING upper(id::text)",
    "owners in capitals": "ALTER TABLE orders ALTER branch_id TYPE text USING upper(branch_id::text), "
    "ALTER organization_id TYPE text USING upper(organization_id::text);"
    "ALTER TABLE customers ALTER branch_id TYPE char(40) USING upper(branch_id::text)",
    "owners without hyphens": "ALTER TABLE orders ALTER branch_id TYPE text USING replace(branch_id::text, '-', '')",
    "nobody is an empty text": "ALTER TABLE orders ALTER branch_id TYPE text, "
    "ALTER organization_id TYPE text USING upper(organization_id::text); "
    "UPDATE orders SET branch_id = '' WHERE branch_id IS NULL",
    "nobody is no id": "ALTER TABLE orders ALTER branch_id TYPE text;"
    "UPDATE orders SET branch_id = 'matriz' WHERE branch_id IS NULL",
}

SCOPES = [
    pytest.param(request_rows(None, "C-1"), 99, id="a branch"),
    pytest.param(request_rows("Una"), 202, id="a whole"),
]


@pytest.fixture
def shop(server: Server) -> Database:
    new_database = server.database()
    new_database.execute(SHOP)
    new_database.execute(
        f"UPDATE orders SET branch_id = NULL, organization_id = '{numbered_uuid(1)}' WHERE total_amount <= 50"
    )
    return new_database


@pytest.mark.parametrize("change", TYPES)
@pytest.mark.parametrize(("row_request", "orders"), SCOPES)
def test_a_scope_has_its_rows_under_other_types(
    shop: Database, tmp_path: Path, change: str, row_request: RowRequest, orders: int
) -> None:
    mine = open_live_source(shop, row_request)
    before = load(mine, tmp_path / "before")
    assert len(before.tables["orders"]) == orders
    shop.execute(TYPES[change])
    after = load(mine, tmp_path / "after")
    assert after.tables == before.tables


def test_orders_with_a_number_that_no_item_can_name_load(shop: Database, tmp_path: Path) -> None:
    shop.execute("ALTER TABLE orders ALTER id TYPE bigint USING total_amount")
    mine = load(open_live_source(shop, request_rows(None, "C-1")), tmp_path)
    assert (mine.rows_read["orders"], mine.rows_read["order_items"]) == (99, 0)


def test_ids_that_are_no_uuids_are_compared_as_they_are_written(shop: Database, tmp_path: Path) -> None:
    shop.execute(
        "ALTER TABLE branches ALTER id TYPE text USING CASE code WHEN 'C-1' THEN 'a' WHEN 'C-2' THEN 'A' END;"
        "ALTER TABLE orders ALTER branch_id TYPE text "
        "USING CASE right(branch_id::text, 2) WHEN '11' THEN 'a' ELSE 'A' END;"
        "ALTER TABLE order_items ALTER order_id TYPE text"
    )
    mine = load(open_live_source(shop, request_rows(None, "C-1")), tmp_path)
    assert set(mine.column("orders", "branch_id")) == {"a"}
    assert (mine.rows_read["orders"], mine.rows_read["order_items"]) == (99, 99)
    # They belong to branches by UUIDs, which no branch has.
    assert mine.rows_read["customers"] == 0
