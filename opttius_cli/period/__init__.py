"""Compute periods, windows and zones with pure functions; the clock is an argument.

Days are local. A day may have 23 or 25 hours or no midnight: its first instant follows from the zone's rules.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opttius_cli.errors import UsageError
from opttius_cli.i18n import _
from opttius_cli.period.months import add_months, last_day_of_month, subtract_year
from opttius_cli.period.words import translate_date, translate_period

Compare = Literal["previous", "year", "none"]
Unit = Literal["days", "day", "week", "month", "quarter", "year"]

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
"""Earlier than any data: the start of what has no period."""

DEFAULT_ZONE = "America/Santiago"
"""The zone whose days are counted when neither settings nor data name one."""

LATEST = "latest"
"""What ``--as-of`` may be besides a date and a timestamp: the end of the day of the newest sale of the scope."""

MAX_DAYS = 3660
FIRST_YEAR, LAST_YEAR = 1900, 2199
_DAY, _SECOND, _MICROSECOND = timedelta(days=1), timedelta(seconds=1), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """The instant at which a report is true, in the zone whose days it counts."""

    as_of: datetime
    zone: ZoneInfo

    @property
    def local_date(self) -> date:
        """The local date of as-of."""
        return self.as_of.date()

    @property
    def wall_time(self) -> datetime:
        """The local wall-clock time of as-of, without zone."""
        return self.as_of.replace(tzinfo=None, fold=0)


@dataclass(frozen=True, slots=True)
class Window:
    """Local dates from ``first`` to ``last``, both included.

    ``cut`` is the last local wall-clock time that counts on ``last``; None when the whole date counts.
    """

    first: date
    last: date
    cut: datetime | None = None

    @property
    def day_count(self) -> int:
        """The number of local dates in the window."""
        return (self.last - self.first).days + 1

    @property
    def last_moment(self) -> datetime:
        """The last wall-clock time of the window, as a local timestamp without zone."""
        return self.cut or datetime.combine(self.last, time.max)


@dataclass(frozen=True, slots=True)
class Period:
    """A period with its ``label`` in the contract's form, its kind of ``unit`` and its windows.

    ``full`` is the window before it is cut at as-of; ``window`` after.
    """

    label: str
    unit: Unit
    full: Window
    window: Window

    @property
    def is_day_count(self) -> bool:
        """Whether it was asked for as a number of days, however that was written, and not as two dates."""
        return self.unit == "days" and ".." not in self.label


def load_zone(name: str) -> ZoneInfo:
    """Return the time zone ``name`` of the IANA database.

    Raises:
        UsageError: the zone does not exist.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UsageError(
            _("“{name}” is not a time zone. Type one like America/Santiago.", name=name)
        ) from error


def instant_from_microseconds(value: int) -> datetime:
    """Return the instant (UTC) that is ``value`` microseconds after 1970 began, which is how queries answer."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=value)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant (UTC) of the local date ``day`` in ``zone``, also when it has no midnight."""
    midnight = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    local = midnight.astimezone(zone)
    if local.date() == day and local.time() == time.min:
        return midnight
    # Midnight does not exist: search by bisection for the moment at which the clocks jump over it.
    before, after = midnight - _DAY, midnight
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        before, after = (before, middle) if middle.astimezone(zone).date() >= day else (middle, after)
    return after.replace(microsecond=0)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last instant (to the microsecond, UTC) of the local date ``day``."""
    return start_of_day(day + _DAY, zone) - _MICROSECOND


def parse_as_of(text: str | None, zone: ZoneInfo, now: datetime) -> Clock:
    """Return the clock for ``--as-of``: a date is its last instant, a timestamp is itself, None is ``now``.

    Raises:
        UsageError: the text is neither.
    """
    if text is None:
        return Clock(now.astimezone(zone), zone)
    text = translate_date(text)
    if not re.match(r"\d{4}-\d{2}-\d{2}([T ]|$)", text) or not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise _build_as_of_error(text)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return Clock(end_of_day(date.fromisoformat(text), zone).astimezone(zone), zone)
        moment = datetime.fromisoformat(text)
        local = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
        # Through UTC, so that a wall-clock time that does not exist becomes one that does.
        return Clock(local.astimezone(UTC).astimezone(zone), zone)
    except (ValueError, OverflowError) as error:
        raise _build_as_of_error(text) from error


def _build_as_of_error(text: str) -> UsageError:
    return UsageError(
        _(
            "--as-of “{text}” is not a date or timestamp of the years {earliest} to {latest}. "
            "Type one like 2026-11-22 or 2026-11-22T15:00:00-03:00.",
            text=text,
            earliest=FIRST_YEAR,
            latest=LAST_YEAR,
        )
    )


def parse_period(text: str, clock: Clock) -> Period:
    """Return the period that ``text`` names, relative to ``clock``.

    Raises:
        UsageError: the text does not name a period, or one that starts after as-of.
    """
    label = translate_period(text).strip().lower()
    try:
        unit, first, last = (
            _parse_keyword(label, clock.local_date)
            or _parse_number(label, clock.local_date)
            or _parse_dates(label)
        )
    except (ValueError, OverflowError) as error:
        raise _build_period_error(text) from error
    if last < first:
        raise UsageError(_("--period {text} ends before it begins. Type FIRST..LAST.", text=text))
    if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR:
        raise UsageError(
            _(
                "--period {text} goes from {first} to {last}. Type years from {earliest} to {latest}.",
                text=text,
                first=first,
                last=last,
                earliest=FIRST_YEAR,
                latest=LAST_YEAR,
            )
        )
    if first > clock.local_date:
        raise UsageError(
            _(
                "--period {text} begins on {first}, after the as-of date {as_of}. Choose an earlier one.",
                text=text,
                first=first,
                as_of=clock.local_date,
            )
        )
    full = Window(first, last)
    return Period(label.replace("-q", "-Q"), unit, full, replace(full, last=min(last, clock.local_date)))


def _build_period_error(text: str) -> UsageError:
    return UsageError(
        _(
            "--period “{text}” is not a period. Type a number of days (1 to {most}), today, this-month, "
            "last-month, ytd, 2026-10, 2026-Q3, 2026 or 2026-01-15..2026-02-14.",
            text=text,
            most=MAX_DAYS,
        )
    )


Span = tuple[Unit, date, date]


def _parse_keyword(label: str, today: date) -> Span | None:
    monday = today - timedelta(days=today.weekday())
    before = today.replace(day=1) - _DAY
    spans: dict[str, Span] = {
        "today": ("day", today, today),
        "yesterday": ("day", today - _DAY, today - _DAY),
        "this-week": ("week", monday, monday + timedelta(days=6)),
        "last-week": ("week", monday - timedelta(days=7), monday - _DAY),
        "this-month": ("month", today.replace(day=1), last_day_of_month(today)),
        "last-month": ("month", before.replace(day=1), before),
        "ytd": ("year", date(today.year, 1, 1), date(today.year, 12, 31)),
    }
    return spans.get(label)


def _parse_number(label: str, today: date) -> Span | None:
    """Return a number of days, or a calendar year; a number with ``d`` behind it is never a year."""
    match = re.fullmatch(r"([0-9]{1,9})(d?)", label)
    if not match:
        return None
    number = int(match[1])
    if FIRST_YEAR <= number <= LAST_YEAR and not match[2]:
        return "year", date(number, 1, 1), date(number, 12, 31)
    if not 1 <= number <= MAX_DAYS:
        raise ValueError(label)
    return "days", today - timedelta(days=number - 1), today


def _parse_dates(label: str) -> Span:
    if match := re.fullmatch(r"(\d{4})-(\d{2})", label):
        first = date(int(match[1]), int(match[2]), 1)
        return "month", first, last_day_of_month(first)
    if match := re.fullmatch(r"(\d{4})-q([1-4])", label):
        month = 3 * int(match[2]) - 2
        first = date(int(match[1]), month, 1)
        return "quarter", first, last_day_of_month(first.replace(month=month + 2))
    if match := re.fullmatch(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})", label):
        return "days", date.fromisoformat(match[1]), date.fromisoformat(match[2])
    raise ValueError(label)


def compute_previous_window(period: Period, clock: Clock, compare: Compare) -> Window | None:
    """Return the window that ``period`` is compared with, or None for ``compare="none"``.

    A window that is not over at as-of is compared with an equally long start of the previous one, cut
    on its last date at as-of's wall-clock time; a previous window with fewer dates is used whole.
    """
    if compare == "none":
        return None
    full = _shift_year_back(period.full) if compare == "year" else _shift_unit_back(period)
    is_over = clock.as_of.astimezone(UTC) >= end_of_day(period.full.last, clock.zone)
    if is_over or full.day_count < period.window.day_count:
        return full
    last = full.first + timedelta(days=period.window.day_count - 1)
    return Window(full.first, last, datetime.combine(last, clock.wall_time.time()))


def _shift_year_back(window: Window) -> Window:
    return Window(subtract_year(window.first), subtract_year(window.last))


def _shift_unit_back(period: Period) -> Window:
    first, last = period.full.first, period.full.last
    if period.unit in {"month", "quarter", "year"}:
        months = {"month": 1, "quarter": 3, "year": 12}[period.unit]
        return Window(add_months(first, -months), first - _DAY)
    return Window(first - (last - first) - _DAY, first - _DAY)


def first_active_day(clock: Clock, active_days: int) -> date:
    """Return the first of ``active_days`` local dates up to as-of; whoever bought since then is active."""
    all_days = (clock.local_date - EARLIEST.date()).days + 1
    return clock.local_date - timedelta(days=min(active_days, all_days) - 1)


def earliest_history_day(period: Period, previous: Window | None) -> date:
    """Return the earliest local date of the windows that a report compares."""
    return min(period.window.first, previous.first) if previous else period.window.first
