"""What stands below a table on a terminal: how many rows there are, what did not fit, and what to know of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.answer_parts import BRANCHES_REPORT
from opttius_cli.i18n import _, n_
from opttius_cli.result import FEW_ROWS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Column, Result

_MOST_TOLD_ROWS = 30
"""Below a table with no more rows than this, words that do not fit beside them are told."""
_ROW_OPTIONS = {"reconcile/bridge": "--rows", "explain/steps": "--left-out"}
"""The option that lists the rows of a line, by the report whose lines have rows."""


def explain_table(result: Result) -> list[str]:
    """Return what has to be known to read a table."""
    notes = []
    over = [column for column in result.columns if column.over in result.bases]
    if any(result.rests_on_few(column, row) for column in over for row in range(len(result.table))):
        notes.append(_("In parentheses: percentages over fewer than {number} rows.", number=FEW_ROWS))
    if option := _ROW_OPTIONS.get(result.name):
        column = result.columns[0]
        codes = [code for code in result.table.column(0).to_pylist() if code in column.typed_codes]
        notes += [_("The rows of a line: {option}", option=f"{option} {code}") for code in codes[:1]]
    if result.name == BRANCHES_REPORT:
        notes.append(
            _(
                "A branch asked for alone may differ a little: what is linked to a sale of another branch "
                "counts there."
            )
        )
    return notes


def list_notes(
    result: Result, hidden: Sequence[Column], formatter: CellFormatter, *, makes_files: bool = True
) -> list[str]:
    """Return how many rows there are, and which columns did not fit."""
    count = len(result.table)
    notes = [
        n_("{number} row", "{number} rows", count, number=formatter.format_value(count, ColumnKind.COUNT))
    ]
    told = [column for column in hidden if _can_be_told(column, result)]
    notes += [line for column in told for line in _tell_column(column, result, formatter)]
    hidden = [column for column in hidden if column not in told]
    if hidden:
        # A list that is not about the shop is not written as a workbook.
        remedy = _("add --format xlsx --output FILE") if makes_files else _("add --format csv")
        notes.append(
            _(
                "{count} of {total} columns do not fit here: {names}. To see all, widen the window, "
                "{remedy}, or pipe into less -S.",
                count=len(hidden),
                total=len(result.columns),
                names=", ".join(formatter.get_label(column) for column in hidden),
                remedy=remedy,
            )
        )
    return notes


def _can_be_told(column: Column, result: Result) -> bool:
    """Return whether a column that does not fit is told below: it has words of our own, and the rows have names."""
    is_short = len(result.table) <= _MOST_TOLD_ROWS
    return is_short and bool(column.vocabulary and result.columns[0].vocabulary)


def _tell_column(column: Column, result: Result, formatter: CellFormatter) -> Iterator[str]:
    """Yield each text of a column, and the names of the rows that have it."""
    names: dict[str, list[str]] = {}
    values = result.table.column(result.columns.index(column)).to_pylist()
    for name, value in zip(result.table.column(0).to_pylist(), values, strict=True):
        if value is not None:
            text = formatter.format_cell(column, value)
            names.setdefault(text, []).append(formatter.format_cell(result.columns[0], name))
    yield f"{formatter.get_label(column)}:"
    yield from (f"· {text}: {', '.join(rows)}" for text, rows in names.items())
