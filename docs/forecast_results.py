"""The forecast beside other models, from what ``python -m benchmarks.forecast`` stored."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.forecast import RESULTS, TOOL
from docs.spanish import format_number, translate, translate_name

HEADER = "| data | model | purchases | money | AUC | skill |  |"
LINE = "|---|---|---:|---:|---:|---:|---|"
LOSSES_HEADER = "| data | figure | opttius | who is nearer |"
MEASURES = {"purchases": "purchases", "money": "money", "auc": "AUC", "skill": "skill"}
"""What is measured, by the keys of a stored row."""
DISTANCES = ("purchases", "money")
"""Figures that are better the nearer they are to none; of the others more is better."""


def read_rows() -> list[dict[str, Any]]:
    """A row for each data set and model."""
    rows: list[dict[str, Any]] = json.loads(RESULTS.read_text(encoding="utf-8"))
    return rows


def format_table() -> str:
    """Return a table with a row for each data set and model."""
    lines = [translate(HEADER), LINE]
    for row in read_rows():
        note = translate("below its refusal") if row["refused"] else ""
        figures = (format_figure(row, measure) for measure in MEASURES)
        lines.append(
            f"| {' | '.join((translate_name(row['data']), translate_name(row['model']), *figures, note))} |"
        )
    return "\n".join(lines)


def format_figure(row: dict[str, Any], measure: str) -> str:
    """Return a figure of a row; all but the AUC are percentages with their sign."""
    if measure == "auc":
        return format_number(row[measure], 3)
    return f"{format_number(row[measure], 1, signed=True)} %"


def format_losses() -> str:
    """Return a table with a row for each data set and figure at which another model is better."""
    lines = [translate(LOSSES_HEADER), "|---|---|---:|---|"]
    rows = read_rows()
    for ours in (row for row in rows if row["model"] == TOOL):
        for measure, title in MEASURES.items():
            better = [
                f"{translate_name(row['model'])} ({format_figure(row, measure)})"
                for row in rows
                if row["data"] == ours["data"] and _score(row, measure) > _score(ours, measure)
            ]
            if better:
                cells = (translate_name(ours["data"]), translate(title), format_figure(ours, measure))
                lines.append(f"| {' | '.join((*cells, ', '.join(better)))} |")
    return "\n".join(lines)


def _score(row: dict[str, Any], measure: str) -> float:
    value = float(row[measure])
    return -abs(value) if measure in DISTANCES else value
