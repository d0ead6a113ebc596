"""A list of moves as a matrix on a terminal, and below it the moves with most at stake, the worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.text import Text

from opttius_cli.i18n import _
from opttius_cli.render.terminal.grid_cells import fit_text
from opttius_cli.render.terminal.screen import QUIET, STRONG, TITLE, wrap_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.render.terminal.screen import Screen
    from opttius_cli.result import Column, MatrixSpec, Result

_GAP, _MOVES_LISTED = 2, 5
_MIN_COLUMN = 6


def write_matrix(result: Result, spec: MatrixSpec, formatter: CellFormatter, screen: Screen) -> None:
    """Write the matrix of ``result`` and its heaviest moves; who did not move is dim, an empty cell is blank."""
    columns = {column.name: column for column in result.columns}
    rows = result.table.to_pylist()
    order = _list_codes(rows, spec, columns[spec.column].vocabulary.get(formatter.language, {}))
    down, across = (_list_names(rows, name, order) for name in (spec.row, spec.column))
    cells = {(row[spec.row], row[spec.column]): row[spec.value] for row in rows}
    labels = [_label(columns[spec.row], name, formatter) for name in down]
    first = max(map(_width, labels))
    heads = [_label(columns[spec.column], name, formatter) for name in across]
    width = _fit_columns(heads, first, screen.width)
    screen.write_line(formatter.get_title(result), TITLE)
    for line in _build_header(heads, first, width):
        screen.write_line(line, STRONG)
    for name, label in zip(down, labels, strict=True):
        cells_of_row = Text(fit_text(label, first))
        for goal in across:
            value = cells.get((name, goal))
            text = "" if value is None else formatter.format_cell(columns[spec.value], value)
            cells_of_row.append(
                " " * _GAP + fit_text(text, width, align_right=True), QUIET if name == goal else ""
            )
        screen.write_line(cells_of_row)
    screen.write_line()
    for sentence in _list_moves(rows, spec, columns, order, formatter):
        screen.write_sentence(sentence, indent="· ")


def _list_codes(
    rows: Sequence[dict[str, Any]], spec: MatrixSpec, vocabulary_codes: Iterable[str]
) -> list[str]:
    """List the codes of either side: the ``vocabulary_codes`` in their order, then any other."""
    codes = {row[key] for row in rows for key in (spec.row, spec.column)} - {None}
    return list(dict.fromkeys([*vocabulary_codes, *sorted(codes)]))


def _list_names(rows: Sequence[dict[str, Any]], key: str, order: Sequence[str]) -> list[str | None]:
    """List the segments of a side in their order; who did not exist comes last."""
    names = {row[key] for row in rows}
    return [name for name in order if name in names] + ([None] if None in names else [])


def _label(column: Column, name: str | None, formatter: CellFormatter) -> str:
    return _("did not exist") if name is None else formatter.format_cell(column, name)


def _width(text: str) -> int:
    return Text(text).cell_len


def _fit_columns(heads: Sequence[str], first: int, screen_width: int | None) -> int:
    """Return how wide a column may be so that all of them fit; its header then takes several lines."""
    longest = max(map(_width, heads))
    if screen_width is None:
        return longest
    return max(_MIN_COLUMN, min(longest, (screen_width - first) // len(heads) - _GAP))


def _build_header(heads: Sequence[str], first: int, width: int) -> list[str]:
    """Return the lines of the header, its last words at the bottom."""
    wrapped = [wrap_text(head, width) for head in heads]
    height = max(map(len, wrapped))
    padded = [[""] * (height - len(lines)) + lines for lines in wrapped]
    return [
        " " * first
        + "".join(" " * _GAP + fit_text(lines[number], width, align_right=True) for lines in padded)
        for number in range(height)
    ]


def _list_moves(
    rows: Sequence[dict[str, Any]],
    spec: MatrixSpec,
    columns: dict[str, Column],
    order: Sequence[str],
    formatter: CellFormatter,
) -> list[str]:
    """Return the moves of most weight in sentences, those for the worse first."""
    moves = [row for row in rows if row[spec.row] != row[spec.column] and row[spec.weight]]
    heaviest = sorted(moves, key=lambda row: -row[spec.weight])[:_MOVES_LISTED]

    def is_better(row: dict[str, Any]) -> bool:
        origin, goal = row[spec.row], row[spec.column]
        return origin is None or (goal is not None and order.index(goal) < order.index(origin))

    return [
        _(
            "{origin} → {goal}: {count}, {weight}",
            origin=_label(columns[spec.row], row[spec.row], formatter),
            goal=_label(columns[spec.column], row[spec.column], formatter),
            count=formatter.format_cell(columns[spec.value], row[spec.value]),
            weight=formatter.format_cell(columns[spec.weight], row[spec.weight]),
        )
        for row in sorted(heaviest, key=is_better)
    ]
