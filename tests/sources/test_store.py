"""A snapshot is published whole or not at all, and goes stale when its source changes."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import duckdb
import pytest

from opttius_cli.errors import (
    BusyError,
    MissingTableError,
    OutputError,
    SourceError,
    UnreadableFileError,
)
from opttius_cli.snapshot import staging
from opttius_cli.snapshot import store as stores
from opttius_cli.snapshot.build import BuildOptions
from opttius_cli.snapshot.source_protocol import LoadContext
from opttius_cli.sources import csv_fallback
from opttius_cli.sources.export_folder import ExportFolder
from opttius_cli.sources.registry import open_source
from sources.snapshots import (
    EXAMPLE,
    NOW,
    load,
    open_snapshot,
    open_store,
    order_line,
    orders_csv,
    read_snapshot,
    write_shop,
)
from sources.test_formats import dump_text

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.snapshot.casting import RowCaster
    from opttius_cli.snapshot.source_protocol import Part

ROOT = EXAMPLE.parents[2]
PROGRAM = """
import sys
from pathlib import Path
from sources.snapshots import load
load(sys.argv[1], Path(sys.argv[2]))
"""

HOLDER = """
import sys
from pathlib import Path
from contextlib import suppress
from opttius_cli.errors import BusyError
from opttius_cli.snapshot.lock import lock_snapshot
path = Path(sys.argv[1])
for _round in range(2000):
    with suppress(BusyError), lock_snapshot(path):
        path.touch(exist_ok=False)
        path.unlink()
"""


def started(folder: Path, cache: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), str(cache)],
        cwd=ROOT / "tests",
        stderr=subprocess.DEVNULL,
    )


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_shop(
        tmp_path_factory.mktemp("large"), orders=orders_csv(*(order_line(n) for n in range(300_000)))
    )


@pytest.mark.slow
@pytest.mark.parametrize("wait", [0.15, 0.3, 0.45, 0.7, 1.0])
def test_a_killed_load_leaves_a_whole_snapshot_and_the_next_cleans_up(
    tmp_path: Path, large: Path, wait: float
) -> None:
    cache = tmp_path / "cache"
    load(large, cache)
    (published,) = cache.glob("*.duckdb")
    with open_snapshot(published) as con:
        before = read_snapshot(con)
    running = started(large, cache)
    time.sleep(wait)
    running.send_signal(signal.SIGKILL)
    running.wait()
    # The old one, or, when the kill came after the rename, the new one: never a part of either.
    with open_snapshot(published) as con:
        assert read_snapshot(con) == before
    load(large, cache)
    assert list(cache.iterdir()) == [published]


@pytest.mark.slow
def test_two_loads_at_once(tmp_path: Path, large: Path) -> None:
    both = [started(large, tmp_path / "cache") for _ in range(2)]
    assert [running.wait() for running in both] == [0, 0]
    (published,) = (tmp_path / "cache").glob("*.duckdb")
    with open_snapshot(published) as con:
        assert read_snapshot(con).rows_read["orders"] == 300_000


def test_a_load_that_waits_too_long_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr(stores, "LOCK_PATIENCE", 0.1)
    folder, keeper = write_shop(tmp_path / "export"), open_store(tmp_path / "cache")
    source = open_source(str(folder))
    (tmp_path / "cache").mkdir()
    with FileLock(f"{keeper.snapshot_path(source)}.lock"), pytest.raises(BusyError):
        keeper.load_snapshot(source, NOW, BuildOptions())


def test_no_lock_is_left(tmp_path: Path) -> None:
    folder, keeper = write_shop(tmp_path / "export"), open_store(tmp_path / "cache")
    (tmp_path / "files").mkdir()
    own = keeper.load_snapshot(
        open_source(str(folder)), NOW, BuildOptions(), into=tmp_path / "files" / "mine.duckdb"
    )
    assert list(own.parent.iterdir()) == [own]
    (folder / "orders.csv").unlink()
    with pytest.raises(MissingTableError):
        keeper.load_snapshot(open_source(str(folder)), NOW, BuildOptions(), into=own)
    assert list(own.parent.iterdir()) == [own]


def test_a_file_of_ones_own_that_is_called_as_the_lock_stays(tmp_path: Path) -> None:
    notes = tmp_path / "mine.duckdb.lock"
    notes.write_text("the key is under the mat", encoding="utf-8")
    source = open_source(str(write_shop(tmp_path / "export")))
    open_store(tmp_path / "cache").load_snapshot(source, NOW, BuildOptions(), into=tmp_path / "mine.duckdb")
    assert notes.read_text(encoding="utf-8") == "the key is under the mat"


def test_a_lock_that_is_removed_still_excludes_others(tmp_path: Path) -> None:
    """Of four that try without a pause, whoever holds it makes a file that must not be there, and takes it away."""
    folder = tmp_path / "files"
    folder.mkdir()
    rounds = [subprocess.Popen([sys.executable, "-c", HOLDER, str(folder / "mine.duckdb")]) for _ in range(4)]
    assert [process.wait(timeout=60) for process in rounds] == [0, 0, 0, 0]
    assert list(folder.iterdir()) == []


def test_only_its_owner_can_read_a_snapshot(tmp_path: Path) -> None:
    os.umask(0o022)
    load(write_shop(tmp_path / "export"), tmp_path / "cache")
    (published,) = (tmp_path / "cache").glob("*.duckdb")
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700
    assert published.stat().st_mode & 0o777 == 0o600


def test_unpacked_files_are_private_while_they_last(tmp_path: Path) -> None:
    folder, modes = (
        write_shop(tmp_path / "export", orders=orders_csv(order_line(1)).encode("utf-16")),
        set[tuple[str, int]](),
    )

    def look(_table: str, _rows: int) -> None:
        modes.update(
            (path.name.rpartition(".")[2], path.stat().st_mode & 0o077)
            for path in (tmp_path / "cache").iterdir()
        )

    open_store(tmp_path / "cache").load_snapshot(
        open_source(str(folder)), NOW, BuildOptions(on_progress=look)
    )
    assert ("building", 0) in modes
    assert {mode for _name, mode in modes} == {0}


def test_leftovers_of_others_are_left_alone(tmp_path: Path) -> None:
    cache, folder = tmp_path / "cache", write_shop(tmp_path / "export")
    load(folder, cache)
    (published,) = cache.glob("*.duckdb")
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True, text=True
    )
    names = {
        f"{published.name}.{'0f' * 16}.building": False,
        f"{published.name}.{int(dead.stdout)}.spill": False,
        f"{published.name}.{os.getpid()}.spill": True,
        f"another.duckdb.{'0f' * 16}.building": True,
        f"{published.name}.building-notes.txt": True,
        f"{published.name}.x.building": True,
        f"{published.name}.{'0f' * 16}.building.copy": True,
        f"{published.name}.old.{int(dead.stdout)}.spill": True,
        f"{published.name}.99999999999.spill": True,
    }
    for name in names:
        (cache / name).mkdir()
    notes = cache / f"{published.name}.{'0e' * 16}.building"
    notes.write_text("a file of the user's own")
    load(folder, cache)
    assert {name: (cache / name).exists() for name in names} == names
    assert notes.exists()


def test_a_snapshot_is_fresh_until_a_file_changes(tmp_path: Path) -> None:
    folder, keeper = write_shop(tmp_path / "export"), open_store(tmp_path / "cache")
    keeper.load_snapshot(open_source(str(folder)), NOW, BuildOptions())
    assert keeper.find_fresh(open_source(str(folder)), NOW)
    (folder / "notes.txt").write_text("a load names every file that it does not read")
    assert keeper.find_fresh(open_source(str(folder)), NOW) is None
    (folder / "notes.txt").unlink()
    assert keeper.find_fresh(open_source(str(folder)), NOW)
    assert keeper.find_fresh(open_source(str(folder)), NOW + timedelta(seconds=61), 60) is None
    (folder / "quotes.csv").write_text("id,customer_id,status,total_amount,created_at\n")
    assert keeper.find_fresh(open_source(str(folder)), NOW) is None
    (folder / "quotes.csv").unlink()
    stat = (folder / "orders.csv").stat()
    os.utime(folder / "orders.csv", ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))
    assert keeper.find_fresh(open_source(str(folder)), NOW) is None


def test_a_file_that_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")
    times: list[int] = []

    def meddle(table: str, _rows: int) -> None:
        if table == "orders" and not times:
            times.append(1)
            (folder / "orders.csv").write_text(orders_csv(order_line(1)))

    keeper = open_store(tmp_path / "cache")
    with open_snapshot(
        keeper.load_snapshot(ExportFolder(folder), NOW, BuildOptions(on_progress=meddle))
    ) as con:
        assert read_snapshot(con).rows_read["orders"] == 1
    assert keeper.find_fresh(ExportFolder(folder), NOW)


def test_a_file_that_never_rests_is_an_error(tmp_path: Path) -> None:
    folder = write_shop(tmp_path / "export")

    def meddle(table: str, _rows: int) -> None:
        if table == "orders":
            with (folder / "orders.csv").open("a") as file:
                file.write(order_line(1) + "\n")

    with pytest.raises(SourceError):
        open_store(tmp_path / "cache").load_snapshot(
            ExportFolder(folder), NOW, BuildOptions(on_progress=meddle)
        )
    assert not list((tmp_path / "cache").glob("*.duckdb*building*"))


def test_a_file_that_goes_away_while_it_is_read_is_the_fault_of_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_shop(tmp_path / "export", orders=orders_csv(order_line(1), order_line(2, total="x")))
    note = staging._record_rejects

    def late(con: duckdb.DuckDBPyConnection, reading: RowCaster, part: Part) -> None:
        (folder / "orders.csv").unlink()
        note(con, reading, part)

    monkeypatch.setattr(staging, "_record_rejects", late)
    with pytest.raises(MissingTableError, match="orders"):
        load(folder, tmp_path / "cache")


def test_a_dump_that_goes_away_while_it_is_read_is_the_fault_of_the_source(tmp_path: Path) -> None:
    path = tmp_path / "shop.sql"
    path.write_text(dump_text())

    def meddle(table: str, _rows: int) -> None:
        if table == "orders":
            path.unlink()

    with pytest.raises(UnreadableFileError, match=r"shop\.sql cannot be read: it is no longer there"):
        open_store(tmp_path / "cache").load_snapshot(
            open_source(str(path)), NOW, BuildOptions(on_progress=meddle)
        )


def test_a_disk_that_fails_is_no_fault_of_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = write_shop(tmp_path / "export", orders=orders_csv(order_line(1), "few"))
    monkeypatch.setattr(csv_fallback, "copy_rows", full)
    with pytest.raises(OutputError, match="No space left"):
        load(folder, tmp_path / "cache")


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
@pytest.mark.parametrize(
    "error",
    [
        duckdb.InterruptException("Interrupted!"),
        duckdb.IOException("No space left on device"),
        OSError(errno.EFBIG, "File too large"),
    ],
)
def test_nor_are_ctrl_c_and_a_full_disk(tmp_path: Path, form: str, error: Exception) -> None:
    class FailingConnection:
        def execute(self, *_: object) -> None:
            raise error

    folder = write_shop(tmp_path / "export")
    duckdb.execute(f"COPY (FROM read_csv('{folder}/orders.csv')) TO '{folder}/orders.parquet'")
    (folder / "orders.json").write_text('[{"id": 1}]', encoding="utf-8")
    for other in {"csv", "json", "parquet"} - {form}:
        (folder / f"orders.{other}").unlink()
    with ExitStack() as stack:
        (part,) = open_source(str(folder)).open_parts(LoadContext(tmp_path, stack))["orders"]
        with pytest.raises(type(error), match=str(error.args[-1])):
            part.stage_view(FailingConnection())  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_large_load_stays_within_its_memory(tmp_path: Path, form: str) -> None:
    folder = write_shop(tmp_path / "export")
    (folder / "orders.csv").unlink()
    with duckdb.connect() as con:
        branch = (folder / "branches.csv").read_text().splitlines()[1].split(",")[0]
        con.execute(
            f"COPY (SELECT uuid() AS id, '{branch}' AS branch_id, uuid() AS customer_id, "
            "'delivered' AS status, "
            f"'paid' AS payment_status, (random() * 100000)::DECIMAL(12, 2) AS total_amount, "
            f"md5(range::VARCHAR) AS email, TIMESTAMP '2026-01-01' "
            "- INTERVAL (hash(range) % 90000000) SECOND "
            f"AS created_at "
            f"FROM range(2000000)) TO '{folder}/orders.{form}'"
        )
    path = open_store(tmp_path / "cache", memory="200MB").load_snapshot(
        open_source(str(folder)), NOW, BuildOptions()
    )
    with open_snapshot(path) as con:
        assert con.execute("SELECT count(*) FROM raw.orders").fetchone() == (2_000_000,)
    assert not list((tmp_path / "cache").glob("*.spill"))
