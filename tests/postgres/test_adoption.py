"""What names nobody reaches a limited pull of the only organization, and no pull of another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sources.snapshots import numbered_uuid, open_snapshot, open_store

from opttius_cli.scope import read_directory, resolve_names
from opttius_cli.snapshot.build import BuildOptions
from opttius_cli.sources.postgres.row_request import LOADED_OWNERS, RowRequest
from postgres.live_database import NOW, SHOP, load, open_live_source

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.result import Scope
    from opttius_cli.sql import Connection
    from postgres.server import Database, Server

# Otra, which owns the branch S-1, is the app's own: Una is the only one that counts, and MAIN is of nobody.
NOBODYS = f"""
UPDATE organizations SET metadata = '{{"is_platform": true}}' WHERE name = 'Otra';
INSERT INTO branches (id, name, code) VALUES ('{numbered_uuid(31)}', 'Casa Matriz', 'MAIN');
INSERT INTO organization_settings (organization_id, currency)
    VALUES ('{numbered_uuid(1)}', 'CLP'), ('{numbered_uuid(2)}', 'USD');
UPDATE orders SET branch_id = NULL WHERE total_amount <= 50;
UPDATE orders SET branch_id = '{numbered_uuid(31)}' WHERE total_amount BETWEEN 60 AND 90;
INSERT INTO products (id, name, organization_id) VALUES
    ('{numbered_uuid(91)}', 'Una', '{numbered_uuid(1)}'),
     ('{numbered_uuid(92)}', 'Otra', '{numbered_uuid(2)}'),
     ('{numbered_uuid(93)}', 'De nadie', NULL);
INSERT INTO prescriptions (id, customer_id, branch_id)
VALUES ('{numbered_uuid(81)}', md5('c1')::uuid, NULL), ('{numbered_uuid(82)}', md5('c1')::uuid, '{numbered_uuid(21)}');
INSERT INTO credit_notes (id, order_id, amount)
SELECT md5('n' || n)::uuid, md5('o' || n)::uuid, 1 FROM generate_series(1, 300) AS n;
"""


@pytest.fixture
def shop(server: Server) -> Database:
    created = server.database()
    created.execute(SHOP + NOBODYS)
    return created


def scoped(organization: str | None, *branches: str, adopt: str | bool = True) -> RowRequest:
    """The rows of a scope, under a setting."""

    def find(con: Connection) -> Scope:
        return resolve_names(read_directory(con, adopt), organization, branches)

    return RowRequest(f"{organization}{branches}{adopt}", find)


# Of 300 orders, 200 are of Una's branches and 100 of S-1. Of the first nine, five name nobody now and four MAIN; three
# of the nine were S-1's.
@pytest.mark.parametrize(
    ("name", "orders", "products", "prescriptions"),
    [
        pytest.param(scoped(None), 203, ["De nadie", "Una"], 1, id="the only one"),
        pytest.param(scoped(None, adopt=False), 194, ["Una"], 0, id="nothing is adopted"),
        pytest.param(scoped(None, "MAIN"), 4, ["De nadie", "Una"], 0, id="the branch of nobody"),
        pytest.param(scoped("Otra"), 97, ["Otra"], 1, id="another"),
        pytest.param(scoped("Otra", adopt="Otra"), 106, ["De nadie", "Otra"], 2, id="another adopts"),
    ],
)
@pytest.mark.parametrize("types", ["uuid", "text"])
def test_what_is_adopted_is_asked_for_with_the_scope(
    shop: Database,
    tmp_path: Path,
    name: RowRequest,
    orders: int,
    products: list[str],
    prescriptions: int,
    types: str,
) -> None:
    if types == "text":
        shop.execute(
            "ALTER TABLE orders ALTER branch_id TYPE text, ALTER organization_id TYPE text;"
            "UPDATE orders SET branch_id = '' WHERE branch_id IS NULL;"
            "ALTER TABLE products ALTER organization_id TYPE text USING upper(organization_id::text)"
        )
    live = open_live_source(shop, name)
    path = open_store(tmp_path / "cache").load_snapshot(live, NOW, BuildOptions())
    with open_snapshot(path) as con:
        result = {
            name: con.execute(f"SELECT count(*) FROM raw.{name}").fetchone()
            for name in ("orders", "credit_notes")
        }
        assert result == {"orders": (orders,), "credit_notes": (orders,)}
        names = con.execute("SELECT name FROM raw.products ORDER BY name").fetchall()
        assert [name for (name,) in names] == products
        assert con.execute("SELECT count(*) FROM raw.prescriptions").fetchone() == (prescriptions,)
        assert con.execute("SELECT count(*) FROM raw.organization_settings").fetchone() == (2,)
        assert con.execute(
            "SELECT 1 FROM meta.manifest WHERE name LIKE $1", [f"%{LOADED_OWNERS}%"]
        ).fetchone()


def test_one_organization_with_what_it_adopts_is_everything(shop: Database, tmp_path: Path) -> None:
    shop.execute(
        f"DELETE FROM organizations WHERE name = 'Otra'; DELETE FROM branches WHERE id = '{numbered_uuid(21)}'"
    )
    loaded = load(open_live_source(shop, scoped(None)), tmp_path / "cache")
    assert len(loaded.tables["orders"]) == 300
