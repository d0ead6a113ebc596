"""A list as an Excel table: named columns that filter and sort, and totals that follow the filter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.table import Table, TableColumn, TableStyleInfo

from opttius_cli.i18n import _
from opttius_cli.render.machine_text import format_values
from opttius_cli.render.xlsx import worksheet_xml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.result import Column

_MAX_HEADER_LENGTH = 255
_MAX_NAME_LENGTH = 200
_SUM_OF_VISIBLE = 109
"""The function number of SUBTOTAL that sums only the rows that a filter leaves visible."""


def build_column_names(labels: Sequence[str]) -> list[str]:
    """Return ``labels`` as valid column names of a table: not empty, not too long, unique in any case."""
    names: list[str] = []
    used_names: set[str] = set()
    for label in worksheet_xml.remove_illegal_chars(pa.array(list(labels), pa.string())).to_pylist():
        legal_label = re.sub(r"\s", " ", label)[:_MAX_HEADER_LENGTH].strip() or "-"
        number, name = 1, legal_label
        while name.casefold() in used_names:
            number += 1
            name = f"{legal_label[: _MAX_HEADER_LENGTH - len(str(number)) - 3]} ({number})"
        used_names.add(name.casefold())
        names.append(name)
    return names


def build_table_name(path: Sequence[str], used_names: set[str]) -> str:
    """Return a table name from a path in the answer; it is valid in formulas and is not a cell reference."""
    legal_name = "opttius_" + re.sub(r"[^A-Za-z0-9_]", "_", "_".join(path))[:_MAX_NAME_LENGTH]
    number, name = 1, legal_name
    while name.casefold() in used_names:
        number += 1
        name = f"{legal_name}_{number}"
    used_names.add(name.casefold())
    return name


def build_table(
    name: str, header: Sequence[str], columns: Sequence[Column], row_count: int, *, has_totals: bool
) -> Table:
    """Build the table of ``row_count`` rows below a header in line 1, with a totals row if ``has_totals``."""
    last_column = get_column_letter(len(header))
    # A table needs at least one row, even if it is empty.
    last_row = 1 + max(1, row_count)
    table = Table(
        displayName=name,
        ref=f"A1:{last_column}{last_row + has_totals}",
        totalsRowCount=1 if has_totals else None,
    )
    table.totalsRowShown = has_totals
    table.autoFilter = AutoFilter(ref=f"A1:{last_column}{last_row}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
    label_index = _find_label_index(columns) if has_totals else None
    for index, (title, column) in enumerate(zip(header, columns, strict=True)):
        table_column = TableColumn(id=index + 1, name=title)
        if has_totals and column.is_additive:
            table_column.totalsRowFunction = "sum"
        elif index == label_index:
            table_column.totalsRowLabel = _("Total")
        table.tableColumns.append(table_column)
    return table


def _find_label_index(columns: Sequence[Column]) -> int | None:
    return next((index for index, column in enumerate(columns) if not column.is_additive), None)


def render_totals_row(
    name: str, header: Sequence[str], table: pa.Table, columns: Sequence[worksheet_xml.SheetColumn], line: int
) -> bytes:
    """Render the totals row as XML: formulas with cached results, for programs that do not calculate."""
    label_index = _find_label_index([column.column for column in columns])
    pieces = [f'<row r="{line}">']
    for index, column in enumerate(columns):
        cell = f'<c r="{column.letters}{line}" s="{column.bold_style}"'
        if column.column.is_additive:
            total = pc.sum(table.column(index))
            value = format_values(pa.array([total.as_py()], total.type), column.column.kind)[0].as_py() or "0"
            formula = f"SUBTOTAL({_SUM_OF_VISIBLE},{name}[{_escape_reference(header[index])}])"
            pieces.append(f"{cell}><f>{worksheet_xml.escape_xml(formula)}</f><v>{value}</v></c>")
        elif index == label_index:
            pieces.append(f'{cell} t="inlineStr"><is><t>{worksheet_xml.escape_xml(_("Total"))}</t></is></c>')
        else:
            pieces.append(f"{cell}/>")
    return "".join([*pieces, "</row>"]).encode()


def _escape_reference(header: str) -> str:
    """Escape a column name for formulas: an apostrophe before every special character."""
    return re.sub(r"(['#@\[\]])", r"'\1", header)
