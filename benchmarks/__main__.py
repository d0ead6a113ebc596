"""``make bench``: measure every case, print the table, write the figures beside the data."""

from __future__ import annotations

import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.cases import DUCKDB, JOBS, MB, OWN_REPORT, PYTHON, Case, list_cases
from benchmarks.measure import CommandFailedError, Measure, measure_median, measure_ratio
from benchmarks.shop import create_shop
from benchmarks.text_table import align_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

KEEP = Path(os.environ.get("OPTTIUS_BENCH_FOLDER", "build/bench")).resolve()
SIZES = {"small": 2_000, "full": 200_000}
TIMES = 5


def main() -> int:
    """Measure; 1 when a command failed."""
    size = os.environ.get("OPTTIUS_BENCH") or "full"
    if size not in SIZES:
        print(f"OPTTIUS_BENCH={size} is none of {', '.join(SIZES)}.", file=sys.stderr)
        return 2
    parquet, csv = (create_shop(KEEP, SIZES[size], form) for form in ("parquet", "csv"))
    print(
        f"{SIZES[size]:,} customers, {parquet.rows:,} rows; {describe_machine()}; median of {TIMES} after a warm-up\n"
    )
    measured: dict[str, Measure] = {}
    ratios: dict[str, float] = {}
    failures = []
    for case in list_cases(parquet, csv):
        try:
            measured[case.name] = measure_case(case, ratios)
        except CommandFailedError as error:
            failures.append(str(error))
    rows = [
        build_row(case, measured, ratios.get(case.name))
        for case in list_cases(parquet, csv)
        if case.name in measured
    ]
    print("\n".join(format_table(rows)))
    file = KEEP / f"{size}.json"
    file.write_text(
        json.dumps({"machine": describe_machine(), "rows": rows}, indent=2) + "\n", encoding="utf-8"
    )
    print(f"\n{file}")
    for failure in failures:
        print(f"\nFAILED {failure}", file=sys.stderr)
    return 1 if failures else 0


def measure_case(case: Case, ratios: dict[str, float]) -> Measure:
    """Measure a case; where it runs against another command, ``ratios`` takes its CPU time over the other's."""
    folder, environment = create_working_folder(), build_environment() | dict(case.variables)
    if not case.against:
        return measure_median(case.command, TIMES, folder=folder, environment=environment)
    measure, ratios[case.name] = measure_ratio(
        case.command,
        case.against,
        TIMES,
        folder=folder,
        environment=environment,
        on_terminal=case.on_terminal,
    )
    return measure


def describe_machine() -> str:
    """What the figures were measured on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python, duckdb = platform.python_version(), version("duckdb")
    return f"{cores} cores, {platform.system()}, Python {python}, DuckDB {duckdb}"


def create_working_folder() -> Path:
    """The working folder of what is measured."""
    place = KEEP / "working"
    place.mkdir(parents=True, exist_ok=True)
    return place


def write_settings() -> Path:
    """The folder of the settings of what is measured."""
    place = KEEP / "config"
    place.mkdir(parents=True, exist_ok=True)
    (place / "opttius.toml").write_text(JOBS, encoding="utf-8")
    (place / "reports").mkdir(exist_ok=True)
    (place / "reports" / "own.sql").write_text(OWN_REPORT, encoding="utf-8")
    return place


def build_environment() -> dict[str, str]:
    """The environment of what is measured: its own snapshots and settings, and a fixed time."""
    # An installation has its byte code, whatever this shell says; without it each start would compile everything.
    ours = ("OPTTIUS_", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return inherited | {
        "OPTTIUS_CACHE_FOLDER": str(KEEP / "cache"),
        "OPTTIUS_CONFIG_DIR": str(write_settings()),
        "OPTTIUS_STATE_DIR": str(KEEP / "state"),
        "OPTTIUS_NOW": "2026-11-23T12:00:00+00:00",
        "LC_ALL": "C.UTF-8",
    }


def build_row(case: Case, measured: dict[str, Measure], ratio: float | None = None) -> dict[str, Any]:
    """The figures of a case, in proportion to the bare processes, and whether it meets its targets."""
    measure = measured[case.name]
    rate = case.rows / measure.wall if case.rows else None
    targets = [
        (f"≤ {case.seconds:g} s", case.seconds and measure.wall <= case.seconds) if case.seconds else None,
        (f"≤ {case.memory // MB} MB", measure.memory <= case.memory) if case.memory else None,
        (f"≥ {case.rate:,} rows/s", (rate or 0) >= case.rate) if case.rate else None,
        (f"{ratio:.2f} ≤ {case.ratio} × the other's CPU", ratio <= case.ratio)
        if ratio and case.ratio
        else None,
    ]
    applicable = [target for target in targets if target]
    proportion = {
        f"of {bare}": measure.wall / measured[bare].wall for bare in (PYTHON, DUCKDB) if bare in measured
    }
    return {
        "name": case.name,
        **asdict(measure),
        "rows_per_second": rate,
        "ratio": ratio,
        **proportion,
        "target": ", ".join(text for text, _ in applicable),
        "met": all(is_met for _, is_met in applicable) if applicable else None,
    }


HEADINGS = ("", "wall s", "cpu s", "MB", "rows/s", "× python", "× duckdb", "target", "")


def format_table(rows: Iterable[dict[str, Any]]) -> list[str]:
    """The rows as aligned text."""
    return align_columns([HEADINGS, *(format_row(row) for row in rows)], left={0, 7, 8})


def format_row(row: dict[str, Any]) -> tuple[str, ...]:
    """One row as text."""
    return (
        row["name"],
        f"{row['wall']:.3f}",
        f"{row['cpu']:.3f}",
        f"{row['memory'] / MB:.0f}",
        f"{row['rows_per_second']:,.0f}" if row["rows_per_second"] else "",
        *(f"{row[f'of {bare}']:.1f}" if f"of {bare}" in row else "" for bare in (PYTHON, DUCKDB)),
        row["target"],
        {True: "met", False: "missed", None: ""}[row["met"]],
    )


if __name__ == "__main__":
    sys.exit(main())
