"""Read single parts of an answer: its key figures, their changes, its rows, and the windows that are not filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decimal import Decimal

    from opttius_cli.result import Answer, Column

KPI_PATH = ("kpis",)
CHANGES_PATH = ("changes",)
"""The path of the previous value and the change of each key figure."""
BRANCHES_REPORT = "branches/branches"
_LEFT_OUT_REPORT = "quality/left_out"
TOTAL_ROW = "total"
"""The name of the row that holds all others together."""


def read_rows(answer: Answer, *path: str) -> list[dict[str, Any]]:
    """Return the rows of a part of the answer; none where it is not there."""
    for part in answer.parts:
        if part.path == path and not part.result.absent:
            return list(part.result.table.to_pylist())
    return []


def list_unfilled(answer: Answer) -> list[str]:
    """Return the windows that the data do not fill."""
    results = [part.result for part in answer.data_quality if part.path == ("unfilled",)]
    return [name for result in results if not result.absent for name in result.table.column(0).to_pylist()]


def find_left_out(answer: Answer, reason: str) -> tuple[int, Decimal] | None:
    """Return how many rows were left out for ``reason``, and their money; None where that is not known."""
    for part in answer.data_quality:
        if part.result.name == _LEFT_OUT_REPORT:
            for row in part.result.table.to_pylist():
                if row["reason"] == reason and row["count"] is not None:
                    return row["count"], row["amount"]
    return None


def read_kpis(answer: Answer) -> dict[str, tuple[Column, Any]]:
    """Return the key figures by name, each with its column."""
    figures: dict[str, tuple[Column, Any]] = {}
    for part in answer.parts:
        if part.path == KPI_PATH and not part.result.absent and part.result.table.num_rows:
            values = part.result.table.slice(0, 1).to_pylist()[0].values()
            columns = part.result.columns
            figures |= {column.name: (column, value) for column, value in zip(columns, values, strict=True)}
    return figures


def find_changes(answer: Answer) -> dict[str, tuple[Any, Any]]:
    """Return the previous value and the change of each figure, by its name."""
    return {row["figure"]: (row["previous"], row["change"]) for row in read_rows(answer, *CHANGES_PATH)}
