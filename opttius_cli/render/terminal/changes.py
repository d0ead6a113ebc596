"""Changes on a terminal: an arrow, how much, and a colour that only supports it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rich.text import Text

from opttius_cli.i18n import _
from opttius_cli.render.kpis import get_growth_arrow
from opttius_cli.render.terminal.screen import DOWN, QUIET, UP
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from opttius_cli.render.cell_formatter import CellFormatter

NOTHING_BEFORE = "–"
_WHOLE_FROM = 10
"""From this percentage on, a decimal says nothing."""


def format_change(
    change: Any,
    kind: ColumnKind,
    formatter: CellFormatter,
    *,
    lower_is_better: bool = False,
    in_doubt: bool = False,
) -> Text:
    """Return a change of a figure of ``kind``: of percentages in points, of days in days, of others in percent.

    ``in_doubt`` puts it in parentheses: it rests on few rows.
    """
    if change is None:
        return Text(NOTHING_BEFORE, QUIET)
    if change == 0:
        return Text("=", QUIET)
    size = abs(Decimal(change))
    if kind is ColumnKind.DAYS:
        amount = formatter.format_value(size, ColumnKind.DAYS)
    elif kind is ColumnKind.PERCENT:
        amount = _("{number} pts", number=formatter.format_value(_shorten(size), ColumnKind.NUMBER))
    else:
        amount = formatter.format_value(_shorten(size), ColumnKind.PERCENT)
    text = f"{get_growth_arrow(change)} {amount}"
    style = UP if (change > 0) is not lower_is_better else DOWN
    return Text(f"({text})" if in_doubt else text, style)


def _shorten(size: Decimal) -> Decimal:
    """Return as many decimals as a glance takes in."""
    return round(size, 0 if size >= _WHOLE_FROM else 1)
