"""Arithmetic with calendar months and years."""

from __future__ import annotations

from datetime import date, timedelta


def last_day_of_month(day: date) -> date:
    """Return the last day of the month of ``day``."""
    return add_months(day.replace(day=1), 1) - timedelta(days=1)


def add_months(first: date, months: int) -> date:
    """Return the first day of the month that is ``months`` after that of ``first``."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def subtract_year(day: date) -> date:
    """Return the same date a year earlier; 29 February becomes 28."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
