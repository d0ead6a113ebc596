"""What a text holds, counted cheaply in one look: so that whoever reads it with DuckDB can compare."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_EMPTY_LINE = re.compile(rb"\n(?=\r?\n)")


@dataclass(slots=True)
class LineStats:
    """What was seen of a text so far: lines, records (lines outside of quotes, blank ones among them), quotes.

    With ``quoting`` a line break inside quotes ends no record; ``odd`` says that some quote neither begins nor ends
    a cell, or that a quoted cell may have swallowed rows, told by ``separator`` and the ``width`` of a row.
    With ``lines`` false the text is one piece whose lines may be of any length (a JSON array).
    """

    path: Path
    lines: bool = True
    quoting: bool = True
    separator: bytes = b","
    width: int = 1
    breaks: int = 0
    records: int = 0
    quotes: int = 0
    inside: bool = False
    odd: bool = False
    _before: int = 0
    _open: bytes = b""

    def see(self, chunk: bytes) -> None:
        """Count a chunk that begins at the beginning of a line. Raises UnreadableFileError for a NUL byte."""
        if b"\0" in chunk:
            line = self.breaks + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
            raise UnreadableFileError(
                self.path,
                _("line {line} contains a NUL byte: it is damaged, or not text. Export it again.", line=line),
            )
        breaks = chunk.count(b"\n")
        if self.lines:
            self._count(chunk, breaks)
            if not chunk.endswith(b"\n") and chunk.rpartition(b"\n")[2].strip():
                self.records += 1
        self.breaks += breaks

    def _count(self, chunk: bytes, breaks: int) -> None:
        if not self.quoting or b'"' not in chunk:
            if not self.inside:
                self.records += breaks
            else:
                self._open += chunk
            return
        pieces = chunk.split(b'"')
        outer_breaks = sum(piece.count(b"\n") for piece in pieces[int(self.inside) :: 2])
        self.records += outer_breaks
        self.odd = self.odd or self._is_odd(pieces, broken=outer_breaks < breaks)
        self.quotes += len(pieces) - 1
        self.inside ^= bool((len(pieces) - 1) & 1)

    def _is_odd(self, pieces: list[bytes], *, broken: bool) -> bool:
        """Return whether a quote neither begins nor ends a cell, or a quoted cell holds what may be rows.

        ``broken`` says that lines end inside of quotes.
        """
        outer = int(self.inside)
        around = {b"", b"\n", self.separator}
        # What lies between two quotes that are one is empty.
        if {piece[-1:] for piece in pieces[outer:-1:2]} - around:
            return True
        closed = pieces[outer if self.inside else 2 :: 2]
        if {piece[:1] for piece in closed} - around - {b"\r"}:
            return True
        if self.inside:
            pieces = [self._open + pieces[0], *pieces[1:]]
        if (broken or self._open) and any(
            b"\n" in piece and self._swallows(pieces, at)
            for at, piece in enumerate(pieces)
            if at % 2 != outer
        ):
            return True
        ends_inside = (len(pieces) - 1 + outer) % 2 == 1
        if ends_inside and len(pieces) > 1:
            self._before = self._places_before(pieces, len(pieces) - 1)
        self._open = pieces[-1] if ends_inside else b""
        return False

    def _swallows(self, pieces: list[bytes], at: int) -> bool:
        """Return whether the quoted piece ``at`` holds a line that may be a row, or ends as one may begin."""
        _first, *inner, last = pieces[at].split(b"\n")
        if any(line.count(self.separator) >= self.width - 1 for line in inner):
            return True
        before = self._before if at == 0 else self._places_before(pieces, at)
        return 0 < before <= last.count(self.separator)

    def _places_before(self, pieces: list[bytes], at: int) -> int:
        """Return how many cells stand in the same row before the quoted piece ``at``."""
        places = 0
        for before in range(at - 1, -1, -2):
            line = pieces[before].rpartition(b"\n")
            places += line[2].count(self.separator)
            if line[1]:
                break
        return places


def count_blank_lines(chunks: Iterable[bytes], *, quoting: bool) -> int:
    """Count the empty lines outside of quotes in chunks that each begin at the beginning of a line."""
    count, inside = 0, False
    for chunk in chunks:
        count += not inside and chunk.startswith((b"\n", b"\r\n"))
        pieces = chunk.split(b'"') if quoting else [chunk]
        count += sum(len(_EMPTY_LINE.findall(piece)) for piece in pieces[int(inside) :: 2])
        inside ^= len(pieces) % 2 == 0
    return count
