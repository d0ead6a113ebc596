"""The texts of the cells of a grid, each in exactly the width of its column; the program's own words are never cut."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Column, Result

_SHADES = "░▒▓█"
_ELLIPSIS = "…"


def fit_words(text: str, width: int, *, align_right: bool) -> str | list[str]:
    """Return a text in the width of its column, in several lines where it is longer."""
    if len(text) <= width:
        return fit_text(text, width, align_right=align_right)
    return wrap(text, width)


def fit_text(text: str, width: int, *, align_right: bool = False) -> str:
    """Return ``text`` in exactly ``width`` columns of the screen, shortened if it is longer."""
    # Nearly every text is ASCII, whose characters are one column wide each.
    length = len(text) if text.isascii() else cell_len(text)
    if length > width:
        return set_cell_size(text, width - 1) + _ELLIPSIS if width > 0 else ""
    blanks = " " * (width - length)
    return blanks + text if align_right else text + blanks


def format_texts(
    result: Result, column: Column, values: list[Any], formatter: CellFormatter, first_row: int
) -> list[str]:
    """Return the cells of a column: shaded in a heat map, and in parentheses where they are over few rows.

    ``first_row`` is the number of the first of these rows in the result.
    """
    texts = formatter.format_column(column, values)
    if column.over in result.bases:
        texts = [
            f"({text})" if value is not None and result.rests_on_few(column, row) else text
            for row, (text, value) in enumerate(zip(texts, values, strict=True), first_row)
        ]
    if heat_top := result.find_heat_top(column):
        texts = [_shade_text(text, value, heat_top) for text, value in zip(texts, values, strict=True)]
    return texts


def _shade_text(text: str, value: Any, heat_top: float) -> str:
    """Return a text after one of four shades, the darker the more: they stay where there is no colour."""
    if value is None or not value:
        return text
    return f"{_SHADES[max(0, min(3, int(float(value) / heat_top * 4)))]} {text}"
