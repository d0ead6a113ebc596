"""As-of, the zone, local dates, and the two windows of a report (contract, section 2)."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
YEARS = range(1900, 2200)
LONGEST = 3660


class WrongPeriodError(ValueError):
    """A period that nobody can mean."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant at which the report is true, and the zone that gives every row its local date."""

    as_of: datetime
    zone: ZoneInfo

    @property
    def today(self) -> date:
        """As-of's local date."""
        return self.local(self.as_of).date()

    @property
    def is_last_instant(self) -> bool:
        """Whether as-of is the last instant of its local day."""
        return self.as_of >= last_instant(self.today, self.zone)

    def local(self, moment: datetime) -> datetime:
        """The wall clock's reading at an instant."""
        return moment.astimezone(self.zone)

    def date(self, moment: datetime) -> date:
        """The local date of an instant."""
        return self.local(moment).date()


@dataclass(frozen=True, slots=True)
class Window:
    """Local dates, both included; on the last one only up to `until`, when it is set."""

    first: date
    last: date
    until: time | None = None

    @property
    def days(self) -> int:
        """How many dates."""
        return (self.last - self.first).days + 1

    def holds(self, day: date) -> bool:
        """Whether a local date lies inside."""
        return self.first <= day <= self.last

    def holds_moment(self, moment: datetime) -> bool:
        """Whether a local wall-clock reading lies inside."""
        day = moment.date()
        return self.holds(day) and (day < self.last or self.until is None or moment.time() <= self.until)

    def dates(self) -> list[date]:
        """Every date, ascending."""
        return [self.first + DAY * number for number in range(self.days)]


def last_instant(day: date, zone: ZoneInfo) -> datetime:
    """The last microsecond of a local day, which may have 23 or 25 hours."""
    return datetime.combine(day + DAY, time(), zone).astimezone(UTC) - timedelta(microseconds=1)


def read_as_of(text: str, zone: ZoneInfo) -> datetime:
    """A date is its last instant; a timestamp is itself, in the zone when it has no offset."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return last_instant(date.fromisoformat(text), zone)
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def read_latest(moments: Iterable[datetime], now: datetime, zone: ZoneInfo) -> datetime:
    """`latest`: the last instant of the local day of the newest moment that is not after now; none: now."""
    past = [moment for moment in moments if moment <= now]
    return last_instant(max(past).astimezone(zone).date(), zone) if past else now


def windows(period: str, compare: str, clock: Clock) -> tuple[Window, Window | None]:
    """The window of a period, cut at as-of, and the one it is compared with."""
    first, last, before = _named(period, clock.today)
    if first > clock.today:
        message = f"{period} starts after as-of"
        raise WrongPeriodError(message)
    window = Window(first, min(last, clock.today))
    if compare == "none":
        return window, None
    earlier = (
        Window(_year_before(first), _year_before(last)) if compare == "year" else Window(before, first - DAY)
    )
    over = last < clock.today or (last == clock.today and clock.is_last_instant)
    return window, earlier if over else _cut(earlier, window.days, clock)


def _cut(window: Window, days: int, clock: Clock) -> Window:
    """An equally long start of a window; all of it when it has fewer dates."""
    if window.days < days:
        return window
    return Window(window.first, window.first + DAY * (days - 1), clock.local(clock.as_of).time())


def _named(period: str, today: date) -> tuple[date, date, date]:
    """First and last date of a period, uncut, and the first date of the one before it."""
    simple = {
        "today": (today, today, today - DAY),
        "yesterday": (today - DAY, today - DAY, today - DAY * 2),
        "this-week": _week(today),
        "last-week": _week(today - DAY * 7),
        "this-month": _months(today.year, today.month, 1),
        "last-month": _months(today.year, today.month - 1, 1),
        "ytd": _months(today.year, 1, 12),
    }
    if period in simple:
        return simple[period]
    if match := re.fullmatch(r"(\d+)", period):
        return _numbered(int(match[1]), today)
    if match := re.fullmatch(r"(\d{4})-Q([1-4])", period):
        return _months(int(match[1]), int(match[2]) * 3 - 2, 3)
    if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", period):
        return _months(int(match[1]), int(match[2]), 1)
    if match := re.fullmatch(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)", period):
        return _range(date.fromisoformat(match[1]), date.fromisoformat(match[2]))
    raise WrongPeriodError(period)


def _numbered(number: int, today: date) -> tuple[date, date, date]:
    if number in YEARS:
        return _months(number, 1, 12)
    if not 1 <= number <= LONGEST:
        raise WrongPeriodError(str(number))
    return _range(today - DAY * (number - 1), today)


def _range(first: date, last: date) -> tuple[date, date, date]:
    if last < first:
        message = f"{first}..{last}"
        raise WrongPeriodError(message)
    return first, last, first - (last - first) - DAY


def _week(day: date) -> tuple[date, date, date]:
    monday = day - DAY * day.weekday()
    return monday, monday + DAY * 6, monday - DAY * 7


def _months(year: int, month: int, length: int) -> tuple[date, date, date]:
    """`length` months from a month on; the month may run over the year's edge."""
    first, after = _month(year, month), _month(year, month + length)
    return first, after - DAY, _month(year, month - length)


def _month(year: int, month: int) -> date:
    years, index = divmod(month - 1, 12)
    return date(year + years, index + 1, 1)


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, monthrange(day.year - 1, day.month)[1]))
