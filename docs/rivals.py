"""The comparison with rivals, from what ``make bench-rivals`` stored: a table and a chart of the whole record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.cases import MB
from benchmarks.rivals.jobs import TOOL
from benchmarks.rivals.records import FIGURES, read_record

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLES = {
    "dashboard": "dashboard of 30 days, JSON, from a warm snapshot",
    "segments": "segments of every customer, to Parquet",
    "load": "load of the Parquet exports",
}
HEADER = (
    "| job | by | wall s | CPU s | peak MB | opttius ÷ it: wall | CPU | memory | runs |",
    "|---|---|---:|---:|---:|---:|---:|---:|---:|",
)
IDLE = 0.5
"""A load average per core above which other work had a part of the machine."""
WIDTH, LABELS, BARS, LINE = 720, 190, 430, 22
OURS, THEIRS, TEXT = "#1f6f8b", "#b9c4c9", "#222222"


def list_records() -> list[dict[str, Any]]:
    """What was measured of each size, the largest first."""
    return [record for size in ("full", "small") if (record := read_record(size))]


def format_tables() -> str:
    """For each size a sentence on what was measured where, then a row for each who did a job."""
    return "\n\n".join(_format_table(record) for record in list_records())


def _format_table(record: dict[str, Any]) -> str:
    lines = [describe_run(record), "", *HEADER]
    for row in record["rows"]:
        is_first = row["by"] == TOOL
        ratios = ["" if is_first else f"{row['ratios'][figure]:.2f} ×" for figure in FIGURES]
        figures = (f"{row['wall']:.2f}", f"{row['cpu']:.2f}", f"{row['memory'] / MB:.0f}")
        cells = (TITLES[row["job"]] if is_first else "", row["by"], *figures, *ratios, str(row["runs"]))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def describe_run(record: dict[str, Any]) -> str:
    """What was measured, on which machine, and how busy that was."""
    versions = ", ".join(f"{name} {number}" for name, number in record["versions"].items())
    cores = int(record["machine"].partition(" ")[0])
    is_shared = record["load_average"] > IDLE * cores
    shared = ": **other work shared the machine**, so ratios say more than seconds" if is_shared else ""
    absent = "".join(f" {name} was left out, for the time it takes." for name in record["left_out"])
    return (
        f"**{record['customers']:,} customers**, {record['rows_loaded']:,} rows in all tables, as of "
        f"{record['as_of']}; {record['machine']}, {versions}. Load average before the run "
        f"{record['load_average']:.1f}{shared}.{absent}"
    )


def format_chart() -> str:
    """The seconds of everybody at the largest size as bars, each job on a scale of its own."""
    rows = [row for record in list_records()[:1] for row in record["rows"]]
    body, height = [], 12
    for job, title in TITLES.items():
        bars = [row for row in rows if row["job"] == job]
        body.append(_format_text(8, height + 16, f"{title}: seconds", 'font-weight="bold"'))
        height += 26
        for place, line in enumerate(_iter_bars(bars)):
            body += [item.replace("{y}", str(height + place * LINE)) for item in line]
        height += len(bars) * LINE + 14
    frame = f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="13"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>',
        "<title>Seconds of opttius and of its rivals, by job</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
        *body,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _iter_bars(rows: list[dict[str, Any]]) -> Iterator[list[str]]:
    longest = max((row["wall"] for row in rows), default=1)
    for row in rows:
        width = max(1, round(BARS * row["wall"] / longest))
        colour = OURS if row["by"] == TOOL else THEIRS
        yield [
            f'<svg y="{{y}}" height="{LINE}">',
            _format_text(LABELS - 8, 15, row["by"], 'text-anchor="end"'),
            f'<rect x="{LABELS}" y="3" width="{width}" height="{LINE - 6}" fill="{colour}"/>',
            _format_text(LABELS + width + 6, 15, f"{row['wall']:.2f}"),
            "</svg>",
        ]


def _format_text(x: int, y: int, text: str, attributes: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{TEXT}" {attributes}>{text}</text>'.replace(" >", ">")
