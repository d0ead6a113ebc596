"""A checklist on a terminal: for each step a mark, a label, the result, and below it what to do."""

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
    """One step. ``status`` is ``ok``, ``note`` or ``failed``."""

    label: str
    state: str
    said: str
    remedy: str = ""


def write(item: Item, out: BinaryIO, style: Style, room: int) -> None:
    """Write one item, with labels padded to ``label_width`` and sentences wrapped to the screen width."""
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
        # The line has no style of its own, because everything appended to it would inherit that style.
        head = Text(" " * before.cell_len, QUIET) if number else before
        screen.line(Text().append_text(head).append(line))
