"""A list of steps and how each went: a mark, a label, what was found, and below it what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from rich.text import Text

from opttius_cli.render.cells import clean
from opttius_cli.render.screen import DOWN, QUIET, STRONG, UP, WARNED, Screen, folded

if TYPE_CHECKING:
    from opttius_cli.render.style import Style

_MARKS = {"ok": ("✓", UP), "note": ("!", WARNED), "failed": ("✗", DOWN)}
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One step. ``state`` is one of ``ok``, ``note`` and ``failed``."""

    label: str
    state: str
    said: str
    remedy: str = ""


def write(item: Item, out: BinaryIO, style: Style, room: int) -> None:
    """One item, with labels ``room`` columns wide; its sentences are folded to the width of the screen."""
    screen = Screen(out, style)
    mark, paint = _MARKS[item.state]
    before = Text(f"{mark} ", paint).append(f"{item.label.ljust(room)}  ", STRONG)
    width = None if style.width is None else max(_NARROWEST, style.width - before.cell_len)
    lines = folded(clean(item.said), width)
    if item.remedy:
        lines += [
            f"{'  ' if number else '→ '}{line}"
            for number, line in enumerate(folded(clean(item.remedy), width and width - 2))
        ]
    for number, line in enumerate(lines):
        # No style of its own: what a line is painted with, all that is appended to it would be, too.
        head = Text(" " * before.cell_len, QUIET) if number else before
        screen.line(Text().append_text(head).append(line))
