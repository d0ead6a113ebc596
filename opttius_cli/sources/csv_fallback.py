"""Read a CSV file slowly where DuckDB's reader may lose rows: damaged quotes, rows of unequal length.

It is the definition of what a row is. A row ends with its line, unless a quote that opens a cell is closed on a later
one. Cells beyond the header's that hold nothing are left out, and cells that may be empty may be missing at the end;
any other row with too few or too many cells is refused whole. A quote that is not closed costs its own line: it must
not swallow the rows that follow it.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from opttius_cli.snapshot.source_protocol import TOO_FEW, TOO_MANY, UNTERMINATED, RejectedRow
from opttius_cli.sources.dialect import BLANKS
from opttius_cli.sources.text_file import MAX_LINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from opttius_cli.sources.dialect import Dialect

LINE_COLUMN = "line"
"""The column of a careful copy that holds the line in the file."""
# Up to the quote that closes a cell: two of them are one that belongs to it.
_QUOTED = re.compile(r'(?:[^"]|"")*"(?!")')


_MOST_LINES = 1000
"""Lines of one cell: more are a quote left open."""


@dataclass(slots=True)
class _Lines:
    """The lines of a file without their ends; those that a row turns out not to need can be given back."""

    file: IO[str]
    number: int = 0
    back: deque[str] = field(default_factory=deque)

    def next_line(self) -> str | None:
        """Return the next line, None at the end."""
        line = self.back.popleft() if self.back else self.file.readline()
        if not line:
            return None
        self.number += 1
        return line

    def give_back(self, lines: Sequence[str]) -> None:
        """Let these lines come again."""
        self.back.extendleft(reversed(lines))
        self.number -= len(lines)


def iter_rows(path: Path, dialect: Dialect) -> Iterator[tuple[int, list[str] | str]]:
    """Return every row with the line on which it begins: its cells, or the reason why it is none."""
    with path.open(encoding="utf-8-sig", newline="\n") as file:
        lines = _Lines(file)
        for _above in range(dialect.top):
            lines.next_line()
        while (line := lines.next_line()) is not None:
            number, text = lines.number, line.rstrip("\r\n")
            if '"' not in text:
                if text.strip(BLANKS):
                    yield number, _validate_cells(text.split(dialect.separator), dialect)
                continue
            cells = _take_apart(text, lines, dialect)
            yield number, UNTERMINATED if cells is None else _validate_cells(cells, dialect)


def _take_apart(text: str, lines: _Lines, dialect: Dialect) -> list[str] | None:
    """Return the cells of a row that begins with the line ``text``; None where a quote is not closed."""
    cells: list[str] = []
    more: list[str] = []
    at, separator = 0, dialect.separator
    while True:
        begin = _first_sign(text, at, separator)
        if text[begin : begin + 1] == '"':
            closed = _QUOTED.match(text, begin + 1)
            while closed is None:
                line = lines.next_line()
                if (
                    line is None
                    or _is_row(line, dialect)
                    or len(more) > _MOST_LINES
                    or len(text) > MAX_LINE_BYTES
                ):
                    lines.give_back([*more, line] if line is not None else more)
                    return None
                more.append(line)
                text += "\n" + line.rstrip("\r\n")
                closed = _QUOTED.match(text, begin + 1)
            end = _first_sign(text, closed.end(), separator)
            if end == len(text) or text[end] == separator:
                cells.append(text[begin + 1 : closed.end() - 1].replace('""', '"'))
            elif more:
                lines.give_back(more)
                return None
            else:
                end = _end_of_cell(text, at, separator)
                cells.append(text[at:end])
        else:
            end = _end_of_cell(text, at, separator)
            cells.append(text[at:end])
        if end == len(text):
            break
        at = end + 1
    if more and (
        isinstance(_validate_cells(cells, dialect), str) or _is_row(more[-1], dialect, closing=True)
    ):
        lines.give_back(more)
        return None
    return cells


def _first_sign(text: str, at: int, separator: str) -> int:
    """Return where blanks end; one that separates cells is none."""
    while at < len(text) and text[at] in BLANKS and text[at] != separator:
        at += 1
    return at


def _end_of_cell(text: str, at: int, separator: str) -> int:
    end = text.find(separator, at)
    return len(text) if end < 0 else end


def _is_row(line: str, dialect: Dialect, *, closing: bool = False) -> bool:
    """Return whether a line is a row by itself, so that it cannot be meant as part of a quoted cell above it.

    ``closing`` says that the quoted cell would end on it; where that is its first cell, it proves nothing.
    """
    if line.count(dialect.separator) < dialect.width - 1:
        return False
    return '"' not in line.replace('""', "") or (closing and '"' not in line.partition(dialect.separator)[0])


def _validate_cells(cells: list[str], dialect: Dialect) -> list[str] | str:
    width, count = dialect.width, len(cells)
    if count == width:
        return cells
    if count > width:
        return TOO_MANY if any(cell.strip(BLANKS) for cell in cells[width:]) else cells[:width]
    return TOO_FEW if count < dialect.least else cells + [""] * (width - count)


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
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((LINE_COLUMN, *columns))
        for line, cells_or_reason in iter_rows(path, dialect):
            if isinstance(cells_or_reason, str):
                rejected.append(RejectedRow(line, cells_or_reason))
            elif any(cell.strip(BLANKS) for cell in cells_or_reason):
                writer.writerow((line, *(cells_or_reason[position] for position in positions)))
                written += 1
    return rejected, written
