"""``make bench-rivals``: agree, then measure in turn, print the table and store it; ``make bench-check`` compares.

OPTTIUS_BENCH=small|full says which shop. Nothing large is imported here: a process that has been large would pass its
peak memory on to what it starts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from functools import partial
from importlib.metadata import version
from typing import Any

from benchmarks.__main__ import KEEP, SIZES, describe_machine
from benchmarks.measure import Measure, measure_once
from benchmarks.rivals import question
from benchmarks.rivals.database import open_database
from benchmarks.rivals.jobs import DATABASE, Job, Place, build_load_job, list_jobs
from benchmarks.rivals.records import (
    find_record,
    format_record,
    list_regressions,
    read_record,
    summarise_job,
    write_record,
)
from benchmarks.rivals.server_usage import measure_with_server
from benchmarks.shop import create_shop

LIBRARIES = ("polars", "pandas", "pyarrow")
ROUNDS = 5
LONG = 30
"""Seconds from which on a command runs once, not once a round."""


def main() -> int:
    """Measure; 1 when figures differ or, with --check, when a ratio is worse than the stored one."""
    arguments = parse_arguments()
    size = os.environ.get("OPTTIUS_BENCH") or "full"
    if size not in SIZES:
        print(f"OPTTIUS_BENCH={size} is none of {', '.join(SIZES)}.", file=sys.stderr)
        return 2
    stored = read_record(size)
    if arguments.check and stored is None:
        print(f"There is no {find_record(size)} to compare with: make bench-rivals.", file=sys.stderr)
        return 2
    shop = create_shop(KEEP, SIZES[size], "parquet")
    place = Place(shop.folder, KEEP / f"rivals-{size}")
    record = measure_rivals(place, size, arguments)
    if record is None:
        return 1
    record["rows_loaded"] = shop.rows
    print("\n".join(format_record(record)))
    if arguments.check and stored is not None:
        regressions = list_regressions(stored, record)
        print("\n".join(regressions) or "No ratio is worse by 20 % than the stored one.")
        return 1 if regressions else 0
    print(write_record(size, record))
    return 0


def measure_rivals(place: Place, size: str, arguments: argparse.Namespace) -> dict[str, Any] | None:
    """Measure every job and say where and of what; None when figures differ, which is printed."""
    load_average = round(os.getloadavg()[0], 1)
    with open_database(place, wanted=DATABASE not in arguments.without) as server:
        if not check_agreement(place, arguments.without):
            return None
        versions = {name: version(name) for name in LIBRARIES}
        if server:
            versions[DATABASE] = server.execute("SHOW server_version")[0][0].split()[0]
        process = server.process.pid if server and server.process else None
        rows: list[dict[str, Any]] = []
        for job in (*list_jobs(place, arguments.without), build_load_job(place)):
            rows += summarise_job(job.name, measure_job(job, place, arguments.rounds, process))
    return {
        "customers": SIZES[size],
        "as_of": question.AS_OF.isoformat(),
        "machine": describe_machine(),
        "load_average": load_average,
        "left_out": arguments.without,
        "versions": versions,
        "rows": rows,
    }


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is stored, and store nothing")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each runs")
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="leave a rival out")
    return parser.parse_args()


def check_agreement(place: Place, without: list[str]) -> bool:
    """Whether all rivals come to the tool's figures; those that do not are printed. It fills the caches, too."""
    module = (sys.executable, "-m", "benchmarks.rivals.agreement")
    command = (*module, str(place.exports), str(place.folder), *without)
    place.create_working_folder()
    run = subprocess.run(command, env=place.build_environment(), stdin=subprocess.DEVNULL, check=False)
    return run.returncode == 0


def measure_job(job: Job, place: Place, rounds: int, server: int | None = None) -> dict[str, list[Measure]]:
    """Run all who do a job in turn, after the comparison has filled the caches; who takes long runs once.

    ``server`` is the process of the database, whose work counts as its client's.
    """
    folder, environment = place.create_working_folder(), place.build_environment()
    runs: dict[str, list[Measure]] = {contender.name: [] for contender in job.contenders}
    for _ in range(rounds):
        for contender in job.contenders:
            earlier = runs[contender.name]
            if earlier and earlier[0].wall >= LONG:
                continue
            measure = partial(measure_once, contender.command, folder=folder, environment=environment)
            if contender.is_client and server is not None:
                earlier.append(measure_with_server(server, folder, measure))
            else:
                earlier.append(measure())
    return runs


if __name__ == "__main__":
    sys.exit(main())
