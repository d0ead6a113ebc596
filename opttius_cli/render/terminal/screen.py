"""The terminal as output: blocks of lines side by side, in the reader's width and colours, as UTF-8 bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO, cast

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from opttius_cli.render.style import Style

BLOCK_GAP = 4
"""Blank columns between two blocks."""
UNBOUNDED_WIDTH = 1_000_000

TITLE, QUIET, STRONG, UP, DOWN, BAR, WARNING = "bold cyan", "dim", "bold", "green", "red", "cyan", "yellow"
_BLOCKS = re.compile("[█▏▎▍▌▋▊▉]+")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, in reading order."""

    lines: tuple[Text, ...]

    @property
    def width(self) -> int:
        """Return the width of the longest line."""
        return max((line.cell_len for line in self.lines), default=0)


@dataclass(frozen=True, slots=True)
class _Utf8Writer:
    """Writes text as UTF-8 to the caller's output, which a wrapper of the standard library would close."""

    out: BinaryIO
    encoding: str = "utf-8"

    def write(self, text: str) -> None:
        self.out.write(text.encode(errors="replace"))

    def flush(self) -> None:
        self.out.flush()


def create_console(style: Style, **console_options: Any) -> Console:
    """Create a console that prints texts unchanged, in the colours of ``style``."""
    return Console(
        color_system="standard" if style.color else None,
        no_color=not style.color,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        # The environment was read before. COLUMNS would keep a live screen from following the window size.
        _environ={},
        **console_options,
    )


class Screen:
    """The open output. It never wraps or cuts lines: the callers know the width."""

    def __init__(self, out: BinaryIO, style: Style) -> None:
        """Write to ``out`` as ``style`` asks."""
        self.width = style.width
        self._color = style.color
        self._file = _Utf8Writer(out)
        self._console = create_console(
            style,
            file=cast("IO[str]", self._file),
            # Rich needs the height too: without it, it assumes 80 columns for a dumb terminal.
            width=style.width or UNBOUNDED_WIDTH,
            height=1000,
            force_terminal=style.color,
        )

    def write_line(self, text: Text | str = "", style: str = "") -> None:
        """Write one line."""
        styled = Text(text, style) if isinstance(text, str) else text
        styled.rstrip()
        self._console.print(styled, soft_wrap=True)

    def write_lines(self, lines: Iterable[str]) -> None:
        """Write many plain lines as they come; only bars are coloured."""
        for line in lines:
            if self._color and _BLOCKS.search(line):
                self.write_line(highlight_bars(line))
            else:
                self._file.write(line.rstrip() + "\n")

    def write_sentence(self, text: str, style: str = "", indent: str = "") -> None:
        """Write a sentence, wrapped between words if it is too wide."""
        for number, line in enumerate(
            wrap_text(text, None if self.width is None else self.width - len(indent))
        ):
            self.write_line((indent if not number else " " * len(indent)) + line, style)

    def write_blocks(self, blocks: Sequence[Block]) -> None:
        """Write blocks side by side while they fit, with a blank line between rows of blocks."""
        for number, row_blocks in enumerate(_group_blocks(blocks, self.width)):
            if number:
                self.write_line()
            for line_number in range(max(len(block.lines) for block in row_blocks)):
                self.write_line(_join_line(row_blocks, line_number))


def highlight_bars(line: str) -> Text:
    """Return a line with its bars coloured."""
    text = Text(line)
    text.highlight_regex(_BLOCKS, BAR)
    return text


def wrap_text(text: str, width: int | None) -> list[str]:
    """Return ``text`` in lines of at most ``width`` columns, broken between words if possible."""
    if width is None:
        return [text]
    lines, line = [], ""
    for word in text.split(" "):
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width or not line:
            line = candidate
        else:
            lines.append(line)
            line = word
        if cell_len(line) > width:
            *full_lines, line = chop_cells(line, max(1, width))
            lines += full_lines
    return [*lines, line]


def _group_blocks(blocks: Sequence[Block], width: int | None) -> list[list[Block]]:
    rows: list[list[Block]] = []
    used_width = 0
    for block in blocks:
        block_width = block.width + BLOCK_GAP
        if rows and width is not None and used_width + block.width <= width:
            rows[-1].append(block)
            used_width += block_width
        else:
            rows.append([block])
            used_width = block_width
    return rows


def _join_line(row_blocks: Sequence[Block], line_number: int) -> Text:
    line = Text()
    for number, block in enumerate(row_blocks):
        text = block.lines[line_number] if line_number < len(block.lines) else Text()
        line.append_text(text)
        if number + 1 < len(row_blocks):
            line.append(" " * (block.width - text.cell_len + BLOCK_GAP))
    return line
