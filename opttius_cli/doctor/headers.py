"""Read the names of the columns of any file or sheet of a source, whatever table it holds."""

from __future__ import annotations

import csv
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.sources.dialect import BLANKS, SEPARATORS
from opttius_cli.sources.file_names import parse_file_name
from opttius_cli.sources.file_types import FileType
from opttius_cli.sources.sheet_cells import cell_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_HEAD_BYTES, _ABOVE, _FEWEST = 1 << 16, 50, 2
"""Bytes and rows of the beginning, and how many names a row must have to be a header."""
_ENCODINGS = ("utf-8-sig", "cp1252", "latin-1")


@dataclass(frozen=True, slots=True)
class SheetHeader:
    """A file or sheet: how ``[tables]`` names its place, the name it goes by, and its columns as they are written."""

    place: str
    stem: str
    columns: tuple[str, ...]


def read_headers(path: Path) -> list[SheetHeader]:
    """Return the headers of a folder's files, or of a workbook's sheets; what cannot be read has none."""
    if path.is_dir():
        return [header for file in sorted(path.iterdir()) for header in _read_file(file, is_whole=False)]
    return _read_file(path, is_whole=True)


def _read_file(path: Path, *, is_whole: bool) -> list[SheetHeader]:
    file = parse_file_name(path)
    if file is None or not path.is_file() or file.compression is not None:
        return []
    with suppress(SourceError, OSError):
        if file.file_type is FileType.CSV:
            return [SheetHeader(path.name, file.stem, columns) for columns in _read_csv(path)]
        if file.file_type is FileType.WORKBOOK:
            return _read_workbook(path, file.stem, is_whole=is_whole)
    return []


def _read_csv(path: Path) -> list[tuple[str, ...]]:
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
    encodings = ("utf-16",) if head[:2] in {b"\xff\xfe", b"\xfe\xff"} else _ENCODINGS
    for encoding in encodings:
        with suppress(UnicodeDecodeError, csv.Error):
            lines = head.decode(encoding).splitlines()
            rows = (
                max((next(csv.reader([line], delimiter=mark), []) for mark in SEPARATORS), key=len)
                for line in lines[:_ABOVE]
            )
            return _find_header(rows)
    return []


def _read_workbook(path: Path, stem: str, *, is_whole: bool) -> list[SheetHeader]:
    """Return the sheets of a workbook; in a folder a place is ``FILE#SHEET``, and a single sheet has its name."""
    from opttius_cli.sources.workbook import Workbook

    book = Workbook(path)
    with book.guard():
        titles = book.open_book().sheet_names
        headers = []
        for title in titles:
            sheet = book.open_book().get_sheet_by_name(title)
            rows = ([cell_text(cell) or "" for cell in row] for row in islice(sheet.iter_rows(), _ABOVE))
            name = stem if len(titles) == 1 and not is_whole else title
            place = title if is_whole else f"{path.name}#{title}"
            headers += [SheetHeader(place, name, columns) for columns in _find_header(rows)]
        book.close_book()
        return headers


def _find_header(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return the first row with several names, as the only item of a list; no item when there is none."""
    for row in rows:
        names = tuple(name for cell in row if (name := cell.strip(BLANKS).strip("\"'").strip(BLANKS)))
        if len(names) >= _FEWEST:
            return [names]
    return []
