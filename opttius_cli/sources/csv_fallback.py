"""Read a CSV file slowly where DuckDB's reader may lose rows: damaged quotes, rows of unequal length.

A row with too few or too many cells is rejected. Where a quote is not closed correctly, only that line is
rejected and reading continues with the next: a stray quote must not swallow the rows that follow it.
"""

from __future__ import annotations

import csv
from collections import deque
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from opttius_cli.snapshot.source_protocol import TOO_FEW, TOO_MANY, UNTERMINATED, RejectedRow
from opttius_cli.sources.text_file import MAX_LINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from opttius_cli.sources.dialect import Dialect

LINE_COLUMN = "line"
"""The column of the copy that holds the line number in the original file."""


@dataclass(slots=True)
class _LineFeed:
    """The lines of a file for a csv reader; lines can be pushed back when a row turns out to be invalid.

    Bytes are read as Latin-1: separators, quotes and line ends are the same, and every byte survives
    unchanged.
    """

    file: IO[bytes]
    line_number: int
    row_lines: list[str] = field(default_factory=list)
    row_size: int = 0
    returned: deque[str] = field(default_factory=deque)

    def __iter__(self) -> _LineFeed:
        return self

    def __next__(self) -> str:
        line = self.returned.popleft() if self.returned else self.file.readline().decode("latin-1")
        if not line:
            raise StopIteration
        self.row_lines.append(line)
        self.row_size += len(line)
        if self.row_size > MAX_LINE_BYTES:
            message = "a row that long is a quote left open"
            raise csv.Error(message)
        return line

    def start_row(self) -> int:
        """Forget the lines of the last row, and return the line number on which the next one begins."""
        self.line_number += len(self.row_lines)
        self.row_lines.clear()
        self.row_size = 0
        return self.line_number

    def push_back_rest(self) -> None:
        """Push back every line of the last row except the first."""
        self.returned.extendleft(reversed(self.row_lines[1:]))
        del self.row_lines[1:]


def iter_rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row with its first line number: its cells, or the reason why it is rejected."""
    csv.field_size_limit(2 * MAX_LINE_BYTES)
    with path.open("rb") as file:
        for _skipped in range(dialect.skip):
            file.readline()
        feed = _LineFeed(file, dialect.skip + 1)
        reader = _create_reader(feed, dialect)
        is_header = True
        while True:
            line = feed.start_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                feed.push_back_rest()
                reader = _create_reader(feed, dialect)
                yield line, UNTERMINATED
                continue
            if cells and not is_header:
                yield line, _validate_cells(cells, dialect.width)
            is_header = is_header and not cells


def _create_reader(feed: _LineFeed, dialect: Dialect) -> Iterator[list[str]]:
    return csv.reader(feed, delimiter=dialect.separator, strict=True, skipinitialspace=True)


def _validate_cells(cells: list[str], width: int) -> list[str] | str:
    if len(cells) == width:
        return cells
    return TOO_FEW if len(cells) < width else TOO_MANY


def copy_rows(
    path: Path, dialect: Dialect, target: Path, columns: Sequence[str]
) -> tuple[list[RejectedRow], int]:
    """Write the valid rows to ``target``: their line number, and the cells of ``columns``.

    Returns the rejected rows, and the number of rows written. Rows whose cells are all empty are skipped:
    spreadsheets leave such rows behind.
    """
    positions = [dialect.columns[column] for column in columns]
    rejected: list[RejectedRow] = []
    written = 0
    with target.open("w", encoding="latin-1", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((LINE_COLUMN, *columns))
        for line, cells_or_reason in iter_rows(path, dialect):
            if isinstance(cells_or_reason, str):
                rejected.append(RejectedRow(line, cells_or_reason))
            elif any(cells_or_reason):
                writer.writerow((line, *(cells_or_reason[position] for position in positions)))
                written += 1
    return rejected, written
