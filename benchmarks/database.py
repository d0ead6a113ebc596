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

from benchmarks.__main__ import KEEP, environment, machine
from benchmarks.cases import MB, PROGRAM
from benchmarks.layout import aligned
from benchmarks.measuring import CommandFailedError, once

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from postgres.server import PASSWORDS, READER, Server

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.measuring import Measure

SIZES = {"small": 20_000, "full": 2_000_000}
CUSTOMERS_PER_ORDER = 10
ROUNDS = 3
OURS, COPY, INTO, PANDAS = "opttius", "psycopg-copy", "psycopg-copy-into", "pandas"
LOAD = "opttius load, all tables"
SEVERAL = (OURS, COPY, INTO)
TARGET = 1.25
"""Our rows a second, of those of psycopg's CSV copy with the same end: rows in a table of DuckDB's."""
MEMORY = 700 * MB


@dataclass(frozen=True, slots=True)
class Took:
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
        address = filled(server, orders)
        print(f"\nA live PostgreSQL, {orders:,} orders; {machine()}; median of {ROUNDS} turns\n")
        taken = turns(address, orders)
    except CommandFailedError as error:
        print(f"\nFAILED {error}", file=sys.stderr)
        return 1
    finally:
        server.close()
    rows = [row(way, took, taken, orders) for way, took in taken.items()]
    print("\n".join(table(rows)))
    file = KEEP / f"database-{size}.json"
    file.write_text(
        json.dumps({"machine": machine(), "orders": orders, "rows": rows}, indent=2) + "\n", "utf-8"
    )
    print(f"\n{file}")
    return 0


def filled(server: Server, orders: int) -> str:
    """The address of a database with so many orders; the rest of the shop is small."""
    database = server.database()
    sql = (Path(__file__).parent / "orders.sql").read_text(encoding="utf-8")
    server.execute(f"SELECT set_config('bench.orders', '{orders}', false);" + sql, database.name)
    server.execute("VACUUM ANALYZE", database.name)
    return database.address


def turns(address: str, orders: int) -> dict[str, Took]:
    """Every way, after a turn that is not counted; pandas takes one turn, for it takes long."""
    taken: dict[str, list[Took]] = {way: [] for way in SEVERAL}
    for number in range(ROUNDS + 1):
        for way in SEVERAL:
            took = turn(way, address, orders)
            if number:
                taken[way].append(took)
    medians = {way: middle(several) for way, several in taken.items()}
    medians[PANDAS] = turn(PANDAS, address, orders)
    medians[LOAD] = loaded(address)
    return medians


def middle(several: list[Took]) -> Took:
    """The turn whose reading took the median."""
    wanted = median(took.seconds for took in several)
    return min(several, key=lambda took: abs(took.seconds - wanted))


def turn(way: str, address: str, orders: int) -> Took:
    """One way, once. Raises CommandFailedError, also when it did not read every row."""
    with tempfile.TemporaryDirectory(dir=KEEP.parent) as name:
        folder = Path(name)
        command = (sys.executable, "-m", "benchmarks.reading", way, address, name)
        process = once(command, folder=folder, environment=surroundings())
        told = json.loads((folder / "told.json").read_text(encoding="utf-8"))
    if told["rows"] != orders:
        raise CommandFailedError(command, 0, f"{told['rows']} rows of {orders}")
    return Took(told["seconds"], process)


def loaded(address: str) -> Took:
    """The whole of ``opttius load``."""
    with tempfile.TemporaryDirectory(dir=KEEP.parent) as name:
        more = {"OPTTIUS_CACHE_DIR": name}
        command = (PROGRAM, "load", "--source", address, "--refresh", "--quiet")
        process = once(command, folder=Path(name), environment=surroundings() | more)
    return Took(process.wall, process)


def surroundings() -> dict[str, str]:
    """The environment of what is measured; it finds the benchmarks wherever it runs."""
    root = str(Path(__file__).parents[1])
    return environment() | {"PGPASSWORD": PASSWORDS[READER], "PYTHONPATH": root}


def row(way: str, took: Took, taken: dict[str, Took], orders: int) -> dict[str, Any]:
    """The figures of a way, in proportion to psycopg's copies, and whether ours meet their targets."""
    rate, of_into = orders / took.seconds, taken[INTO].seconds / took.seconds
    targets = {OURS: f"≥ {TARGET} of {INTO}, ≤ {MEMORY // MB} MB", LOAD: f"≤ {MEMORY // MB} MB"}
    small = took.process.memory <= MEMORY
    met = {OURS: of_into >= TARGET and small, LOAD: small}
    return {
        "name": way,
        "seconds": took.seconds,
        "cpu": took.process.cpu,
        "memory": took.process.memory,
        "rows_per_second": rate,
        f"of {COPY}": taken[COPY].seconds / took.seconds,
        f"of {INTO}": of_into,
        "target": targets.get(way, ""),
        "met": met.get(way),
    }


HEADINGS = ("", "s", "cpu s", "MB", "orders/s", f"of {COPY}", f"of {INTO}", "target", "")


def table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The rows as aligned text."""
    texts = [
        (
            row["name"],
            f"{row['seconds']:.2f}",
            f"{row['cpu']:.2f}",
            f"{row['memory'] / MB:.0f}",
            f"{row['rows_per_second']:,.0f}",
            f"{row[f'of {COPY}']:.2f}",
            f"{row[f'of {INTO}']:.2f}",
            row["target"],
            {True: "met", False: "missed", None: ""}[row["met"]],
        )
        for row in rows
    ]
    return aligned([HEADINGS, *texts], left={0, 7, 8})


if __name__ == "__main__":
    sys.exit(main())
