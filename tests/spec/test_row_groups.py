"""A question about a period reads the row groups of that period: seen in DuckDB's own counts, with small groups."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import duckdb
import pytest

from opttius_cli.cli import main
from opttius_cli.engines.duckdb import DuckEngine
from opttius_cli.session import store_sales
from opttius_cli.snapshot import open as snapshot_open
from spec.harness import SHOP, run_bare, write_export

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = "2026-11-22T18:00:00+00:00"
ROW_GROUP = 2048
"""The smallest that DuckDB has."""
DAYS, ORDERS_A_DAY = 1_200, 40
PERIOD = 30
LEAST_PRUNED = 5
"""What is read where the period is told apart lies this many times below what there is, or the test proves nothing."""
SECTIONS = ("trends", "quotes", "appointments", "work_orders", "products")
"""Of these, every figure is of the window or of the one before."""
TABLE_GROUPS = -(-DAYS * ORDERS_A_DAY // ROW_GROUP)
"""The row groups of each table."""
_SCANS = re.compile(r"Row Groups Scanned: (\d+) / (\d+)")

_DAY = f"TIMESTAMPTZ '2026-11-22 12:00:00+00' - to_days(CAST({DAYS} - 1 - i // {ORDERS_A_DAY} AS INTEGER))"
_ID = "CAST(md5(concat('{kind}', i)) AS UUID)"
TABLES = {
    "orders": "{order} AS id, b1 AS branch_id, 'delivered' AS status, 'paid' AS payment_status, 1000 AS total_amount, "
    "TRUE AS is_pos_sale, {day} AS created_at",
    "order_items": "{item} AS id, {order} AS order_id, 'Lente' AS product_name, 1 AS quantity, 1000 AS total_price",
    "order_payments": "{pay} AS id, {order} AS order_id, 1000 AS amount, 'debit' AS payment_method, {day} AS paid_at",
    "lab_work_orders": "{work} AS id, b1 AS branch_id, c1 AS customer_id, 'delivered' AS status, "
    "'paid' AS payment_status, 1000 AS total_amount, {day} AS created_at",
    "quotes": "{quote} AS id, b1 AS branch_id, c1 AS customer_id, 'sent' AS status, 1000 AS total_amount, "
    "{day} AS created_at",
    "appointments": "{visit} AS id, b1 AS branch_id, c1 AS customer_id, 'completed' AS status, "
    "CAST({day} AS DATE) AS appointment_date",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A snapshot of some years whose tables lie in small row groups, with its sales worked out."""
    folder = tmp_path_factory.mktemp("years")
    with pytest.MonkeyPatch.context() as environment:
        environment.chdir(folder)
        environment.setenv("OPTTIUS_NOW", NOW)
        environment.setenv("OPTTIUS_CACHE_FOLDER", str(folder / "cache"))
        exports = write_export(SHOP + "\ncustomers\nid\nc1\n", missing=tuple(TABLES))
        _write_years(exports)
        with patch.object(store_sales, "FEWEST_ORDERS", 0):
            loaded = run_bare(main, ["load", str(exports), "--into", str(folder / "shop.duckdb")])
        assert loaded.code == 0, loaded.stderr
        with duckdb.connect() as con:
            con.execute(f"ATTACH '{folder}/shop.duckdb' AS shop (READ_ONLY)")
            con.execute(f"ATTACH '{folder}/small.duckdb' AS small (ROW_GROUP_SIZE {ROW_GROUP})")
            con.execute("COPY FROM DATABASE shop TO small")
        yield folder / "small.duckdb"


def _write_years(exports: Path) -> None:
    """Write tables with as many rows on each day, in no order."""
    with duckdb.connect() as con:
        branch, customer = (
            con.execute(f"SELECT id FROM '{exports}/{name}.csv'").fetchall()[0][0]
            for name in ("branches", "customers")
        )
        ids = {kind: _ID.format(kind=kind) for kind in ("order", "item", "pay", "work", "quote", "visit")}
        for name, columns in TABLES.items():
            cells = columns.format(day=f"({_DAY})", **ids)
            con.execute(
                f"COPY (SELECT {cells} FROM range({DAYS * ORDERS_A_DAY}) AS r (i), "
                f"(SELECT CAST('{branch}' AS UUID) AS b1, CAST('{customer}' AS UUID) AS c1) ORDER BY hash(i)) "
                f"TO '{exports}/{name}.parquet'"
            )


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_reads_the_row_groups_of_its_windows(
    section: str, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: dict[str, tuple[int, int]] = {}
    monkeypatch.setenv("OPTTIUS_NOW", NOW)
    monkeypatch.setattr(snapshot_open, "connect_duckdb", _count_scans(snapshot_open.connect_duckdb))
    monkeypatch.setattr(DuckEngine, "_create_view", _record_view(DuckEngine._create_view, counts))
    monkeypatch.setattr(DuckEngine, "run_query", _record_query(DuckEngine.run_query, counts))
    options = ["--section", section, "--period", str(PERIOD), "--source", str(snapshot), "--format", "json"]
    ran = run_bare(main, ["dashboard", *options])
    assert ran.code == 0, ran.stderr
    assert any(there >= LEAST_PRUNED * scanned > 0 for scanned, there in counts.values()), counts
    filled = -(-2 * PERIOD * ORDERS_A_DAY // ROW_GROUP)
    for statement, (scanned, there) in counts.items():
        tables = -(-there // TABLE_GROUPS)
        assert scanned <= 3 * filled * tables, (statement, scanned, there)


def _count_scans(connect: Callable[..., Any]) -> Callable[..., Any]:
    def connect_and_count(*arguments: Any, **options: Any) -> Any:
        con = connect(*arguments, **options)
        con.execute("SET enable_profiling = 'no_output'")
        return con

    return connect_and_count


def _record_view(create: Callable[..., Any], counts: dict[str, tuple[int, int]]) -> Callable[..., Any]:
    def create_and_record(engine: DuckEngine, view: Any) -> None:
        create(engine, view)
        query = json.loads(engine.con.get_profiling_information(format="json") or "{}").get("query", {})
        if query.get("total_row_groups_to_scan"):
            counts[view.name] = (query["total_row_groups_scanned"], query["total_row_groups_to_scan"])

    return create_and_record


def _record_query(run: Callable[..., Any], counts: dict[str, tuple[int, int]]) -> Callable[..., Any]:
    def run_and_record(engine: DuckEngine, sql: str, parameters: Any, **options: Any) -> Any:
        plan = run(engine, f"EXPLAIN ANALYZE {sql}", parameters).column(1)[0].as_py()
        scans = [(int(scanned), int(there)) for scanned, there in _SCANS.findall(plan)]
        if scans:
            counts[sql[-80:]] = (
                sum(scanned for scanned, _there in scans),
                sum(there for _scanned, there in scans),
            )
        return run(engine, sql, parameters, **options)

    return run_and_record
