"""Rows as columns of text: which columns fit a width, how wide each stands, and the lines, one at a time.

Where there is no width nothing is cut or hidden. The widths are found in a first reading of the rows,
the lines are made in a second: a long list never stands in memory as text.
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
"""How long the longest bar of a column may be, and with how little room it is still worth drawing."""
_ELLIPSIS = "…"
_FLEXIBLE = frozenset({Kind.NAME, Kind.TEXT, Kind.EMAIL, Kind.LIST})
"""Kinds whose texts may be shortened where a width asks for it. A figure or an id is whole or not there."""
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
"""How much a column is missed, by kind: the least number is missed most."""
_LAST_RANK = 4
_EMPTY_RANK = 5


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of a grid: where it stands in the result, its header and its width on the screen."""

    place: int
    column: Column
    header: tuple[str, ...]
    width: int
    bar: int = 0
    """How long the bar of its largest share is; 0 where there is none."""
    most: Any = None

    @property
    def whole_width(self) -> int:
        """Its width with its bar."""
        return self.width + (self.bar + 1 if self.bar else 0)

    @property
    def right(self) -> bool:
        """Whether its cells stand to the right."""
        return self.column.kind in RIGHT


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns that are shown, in the order of the result, and those that are not."""

    result: Result
    cells: Cells
    columns: tuple[GridColumn, ...]
    hidden: tuple[Column, ...] = ()

    @property
    def width(self) -> int:
        """How wide its lines are."""
        return sum(column.whole_width for column in self.columns) + len(GAP) * (len(self.columns) - 1)

    def header(self) -> list[str]:
        """The lines of the header; a short one stands at the bottom."""
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
        """A line per row."""
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
    """``text`` in exactly ``width`` columns of the screen, shortened where it is longer."""
    # Nearly every text is ASCII, whose characters are one column wide each.
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + _ELLIPSIS if width > 0 else ""
    blanks = " " * (width - length)
    return blanks + text if right else text + blanks


def fitted(result: Result, cells: Cells, width: int | None) -> Grid:
    """The grid of ``result`` for a screen of ``width`` columns; None is as wide as it takes."""
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
    """The columns of shares get a bar, as many as there is room for."""
    out = []
    for column in columns:
        length = _LONGEST_BAR if room is None else min(_LONGEST_BAR, room - 1)
        if column.column.share and len(result.table) and length >= _SHORTEST_BAR:
            # A screen's rows are few: Arrow's own functions take longer to load than this takes to look.
            shares = result.table.column(column.place).to_pylist()
            most = max((share for share in shares if share is not None), default=None)
            out.append(replace(column, bar=length, most=most))
            room = None if room is None else room - length - 1
        else:
            out.append(column)
    return out


def _widest(result: Result, cells: Cells) -> list[int]:
    """The width of the widest cell of every column."""
    widest = [0] * len(result.columns)
    for batch in batches(result):
        for place, column in enumerate(result.columns):
            for text in set(cells.column(column, batch.column(place).to_pylist())):
                length = len(text) if text.isascii() else cell_len(text)
                widest[place] = max(widest[place], length)
    return widest


def _column(place: int, column: Column, label: str, widest: int, *, one_line: bool) -> GridColumn:
    """A column whose header is broken into lines no wider than its cells, or than its longest word."""
    words = label.split() or [""]
    limit = max(widest, *(cell_len(word) for word in words))
    header = (label,) if one_line else tuple(wrap(label, limit, break_long_words=False) or [""])
    return GridColumn(place, column, header, max(widest, *(cell_len(line) for line in header)))


def _chosen(result: Result, columns: list[GridColumn], widest: list[int], width: int) -> set[int]:
    """The columns that fit, the most telling first; the first of them is there in any case."""
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
    """How much a reader would miss a column: least one that is empty or says what another says."""
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
    """Texts that were shortened get back the room that is left, first come first served."""
    least = [_least(column) for column in columns]
    room = (
        width
        - sum(least)
        - len(GAP) * (len(columns) - 1)
        - sum(one.whole_width - one.width for one in columns)
    )
    if room < 0:
        # Only one column, and even that is too wide: it is shortened.
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
