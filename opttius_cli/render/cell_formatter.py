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

from opttius_cli.i18n import _, resolve_locale
from opttius_cli.result import NUMERIC_KINDS, ColumnKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from opttius_cli.result import Answer, Column, Result

NO_VALUE = "—"
RIGHT_ALIGNED = NUMERIC_KINDS
"""Kinds that are right-aligned, so that digits line up."""

_SHORT_ID = 8
_UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LINE_END = "⏎"
_TAB = "⇥"
_REPLACEMENT_CHARACTER = "�"
_CONTROL_PICTURES = 0x2400
# Control characters, format characters (bidi marks, zero widths), line separators, lone surrogates.
_CONTROL_CHARS = re.compile(
    "\r\n|[\x00-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u0890\u0891\u08e2\ud800-\udfff\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U00013438"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def shorten_id(key: str) -> str:
    """Return of a customer's id what ``opttius customer`` needs: 8 characters of a UUID, all of any other id."""
    return key[:_SHORT_ID] if _UUID.fullmatch(key) else key


def escape_control_chars(text: str) -> str:
    """Return ``text`` on one line, with every character that could control a terminal made visible."""
    return _CONTROL_CHARS.sub(_show_control_char, text)


def _show_control_char(match: re.Match[str]) -> str:
    char = match[0]
    if char in {"\r\n", "\n", "\r", "\u2028", "\u2029", "\x85"}:
        return _LINE_END
    if char in {"\t", "\x7f"}:
        return _TAB if char == "\t" else "␡"
    return chr(_CONTROL_PICTURES + ord(char)) if ord(char) < ord(" ") else _REPLACEMENT_CHARACTER


@dataclass(frozen=True, slots=True)
class NumberFormat:
    """How a language writes one sort of number: text around the digits, separators, and decimals."""

    affixes: tuple[str, str]
    negative_affixes: tuple[str, str]
    group_separator: str
    decimal_separator: str
    min_decimals: int
    max_decimals: int

    def format_value(self, value: Decimal) -> str:
        """Format ``value``, rounded half away from zero, with as few decimals as its format allows."""
        # Work on the text of the number: arithmetic would round it to the precision of the decimal context.
        digits = _format_rounded(value, self.max_decimals)
        whole, _point, fraction = digits.lstrip("-").partition(".")
        fraction = fraction.rstrip("0").ljust(self.min_decimals, "0")
        text = f"{int(whole):,}".replace(",", self.group_separator) + (
            self.decimal_separator + fraction if fraction else ""
        )
        is_negative = digits.startswith("-") and any(digit not in "-.0" for digit in digits)
        prefix, suffix = self.negative_affixes if is_negative else self.affixes
        return prefix + text + suffix


def _format_rounded(value: Decimal, places: int) -> str:
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        with localcontext() as context:
            context.prec = max(len(value.as_tuple().digits) + 2, context.prec)
            value = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{value:f}"


@cache
def get_money_format(locale: str, currency: str) -> NumberFormat:
    """Return how ``locale`` writes amounts of ``currency``: with its sign and its number of decimals."""
    from babel.numbers import format_currency, get_currency_precision

    if not re.fullmatch("[A-Z]{3}", currency):
        # Not an ISO currency code: write it, escaped, after a plain number.
        plain, suffix = get_number_format(locale, 2, 2), f"\u00a0{escape_control_chars(currency)}"
        return replace(plain, affixes=("", suffix), negative_affixes=(plain.negative_affixes[0], suffix))
    places = get_currency_precision(currency)

    def format_amount(value: int) -> str:
        # Put a space between a currency that ends in a letter and the digits, as the CLDR rules say.
        text: str = format_currency(value, currency, locale=locale, format=None, currency_digits=True)
        return re.sub(r"([^\W\d_])(?=[-\d])", "\\1\u00a0", text)

    return _infer_format(format_amount, locale, places, places)


@cache
def get_percent_format(locale: str) -> NumberFormat:
    """Return how ``locale`` writes percentages, with up to two decimals."""
    from babel.numbers import format_percent

    return _infer_format(lambda value: format_percent(value / 100, locale=locale), locale, 0, 2)


@cache
def get_number_format(locale: str, min_decimals: int = 0, max_decimals: int = 6) -> NumberFormat:
    """Return how ``locale`` writes plain numbers."""
    from babel.numbers import format_decimal

    return _infer_format(
        lambda value: format_decimal(value, locale=locale), locale, min_decimals, max_decimals
    )


def _infer_format(
    format_sample: Callable[[int], str], locale: str, min_decimals: int, max_decimals: int
) -> NumberFormat:
    """Infer the format from samples: let Babel write 1 and -1, and keep the text around the digit."""
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return NumberFormat(
        _extract_affixes(format_sample(1)),
        _extract_affixes(format_sample(-1)),
        get_group_symbol(locale),
        get_decimal_symbol(locale),
        min_decimals,
        max_decimals,
    )


def _extract_affixes(sample: str) -> tuple[str, str]:
    match = re.fullmatch(r"(\D*)1(?:\D0+)?(\D*)", sample)
    if match is None:
        raise AssertionError(sample)
    return match[1], match[2]


@cache
def _format_date(day: date, locale: str) -> str:
    from babel.dates import format_date

    return str(format_date(day, "medium", locale=locale))


@cache
def _format_skeleton(day: date, skeleton: str, locale: str) -> str:
    from babel.dates import format_skeleton

    return str(format_skeleton(skeleton, day, locale=locale))


@cache
def get_date_pattern(locale: str) -> str:
    """Return how ``locale`` writes a date in digits with the full year, such as ``dd-mm-yyyy``."""
    from babel import Locale

    pattern = str(Locale.parse(locale).date_formats["short"].pattern)
    return re.sub("y+", "yyyy", pattern.replace("M", "m"))


@cache
def get_day_pattern(locale: str) -> str:
    """Return the same pattern without the year, such as ``dd-mm``."""
    return re.sub(r"\W?yyyy\W?", "", get_date_pattern(locale))


@dataclass(frozen=True, slots=True)
class CellFormatter:
    """Formats cells for a reader of ``language``, with amounts in ``currency``.

    ``short_ids`` cuts the id of a customer to what ``opttius customer`` needs; ``shows_codes`` adds codes to type.
    ``locale_tag`` may name a country too (``es-AR``); its conventions for numbers and dates then apply.
    """

    language: str
    currency: str
    locale_tag: str = ""
    short_ids: bool = False
    shows_codes: bool = False

    @property
    def locale(self) -> str:
        """Return the locale whose conventions for numbers and dates apply."""
        return resolve_locale(self.locale_tag or self.language)

    def format_value(self, value: Any, kind: ColumnKind) -> str:
        """Format ``value`` as a cell of a table; None becomes a dash."""
        if value is None:
            return NO_VALUE
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, (int, float, Decimal)):
            # The shortest text of a float is what a person would type; its exact binary value is not.
            return self._format_number(Decimal(repr(value) if isinstance(value, float) else value), kind)
        if isinstance(value, date):
            return self.format_datetime(value) if isinstance(value, datetime) else self.format_date(value)
        if isinstance(value, (list, tuple)):
            return ", ".join(self.format_value(item, ColumnKind.TEXT) for item in value) or NO_VALUE
        return escape_control_chars(str(value))

    def format_cell(self, column: Column, value: Any) -> str:
        """Format ``value`` as a cell of ``column``; a code becomes the word that people use for it."""
        if column.vocabulary and (value is None or isinstance(value, str)):
            # Where null is told in words, too, they stand under a code that no cell holds.
            text = column.vocabulary.get(self.language, {}).get("(null)" if value is None else value, value)
            value = f"{text} ({value})" if self.shows_codes and value in column.typed_codes else text
        if self.short_ids and column.name == "customer_id" and isinstance(value, str):
            value = shorten_id(value)
        return self.format_value(value, column.kind)

    def format_column(self, column: Column, values: Iterable[Any]) -> list[str]:
        """Format the values of a column; equal values are formatted only once."""
        cache: dict[Any, str] = {}
        texts = []
        for value in values:
            if isinstance(value, list):
                texts.append(self.format_cell(column, value))
                continue
            if value not in cache:
                cache[value] = self.format_cell(column, value)
            texts.append(cache[value])
        return texts

    def get_label(self, column: Column) -> str:
        """Return the label of a column in the reader's language."""
        return escape_control_chars(column.labels.get(self.language) or column.name)

    def get_title(self, result: Result) -> str:
        """Return the title of a result in the reader's language."""
        return escape_control_chars(result.titles.get(self.language) or result.name)

    def get_affixes(self, kind: ColumnKind) -> tuple[str, str]:
        """Return what stands around the numbers of a kind: the sign of a currency or of a percentage."""
        if kind is ColumnKind.MONEY:
            return get_money_format(self.locale, self.currency).affixes
        return get_percent_format(self.locale).affixes if kind is ColumnKind.PERCENT else ("", "")

    def format_money(self, value: Decimal | int | None, currency: str | None = None) -> str:
        """Format an amount in ``currency``, by default the report's."""
        if value is None:
            return NO_VALUE
        return get_money_format(self.locale, currency or self.currency).format_value(Decimal(value))

    def format_date(self, day: date) -> str:
        """Format a date as the locale writes it."""
        return _format_date(day, self.locale)

    def format_day(self, day: date, *, with_year: bool = False) -> str:
        """Format a date with the month in letters, such as ``24 oct``."""
        return _format_skeleton(day, "yMMMd" if with_year else "MMMd", self.locale)

    def format_weekday(self, day: date) -> str:
        """Format a date by its day of the week, such as ``vie 20``."""
        from babel.dates import format_date

        return str(format_date(day, "EEE d", locale=self.locale))

    def format_datetime(self, instant: datetime) -> str:
        """Format a date and a time of day, to the minute."""
        return f"{self.format_date(instant.date())} {instant:%H:%M}"

    def _format_number(self, value: Decimal, kind: ColumnKind) -> str:
        if not value.is_finite():
            return NO_VALUE
        if kind is ColumnKind.MONEY:
            return self.format_money(value)
        if kind is ColumnKind.PERCENT:
            return get_percent_format(self.locale).format_value(value)
        if kind is ColumnKind.DAYS:
            return get_number_format(self.locale, 1, 1).format_value(value)
        if kind is ColumnKind.ID:
            return f"{value:f}"
        return get_number_format(self.locale).format_value(value)


def build_formatter(locale_tag: str, answer: Answer) -> CellFormatter:
    """Return the formatter of ``answer`` for a language tag such as ``es`` or ``es-AR``."""
    return build_formatter_for_currency(locale_tag, answer.header.currency)


def build_formatter_for_currency(locale_tag: str, currency: str) -> CellFormatter:
    """Return the formatter for a language tag, with amounts in ``currency``."""
    return CellFormatter(locale_tag.partition("-")[0], currency, locale_tag)
