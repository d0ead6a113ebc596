"""Read a CSV file slowly where DuckDB's reader may lose rows: damaged quotes, rows of unequal length.

A row with too few or too many cells is rejected. Where a quote is not closed correctly, only that line is
rejected and reading continues with the next: a stray quote must not swallow the rows that follow it.
"""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from opttius_cli.snapshot.source import TOO_FEW, TOO_MANY, UNTERMINATED, Refusal
from opttius_cli.sources.text import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from opttius_cli.sources.dialect import Dialect

LINE = "line"
"""The column of the copy that holds the line number in the original file."""


@dataclass(slots=True)
class _Feed:
    """The lines of a file for a csv reader; lines can be pushed back when a row turns out to be invalid.

    Bytes are read as Latin-1: separators, quotes and line ends are the same, and every byte survives
    unchanged.
    """

    file: IO[bytes]
    number: int
    row: list[str] = field(default_factory=list)
    size: int = 0
    back: deque[str] = field(default_factory=deque)

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = self.back.popleft() if self.back else self.file.readline().decode("latin-1")
        if not line:
            raise StopIteration
        self.row.append(line)
        self.size += len(line)
        if self.size > LONGEST_LINE:
            message = "a row that long is a quote left open"
            raise csv.Error(message)
        return line

    def next_row(self) -> int:
        """Forget the lines of the last row, and return the line number on which the next one begins."""
        self.number += len(self.row)
        self.row.clear()
        self.size = 0
        return self.number

    def keep_one(self) -> None:
        """Push back every line of the last row except the first."""
        self.back.extendleft(reversed(self.row[1:]))
        del self.row[1:]


def rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row with its first line number: its cells, or the reason why it is rejected."""
    csv.field_size_limit(2 * LONGEST_LINE)
    with path.open("rb") as file:
        for _skipped in range(dialect.skip):
            file.readline()
        feed = _Feed(file, dialect.skip + 1)
        reader = _reader(feed, dialect)
        header = True
        while True:
            line = feed.next_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                feed.keep_one()
                reader = _reader(feed, dialect)
                yield line, UNTERMINATED
                continue
            if cells and not header:
                yield line, _judged(cells, dialect.width)
            header = header and not cells


def _reader(feed: _Feed, dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(feed, delimiter=dialect.separator, strict=True, skipinitialspace=True)


def _judged(cells: list[str], width: int) -> list[str] | str:
    if len(cells) == width:
        return cells
    return TOO_FEW if len(cells) < width else TOO_MANY


def copy(path: Path, dialect: Dialect, out: Path, names: Sequence[str]) -> tuple[list[Refusal], int]:
    """Write the valid rows to ``target``: their line number, and the cells of ``columns``.

    Returns the rejected rows, and the number of rows written. Rows whose cells are all empty are skipped:
    spreadsheets leave such rows behind.
    """
    places = [dialect.columns[name] for name in names]
    refused: list[Refusal] = []
    written = 0
    with out.open("w", encoding="latin-1", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((LINE, *names))
        for line, found in rows(path, dialect):
            if isinstance(found, str):
                refused.append(Refusal(line, found))
            elif any(found):
                writer.writerow((line, *(found[place] for place in places)))
                written += 1
    return refused, written
