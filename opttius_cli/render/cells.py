"""Values as people read them, in their language: money, percentages, dates, and text that is safe to print.

Babel says how a language writes numbers; the digits themselves are exact. Nothing here depends on a report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cache
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import _, place_of
from opttius_cli.result import NUMERIC, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from opttius_cli.result import Answer, Column, Result

NOTHING = "—"
RIGHT = NUMERIC
"""Kinds that are right-aligned, so that digits line up."""

_LINE_END = "⏎"
_TAB = "⇥"
_UNKNOWN = "�"
_CONTROLS_PICTURED = 0x2400
# Control characters, format characters (bidi marks, zero widths), line separators, lone surrogates.
_HIDDEN = re.compile(
    "\r\n|[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u0890\u0891\u08e2\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U00013438"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def clean(text: str) -> str:
    """Return ``text`` on one line, with every character that could control a terminal made visible."""
    return _HIDDEN.sub(_visible, text)


def _visible(found: re.Match[str]) -> str:
    sign = found[0]
    if sign in {"\r\n", "\n", "\r", "\u2028", "\u2029", "\x85"}:
        return _LINE_END
    if sign == "\t":
        return _TAB
    if sign == "\x7f":
        return "␡"
    return chr(_CONTROLS_PICTURED + ord(sign)) if ord(sign) < ord(" ") else _UNKNOWN


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a language writes one sort of number: text around the digits, separators, and decimals."""

    around: tuple[str, str]
    around_negative: tuple[str, str]
    group: str
    decimal: str
    fewest: int
    most: int

    def write(self, value: Decimal) -> str:
        """Format ``value``, rounded half away from zero, with as few decimals as its format allows."""
        # Work on the text of the number: arithmetic would round it to the precision of the decimal context.
        digits = _rounded(value, self.most)
        whole, _point, part = digits.lstrip("-").partition(".")
        part = part.rstrip("0").ljust(self.fewest, "0")
        text = f"{int(whole):,}".replace(",", self.group) + (self.decimal + part if part else "")
        negative = digits.startswith("-") and any(digit not in "-.0" for digit in digits)
        before, after = self.around_negative if negative else self.around
        return before + text + after


def _rounded(value: Decimal, places: int) -> str:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        with localcontext() as context:
            context.prec = max(len(value.as_tuple().digits) + 2, context.prec)
            value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{value:f}"


@cache
def money_form(locale: str, currency: str) -> NumberForm:
    """Return how ``locale`` writes amounts of ``currency``: with its sign and its number of decimals."""
    from babel.numbers import format_currency, get_currency_precision

    if not re.fullmatch("[A-Z]{3}", currency):
        # Not an ISO currency code: write it, escaped, after a plain number.
        plain, after = number_form(locale, 2, 2), f"\u00a0{clean(currency)}"
        return replace(plain, around=("", after), around_negative=(plain.around_negative[0], after))
    places = get_currency_precision(currency)

    def write(value: int) -> str:
        # Put a space between a currency that ends in a letter and the digits, as the CLDR rules say.
        text: str = format_currency(value, currency, locale=locale, format=None, currency_digits=True)
        return re.sub(r"([^\W\d_])(?=[-\d])", "\\1\u00a0", text)

    return _form(write, locale, places, places)


@cache
def percent_form(locale: str) -> NumberForm:
    """Return how ``locale`` writes percentages, with up to two decimals."""
    from babel.numbers import format_percent

    return _form(lambda value: format_percent(value / 100, locale=locale), locale, 0, 2)


@cache
def number_form(locale: str, fewest: int = 0, most: int = 6) -> NumberForm:
    """Return how ``locale`` writes plain numbers."""
    from babel.numbers import format_decimal

    return _form(lambda value: format_decimal(value, locale=locale), locale, fewest, most)


def _form(write: Callable[[int], str], locale: str, fewest: int, most: int) -> NumberForm:
    """Infer the format from samples: let Babel write 1 and -1, and keep the text around the digit."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return NumberForm(
        _around(write(1)),
        _around(write(-1)),
        get_group_symbol(locale),
        get_decimal_symbol(locale),
        fewest,
        most,
    )


def _around(probe: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\D*)1(?:\D0+)?(\D*)", probe)
    if found is None:
        raise AssertionError(probe)
    return found[1], found[2]


@cache
def _date_text(day: date, locale: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, "medium", locale=locale))


@cache
def date_pattern(locale: str) -> str:
    """Return how ``locale`` writes a date in digits with the full year, such as ``dd-mm-yyyy``."""
    from babel import Locale

    pattern = str(Locale.parse(locale).date_formats["short"].pattern)
    return re.sub("y+", "yyyy", pattern.replace("M", "m"))


@cache
def day_pattern(locale: str) -> str:
    """Return the same pattern without the year, such as ``dd-mm``."""
    return re.sub(r"\W?yyyy\W?", "", date_pattern(locale))


@dataclass(frozen=True, slots=True)
class Cells:
    """Formats cells for a reader of ``language``, with amounts in ``currency``.

    ``locale_tag`` may name a country too (``es-AR``); its conventions for numbers and dates then apply.
    """

    language: str
    currency: str
    place: str = ""

    @property
    def locale(self) -> str:
        """Return the locale whose conventions for numbers and dates apply."""
        return place_of(self.place or self.language)

    def text(self, value: Any, kind: Kind) -> str:
        """Format ``value`` as a cell of a table; None becomes a dash."""
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, (int, float, Decimal)):
            # The shortest text of a float is what a person would type; its exact binary value is not.
            return self._number(Decimal(repr(value) if isinstance(value, float) else value), kind)
        if isinstance(value, date):
            return self.instant(value) if isinstance(value, datetime) else self.date(value)
        if isinstance(value, (list, tuple)):
            return ", ".join(self.text(one, Kind.TEXT) for one in value) or NOTHING
        return clean(str(value))

    def of(self, column: Column, value: Any) -> str:
        """Format ``value`` as a cell of ``column``; a code becomes the word that people use for it."""
        if isinstance(value, str) and column.words:
            value = column.words.get(self.language, {}).get(value, value)
        return self.text(value, column.kind)

    def column(self, column: Column, values: Iterable[Any]) -> list[str]:
        """Format the values of a column; equal values are formatted only once."""
        known: dict[Any, str] = {}
        texts = []
        for value in values:
            if isinstance(value, list):
                texts.append(self.of(column, value))
                continue
            if value not in known:
                known[value] = self.of(column, value)
            texts.append(known[value])
        return texts

    def label(self, column: Column) -> str:
        """Return the label of a column in the reader's language."""
        return clean(column.labels.get(self.language) or column.name)

    def title(self, result: Result) -> str:
        """Return the title of a result in the reader's language."""
        return clean(result.titles.get(self.language) or result.name)

    def money(self, value: Decimal | int | None, currency: str | None = None) -> str:
        """Format an amount in ``currency``, by default the report's."""
        if value is None:
            return NOTHING
        return money_form(self.locale, currency or self.currency).write(Decimal(value))

    def date(self, day: date) -> str:
        """Format a date as the locale writes it."""
        return _date_text(day, self.locale)

    def instant(self, moment: datetime) -> str:
        """Format a date and a time of day, to the minute."""
        return f"{self.date(moment.date())} {moment:%H:%M}"

    def _number(self, value: Decimal, kind: Kind) -> str:
        if not value.is_finite():
            return NOTHING
        if kind is Kind.MONEY:
            return self.money(value)
        if kind is Kind.PERCENT:
            return percent_form(self.locale).write(value)
        if kind is Kind.DAYS:
            return number_form(self.locale, 1, 1).write(value)
        if kind is Kind.ID:
            return f"{value:f}"
        return number_form(self.locale).write(value)


def cells_for(told: str, answer: Answer) -> Cells:
    """Return the formatter of ``answer`` for a language tag such as ``es`` or ``es-AR``."""
    return cells_of(told, answer.head.currency)


def cells_of(told: str, currency: str) -> Cells:
    """Return the formatter for a language tag, with amounts in ``currency``."""
    return Cells(told.partition("-")[0], currency, told)
