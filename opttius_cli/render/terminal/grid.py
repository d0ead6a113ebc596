"""Rows as columns of text: which columns fit a width, how wide each one is, and the lines, one at a time.

Without a width nothing is cut or hidden. A first pass over the rows finds the widths, a second one formats
the lines, so that a long list is never in memory as text.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from opttius_cli.render.cell_formatter import NO_VALUE, RIGHT_ALIGNED
from opttius_cli.render.row_batches import iter_batches
from opttius_cli.render.terminal.grid_cells import fit_text, fit_words, format_texts
from opttius_cli.render.terminal.sparkline import draw_bar
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Column, Result

GAP = "  "
_MAX_BAR_WIDTH, _MIN_BAR_WIDTH = 10, 5
"""The longest bar of a column, and the least room for which a bar is still worth drawing."""
_FLEXIBLE_KINDS = frozenset({ColumnKind.NAME, ColumnKind.TEXT, ColumnKind.EMAIL, ColumnKind.LIST})
"""Kinds whose texts may be shortened to fit. A figure or an id is shown complete or not at all."""
_SHORTENED_WIDTH = 24
_MIN_WIDTH = 8
_RANKS = {
    ColumnKind.NAME: 0,
    ColumnKind.MONEY: 1,
    ColumnKind.NUMBER: 1,
    ColumnKind.TEXT: 1,
    ColumnKind.COUNT: 2,
    ColumnKind.PERCENT: 2,
    ColumnKind.DATE: 3,
    ColumnKind.ID: 3,
}
"""How important a column is, by kind; the lowest number is the most important."""
_LAST_RANK = 4
_EMPTY_RANK = 5
_SHORT_ID = 8
"""An id of this width leaves room for what it names."""


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column of a grid: its index in the result, its header and its width on the screen."""

    index: int
    column: Column
    header: tuple[str, ...]
    width: int
    bar_width: int = 0
    """The bar length of the largest share; 0 if the column has no bars."""
    maximum: Any = None

    @property
    def total_width(self) -> int:
        """Return the width including the bar."""
        return self.width + (self.bar_width + 1 if self.bar_width else 0)

    @property
    def is_wrapped(self) -> bool:
        """Return whether a long cell goes on below: the texts of codes, which are few and say what a row is."""
        return bool(self.column.vocabulary) and not self.bar_width

    @property
    def is_right_aligned(self) -> bool:
        """Return whether cells are aligned to the right."""
        return self.column.kind in RIGHT_ALIGNED


@dataclass(frozen=True, slots=True)
class Grid:
    """The columns that are shown, in the order of the result, and the hidden ones."""

    result: Result
    formatter: CellFormatter
    columns: tuple[GridColumn, ...]
    hidden_columns: tuple[Column, ...] = ()

    @property
    def width(self) -> int:
        """Return the width of its lines."""
        return sum(column.total_width for column in self.columns) + len(GAP) * (len(self.columns) - 1)

    def build_header(self) -> list[str]:
        """Return the lines of the header; a short one is aligned to the bottom."""
        height = max(len(column.header) for column in self.columns)
        padded = [("",) * (height - len(column.header)) + column.header for column in self.columns]
        return [self._join_cells(texts) for texts in zip(*padded, strict=True)]

    def iter_lines(self) -> Iterator[str]:
        """Yield a line per row; more where the program's own words do not fit their column, for they are never cut."""
        first_row = 0
        wrapped = [place for place, column in enumerate(self.columns) if column.is_wrapped]
        for batch in iter_batches(self.result):
            texts_by_column = [
                self._format_cells(column, batch.column(column.index).to_pylist(), first_row)
                for column in self.columns
            ]
            first_row += batch.num_rows
            for cells in zip(*texts_by_column, strict=True):
                lines = [cells[place] for place in wrapped if not isinstance(cells[place], str)]
                if lines:
                    yield from self._break_row(cells)
                else:
                    yield GAP.join(cells)

    def _break_row(self, cells: Sequence[str | list[str]]) -> Iterator[str]:
        """Yield the lines of a row with cells that are longer than their column."""
        columns = [[cell] if isinstance(cell, str) else cell for cell in cells]
        for number in range(max(map(len, columns))):
            yield self._join_cells(
                [lines[number] if number < len(lines) else "" for lines in columns]
            ).rstrip()

    def _format_cells(
        self, column: GridColumn, values: list[Any], first_row: int
    ) -> Sequence[str | list[str]]:
        """Return the text of each cell; of one of the program's own words that is too long, its lines."""
        texts = format_texts(self.result, column.column, values, self.formatter, first_row)
        if column.is_wrapped:
            return [fit_words(text, column.width, align_right=column.is_right_aligned) for text in texts]
        texts = [fit_text(text, column.width, align_right=column.is_right_aligned) for text in texts]
        if not column.bar_width:
            return texts
        bars = [
            fit_text(draw_bar(value, column.maximum, column.bar_width), column.bar_width) for value in values
        ]
        return [f"{text} {bar_text}" for text, bar_text in zip(texts, bars, strict=True)]

    def _join_cells(self, texts: Sequence[str]) -> str:
        pieces = []
        for text, column in zip(texts, self.columns, strict=True):
            pieces.append(
                fit_text(
                    fit_text(text, column.width, align_right=column.is_right_aligned), column.total_width
                )
            )
        return GAP.join(pieces)


def build_grid(result: Result, formatter: CellFormatter, width: int | None) -> Grid:
    """Return the grid of ``result`` for a screen of ``width`` columns; None means no limit."""
    formatter = replace(formatter, short_ids=width is not None)
    widths = _compute_widths(result, formatter)
    columns = [
        _build_column(index, column, formatter.get_label(column), widths[index], single_line=width is None)
        for index, column in enumerate(result.columns)
    ]
    if width is None:
        return Grid(result, formatter, tuple(_add_bars(result, columns, None)))
    visible_indexes = _select_columns(result, columns, widths, width)
    visible = [column for column in columns if column.index in visible_indexes]
    hidden_columns = tuple(column.column for column in columns if column.index not in visible_indexes)
    min_width = sum(map(_get_min_width, visible)) + len(GAP) * (len(visible) - 1)
    with_bars = _add_bars(result, visible, width - min_width)
    return Grid(result, formatter, tuple(_extend_columns(with_bars, width)), hidden_columns)


def _add_bars(result: Result, columns: list[GridColumn], available: int | None) -> list[GridColumn]:
    """Add bars to columns of shares while there is room."""
    with_bars = []
    for column in columns:
        bar_width = _MAX_BAR_WIDTH if available is None else min(_MAX_BAR_WIDTH, available - 1)
        if column.column.has_share_bar and len(result.table) and bar_width >= _MIN_BAR_WIDTH:
            # A screen shows few rows: importing Arrow's compute functions would take longer than this loop.
            shares = result.table.column(column.index).to_pylist()
            maximum = max((share for share in shares if share is not None), default=None)
            with_bars.append(replace(column, bar_width=bar_width, maximum=maximum))
            available = None if available is None else available - bar_width - 1
        else:
            with_bars.append(column)
    return with_bars


def _compute_widths(result: Result, formatter: CellFormatter) -> list[int]:
    """Return the width of the widest cell of every column."""
    widths, first_row = [0] * len(result.columns), 0
    for batch in iter_batches(result):
        for index, column in enumerate(result.columns):
            values = batch.column(index).to_pylist()
            for text in set(format_texts(result, column, values, formatter, first_row)):
                length = len(text) if text.isascii() else cell_len(text)
                widths[index] = max(widths[index], length)
        first_row += batch.num_rows
    return widths


def _build_column(
    index: int, column: Column, label: str, cell_width: int, *, single_line: bool
) -> GridColumn:
    """Build a column whose header is broken into lines as wide as its cells or its longest word."""
    words = label.split() or [""]
    max_width = max(cell_width, *(cell_len(word) for word in words))
    header = (label,) if single_line else tuple(wrap(label, max_width, break_long_words=False) or [""])
    return GridColumn(index, column, header, max(cell_width, *(cell_len(line) for line in header)))


def _select_columns(result: Result, columns: list[GridColumn], widths: list[int], width: int) -> set[int]:
    """Return the indexes of the columns that fit, the most important first; the first is always included."""
    chosen: list[int] = []
    remaining, repeats = width, _find_repeats(result, columns, widths)
    for column in sorted(
        columns, key=lambda candidate: (_rank_column(candidate, result, repeats, widths), candidate.index)
    ):
        min_width = _get_min_width(column) + (len(GAP) if chosen else 0)
        if min_width <= remaining or not chosen:
            chosen.append(column.index)
            remaining -= min_width
    return set(chosen)


def _get_min_width(column: GridColumn) -> int:
    return min(column.width, _SHORTENED_WIDTH) if column.column.kind in _FLEXIBLE_KINDS else column.width


def _find_repeats(result: Result, columns: list[GridColumn], widths: list[int]) -> set[int]:
    """Return the indexes of the columns of numbers that repeat an earlier one of their kind."""
    repeats: set[int] = set()
    earlier: dict[Any, list[int]] = {}
    for column in columns:
        if column.column.kind not in RIGHT_ALIGNED:
            continue
        values = result.table.column(column.index)
        # Equal columns look alike at first sight; so each is compared with few.
        alike = (column.column.kind, widths[column.index], *values.slice(0, 1).to_pylist())
        others = earlier.setdefault(alike, [])
        if any(result.table.column(other).equals(values) for other in others):
            repeats.add(column.index)
        else:
            others.append(column.index)
    return repeats


def _rank_column(column: GridColumn, result: Result, repeats: set[int], widths: list[int]) -> int:
    """Rank how important a column is: last are those that are empty or repeat another column."""
    values = result.table.column(column.index)
    if widths[column.index] <= len(NO_VALUE) and values.null_count == len(values):
        return _EMPTY_RANK
    kind = column.column.kind
    if result.form is not None and kind in {ColumnKind.NAME, ColumnKind.PHONE}:
        # Whoever works through a list needs the name and the telephone.
        return -1
    if column.index in repeats:
        return _EMPTY_RANK
    if column.index == 0 and (kind is not ColumnKind.ID or column.width <= _SHORT_ID):
        return -1
    return _RANKS.get(kind, _LAST_RANK)


def _extend_columns(columns: list[GridColumn], width: int) -> list[GridColumn]:
    """Give the remaining room back to shortened texts, from left to right."""
    min_widths = [_get_min_width(column) for column in columns]
    available = (
        width
        - sum(min_widths)
        - len(GAP) * (len(columns) - 1)
        - sum(column.total_width - column.width for column in columns)
    )
    if available < 0:
        # A single column that is still too wide is shortened.
        min_widths[0] = max(_MIN_WIDTH, min_widths[0] + available)
        available = 0
    extended = []
    for column, min_width in zip(columns, min_widths, strict=True):
        extra = min(available, column.width - min_width)
        available -= extra
        extended.append(
            replace(column, width=min_width + extra, header=_wrap_header(column.header, min_width + extra))
        )
    return extended


def _wrap_header(header: tuple[str, ...], width: int) -> tuple[str, ...]:
    if all(cell_len(line) <= width for line in header):
        return header
    return tuple(wrap(" ".join(header), width)) or ("",)
