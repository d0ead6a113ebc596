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

    from opttius_cli.definitions import Schedule

_DAY = timedelta(days=1)
_LOOKING_BACK = (timedelta(hours=2), _DAY, timedelta(days=32), timedelta(days=367), timedelta(days=366 * 8))
"""Spans in which an instant is searched; a longer one is tried only when the shorter one has none."""


def between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
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


def latest(schedule: Schedule, now: datetime) -> datetime | None:
    """Find the last due instant that is not later than ``now``."""
    for back in _LOOKING_BACK:
        found = list(between(schedule, now - back, now))
        if found:
            return found[-1]
    return None


def following(schedule: Schedule, now: datetime) -> datetime:
    """Find the first due instant later than ``now``."""
    for ahead in _LOOKING_BACK:
        for instant in between(schedule, now, now + ahead):
            return instant
    raise ValueError(schedule.cron)
