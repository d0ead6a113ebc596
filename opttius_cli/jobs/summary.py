"""A summary of an answer in a sentence or two: whose figures, of which days, revenue and how it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.answer_parts import find_changes, read_kpis
from opttius_cli.i18n import _, get_locale
from opttius_cli.render.answer_header import describe_scope, format_window
from opttius_cli.render.cell_formatter import build_formatter
from opttius_cli.reports.layouts import DASHBOARD
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from opttius_cli.reports.slots import Slot
    from opttius_cli.result import Answer

FIGURE = "total_revenue"
SLOTS: tuple[Slot, ...] = tuple(
    slot for slot in DASHBOARD if slot.report in {"dashboard/sales", "dashboard/changes"}
)
"""The reports that a summary needs, whatever the parts of the job are."""


def summarize(answer: Answer) -> str:
    """Return the head of an answer, its revenue and the change, in the language in use."""
    formatter, header = build_formatter(get_locale(), answer), answer.header
    head = [describe_scope(header.scope)]
    if header.period:
        head.append(format_window(header.period.window, formatter))
    sentences = [f"{', '.join(head)}."]
    _column, revenue = read_kpis(answer).get(FIGURE, (None, None))
    if revenue is not None:
        value = formatter.format_value(revenue, ColumnKind.MONEY)
        _previous, change = find_changes(answer).get(FIGURE, (None, None))
        sentences.append(
            _("Revenue {value}.", value=value)
            if change is None
            else _(
                "Revenue {value}, {change} against the previous period.",
                value=value,
                change=("+" if change > 0 else "") + formatter.format_value(change, ColumnKind.PERCENT),
            )
        )
    return " ".join(sentences)
