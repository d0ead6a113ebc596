"""How a CSV file is written: separator, header, and what stands above it; told from its beginning.

The separator is the one under which the header names most columns of the table: names cannot deceive
as counting characters can. The header is the first line that names several; titles may stand above it.
"""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import Kind
from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from opttius_cli.catalog.tables import Table

SEPARATORS = (",", ";", "\t", "|")
BLANKS = " \t\v\f\r\x1a\x1c\x1d\x1e\x1f\x85\xa0\u200b\u2028\u2029\u202f\u2060\ufeff"
"""Signs around a cell, and on a line of its own, that say nothing; some programs take a few of them for line ends."""
_NUMBER_KINDS = {Kind.MONEY, Kind.NUMBER}
_DATE_KINDS = {Kind.INSTANT, Kind.DATE}
_ABOVE = 50
"""Lines among which the header is looked for."""
_SAMPLE_ROWS = 200
_COMMA = re.compile(r"\s*-?\$?\s*-?[\d.]*,\d+\s*")
_REORDERED = re.compile(r"\s*\d{1,2}[-/.]\d{1,2}[-/.]\d")
_POINT = re.compile(r"\s*-?\$?\s*-?(\d+\.\d{1,2}|\d{4,}\.\d+|0\.\d+)\s*")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written.

    ``skip`` lines come before the header, ``header_rows`` of the file's records are no rows (the header and what
    stands above it), and rows begin after ``top`` lines. ``columns`` says at which place each column of ours stands;
    the ``unknown_columns`` are not read. A row has ``width`` cells, of which those from ``least`` on may be left out;
    the header has ``fields`` with the empty ones at its end. ``decimal_comma`` says that a comma seems to divide
    decimals, ``dates_reordered`` that dates seem not to begin with their year.
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
    dates_reordered: bool


def detect_dialect(path: Path, head: bytes, table: Table) -> Dialect:
    """Return the dialect of a file that begins with ``head`` (UTF-8, lines end with LF or CR LF).

    Raises UnreadableFileError when there is no header line, or the header names a catalog column twice.
    """
    lines = head.decode(errors="ignore").split("\n")
    declaration, above = _read_declaration(lines)
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
    reader = csv.reader(_end_lines(lines[skip:]), delimiter=separator, skipinitialspace=True)
    next(reader)
    top, sample = skip + reader.line_num, _read_sample(reader)
    width = max(position for position, name in enumerate(names) if name) + 1
    least = max((columns[name] for name in table.mandatory_columns if name in columns), default=0) + 1
    return Dialect(
        separator,
        skip,
        top,
        sum(1 for line in lines[:skip] if line.strip(BLANKS)) + 1,
        width,
        len(names),
        least,
        columns,
        [name for name in names if name and name not in column_names],
        _has_decimal_comma(separator, _list_cells(sample, table, columns, _NUMBER_KINDS)),
        any(map(_REORDERED.match, _list_cells(sample, table, columns, _DATE_KINDS))),
    )


def _read_declaration(lines: Sequence[str]) -> tuple[str | None, int]:
    """Return the separator that the first line declares (“sep=;”), and how many lines that takes."""
    first = next((number for number, line in enumerate(lines) if line.strip(BLANKS)), 0)
    result = re.fullmatch(r"\"?sep=(.)\"?\1*", lines[first].strip(BLANKS.replace("\t", "")), re.IGNORECASE)
    return (result.group(1), first + 1) if result else (None, first)


def _parse_header(
    lines: Sequence[str], above: int, offered: Sequence[str], table: Table
) -> tuple[int, str, list[str]]:
    """Return the line, separator and names of the header: the first line that names several columns."""
    known_ids = {column.name for column in table.columns}
    best: tuple[int, str, list[str]] = (above, offered[0], [])
    for at in range(above, min(len(lines), above + _ABOVE)):
        if not lines[at].strip(BLANKS):
            continue
        headers = {separator: _split_header(lines[at:], separator, table) for separator in offered}
        separator = max(offered, key=lambda item: (len(known_ids & set(headers[item])), len(headers[item])))
        result = (at, separator, headers[separator])
        if len(known_ids & set(result[2])) > 1:
            return result
        if known_ids & set(result[2]) and not known_ids & set(best[2]):
            best = result
    return best


def _split_header(lines: Sequence[str], separator: str, table: Table) -> list[str]:
    try:
        cells = next(csv.reader(_end_lines(lines), delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [table.find_name(normalize_column_name(cell).removeprefix(f"{table.name}.")) for cell in cells]


def _end_lines(lines: Sequence[str]) -> Iterable[str]:
    """Lines with their ends, as a csv reader wants them; one that ends with CR LF ends with LF."""
    return (line.removesuffix("\r") + "\n" for line in lines)


def normalize_column_name(name: str) -> str:
    """Return a column's name as we write it: lower case, without the quotes and spaces that programs add."""
    bare = re.sub("[\u200b-\u200d\u2060\ufeff]", "", name).strip(BLANKS).strip("\"'").strip(BLANKS)
    return re.sub(r"\s", "_", bare.lower())


def find_column_name(table: Table, name: str) -> str:
    """Return what ``table`` calls the column that a source calls ``name``."""
    return table.find_name(normalize_column_name(name))


def _read_sample(reader: Iterable[list[str]]) -> list[list[str]]:
    """Read the first rows, up to one that cannot be read."""
    rows: list[list[str]] = []
    with suppress(csv.Error):
        rows.extend(islice(reader, _SAMPLE_ROWS))
    return rows


def _list_cells(
    rows: Iterable[Sequence[str]], table: Table, columns: Mapping[str, int], kinds: Container[Kind]
) -> Iterator[str]:
    """List the cells of the columns of these kinds."""
    places = [
        columns[column.name] for column in table.columns if column.kind in kinds and column.name in columns
    ]
    return (row[place] for row in rows for place in places if place < len(row))


def _has_decimal_comma(separator: str, cells: Iterable[str]) -> bool:
    """Return whether a comma seems to divide decimals: a cell shows it, or “;” separates and no cell denies it.

    It only decides which reading is tried first, and never what a cell means.
    """
    has_point = False
    for cell in cells:
        if _COMMA.fullmatch(cell):
            return True
        has_point = has_point or _POINT.fullmatch(cell) is not None
    return separator == ";" and not has_point
