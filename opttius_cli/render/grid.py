"""Rows as columns of text: which columns fit a width, how wide each one is, and the lines, one at a time.

Without a width nothing is cut or hidden. A first pass over the rows finds the widths, a second one formats
the lines, so that a long list is never in memory as text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

from opttius_cli.render.batches import batches
from opttius_cli.render.cells import NOTHING, RIGHT
from opttius_cli.render.figures import bar
from opttius_cli.result import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.cells import Cells
    from opttius_cli.result import Column, Result

GAP = "  "
_LONGEST_BAR, _SHORTEST_BAR = 10, 5
"""The longest bar of a column, and the least room for which a bar is still worth drawing."""
_ELLIPSIS = "…"
_FLEXIBLE = frozenset({Kind.NAME, Kind.TEXT, Kind.EMAIL, Kind.LIST})
"""Kinds whose texts may be shortened to fit. A figure or an id is shown complete or not at all."""
_NARROW = 24
_NARROWEST = 8
_RANKS = {
    Kind.NAME: 0,
    Kind.MONEY: 1,
    Kind.NUMBER: 1,
    Kind.TEXT: 1,
    Kind.COUNT: 2,
    Kind.PERCENT: 2,
    Kind.DATE: 3,
    Kind.ID: 3,
}
"""How important a column is, by kind; the lowest number is the most important."""
_LAST_RANK = 4
_EMPTY_RANK = 5


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of a grid: its index in the result, its header and its width on the screen."""

    place: int
    column: Column
    header: tuple[str, ...]
    width: int
    bar: int = 0
    """The bar length of the largest share; 0 if the column has no bars."""
    most: Any = None

    @property
    def whole_width(self) -> int:
        """Return the width including the bar."""
        return self.width + (self.bar + 1 if self.bar else 0)

    @property
    def right(self) -> bool:
        """Return whether cells are aligned to the right."""
        return self.column.kind in RIGHT


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns that are shown, in the order of the result, and the hidden ones."""

    result: Result
    cells: Cells
    columns: tuple[GridColumn, ...]
    hidden: tuple[Column, ...] = ()

    @property
    def width(self) -> int:
        """Return the width of its lines."""
        return sum(column.whole_width for column in self.columns) + len(GAP) * (len(self.columns) - 1)

    def header(self) -> list[str]:
        """Return the lines of the header; a short one is aligned to the bottom."""
        height = max(len(column.header) for column in self.columns)
        lines = []
        for line in range(height):
            texts = []
            for column in self.columns:
                at = line - (height - len(column.header))
                texts.append(column.header[at] if at >= 0 else "")
            lines.append(self._joined(texts))
        return lines

    def lines(self) -> Iterator[str]:
        """Yield a line per row."""
        for batch in batches(self.result):
            read = [self._read(column, batch.column(column.place).to_pylist()) for column in self.columns]
            yield from map(GAP.join, zip(*read, strict=True))

    def _read(self, column: GridColumn, values: list[Any]) -> list[str]:
        texts = [
            fit(text, column.width, right=column.right) for text in self.cells.column(column.column, values)
        ]
        if not column.bar:
            return texts
        bars = [fit(bar(value, column.most, column.bar), column.bar) for value in values]
        return [f"{text} {drawn}" for text, drawn in zip(texts, bars, strict=True)]

    def _joined(self, texts: Sequence[str]) -> str:
        pieces = []
        for text, column in zip(texts, self.columns, strict=True):
            pieces.append(fit(fit(text, column.width, right=column.right), column.whole_width))
        return GAP.join(pieces)


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Return ``text`` in exactly ``width`` columns of the screen, shortened if it is longer."""
    # Nearly every text is ASCII, whose characters are one column wide each.
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + _ELLIPSIS if width > 0 else ""
    blanks = " " * (width - length)
    return blanks + text if right else text + blanks


def fitted(result: Result, cells: Cells, width: int | None) -> Grid:
    """Return the grid of ``result`` for a screen of ``width`` columns; None means no limit."""
    widest = _widest(result, cells)
    columns = [
        _column(place, column, cells.label(column), widest[place], one_line=width is None)
        for place, column in enumerate(result.columns)
    ]
    if width is None:
        return Grid(result, cells, tuple(_with_bars(result, columns, None)))
    chosen = _chosen(result, columns, widest, width)
    shown = [column for column in columns if column.place in chosen]
    hidden = tuple(column.column for column in columns if column.place not in chosen)
    least = sum(map(_least, shown)) + len(GAP) * (len(shown) - 1)
    barred = _with_bars(result, shown, width - least)
    return Grid(result, cells, tuple(_shared_out(barred, width)), hidden)


def _with_bars(result: Result, columns: list[GridColumn], room: int | None) -> list[GridColumn]:
    """Add bars to columns of shares while there is room."""
    out = []
    for column in columns:
        length = _LONGEST_BAR if room is None else min(_LONGEST_BAR, room - 1)
        if column.column.share and len(result.table) and length >= _SHORTEST_BAR:
            # A screen shows few rows: importing Arrow's compute functions would take longer than this loop.
            shares = result.table.column(column.place).to_pylist()
            most = max((share for share in shares if share is not None), default=None)
            out.append(replace(column, bar=length, most=most))
            room = None if room is None else room - length - 1
        else:
            out.append(column)
    return out


def _widest(result: Result, cells: Cells) -> list[int]:
    """Return the width of the widest cell of every column."""
    widest = [0] * len(result.columns)
    for batch in batches(result):
        for place, column in enumerate(result.columns):
            for text in set(cells.column(column, batch.column(place).to_pylist())):
                length = len(text) if text.isascii() else cell_len(text)
                widest[place] = max(widest[place], length)
    return widest


def _column(place: int, column: Column, label: str, widest: int, *, one_line: bool) -> GridColumn:
    """Build a column whose header is broken into lines as wide as its cells or its longest word."""
    words = label.split() or [""]
    limit = max(widest, *(cell_len(word) for word in words))
    header = (label,) if one_line else tuple(wrap(label, limit, break_long_words=False) or [""])
    return GridColumn(place, column, header, max(widest, *(cell_len(line) for line in header)))


def _chosen(result: Result, columns: list[GridColumn], widest: list[int], width: int) -> set[int]:
    """Return the indexes of the columns that fit, the most important first; the first is always included."""
    chosen: list[int] = []
    left = width
    for column in sorted(columns, key=lambda one: (_rank(one, result, columns, widest), one.place)):
        needed = _least(column) + (len(GAP) if chosen else 0)
        if needed <= left or not chosen:
            chosen.append(column.place)
            left -= needed
    return set(chosen)


def _least(column: GridColumn) -> int:
    return min(column.width, _NARROW) if column.column.kind in _FLEXIBLE else column.width


def _rank(column: GridColumn, result: Result, columns: list[GridColumn], widest: list[int]) -> int:
    """Rank how important a column is: last are those that are empty or repeat another column."""
    told = result.table.column(column.place)
    if widest[column.place] <= len(NOTHING) and told.null_count == len(told):
        return _EMPTY_RANK
    kind = column.column.kind
    same = (one for one in columns if one.place < column.place and one.column.kind == kind)
    if any(result.table.column(one.place).equals(told) for one in same) and kind in RIGHT:
        return _EMPTY_RANK
    if column.place == 0 and kind is not Kind.ID:
        return -1
    return _RANKS.get(kind, _LAST_RANK)


def _shared_out(columns: list[GridColumn], width: int) -> list[GridColumn]:
    """Give the remaining room back to shortened texts, from left to right."""
    least = [_least(column) for column in columns]
    room = (
        width
        - sum(least)
        - len(GAP) * (len(columns) - 1)
        - sum(one.whole_width - one.width for one in columns)
    )
    if room < 0:
        # A single column that is still too wide is shortened.
        least[0] = max(_NARROWEST, least[0] + room)
        room = 0
    out = []
    for column, narrow in zip(columns, least, strict=True):
        more = min(room, column.width - narrow)
        room -= more
        out.append(replace(column, width=narrow + more, header=_cut(column.header, narrow + more)))
    return out


def _cut(header: tuple[str, ...], width: int) -> tuple[str, ...]:
    if all(cell_len(line) <= width for line in header):
        return header
    return tuple(wrap(" ".join(header), width)) or ("",)
