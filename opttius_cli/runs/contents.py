"""Whether an answer has any data: an empty one is delivered, too, but the run is marked as empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.result import PERSONAL, Kind

if TYPE_CHECKING:
    from opttius_cli.result import Answer, Result

_FIGURES = frozenset({Kind.MONEY, Kind.COUNT, Kind.NUMBER, Kind.PERCENT, Kind.DAYS})
_NAMING = PERSONAL | {Kind.ID}


def rows_of(answer: Answer) -> int:
    """Count the rows of all parts; a record of figures counts as one."""
    return sum(part.result.table.num_rows for part in answer.parts if not part.result.absent)


def has_something(answer: Answer) -> bool:
    """Whether any part has something other than zeros."""
    return any(_tells(part.result) for part in answer.parts)


def _tells(result: Result) -> bool:
    """Whether a result has data: rows that name a person or thing, or a figure that is not zero."""
    import pyarrow.compute as pc

    if result.absent or not result.table.num_rows:
        return False
    figures = [place for place, column in enumerate(result.columns) if column.kind in _FIGURES]
    if not figures or any(column.kind in _NAMING for column in result.columns):
        return True
    return any(pc.any(pc.not_equal(result.table.column(place), 0)).as_py() for place in figures)
