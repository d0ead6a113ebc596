"""A list to work through by hand: an empty column with a drop-down of outcomes, and one printed page per value."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from opttius_cli.i18n import _
from opttius_cli.result import Column, ColumnKind

if TYPE_CHECKING:
    from opttius_cli.result import Result


def add_outcome_column(result: Result) -> Result:
    """Return the list with an empty last column for what came of each row, if it is one to work through."""
    if result.form is None:
        return result
    label = _("Outcome")
    column = Column("outcome", ColumnKind.TEXT, dict.fromkeys(("es", "en"), label))
    table = result.table.append_column("outcome", pa.nulls(len(result.table), pa.string()))
    return replace(result, columns=(*result.columns, column), table=table)


def lay_out_form(sheet: Any, result: Result, language: str) -> None:
    """Give the last column of ``sheet`` its drop-down, and begin a printed page where the value of a row changes."""
    if result.form is None or not len(result.table):
        return
    words = ",".join(result.form.outcomes[language].values())
    letters, last_row = get_column_letter(len(result.columns)), len(result.table) + 1
    choices = DataValidation(type="list", formula1=f'"{words}"', allow_blank=True)
    choices.add(f"{letters}2:{letters}{last_row}")
    sheet.data_validations.append(choices)
    names = [column.name for column in result.columns]
    values = result.table.column(names.index(result.form.page_per)).to_pylist()
    for row, (before, value) in enumerate(pairwise(values), start=2):
        if before != value:
            sheet.row_breaks.append(Break(id=row))
