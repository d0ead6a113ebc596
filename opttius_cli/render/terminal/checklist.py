"""A checklist on a terminal: for each step a mark, a label, the result, and below it what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from rich.text import Text

from opttius_cli.render.cell_formatter import escape_control_chars
from opttius_cli.render.terminal.screen import DOWN, QUIET, STRONG, UP, WARNING, Screen, wrap_text

if TYPE_CHECKING:
    from opttius_cli.render.style import Style

_MARKS = {"ok": ("✓", UP), "note": ("!", WARNING), "failed": ("✗", DOWN)}
_MIN_WIDTH = 20


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One step. ``status`` is ``ok``, ``note`` or ``failed``."""

    label: str
    status: str
    message: str
    remedy: str = ""


def write_item(item: ChecklistItem, out: BinaryIO, style: Style, label_width: int) -> None:
    """Write one item, with labels padded to ``label_width`` and sentences wrapped to the screen width."""
    screen = Screen(out, style)
    mark, mark_style = _MARKS[item.status]
    prefix = Text(f"{mark} ", mark_style).append(f"{item.label.ljust(label_width)}  ", STRONG)
    width = None if style.width is None else max(_MIN_WIDTH, style.width - prefix.cell_len)
    lines = wrap_text(escape_control_chars(item.message), width)
    if item.remedy:
        lines += [
            f"{'  ' if number else '→ '}{line}"
            for number, line in enumerate(wrap_text(escape_control_chars(item.remedy), width and width - 2))
        ]
    for number, line in enumerate(lines):
        # The line has no style of its own, because everything appended to it would inherit that style.
        start = Text(" " * prefix.cell_len, QUIET) if number else prefix
        screen.write_line(Text().append_text(start).append(line))
