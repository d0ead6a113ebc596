"""The date of ``--since``, whose end stands in place of the previous window (metrics 13)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from opttius_cli.errors import UsageError
from opttius_cli.i18n import _
from opttius_cli.period import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from opttius_cli.period import Clock


def parse_since(text: str, clock: Clock) -> date:
    """Return the date of ``--since``, which lies before as-of's local date.

    Raises:
        UsageError: the text is not such a date.
    """
    try:
        since = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        since = None
    if since is None or not FIRST_YEAR <= since.year <= LAST_YEAR:
        raise UsageError(_("“{text}” is not a date. Type one like --since 2026-01-31.", text=text))
    if since >= clock.local_date:
        raise UsageError(
            _(
                "--since {since} does not lie before {as_of}, the date of the report. Type an earlier date.",
                since=since,
                as_of=clock.local_date,
            )
        )
    return since
