"""How fresh a source is: when its newest order or work order was made, and how long ago that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.doctor.findings import Finding, State
from opttius_cli.i18n import _, get_locale, n_
from opttius_cli.render.answer_header import MOST_FRESH_DAYS
from opttius_cli.render.cell_formatter import build_formatter_for_currency

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Today:
    """The instant of a check, the zone whose days are counted, and the zone of times that are written without one."""

    now: datetime
    zone: ZoneInfo
    naive_zone: str = "UTC"


def build_freshness_finding(newest: Sequence[datetime], today: Today) -> Finding:
    """Return the finding about the newest of these sales, marked when its day lies more than MOST_FRESH_DAYS back."""
    if not newest:
        return Finding("freshness", State.NOTE, _("There is no order and no work order up to today."))
    day = max(newest).astimezone(today.zone).date()
    age = (today.now.astimezone(today.zone).date() - day).days
    date = build_formatter_for_currency(get_locale(), "").format_date(day)
    if age <= MOST_FRESH_DAYS:
        return Finding("freshness", State.OK, _("The last sale is of {date}.", date=date))
    message = n_(
        "The last sale is of {date}: {count} day without data since.",
        "The last sale is of {date}: {count} days without data since.",
        age,
        date=date,
    )
    remedy = _("Export the data again, or look at the days that they fill: --as-of latest")
    return Finding("freshness", State.NOTE, message, remedy)
