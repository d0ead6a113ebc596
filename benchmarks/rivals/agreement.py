"""``python -m benchmarks.rivals.agreement EXPORTS FOLDER [WITHOUT…]``: whether all figures agree; 1 where not.

A process of its own reads the answers, because one that has been large would pass its peak memory on to what it starts.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.cases import PROGRAM, SCOPE
from benchmarks.rivals import question
from benchmarks.rivals.jobs import ANSWER, TOOL, Job, Place, build_load_job, list_jobs

SEGMENT_DIFFERENCES = """
    SELECT count(*)
    FROM read_parquet($ours) AS ours
    FULL JOIN read_parquet($theirs) AS theirs ON replace(ours.customer_id, '-', '') = theirs.customer_id
    WHERE ours.purchases IS DISTINCT FROM theirs.purchases
        OR ours.recognised_sales IS DISTINCT FROM theirs.recognised_sales
        OR 100 * ours.total_spent IS DISTINCT FROM theirs.cents
        OR ours.first_purchase IS DISTINCT FROM CAST(theirs.first_purchase AS DATE)
        OR ours.last_purchase IS DISTINCT FROM CAST(theirs.last_purchase AS DATE)
        OR ours.segment IS DISTINCT FROM theirs.segment
        OR ours.customer_id IS NULL OR theirs.customer_id IS NULL
"""


def main(exports: str, folder: str, *without: str) -> int:
    """Compare every answer with the tool's, and print a line for each that differs. The load comes first."""
    place = Place(Path(exports), Path(folder))
    failures = list_failures(build_load_job(place), place)
    failures += [failure for job in list_jobs(place, without) for failure in list_failures(job, place)]
    print("\n".join(failures or ["All figures agree."]))
    return 1 if failures else 0


def list_failures(job: Job, place: Place) -> list[str]:
    """A line for each rival whose figures are others than the tool's."""
    ours, *rivals = job.contenders
    expected = _read_answer(job.name, run_command(ours.command, place), place)
    if job.name == "dashboard":
        expected = read_revenue(place)
    failures = []
    for rival in rivals:
        answer = _read_answer(job.name, run_command(rival.command, place), place)
        difference = count_differences(expected, answer) if job.name == "segments" else expected != answer
        if difference:
            failures.append(f"{job.name}: {rival.name} and {TOOL} differ ({difference})")
    return failures


def run_command(command: tuple[str, ...], place: Place) -> str:
    """What a command prints."""
    working = place.create_working_folder()
    return subprocess.run(
        command,
        cwd=working,
        env=place.build_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        check=True,
    ).stdout


def read_revenue(place: Place) -> str:
    """The tool's revenue by branch as a rival prints it; its dashboard has the same sums.

    Raises:
        ValueError: the branches do not come to the dashboard's revenue.
    """
    words = ("--period", str(question.DAYS), *SCOPE, "--source", str(place.exports), "--format", "json")
    kpis = json.loads(run_command((PROGRAM, "dashboard", *words), place))["kpis"]
    rows = json.loads(run_command((PROGRAM, "branches", *words), place))["rows"]
    cents = [
        (row["branch"], round(100 * row["total_revenue"]), round(100 * row["previous_revenue"]))
        for row in rows
        if row["branch"] != "total"
    ]
    sums = tuple(sum(row[side] for row in cents) for side in (1, 2))
    if sums != tuple(round(100 * kpis[key]) for key in ("total_revenue", "previous_revenue")):
        message = f"the branches come to {sums} cents, the dashboard says {kpis}"
        raise ValueError(message)
    return question.format_revenue(cents)


def _read_answer(job: str, printed: str, place: Place) -> Any:
    """The figures of an answer: what was printed, the file that was written, or the rows of each table."""
    if job == "segments":
        file = place.create_working_folder() / ANSWER
        return file.rename(file.with_name(f"{len(list(file.parent.iterdir()))}-{file.name}"))
    if job == "load":
        return read_row_counts(printed)
    return printed.strip()


def read_row_counts(printed: str) -> dict[str, int]:
    """How many rows of each table were loaded, as the tool or the bare script prints it."""
    if printed.startswith("{"):
        return {row["table_name"]: row["rows_read"] for row in json.loads(printed)["rows"] if row["files"]}
    return {table: int(rows) for table, rows in (line.split() for line in printed.splitlines())}


def count_differences(ours: Path, theirs: Path) -> int:
    """How many customers have other figures in one file than in the other."""
    values = {"ours": str(ours), "theirs": str(theirs)}
    rows = duckdb.execute(SEGMENT_DIFFERENCES, values).fetchall()
    return int(rows[0][0])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
