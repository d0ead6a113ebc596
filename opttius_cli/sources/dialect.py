"""How a CSV file is written: separator, header, and what stands above it; told from its beginning.

The separator is the one under which the header names most columns of the table: names cannot deceive
as counting characters can. The header is the first line that names several; titles may stand above it.
"""

from __future__ import annotations

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
BLANKS = " \t\v\f\r\x1a\x1c\x1d\x1e\x1f\x85\xa0\u200b\u2028\u2029\u202f\u2060\ufeff"
"""Signs around a cell, and on a line of its own, that say nothing; some programs take a few of them for line ends."""
_NUMBER_KINDS = {Kind.MONEY, Kind.NUMBER}
_ABOVE = 50
"""Lines among which the header is looked for."""
_SAMPLE_ROWS = 500
_COMMA = re.compile(r"\s*-?\$?\s*-?[\d.]*,\d+\s*")
_POINT = re.compile(r"\s*-?\$?\s*-?(\d+\.\d{1,2}|\d{4,}\.\d+|0\.\d+)\s*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    ``skip`` lines come before the header, ``led`` of the file's records are no rows (the header and what stands above
    it), and rows begin after ``top`` lines. ``columns`` says at which place each column of ours stands; the ``others``
    are not read. A row has ``width`` cells, of which those from ``least`` on may be left out; the header has ``fields``
    with the empty ones at its end. ``spanish`` says that a comma seems to divide decimals.
    """

    separator: str
    skip: int
    top: int
    header_rows: int
    width: int
    fields: int
    least: int
    columns: Mapping[str, int]
    unknown_columns: Sequence[str]
    decimal_comma: bool


def detect_dialect(path: Path, head: bytes, table: Table) -> Dialect:
    """The dialect of a file that begins with ``head`` (UTF-8, lines end with LF or CR LF).

    Raises UnreadableFileError when there is no header line, or the header names a catalog column twice.
    """
    lines = head.decode(errors="ignore").split("\n")
    declaration, above = _declared(lines)
    candidates = (declaration,) if declaration else SEPARATORS
    skip, separator, names = _parse_header(lines, above, candidates, table)
    column_names = {column.name for column in table.columns}
    if not column_names & set(names):
        raise UnreadableFileError(
            path,
            _(
                "none of its first lines names columns of “{table}” with one of the separators , ; | or tab between "
                "them. Export it with a header line.",
                table=table.name,
            ),
        )
    duplicates = sorted(name for name in column_names if names.count(name) > 1)
    if duplicates:
        raise UnreadableFileError(
            path, _("its header names the column “{column}” twice. Export it again.", column=duplicates[0])
        )
    columns = {name: position for position, name in enumerate(names) if name in column_names}
    reader = csv.reader(_ended(lines[skip:]), delimiter=separator, skipinitialspace=True)
    next(reader)
    width = max(position for position, name in enumerate(names) if name) + 1
    least = max((columns[name] for name in table.mandatory_columns if name in columns), default=0) + 1
    return Dialect(
        separator,
        skip,
        skip + reader.line_num,
        sum(1 for line in lines[:skip] if line.strip(BLANKS)) + 1,
        width,
        len(names),
        least,
        columns,
        [name for name in names if name and name not in column_names],
        _has_decimal_comma(separator, islice(reader, _SAMPLE_ROWS), _find_number_positions(table, columns)),
    )


def _declared(lines: Sequence[str]) -> tuple[str | None, int]:
    """The separator that the first line declares, as Excel does (“sep=;”), and how many lines that takes."""
    first = next((number for number, line in enumerate(lines) if line.strip(BLANKS)), 0)
    result = re.fullmatch(r"\"?sep=(.)\"?\1*", lines[first].strip(BLANKS.replace("\t", "")), re.IGNORECASE)
    return (result.group(1), first + 1) if result else (None, first)


def _parse_header(
    lines: Sequence[str], above: int, offered: Sequence[str], table: Table
) -> tuple[int, str, list[str]]:
    """The header's line, separator and names: the first line that names several columns, else the first of all."""
    known_ids = {column.name for column in table.columns}
    best: tuple[int, str, list[str]] = (above, offered[0], [])
    for at in range(above, min(len(lines), above + _ABOVE)):
        if not lines[at].strip(BLANKS):
            continue
        headers = {separator: _names(lines[at:], separator, table) for separator in offered}
        separator = max(offered, key=lambda item: (len(known_ids & set(headers[item])), len(headers[item])))
        result = (at, separator, headers[separator])
        if len(known_ids & set(result[2])) > 1:
            return result
        if known_ids & set(result[2]) and not known_ids & set(best[2]):
            best = result
    return best


def _names(lines: Sequence[str], separator: str, table: Table) -> list[str]:
    try:
        cells = next(csv.reader(_ended(lines), delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [table.find_name(normalize_column_name(cell).removeprefix(f"{table.name}.")) for cell in cells]


def _ended(lines: Sequence[str]) -> Iterable[str]:
    """Lines with their ends, as a csv reader wants them; one that ends with CR LF ends with LF."""
    return (line.removesuffix("\r") + "\n" for line in lines)


def normalize_column_name(name: str) -> str:
    """A column's name as we write it: lower case, without the quotes and spaces that programs add."""
    bare = re.sub("[\u200b-\u200d\u2060\ufeff]", "", name).strip(BLANKS).strip("\"'").strip(BLANKS)
    return re.sub(r"\s", "_", bare.lower())


def _find_number_positions(table: Table, columns: Mapping[str, int]) -> list[int]:
    return [
        columns[column.name]
        for column in table.columns
        if column.kind in _NUMBER_KINDS and column.name in columns
    ]


def _has_decimal_comma(separator: str, rows: Iterable[Sequence[str]], positions: Sequence[int]) -> bool:
    """Whether a comma seems to divide decimals: a cell shows it, or “;” separates and no cell denies it.

    It only decides which reading is tried first, and never what a cell means.
    """
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
