"""Detect how a CSV file is written (separator, header, decimal comma) from its first lines.

The separator is the one with which the header names most columns of the table: that is more reliable
than counting characters.
"""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import Kind
from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from opttius_cli.catalog.tables import Table

SEPARATORS = (",", ";", "\t", "|")
_NUMBER_KINDS = {Kind.MONEY, Kind.NUMBER}
_SAMPLE_ROWS = 500
_COMMA = re.compile(r"\s*-?\$?\s*-?[\d.]*,\d+\s*")
_POINT = re.compile(r"\s*-?\$?\s*-?(\d+\.\d{1,2}|\d{4,}\.\d+|0\.\d+)\s*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    ``skip`` lines come before the header. ``header_rows`` of the file's records are not data (the header,
    and a line that declares the separator). ``columns`` gives the position of each catalog column;
    the ``unknown_columns`` are not read.
    """

    separator: str
    skip: int
    header_rows: int
    width: int
    columns: Mapping[str, int]
    unknown_columns: Sequence[str]
    decimal_comma: bool


def detect_dialect(path: Path, head: bytes, table: Table) -> Dialect:
    """Return the dialect of a file that begins with ``head`` (UTF-8).

    Raises UnreadableFileError when there is no header line, or the header names a catalog column twice.
    """
    text = head.removeprefix(codecs.BOM_UTF8).decode(errors="ignore")
    lines = text.splitlines(keepends=True)
    skip = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    declaration = re.fullmatch(r'"?sep=(.)"?\s*', lines[skip], re.IGNORECASE) if skip < len(lines) else None
    skip += declaration is not None
    candidates = (declaration.group(1),) if declaration else SEPARATORS
    headers = {separator: _parse_header(lines[skip:], separator) for separator in candidates}
    column_names = {column.name for column in table.columns}
    separator = max(
        candidates,
        key=lambda candidate: (len(column_names & set(headers[candidate])), len(headers[candidate])),
    )
    names = headers[separator]
    if not column_names & set(names):
        raise UnreadableFileError(
            path,
            _("its first line names no column of “{table}”. Export it with a header line.", table=table.name),
        )
    duplicates = sorted(name for name in column_names if names.count(name) > 1)
    if duplicates:
        raise UnreadableFileError(
            path, _("its header names the column “{column}” twice. Export it again.", column=duplicates[0])
        )
    columns = {name: position for position, name in enumerate(names) if name in column_names}
    rows = islice(csv.reader(lines[skip:], delimiter=separator, skipinitialspace=True), 1, _SAMPLE_ROWS)
    return Dialect(
        separator,
        skip,
        1 + (declaration is not None),
        len(names),
        columns,
        [name for name in names if name and name not in column_names],
        _has_decimal_comma(separator, rows, _find_number_positions(table, columns)),
    )


def _parse_header(lines: Sequence[str], separator: str) -> list[str]:
    cells = next(csv.reader(lines, delimiter=separator, skipinitialspace=True), [])
    return [normalize_column_name(cell) for cell in cells]


def normalize_column_name(name: str) -> str:
    """Return a column name as the catalog writes it: lower case, without added quotes and spaces."""
    return name.strip().strip("\"'").strip().lower().replace(" ", "_")


def _find_number_positions(table: Table, columns: Mapping[str, int]) -> list[int]:
    return [
        columns[column.name]
        for column in table.columns
        if column.kind in _NUMBER_KINDS and column.name in columns
    ]


def _has_decimal_comma(separator: str, rows: Iterable[Sequence[str]], positions: Sequence[int]) -> bool:
    """Return whether decimals use a comma: a cell shows it, or “;” separates and no cell has a point."""
    has_point = False
    try:
        for row in rows:
            for cell in (row[position] for position in positions if position < len(row)):
                if _COMMA.fullmatch(cell):
                    return True
                has_point = has_point or _POINT.fullmatch(cell) is not None
    except csv.Error:
        pass
    return separator == ";" and not has_point
