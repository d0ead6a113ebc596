"""Translate dates and periods as people write them, in Spanish or English, to the forms of the contract.

A date of digits has its day first, as the program prints it in Spanish. A text that is nothing of the kind is
returned as it is, for its parser to refuse.
"""

from __future__ import annotations

import re

from opttius_cli.name_matching import normalize_name

_KEYWORDS = {
    "hoy": "today",
    "ayer": "yesterday",
    "esta-semana": "this-week",
    "semana-pasada": "last-week",
    "la-semana-pasada": "last-week",
    "este-mes": "this-month",
    "mes-pasado": "last-month",
    "el-mes-pasado": "last-month",
    "este-ano": "ytd",
    "this-year": "ytd",
}
"""Words for a period, without accents and with hyphens, and the contract's word."""
_MONTHS = (
    ("enero", "january"),
    ("febrero", "february"),
    ("marzo", "march"),
    ("abril", "april"),
    ("mayo", "may"),
    ("junio", "june"),
    ("julio", "july"),
    ("agosto", "august"),
    ("septiembre", "september", "setiembre"),
    ("octubre", "october"),
    ("noviembre", "november"),
    ("diciembre", "december"),
)
_SHORTEST_MONTH = 3
_YEAR_DIGITS = 4
"""So many digits may be a year; a number of days then keeps its ``d``."""
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_DAY_WORD = re.compile(r"(\d{1,2})(?: de)? ([a-z]+)\.?(?: de| del)?,? (\d{4})")
_WORD_DAY = re.compile(r"([a-z]+)\.? (\d{1,2}),? (\d{4})")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
_MONTH_WORD = re.compile(r"([a-z]+)\.?(?: de| del)?,? (\d{4})")
_QUARTER = re.compile(r"(?:(\d{4})[- ]?[qt]([1-4])|[qt]([1-4])[- ]?(\d{4}))")
_DAYS = re.compile(r"(?:(?:los )?ultimos |(?:the )?(?:last|past) )?(\d{1,9}) ?(?:d|dias?|days?)")
_RANGE = re.compile(r"\s*(?:\.\.|[–—]|\s(?:a|al|to|hasta)\s)\s*")


def translate_date(text: str) -> str:
    """Return a date, or one with a time of day behind it, with its date in ISO form; any other text unchanged."""
    words = _simplify(text)
    for end in (len(words), words.rfind(" ")):
        if date := _read_date(words[:end]) if end > 0 else None:
            return date + text.strip()[len(text.strip()) - (len(words) - end) :]
    return text


def translate_period(text: str) -> str:
    """Return a period in the contract's form, in lower case; any other text as it is."""
    words = _simplify(text)
    if keyword := _KEYWORDS.get(re.sub(r"[\s_-]+", "-", words)):
        return keyword
    if match := _DAYS.fullmatch(words):
        return match[1] if len(match[1]) < _YEAR_DIGITS else f"{match[1]}d"
    if match := _QUARTER.fullmatch(words):
        return f"{match[1] or match[4]}-q{match[2] or match[3]}"
    if match := _MONTH_FIRST.fullmatch(words):
        return f"{match[2]}-{int(match[1]):02}"
    if (match := _MONTH_WORD.fullmatch(words)) and (month := _find_month(match[1])):
        return f"{match[2]}-{month:02}"
    ends = _RANGE.split(words)
    dates = [_read_date(end) or end for end in ends]
    return "..".join(dates * 2 if len(dates) == 1 and _read_date(words) else dates)


def _simplify(text: str) -> str:
    return " ".join(normalize_name(text).split())


def _read_date(words: str) -> str | None:
    """Return the ISO form of a date; None for a text of another form."""
    if match := _DAY_FIRST.fullmatch(words):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    if match := _DAY_WORD.fullmatch(words):
        day, month, year = match[1], _find_month(match[2]), match[3]
    elif match := _WORD_DAY.fullmatch(words):
        day, month, year = match[2], _find_month(match[1]), match[3]
    else:
        return words if re.fullmatch(r"\d{4}-\d{2}-\d{2}", words) else None
    return f"{year}-{month:02}-{int(day):02}" if month else None


def _find_month(word: str) -> int | None:
    """Return the number of the month whose name begins with ``word``."""
    if len(word) < _SHORTEST_MONTH:
        return None
    return next(
        (number for number, names in enumerate(_MONTHS, 1) if any(name.startswith(word) for name in names)),
        None,
    )
