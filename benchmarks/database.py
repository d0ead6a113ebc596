"""``python -m benchmarks.database``: rows a second out of a live PostgreSQL, against other ways in the same run.

Each way is a process of its own, so that its memory is its own, and the ways take turns, so that what else the
machine does falls on all of them. Only a way that fails makes the run fail: a time is a fact about a machine.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks import sigint
from benchmarks.__main__ import KEEP, build_environment, describe_machine
from benchmarks.cases import MB, PROGRAM
from benchmarks.measure import CommandFailedError, measure_once
from benchmarks.text_table import align_columns

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from postgres.server import PASSWORDS, READER, Server

if TYPE_CHECKING:
    from collections.abc import Iterable

    from postgres.server import Database

    from benchmarks.measure import Measure

SIZES = {"small": 20_000, "full": 2_000_000}
ROUNDS = 3
OURS, COPY, COPY_IN_C, INTO, PANDAS = (
    "opttius",
    "psycopg-copy",
    "psycopg-copy-in-c",
    "psycopg-copy-into",
    "pandas",
)
LOAD = "opttius load, all tables"
SEVERAL = (OURS, COPY, COPY_IN_C, INTO)
IMPLEMENTATIONS = {COPY: "python"}
"""What psycopg itself is written in, where it is not C: Python is what ``pip install psycopg`` brings."""
TARGET = 1.25
"""Our rows a second, of those of psycopg's CSV copy into a file as ``pip install psycopg`` makes it."""
STOPS = {"Ctrl-C": False, "Ctrl-C in a stalled network": True}
YARDSTICKS = (COPY, COPY_IN_C, INTO)
MEMORY = 700 * MB


@dataclass(frozen=True, slots=True)
class Timing:
    """The reading itself in seconds, and the process around it."""

    seconds: float
    process: Measure


def main() -> int:
    """Measure; 1 when a way failed."""
    size = os.environ.get("OPTTIUS_BENCH") or "full"
    if size not in SIZES:
        print(f"OPTTIUS_BENCH={size} is none of {', '.join(SIZES)}.", file=sys.stderr)
        return 2
    orders = SIZES[size]
    KEEP.mkdir(parents=True, exist_ok=True)
    server = Server(("shared_buffers = '1GB'", "max_wal_size = '8GB'", "log_statement = 'none'"))
    try:
        database = create_database(server, orders)
        print(f"\nA live PostgreSQL, {orders:,} orders; {describe_machine()}; median of {ROUNDS} turns\n")
        taken = run_turns(database.address, orders)
        stops = {name: time_interrupt(database, stalled=stalled) for name, stalled in STOPS.items()}
    except CommandFailedError as error:
        print(f"\nFAILED {error}", file=sys.stderr)
        return 1
    finally:
        server.close()
    rows = [build_row(way, took, taken, orders) for way, took in taken.items()]
    print("\n".join(format_table(rows)))
    for name, seconds in stops.items():
        verdict = "met" if seconds <= sigint.TARGET else "missed"
        print(f"{name}: {seconds:.2f} s, target ≤ {sigint.TARGET} s, {verdict}")
    file = KEEP / f"database-{size}.json"
    summary = {"machine": describe_machine(), "orders": orders, "rows": rows, "stops": stops}
    file.write_text(json.dumps(summary, indent=2) + "\n", "utf-8")
    print(f"\n{file}")
    return 0


def create_database(server: Server, orders: int) -> Database:
    """A database with so many orders; the rest of the shop is small."""
    database = server.database()
    sql = (Path(__file__).parent / "orders.sql").read_text(encoding="utf-8")
    server.execute(f"SELECT set_config('bench.orders', '{orders}', false);" + sql, database.name)
    server.execute("VACUUM ANALYZE", database.name)
    return database


def run_turns(address: str, orders: int) -> dict[str, Timing]:
    """Every way, after a turn that is not counted; pandas takes one turn, for it takes long."""
    taken: dict[str, list[Timing]] = {way: [] for way in SEVERAL}
    for number in range(ROUNDS + 1):
        for way in SEVERAL:
            took = run_turn(way, address, orders)
            if number:
                taken[way].append(took)
    medians = {way: pick_median(several) for way, several in taken.items()}
    medians[PANDAS] = run_turn(PANDAS, address, orders)
    medians[LOAD] = time_load(address)
    return medians


def pick_median(several: list[Timing]) -> Timing:
    """The turn whose reading took the median."""
    middle_seconds = median(took.seconds for took in several)
    return min(several, key=lambda took: abs(took.seconds - middle_seconds))


def run_turn(way: str, address: str, orders: int) -> Timing:
    """One way, once. Raises CommandFailedError, also when it did not read every row."""
    with tempfile.TemporaryDirectory(dir=KEEP.parent) as name:
        folder = Path(name)
        command = (sys.executable, "-m", "benchmarks.read_orders", way, address, name)
        chosen = {"PSYCOPG_IMPL": IMPLEMENTATIONS.get(way, "binary")}
        process = measure_once(command, folder=folder, environment=client_environment() | chosen)
        result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    if result["rows"] != orders:
        raise CommandFailedError(command, 0, f"{result['rows']} rows of {orders}")
    return Timing(result["seconds"], process)


def time_load(address: str) -> Timing:
    """The whole of ``opttius load``."""
    with tempfile.TemporaryDirectory(dir=KEEP.parent) as name:
        more = {"OPTTIUS_CACHE_FOLDER": name}
        command = (PROGRAM, "load", "--source", address, "--refresh", "--quiet")
        process = measure_once(command, folder=Path(name), environment=client_environment() | more)
    return Timing(process.wall, process)


def time_interrupt(database: Database, *, stalled: bool) -> float:
    """The seconds from Ctrl-C to the end of a load."""
    with tempfile.TemporaryDirectory(dir=KEEP.parent) as name:
        environment = client_environment() | {"OPTTIUS_CACHE_FOLDER": name}
        return sigint.time_interrupt(database, Path(name), environment, stalled=stalled)


def client_environment() -> dict[str, str]:
    """The environment of what is measured; it finds the benchmarks wherever it runs."""
    root = str(Path(__file__).parents[1])
    return build_environment() | {"PGPASSWORD": PASSWORDS[READER], "PYTHONPATH": root}


def build_row(way: str, took: Timing, taken: dict[str, Timing], orders: int) -> dict[str, Any]:
    """The figures of a way, in proportion to psycopg's copies, and whether ours meet their targets."""
    of = {other: taken[other].seconds / took.seconds for other in YARDSTICKS}
    targets = {OURS: f"≥ {TARGET} of {COPY}, ≤ {MEMORY // MB} MB", LOAD: f"≤ {MEMORY // MB} MB"}
    small = took.process.memory <= MEMORY
    met = {OURS: of[COPY] >= TARGET and small, LOAD: small}
    return {
        "name": way,
        "seconds": took.seconds,
        "cpu": took.process.cpu,
        "memory": took.process.memory,
        "rows_per_second": orders / took.seconds,
        "of": of,
        "target": targets.get(way, ""),
        "met": met.get(way),
    }


HEADINGS = ("", "s", "cpu s", "MB", "orders/s", *(f"of {way}" for way in YARDSTICKS), "target", "")


def format_table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The rows as aligned text."""
    texts = [
        (
            row["name"],
            f"{row['seconds']:.2f}",
            f"{row['cpu']:.2f}",
            f"{row['memory'] / MB:.0f}",
            f"{row['rows_per_second']:,.0f}",
            *(f"{part:.2f}" for part in row["of"].values()),
            row["target"],
            {True: "met", False: "missed", None: ""}[row["met"]],
        )
        for row in rows
    ]
    return align_columns([HEADINGS, *texts], left={0, len(HEADINGS) - 2, len(HEADINGS) - 1})


if __name__ == "__main__":
    sys.exit(main())
