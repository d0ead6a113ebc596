"""A run that meets another one's load shows what is published, and loads again only when it was asked to."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from opttius_cli.errors import BusyError
from opttius_cli.snapshot import store as stores
from opttius_cli.snapshot.build import BuildOptions
from opttius_cli.snapshot.lock import lock_snapshot
from opttius_cli.snapshot.open import SCHEMA_VERSION, read_manifest
from opttius_cli.sources.registry import open_source
from sources.snapshots import NOW, open_store, order_line, orders_csv, write_shop

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opttius_cli.snapshot.source_protocol import Source
    from opttius_cli.snapshot.store import SnapshotStore

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SnapshotStore:
    monkeypatch.setattr(stores, "LOCK_PATIENCE", 0.1)
    return open_store(tmp_path / "cache")


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return open_source(str(write_shop(tmp_path / "export")))


def change(tmp_path: Path) -> None:
    (tmp_path / "export" / "orders.csv").write_text(orders_csv(order_line(1)))


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """Another run's lock."""
    from filelock import FileLock

    with FileLock(f"{path}.lock"):
        yield


def counting(tables: list[str]) -> BuildOptions:
    return BuildOptions(on_progress=lambda table, _rows: tables.append(table))


def test_a_stale_snapshot_is_shown_while_another_run_loads(
    tmp_path: Path, keeper: SnapshotStore, source: Source
) -> None:
    path = keeper.load_snapshot(source, NOW, BuildOptions())
    before = path.read_bytes()
    change(tmp_path)
    with hold_lock(path):
        assert keeper.load_snapshot(source, LATER, BuildOptions()) == path
    assert path.read_bytes() == before


def test_a_refresh_reports_that_another_run_loads(
    tmp_path: Path, keeper: SnapshotStore, source: Source
) -> None:
    path = keeper.load_snapshot(source, NOW, BuildOptions())
    own = keeper.load_snapshot(source, NOW, BuildOptions(), into=tmp_path / "own.duckdb")
    with hold_lock(path), hold_lock(own):
        with pytest.raises(BusyError):
            keeper.load_snapshot(source, LATER, BuildOptions(), refresh=True)
        with pytest.raises(BusyError):
            keeper.load_snapshot(source, LATER, BuildOptions(), into=own)


def test_a_snapshot_of_another_version_is_not_shown_during_a_load(
    keeper: SnapshotStore, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keeper.load_snapshot(source, NOW, BuildOptions())
    monkeypatch.setattr(stores, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with hold_lock(path), pytest.raises(BusyError):
        keeper.load_snapshot(source, LATER, BuildOptions())


@pytest.mark.parametrize("refresh", [False, True])
def test_a_snapshot_that_another_run_published_is_not_built_again(
    tmp_path: Path, keeper: SnapshotStore, source: Source, monkeypatch: pytest.MonkeyPatch, *, refresh: bool
) -> None:
    keeper.load_snapshot(source, NOW, BuildOptions())
    change(tmp_path)
    built: list[str] = []

    @contextmanager
    def waits(path: Path, patience: float) -> Iterator[None]:
        monkeypatch.setattr(stores, "lock_snapshot", lock_snapshot)
        keeper.load_snapshot(source, NOW, BuildOptions())
        with lock_snapshot(path, patience):
            yield

    monkeypatch.setattr(stores, "lock_snapshot", waits)
    path = keeper.load_snapshot(source, LATER, counting(built), refresh=refresh)
    assert bool(built) == refresh
    manifest = read_manifest(path)
    assert manifest is not None
    assert manifest.loaded_at == (LATER if refresh else NOW)


def test_a_fresh_snapshot_that_nobody_replaced_is_built_again(keeper: SnapshotStore, source: Source) -> None:
    built: list[str] = []
    keeper.load_snapshot(source, NOW, BuildOptions())
    keeper.load_snapshot(source, LATER, counting(built))
    assert built
