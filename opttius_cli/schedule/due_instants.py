"""The instants at which a job is due, in UTC: each once, also on days of 23 and 25 hours.

A local time that a day skips is due at the next time that exists; one that occurs twice is due the first
time. The instants do not depend on when they are computed, so the ledger can record which were delivered.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.jobs.definition import Schedule

_DAY = timedelta(days=1)
_SEARCH_SPANS = (timedelta(hours=2), _DAY, timedelta(days=32), timedelta(days=367), timedelta(days=366 * 8))
"""Spans in which an instant is searched; a longer one is tried only when the shorter one has none."""


def iter_due_instants(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the due instants later than ``after`` and not later than ``until``, in order."""
    from cronsim import CronSim

    # A skipped local time is due later on the same day, so begin a day earlier in order not to miss it.
    begin = (after - _DAY).astimezone(ZoneInfo(schedule.zone))
    before = None
    for local in CronSim(schedule.cron, begin):
        instant = local.astimezone(UTC)
        if instant > until:
            return
        if instant > after and instant != before:
            yield instant
        before = instant


def find_latest(schedule: Schedule, now: datetime) -> datetime | None:
    """Find the last due instant that is not later than ``now``."""
    for span in _SEARCH_SPANS:
        instants = list(iter_due_instants(schedule, now - span, now))
        if instants:
            return instants[-1]
    return None


def find_next(schedule: Schedule, now: datetime) -> datetime:
    """Find the first due instant later than ``now``."""
    for span in _SEARCH_SPANS:
        for instant in iter_due_instants(schedule, now, now + span):
            return instant
    raise ValueError(schedule.cron)
