"""Rows of texts as a table with straight columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def align_columns(lines: Sequence[Sequence[str]], left: Collection[int]) -> list[str]:
    """One line per row; the columns at ``left`` begin at their left edge, the others end at their right one."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if at in left else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
