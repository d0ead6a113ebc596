"""A snapshot that a disk has damaged is dropped and loaded again, once; or a sentence says what to do."""

from __future__ import annotations

import io
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sources.snapshots import order_line, orders_csv, write_shop

from opttius_cli.engines.duckdb import DuckEngine
from opttius_cli.session.own_sql.queries import OwnSql
from opttius_cli.snapshot import damage, store

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult
    from opttius_cli.engines.own_sql.process import OwnSqlProcess
    from opttius_cli.engines.own_sql.worker import Setup

RELOAD_NOTE = "before cannot be read any more; it is loaded again."
BLOCK = 262_144


def damage_file(file: Path, *, first: int = 300_000) -> None:
    """Change a bit in every block of a file, from ``first`` on."""
    data = bytearray(file.read_bytes())
    for at in range(first, len(data), BLOCK):
        data[at] ^= 4
    file.write_bytes(data)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A small shop."""
    orders = (order_line(number, created="2026-11-02 03:04:05+00") for number in range(500))
    return write_shop(tmp_path / "export", orders=orders_csv(*orders))


@pytest.fixture
def snapshot(run: Callable[..., RunResult], export: Path) -> Path:
    """The snapshot of the small shop in the cache of this test."""
    assert run("load", export).code == 0
    (file,) = Path(os.environ["OPTTIUS_CACHE_FOLDER"]).glob("*.duckdb")
    return file


def test_a_damaged_snapshot_is_told_of_once_and_heals(
    run: Callable[..., RunResult], export: Path, snapshot: Path
) -> None:
    command = ("segments", "-s", export, "-f", "csv")
    whole = run(*command)
    damage_file(snapshot)
    healed = run(*command)
    assert (healed.code, healed.out) == (0, whole.out)
    assert healed.err.count(RELOAD_NOTE) == 1
    assert run(*command) == whole
    damage_file(snapshot)
    assert RELOAD_NOTE not in run(*command, "--quiet").err


def test_so_does_one_that_a_process_for_own_sql_reads(
    run: Callable[..., RunResult], export: Path, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = "SELECT count(*) AS n, max(total_amount) AS most FROM orders"
    command = ("sql", question, "-s", export, "-f", "csv")
    whole = run(*command)
    assert whole.code == 0
    damage_file(snapshot)
    healed = run(*command)
    assert (healed.code, healed.out) == (0, whole.out)
    assert RELOAD_NOTE in healed.err
    damage_file(snapshot)
    # What was read from standard input is asked again.
    monkeypatch.setattr(sys, "stdin", io.StringIO(question))
    healed = run("sql", "-", *command[2:])
    assert (healed.code, healed.out) == (0, whole.out)


@pytest.mark.parametrize("first", [5_000, 20_000], ids=["when it opens", "when it reads"])
def test_damage_that_only_that_process_meets_is_told_by_it(
    run: Callable[..., RunResult], export: Path, snapshot: Path, monkeypatch: pytest.MonkeyPatch, first: int
) -> None:
    open_session, damaged = OwnSql.open_session, list[Path]()

    def open_damaged(self: OwnSql, setup: Setup) -> OwnSqlProcess:
        if not damaged:
            damage_file(snapshot, first=first)
            damaged.append(snapshot)
        return open_session(self, setup)

    monkeypatch.setattr(OwnSql, "open_session", open_damaged)
    ran = run("sql", "SELECT count(*) AS n, max(total_amount) AS most FROM orders", "-s", export, "-f", "csv")
    assert (ran.code, ran.out.split()) == (0, ["n,most", "500,1000.5"])
    assert ran.err.count(RELOAD_NOTE) == 1
    assert damaged


def test_what_is_damaged_again_is_not_loaded_for_ever(
    run: Callable[..., RunResult], export: Path, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build, builds = store.SnapshotStore._build_file, []

    def build_damaged(self: store.SnapshotStore, file: Path, *arguments: object) -> None:
        build(self, file, *arguments)  # type: ignore[arg-type]
        builds.append(file)
        damage_file(file)

    monkeypatch.setattr(store.SnapshotStore, "_build_file", build_damaged)
    damage_file(snapshot)
    ran = run("customers", "-s", export)
    assert (ran.code, ran.out) == (4, "")
    assert len(builds) <= 2
    assert "also after it was loaded again. Check the disk, or set cache.folder" in ran.err


def test_a_fault_of_the_program_is_no_damage_and_its_details_are_in_a_log(
    run: Callable[..., RunResult], export: Path, snapshot: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_query, attempts = DuckEngine.run_query, list[str]()

    def run_wrong_query(self: DuckEngine, sql: str, *arguments: Any, **more: Any) -> Any:
        attempts.append(sql)
        return run_query(self, "SELECT no_such_column FROM customers", *arguments, **more)

    monkeypatch.setattr(DuckEngine, "run_query", run_wrong_query)
    ran = run("customers", "-s", export)
    assert (ran.code, ran.out, len(attempts)) == (4, "", 2)
    assert "DuckDB cannot work this out from the data (BinderException)" in ran.err
    (log,) = re.findall(r"The details are in (\S+)\.", ran.err)
    text = Path(log).read_text(encoding="utf-8")
    assert "BinderException: " in text
    assert "in run_wrong_query" in text


def test_without_its_source_a_sentence_says_what_to_do(
    run: Callable[..., RunResult], export: Path, snapshot: Path, tmp_path: Path
) -> None:
    mine = tmp_path / "mine.duckdb"
    for first in (300_000, 20_000):
        shutil.copy(snapshot, mine)
        damage_file(mine, first=first)
        data = mine.read_bytes()
        ran = run("customers", "-s", mine)
        assert (ran.code, ran.out) == (4, "")
        assert f"Load its source again: opttius load SOURCE --into {mine} --force" in ran.err
        assert mine.read_bytes() == data, "a file of the user's own stays"
    # A snapshot in the folder of the store that somebody names as a source is the user's file, too.
    damage_file(snapshot)
    assert run("customers", "-s", snapshot).code == 4
    assert snapshot.is_file()


def test_an_export_that_is_gone_is_named(run: Callable[..., RunResult], export: Path, snapshot: Path) -> None:
    damage_file(snapshot)
    shutil.rmtree(export)
    ran = run("customers", "-s", export)
    assert (ran.code, ran.out) == (4, "")
    assert str(export) in ran.err


def test_a_job_makes_its_files_from_a_new_one(
    run: Callable[..., RunResult], export: Path, snapshot: Path
) -> None:
    job = '[jobs.daily]\nparts = ["dashboard"]\nformats = ["csv"]\nperiod = "30"\n'
    source = f'source = "{export}"\n'
    Path("opttius.toml").write_text(source + job, encoding="utf-8")
    damage_file(snapshot)
    ran = run("job", "run", "daily")
    assert ran.code == 0, ran.err
    assert ran.err.count(RELOAD_NOTE) == 1
    damage_file(snapshot)
    assert run("job", "run", "daily", "--dry-run").code == 0


@pytest.mark.parametrize("place", ["folder", "link to nowhere", "link to itself", "pipe", "lock"])
def test_whatever_stands_in_its_place_is_told(
    run: Callable[..., RunResult], export: Path, snapshot: Path, place: str
) -> None:
    lock = snapshot.with_name(f"{snapshot.name}.lock")
    if place != "lock":
        snapshot.unlink()
    match place:
        case "folder":
            (snapshot / "mine").mkdir(parents=True)
        case "link to nowhere":
            snapshot.symlink_to("nowhere")
        case "link to itself":
            snapshot.symlink_to(snapshot.name)
        case "pipe":
            os.mkfifo(snapshot)
        case _:
            (lock / "mine").mkdir(parents=True)
            damage_file(snapshot)
    ran = run("customers", "-s", export)
    assert ran.code == (7 if place in {"folder", "lock"} else 0), ran.err
    assert run("cache", "list").code == 0
    assert run("cache", "clear").code in {0, 75}
    assert (snapshot / "mine").is_dir() or place != "folder"


def test_only_a_dropped_snapshot_is_retried() -> None:
    def fail() -> None:
        attempts.append(1)
        raise damage.DamagedSnapshotError(Path("mine.duckdb"), "IOException")

    attempts: list[int] = []
    with pytest.raises(damage.DamagedSnapshotError):
        damage.retry_when_dropped(fail)
    assert attempts == [1]
