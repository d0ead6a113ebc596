"""The syntax of ``every``: common words for times are translated to a cron expression of five fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from opttius_cli.i18n import _
from opttius_cli.name_matching import normalize_name

_DAYS = (
    ("sun", "sunday", "dom", "domingo"),
    ("mon", "monday", "lun", "lunes"),
    ("tue", "tuesday", "mar", "martes"),
    ("wed", "wednesday", "mie", "miercoles"),
    ("thu", "thursday", "jue", "jueves"),
    ("fri", "friday", "vie", "viernes"),
    ("sat", "saturday", "sab", "sabado"),
)
_WEEKDAYS = {name: str(number) for number, names in enumerate(_DAYS) for name in names}
_DAY_GROUPS = {
    **dict.fromkeys(("daily", "diario", "day", "dia"), "*"),
    **dict.fromkeys(("weekdays", "habiles", "laborables"), "1-5"),
}
_DAY_AND_TIME = re.compile(r"(?P<when>.+?)\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_MONTHLY = re.compile(r"(?:month|mes)\s+(?P<day>\d{1,2}|last|ultimo)")
_FIELDS, _LAST_DAY, _LAST_HOUR, _LAST_MINUTE = 5, 28, 23, 59


def parse_schedule(every: str) -> str:
    """Return the cron expression that ``every`` means.

    Raises:
        ValueError: it is neither a time in our words nor a cron expression that ever occurs.
    """
    text = normalize_name(every)
    match = _DAY_AND_TIME.fullmatch(text)
    if match:
        return _parse_words(match)
    expression = " ".join(every.split())
    if len(expression.split()) != _FIELDS or not _has_occurrence(expression):
        raise ValueError(_describe_syntax())
    return expression


def _describe_syntax() -> str:
    return _(
        'a time such as "mon 07:00", "daily 07:00", "month 1 07:00", or a cron expression of five fields'
    )


def _parse_words(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"])
    if hour > _LAST_HOUR or minute > _LAST_MINUTE:
        raise ValueError(_describe_syntax())
    days_text = match["when"]
    if month_match := _MONTHLY.fullmatch(days_text):
        return f"{minute} {hour} {_parse_day_of_month(month_match['day'])} * *"
    days = [_DAY_GROUPS.get(word) or _WEEKDAYS.get(word) for word in re.split(r"\s*,\s*", days_text)]
    if None in days or (len(days) > 1 and "*" in days):
        raise ValueError(_describe_syntax())
    return f"{minute} {hour} * * {','.join(str(day) for day in days)}"


def _parse_day_of_month(day: str) -> str:
    if not day.isdigit():
        return "L"
    if not 1 <= int(day) <= _LAST_DAY:
        # Not every month has a 29th to 31st, and the job would skip those that do not.
        raise ValueError(
            _('a day that every month has: "month 1 07:00" to "month 28 07:00", or "month last 07:00"')
        )
    return str(int(day))


def _has_occurrence(expression: str) -> bool:
    from cronsim import CronSim, CronSimError

    try:
        next(CronSim(expression, datetime(2026, 1, 1, tzinfo=UTC)))
    except (CronSimError, StopIteration):
        return False
    return True
