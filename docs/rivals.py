"""The comparison with rivals, from what ``make bench-rivals`` stored: a table and a chart of the whole record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.cases import MB
from benchmarks.rivals.jobs import TOOL
from benchmarks.rivals.records import FIGURES, read_record
from docs.spanish import format_number, translate, translate_name

if TYPE_CHECKING:
    from collections.abc import Iterator

TITLES = {
    "dashboard": "dashboard of 30 days, JSON, from a warm snapshot",
    "segments": "segments of every customer, to Parquet",
    "load": "load of the Parquet exports",
}
HEADER = "| job | by | wall s | CPU s | peak MB | opttius ÷ it: wall | CPU | memory | runs |"
LINE_OF_HEADER = "|---|---|---:|---:|---:|---:|---:|---:|---:|"
LOSSES_HEADER = "| customers | job | by | opttius ÷ it: wall | CPU | memory |"
IDLE = 0.5
"""A load average per core above which other work had a part of the machine."""
SHARED = ": **other work shared the machine**, so ratios say more than seconds"
WIDTH, LABELS, BARS, LINE = 720, 190, 430, 22
OURS, THEIRS, TEXT = "#1f6f8b", "#b9c4c9", "#222222"


def list_records() -> list[dict[str, Any]]:
    """What was measured of each size, the largest first."""
    return [record for size in ("full", "small") if (record := read_record(size))]


def format_tables() -> str:
    """For each size a sentence on what was measured where, then a row for each who did a job."""
    return "\n\n".join(format_table(record) for record in list_records())


def format_largest_table() -> str:
    """The same of the largest size alone."""
    return "\n\n".join(format_table(record) for record in list_records()[:1])


def format_table(record: dict[str, Any]) -> str:
    """A sentence on what was measured where, then a row for each who did a job."""
    lines = [describe_run(record), "", translate(HEADER), LINE_OF_HEADER]
    for row in record["rows"]:
        is_first = row["by"] == TOOL
        ratios = ["" if is_first else format_ratio(row["ratios"][figure]) for figure in FIGURES]
        seconds = (format_number(row["wall"], 2), format_number(row["cpu"], 2))
        names = (translate(TITLES[row["job"]]) if is_first else "", translate_name(row["by"]))
        cells = (*names, *seconds, format_number(row["memory"] / MB), *ratios, str(row["runs"]))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def format_ratio(ratio: float) -> str:
    """How many times as much the tool takes."""
    return f"{format_number(ratio, 2)} ×"


def format_losses() -> str:
    """A row for each rival that takes less of something than the tool, with what it takes less of."""
    lines = [translate(LOSSES_HEADER), "|---:|---|---|---:|---:|---:|"]
    for record in list_records():
        for row in record["rows"]:
            ratios = [row["ratios"][figure] for figure in FIGURES]
            if row["by"] == TOOL or max(ratios) <= 1:
                continue
            names = (translate(TITLES[row["job"]]), translate_name(row["by"]))
            more = (format_ratio(ratio) if ratio > 1 else "" for ratio in ratios)
            lines.append(f"| {' | '.join((format_number(record['customers']), *names, *more))} |")
    return "\n".join(lines)


def describe_run(record: dict[str, Any]) -> str:
    """What was measured, on which machine, and how busy that was."""
    versions = ", ".join(f"{name} {number}" for name, number in record["versions"].items())
    cores, _space, system = record["machine"].partition(" cores, ")
    is_shared = record["load_average"] > IDLE * int(cores)
    sentences = [
        translate(
            "**{customers} customers**, {rows} rows in all tables, as of {as_of}; {cores} cores, {system}, "
            "{versions}. Load average before the run {load}{shared}."
        ).format(
            customers=format_number(record["customers"]),
            rows=format_number(record["rows_loaded"]),
            as_of=record["as_of"],
            cores=cores,
            system=system,
            versions=versions,
            load=format_number(record["load_average"], 1),
            shared=translate(SHARED) if is_shared else "",
        ),
        *(
            translate("{name} was left out, for the time it takes.").format(name=translate_name(name))
            for name in record["left_out"]
        ),
    ]
    return " ".join(sentences)


def format_chart() -> str:
    """The seconds of everybody at the largest size as bars, each job on a scale of its own."""
    rows = [row for record in list_records()[:1] for row in record["rows"]]
    body, height = [], 12
    for job, title in TITLES.items():
        bars = [row for row in rows if row["job"] == job]
        body.append(
            _format_text(8, height + 16, f"{translate(title)}: {translate('seconds')}", 'font-weight="bold"')
        )
        height += 26
        for place, line in enumerate(_iter_bars(bars)):
            body += [item.replace("{y}", str(height + place * LINE)) for item in line]
        height += len(bars) * LINE + 14
    frame = f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="sans-serif" font-size="13"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {frame}>',
        f"<title>{translate('Seconds of opttius and of its rivals, by job')}</title>",
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
            _format_text(LABELS - 8, 15, translate_name(row["by"]), 'text-anchor="end"'),
            f'<rect x="{LABELS}" y="3" width="{width}" height="{LINE - 6}" fill="{colour}"/>',
            _format_text(LABELS + width + 6, 15, format_number(row["wall"], 2)),
            "</svg>",
        ]


def _format_text(x: int, y: int, text: str, attributes: str = "") -> str:
    return f'<text x="{x}" y="{y}" fill="{TEXT}" {attributes}>{text}</text>'.replace(" >", ">")
