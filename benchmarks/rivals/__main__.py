"""``make bench-rivals``: agree, then measure in turn, print the table and store it; ``make bench-check`` compares.

OPTTIUS_BENCH=small|full says which shop. Nothing large is imported here: a process that has been large would pass its
peak memory on to what it starts.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from importlib.metadata import version
from typing import Any

from benchmarks.__main__ import KEEP, SIZES, describe_machine
from benchmarks.measure import Measure, measure_once
from benchmarks.rivals import question
from benchmarks.rivals.jobs import Job, Place, build_load_job, list_jobs
from benchmarks.rivals.records import (
    find_record,
    format_record,
    list_regressions,
    read_record,
    summarise_job,
    write_record,
)
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
    load_average = round(os.getloadavg()[0], 1)
    if not check_agreement(place, arguments.without):
        return 1
    record: dict[str, Any] = {
        "customers": SIZES[size],
        "rows_loaded": shop.rows,
        "as_of": question.AS_OF.isoformat(),
        "machine": describe_machine(),
        "load_average": load_average,
        "left_out": arguments.without,
        "versions": {name: version(name) for name in LIBRARIES},
        "rows": [],
    }
    for job in (*list_jobs(place, arguments.without), build_load_job(place)):
        record["rows"] += summarise_job(job.name, measure_job(job, place, arguments.rounds))
    print("\n".join(format_record(record)))
    if arguments.check and stored is not None:
        regressions = list_regressions(stored, record)
        print("\n".join(regressions) or "No ratio is worse by 20 % than the stored one.")
        return 1 if regressions else 0
    print(write_record(size, record))
    return 0


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


def measure_job(job: Job, place: Place, rounds: int) -> dict[str, list[Measure]]:
    """Run all who do a job in turn, after the comparison has filled the caches; who takes long runs once."""
    folder, environment = place.create_working_folder(), place.build_environment()
    runs: dict[str, list[Measure]] = {contender.name: [] for contender in job.contenders}
    for _ in range(rounds):
        for contender in job.contenders:
            earlier = runs[contender.name]
            if not earlier or earlier[0].wall < LONG:
                earlier.append(measure_once(contender.command, folder=folder, environment=environment))
    return runs


if __name__ == "__main__":
    sys.exit(main())
