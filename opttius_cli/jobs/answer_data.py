"""How much data an answer has: a report about nothing is delivered, too, but it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.result import NUMERIC_KINDS, PERSONAL_KINDS, ColumnKind

if TYPE_CHECKING:
    from opttius_cli.result import Answer, Result

_IDENTIFYING_KINDS = PERSONAL_KINDS | {ColumnKind.ID}


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
