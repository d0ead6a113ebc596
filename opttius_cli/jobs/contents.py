"""How much an answer holds: a report about nothing is delivered, too, but it is said; so is what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.result import NUMERIC_KINDS, PERSONAL_KINDS, ColumnKind

if TYPE_CHECKING:
    from opttius_cli.result import Answer, Result

_IDENTIFYING_KINDS = PERSONAL_KINDS | {ColumnKind.ID}


@dataclass(frozen=True, slots=True)
class Loss:
    """How many rows of the scope could not be read, and how many cells of the rows that could."""

    rows: int = 0
    cells: int = 0

    def __add__(self, other: Loss) -> Loss:
        return Loss(self.rows + other.rows, self.cells + other.cells)

    def __bool__(self) -> bool:
        return bool(self.rows or self.cells)


def measure_loss(answer: Answer) -> Loss:
    """Return what the data quality of an answer says could not be read."""
    return Loss(_counted(answer, "refused_rows"), _counted(answer, "emptied_cells"))


def _counted(answer: Answer, section: str) -> int:
    """The sum of the last column of a section of data quality."""
    tables = [part.result.table for part in answer.data_quality if part.path == (section,)]
    return sum(sum(table.column(table.num_columns - 1).to_pylist()) for table in tables)


def count_rows(answer: Answer) -> int:
    """Count the rows of all parts; a record of figures counts as one."""
    return sum(part.result.table.num_rows for part in answer.parts if not part.result.absent)


def has_data(answer: Answer) -> bool:
    """Whether any part has something other than zeros."""
    return any(_has_figures(part.result) for part in answer.parts)


def _has_figures(result: Result) -> bool:
    """Whether a result has data: rows that name a person or thing, or a figure that is not zero."""
    import pyarrow.compute as pc

    if result.absent or not result.table.num_rows:
        return False
    figures = [index for index, column in enumerate(result.columns) if column.kind in NUMERIC_KINDS]
    if not figures or any(column.kind in _IDENTIFYING_KINDS for column in result.columns):
        return True
    return any(pc.any(pc.not_equal(result.table.column(index), 0)).as_py() for index in figures)
