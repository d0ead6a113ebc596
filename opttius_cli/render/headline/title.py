"""The title of a page or a workbook: the report, and its period in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.i18n import N_, _, n_
from opttius_cli.render.answer_header import format_window
from opttius_cli.render.cell_formatter import escape_control_chars

if TYPE_CHECKING:
    from opttius_cli.period import Period
    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Answer

_TITLES = {"dashboard": N_("Dashboard"), "customer": N_("Customer")}
"""Titles of the answers that consist of several reports."""
_SKELETONS = {"month": "yMMMM", "quarter": "yQQQ", "year": "y"}
"""How Unicode calls the parts of a date that name a period."""


def build_title(answer: Answer, formatter: CellFormatter) -> str:
    """Return the title of a page or workbook: the report, and its period if it has one."""
    header = answer.header
    lists = [part.result for part in answer.parts if part.path == ("rows",)] or [
        part.result for part in answer.parts[:1]
    ]
    name = header.title or _(_TITLES.get(header.report, ""))
    title = (
        escape_control_chars(name) if name else "".join(map(formatter.get_title, lists[:1])) or header.report
    )
    if not header.period:
        return title
    period = format_period(header.period, formatter)
    if period is None:
        return f"{title}, {format_window(header.period.window, formatter)}"
    return _("{report} of {period}", report=title, period=period)


def format_period(period: Period, formatter: CellFormatter) -> str | None:
    """Return a period in words, as in “October 2026” or “30 days to Nov 22, 2026”; None where only dates say it."""
    from babel.dates import format_skeleton

    window = period.window
    if skeleton := _SKELETONS.get(period.unit):
        return str(format_skeleton(skeleton, period.full.first, locale=formatter.locale))
    if window.first == window.last:
        return formatter.format_date(window.first)
    if period.is_day_count:
        days = window.day_count
        return n_(
            "{count} day to {date}", "{count} days to {date}", days, date=formatter.format_date(window.last)
        )
    return None
