"""What a source lost in loading, in rows and cells: a job may refuse to deliver because of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _, n_

if TYPE_CHECKING:
    from opttius_cli.result import Answer


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
    return Loss(_sum_section(answer, "refused_rows"), _sum_section(answer, "emptied_cells"))


def _sum_section(answer: Answer, section: str) -> int:
    """Return the sum of the last column of a section of data quality."""
    tables = [part.result.table for part in answer.data_quality if part.path == (section,)]
    return sum(sum(table.column(table.num_columns - 1).to_pylist()) for table in tables)


class LossError(SourceError):
    """A job that must not be made of data of which a part could not be read."""

    def __init__(self, rows: int, cells: int) -> None:
        super().__init__(
            _(
                "Nothing was delivered, for a part of the data could not be read (fail_on_loss = true): {loss}. "
                "Type opttius check to see which.",
                loss=count_loss(rows, cells),
            )
        )


def count_loss(rows: int, cells: int) -> str:
    """Return how many rows were refused and cells emptied, in words."""
    return ", ".join(
        text
        for count, text in (
            (rows, n_("{count} row refused", "{count} rows refused", rows)),
            (cells, n_("{count} cell emptied", "{count} cells emptied", cells)),
        )
        if count
    )
