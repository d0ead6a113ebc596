"""A summary of an answer in a sentence or two: whose figures, of which days, revenue and how it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.i18n import _, get_locale
from opttius_cli.render.answer_header import describe_scope, format_window
from opttius_cli.render.cell_formatter import build_formatter
from opttius_cli.reports.layouts import DASHBOARD
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from typing import Any

    from opttius_cli.reports.layouts import Slot
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
    revenue = _find_value(answer, ("kpis",), FIGURE)
    if revenue is not None:
        value = formatter.format_value(revenue, ColumnKind.MONEY)
        change = _find_change(answer)
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


def _find_value(answer: Answer, path: tuple[str, ...], name: str) -> Any:
    """Return a figure of a record; None when it is not in the answer."""
    for part in answer.parts:
        result = part.result
        if (
            part.path == path
            and not result.absent
            and name in result.table.column_names
            and len(result.table)
        ):
            return result.table.column(name)[0].as_py()
    return None


def _find_change(answer: Answer) -> Any:
    """Return the change of the revenue in percent; None when there is nothing to compare with."""
    for part in answer.parts:
        if part.path == ("changes",) and not part.result.absent:
            rows = {row["figure"]: row["change"] for row in part.result.table.to_pylist()}
            return rows.get(FIGURE)
    return None
