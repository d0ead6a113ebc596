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
from opttius_cli.errors import UnreadableError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from opttius_cli.catalog.tables import Table

SEPARATORS = (",", ";", "\t", "|")
_NUMBERS = {Kind.MONEY, Kind.NUMBER}
_SAMPLE = 500
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
    led: int
    width: int
    columns: Mapping[str, int]
    others: Sequence[str]
    spanish: bool


def dialect_of(path: Path, head: bytes, table: Table) -> Dialect:
    """Return the dialect of a file that begins with ``head`` (UTF-8).

    Raises UnreadableFileError when there is no header line, or the header names a catalog column twice.
    """
    text = head.removeprefix(codecs.BOM_UTF8).decode(errors="ignore")
    lines = text.splitlines(keepends=True)
    skip = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    declared = re.fullmatch(r'"?sep=(.)"?\s*', lines[skip], re.IGNORECASE) if skip < len(lines) else None
    skip += declared is not None
    offered = (declared.group(1),) if declared else SEPARATORS
    headers = {separator: _header(lines[skip:], separator) for separator in offered}
    known = {column.name for column in table.columns}
    separator = max(offered, key=lambda one: (len(known & set(headers[one])), len(headers[one])))
    names = headers[separator]
    if not known & set(names):
        raise UnreadableError(
            path,
            _("its first line names no column of “{table}”. Export it with a header line.", table=table.name),
        )
    twice = sorted(name for name in known if names.count(name) > 1)
    if twice:
        raise UnreadableError(
            path, _("its header names the column “{column}” twice. Export it again.", column=twice[0])
        )
    columns = {name: place for place, name in enumerate(names) if name in known}
    rows = islice(csv.reader(lines[skip:], delimiter=separator, skipinitialspace=True), 1, _SAMPLE)
    return Dialect(
        separator,
        skip,
        1 + (declared is not None),
        len(names),
        columns,
        [name for name in names if name and name not in known],
        _is_spanish(separator, rows, _places(table, columns)),
    )


def _header(lines: Sequence[str], separator: str) -> list[str]:
    cells = next(csv.reader(lines, delimiter=separator, skipinitialspace=True), [])
    return [tidy(cell) for cell in cells]


def tidy(name: str) -> str:
    """Return a column name as the catalog writes it: lower case, without added quotes and spaces."""
    return name.strip().strip("\"'").strip().lower().replace(" ", "_")


def _places(table: Table, columns: Mapping[str, int]) -> list[int]:
    return [columns[one.name] for one in table.columns if one.kind in _NUMBERS and one.name in columns]


def _is_spanish(separator: str, rows: Iterable[Sequence[str]], places: Sequence[int]) -> bool:
    """Return whether decimals use a comma: a cell shows it, or “;” separates and no cell has a point."""
    denied = False
    try:
        for row in rows:
            for cell in (row[place] for place in places if place < len(row)):
                if _COMMA.fullmatch(cell):
                    return True
                denied = denied or _POINT.fullmatch(cell) is not None
    except csv.Error:
        pass
    return separator == ";" and not denied
