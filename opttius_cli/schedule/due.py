"""The instants at which a report is due, in UTC: each once, also on the days of 23 and of 25 hours.

A time that does not exist on a day is due at the first that does; a time that comes twice is due the first
time. An instant is the same whenever it is asked for, so that it can be ticked off.
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
"""How far back the last instant is sought, the next further only where there is none."""


def between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    """Every due instant later than ``after`` and not later than ``until``, in order."""
    from cronsim import CronSim

    # A day that misses a time has it later on that day: who begins in between must not overlook it.
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
    """The last due instant that is not later than ``now``."""
    for back in _LOOKING_BACK:
        found = list(between(schedule, now - back, now))
        if found:
            return found[-1]
    return None


def following(schedule: Schedule, now: datetime) -> datetime:
    """The first due instant later than ``now``."""
    for ahead in _LOOKING_BACK:
        for instant in between(schedule, now, now + ahead):
            return instant
    raise ValueError(schedule.cron)
