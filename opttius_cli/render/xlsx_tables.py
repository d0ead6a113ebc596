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
from opttius_cli.render import sheets
from opttius_cli.render.canonical import texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.result import Column

_LONGEST_HEADER = 255
_LONGEST_NAME = 200
_ADD_UP = 109
"""The function number of SUBTOTAL that sums only the rows that a filter leaves visible."""


def headers(labels: Sequence[str]) -> list[str]:
    """Return ``labels`` as valid column names of a table: not empty, not too long, unique in any case."""
    found: list[str] = []
    known: set[str] = set()
    for label in sheets.legal(pa.array(list(labels), pa.string())).to_pylist():
        plain = re.sub(r"\s", " ", label)[:_LONGEST_HEADER].strip() or "-"
        number, name = 1, plain
        while name.casefold() in known:
            number += 1
            name = f"{plain[: _LONGEST_HEADER - len(str(number)) - 3]} ({number})"
        known.add(name.casefold())
        found.append(name)
    return found


def table_name(path: Sequence[str], taken: set[str]) -> str:
    """Return a table name from a path in the answer; it is valid in formulas and is not a cell reference."""
    plain = "opttius_" + re.sub(r"[^A-Za-z0-9_]", "_", "_".join(path))[:_LONGEST_NAME]
    number, name = 1, plain
    while name.casefold() in taken:
        number += 1
        name = f"{plain}_{number}"
    taken.add(name.casefold())
    return name


def made(name: str, header: Sequence[str], columns: Sequence[Column], rows: int, *, total: bool) -> Table:
    """Build the table of ``row_count`` rows below a header in line 1, with a totals row if ``has_totals``."""
    last = get_column_letter(len(header))
    # A table needs at least one row, even if it is empty.
    end = 1 + max(1, rows)
    table = Table(displayName=name, ref=f"A1:{last}{end + total}", totalsRowCount=1 if total else None)
    table.totalsRowShown = total
    table.autoFilter = AutoFilter(ref=f"A1:{last}{end}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleMedium2", showRowStripes=True)
    label = _label_place(columns) if total else None
    for place, (title, column) in enumerate(zip(header, columns, strict=True)):
        one = TableColumn(id=place + 1, name=title)
        if total and column.total:
            one.totalsRowFunction = "sum"
        elif place == label:
            one.totalsRowLabel = _("Total")
        table.tableColumns.append(one)
    return table


def _label_place(columns: Sequence[Column]) -> int | None:
    return next((place for place, column in enumerate(columns) if not column.total), None)


def totals_row(
    name: str, header: Sequence[str], table: pa.Table, columns: Sequence[sheets.SheetColumn], line: int
) -> bytes:
    """Render the totals row as XML: formulas with cached results, for programs that do not calculate."""
    label = _label_place([column.column for column in columns])
    pieces = [f'<row r="{line}">']
    for place, column in enumerate(columns):
        cell = f'<c r="{column.letters}{line}" s="{column.strong}"'
        if column.column.total:
            total = pc.sum(table.column(place))
            told = texts(pa.array([total.as_py()], total.type), column.column.kind)[0].as_py() or "0"
            formula = f"SUBTOTAL({_ADD_UP},{name}[{_reference(header[place])}])"
            pieces.append(f"{cell}><f>{sheets.escaped(formula)}</f><v>{told}</v></c>")
        elif place == label:
            pieces.append(f'{cell} t="inlineStr"><is><t>{sheets.escaped(_("Total"))}</t></is></c>')
        else:
            pieces.append(f"{cell}/>")
    return "".join([*pieces, "</row>"]).encode()


def _reference(header: str) -> str:
    """Escape a column name for formulas: an apostrophe before every special character."""
    return re.sub(r"(['#@\[\]])", r"'\1", header)
