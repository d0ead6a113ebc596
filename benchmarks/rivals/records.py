"""What was measured, as ``benchmarks/results`` keeps it: medians, and how the tool compares with each rival."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.cases import MB
from benchmarks.measure import Measure, compute_median
from benchmarks.text_table import align_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESULTS = Path(__file__).parents[1] / "results"
FIGURES = ("wall", "cpu", "memory")
WORSE = 1.2
"""The multiple of a stored ratio from which on it is worse."""
HEADINGS = ("job", "by", "wall s", "CPU s", "MB", "opttius: wall", "CPU", "memory", "runs")


def find_record(size: str) -> Path:
    """The file of a size."""
    return RESULTS / f"rivals-{size}.json"


def read_record(size: str) -> dict[str, Any] | None:
    """What is stored for a size; None where nothing is."""
    file = find_record(size)
    record: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    return record


def write_record(size: str, record: Mapping[str, Any]) -> Path:
    """Store what was measured for a size."""
    file = find_record(size)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return file


def summarise_job(job: str, runs: Mapping[str, Sequence[Measure]]) -> list[dict[str, Any]]:
    """A row for each contender, the tool's first: its medians, and the tool's figures over its own, round by round."""
    ours = next(iter(runs.values()))
    rows = []
    for name, theirs in runs.items():
        middle = compute_median(theirs)
        ratios = {
            figure: round(
                median(
                    getattr(mine, figure) / getattr(other, figure)
                    for mine, other in zip(ours, theirs, strict=False)
                ),
                3,
            )
            for figure in FIGURES
        }
        figures = {"wall": round(middle.wall, 3), "cpu": round(middle.cpu, 3), "memory": middle.memory}
        rows.append({"job": job, "by": name, **figures, "ratios": ratios, "runs": len(theirs)})
    return rows


def list_regressions(stored: Mapping[str, Any], measured: Mapping[str, Any]) -> list[str]:
    """A line for each ratio that is worse than the stored one; what ran only once is no measure for that."""
    before = {(row["job"], row["by"]): row for row in stored["rows"]}
    return [
        f"{row['job']}, {row['by']}: {figure} {row['ratios'][figure]:.2f} × now, {kept['ratios'][figure]:.2f} × stored"
        for row in measured["rows"]
        if (kept := before.get((row["job"], row["by"]))) and min(row["runs"], kept["runs"]) > 1
        for figure in FIGURES
        if row["ratios"][figure] > WORSE * kept["ratios"][figure]
    ]


def format_record(record: Mapping[str, Any]) -> list[str]:
    """What was measured as aligned text."""
    lines = [
        (
            row["job"],
            row["by"],
            f"{row['wall']:.2f}",
            f"{row['cpu']:.2f}",
            f"{row['memory'] / MB:.0f}",
            *(f"{row['ratios'][figure]:.2f} ×" for figure in FIGURES),
            str(row["runs"]),
        )
        for row in record["rows"]
    ]
    return align_columns([HEADINGS, *lines], left={0, 1})
