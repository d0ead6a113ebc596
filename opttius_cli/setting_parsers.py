"""Parse the value of a setting, the same way from TOML, an environment variable or an option.

A value that cannot be parsed raises a ValueError that says what was expected.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, TypeGuard
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opttius_cli.i18n import LANGUAGES, LOCALES, _

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_MAX_WHOLE_NUMBER = 10**15 - 1
"""The largest whole number: everything that computes with it can hold it."""


def _is_text(value: Any) -> TypeGuard[str]:
    """Return whether ``value`` is a text without NUL, which no path and no command can hold."""
    return isinstance(value, str) and "\0" not in value


def parse_text(value: Any) -> str:
    """Parse a text that is not empty. Raises ValueError."""
    if not _is_text(value) or not value.strip():
        raise ValueError(_("a text"))
    return value.strip()


def parse_texts(value: Any) -> tuple[str, ...]:
    """Parse a list of texts, or texts with commas between them. Raises ValueError."""
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(map(_is_text, value)):
        raise ValueError(_("a list of texts"))
    return tuple(item.strip() for item in value)


def parse_nonempty_texts(value: Any) -> tuple[str, ...]:
    """Parse a list of at least one text, none of them empty. Raises ValueError."""
    items = parse_texts(value)
    if not items or not all(items):
        raise ValueError(_('a list of at least one text, for example ["paid"]'))
    return items


def parse_flag(value: Any) -> bool:
    """Parse true or false, also as 1, 0, yes or no. Raises ValueError."""
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, str):
        value = words.get(value.lower())
    if not isinstance(value, bool):
        raise ValueError(_("true or false"))
    return value


def parse_adoption(value: Any) -> str | bool:
    """True or false in the words people write, or another text, which names an organization. Raises ValueError."""
    try:
        return parse_flag(value)
    except ValueError:
        pass
    try:
        return parse_text(value)
    except ValueError as error:
        raise ValueError(_("true, false, or the slug of an organization")) from error


def parse_whole_number(value: Any) -> int:
    """Parse a whole number, 0 or more. Raises ValueError."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_WHOLE_NUMBER:
        raise ValueError(_("a whole number, 0 or more"))
    return value


def build_range_parser(lowest: int, highest: int) -> Callable[[Any], int]:
    """Return a parser of a whole number from ``lowest`` to ``highest`` that raises ValueError for any other value."""

    def parse_range(value: Any) -> int:
        try:
            number = parse_whole_number(value)
        except ValueError:
            number = lowest - 1
        if not lowest <= number <= highest:
            raise ValueError(_("a whole number from {lowest} to {highest}", lowest=lowest, highest=highest))
        return number

    return parse_range


CHANCES: Mapping[str, int] = {"quote": 30, "no_show": 40, "exam": 35, "prescription": 35, "lapsed": 10}
"""Of a hundred customers called for each reason, how many come back (metrics 15)."""


def parse_chances(value: Any) -> dict[str, int]:
    """Parse a table of reasons and per cents, or ``exam=35,quote=30``; others keep their own. Raises ValueError."""
    if isinstance(value, str):
        value = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
    parse_per_cent = build_range_parser(0, 100)
    try:
        chances = {str(key).strip(): parse_per_cent(item) for key, item in value.items()}
    except (AttributeError, ValueError):
        chances = {"": 0}
    if set(chances) - set(CHANCES):
        raise ValueError(_("a table of {names} with whole numbers from 0 to 100", names=", ".join(CHANCES)))
    return dict(CHANCES) | chances


def parse_pairs(value: Any) -> dict[str, str]:
    """Parse a table of texts, or ``A=B,C=D``, to capitals. Raises ValueError."""
    if isinstance(value, str):
        value = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
    if not isinstance(value, dict) or not all(map(_is_text, value.values())):
        raise ValueError(_('a table of texts, for example { ARS = "CLP" }'))
    return {key.strip().upper(): item.strip().upper() for key, item in value.items()}


def parse_texts_by_name(value: Any) -> dict[str, str]:
    """Parse a table of texts as they are written. Raises ValueError."""
    if not isinstance(value, dict) or not all(_is_text(text) and text.strip() for text in value.values()):
        raise ValueError(
            _("a table of texts, for example {example}", example='{ customers = "clientes.xlsx#Hoja1" }')
        )
    return dict(value)


def parse_columns(value: Any) -> dict[str, dict[str, str]]:
    """Parse tables of texts by the name of a source table. Raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError(_('tables such as [columns.customers], with lines such as phone = "celular"'))
    try:
        return {table: parse_texts_by_name(names) for table, names in value.items()}
    except ValueError as error:
        raise ValueError(
            _('tables such as [columns.customers], with lines such as phone = "celular"')
        ) from error


def parse_values(value: Any) -> dict[str, dict[str, str]]:
    """Parse tables of texts, numbers, flags and dates by the name of a source table, to texts. Raises ValueError."""
    expected = _('tables such as [values.orders], with lines such as payment_status = "paid"')
    if not isinstance(value, dict) or not all(isinstance(items, dict) for items in value.values()):
        raise ValueError(expected)
    return {
        table: {name: _parse_scalar(item, expected) for name, item in items.items()}
        for table, items in value.items()
    }


def _parse_scalar(value: Any, expected: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, date)):
        return str(value)
    if not _is_text(value) or not value.strip():
        raise ValueError(expected)
    return value.strip()


def parse_words(value: Any) -> dict[str, dict[str, dict[str, str]]]:
    """Parse tables of words by the name of a source table and of its column. Raises ValueError."""
    expected = _('tables such as [words.orders.payment_status], with lines such as pagado = "paid"')
    tables = value.values() if isinstance(value, dict) else [None]
    if not all(isinstance(words, dict) for table in tables for words in _list_values(table)):
        raise ValueError(expected)
    return {
        table: {
            column: {word: _parse_scalar(code, expected) for word, code in words.items()}
            for column, words in columns.items()
        }
        for table, columns in value.items()
    }


def _list_values(table: Any) -> list[Any]:
    return list(table.values()) if isinstance(table, dict) else [None]


def parse_aliases(value: Any) -> dict[str, str]:
    """Parse a table of codes and their replacements, without cycles and chains because it is looked up once.

    Raises ValueError.
    """
    targets = parse_pairs(value)
    for target in targets.values():
        if targets.get(target, target) != target:
            raise ValueError(
                _(
                    "a table in which each code is on one side only ({code} is on both), for example {example}",
                    code=target,
                    example='{ ARS = "CLP" }',
                )
            )
    return targets


def parse_language(value: Any) -> str:
    """Parse one of the supported languages, with or without a country. Raises ValueError."""
    allowed = (*LANGUAGES, *LOCALES)
    tag = str(value).casefold().replace("_", "-")
    locale = next((candidate for candidate in allowed if candidate.casefold() == tag), None)
    if locale is None:
        raise ValueError(_("one of {names}", names=", ".join(allowed)))
    return locale


ENGINES = ("duckdb", "spark")
"""What can run reports: this machine, or a cluster that speaks Spark Connect."""


def parse_engine(value: Any) -> str:
    """Parse the name of an engine. Raises ValueError."""
    name = str(value).strip().lower()
    if name not in ENGINES:
        raise ValueError(_("one of {names}", names=", ".join(ENGINES)))
    return name


_REMOTE = re.compile(r"sc://[^\s/:;]+(:\d{1,5})?(/.*)?")


def parse_remote(value: Any) -> str:
    """Parse the address of a cluster. Raises ValueError."""
    text = str(value).strip()
    if not _REMOTE.fullmatch(text):
        raise ValueError(_("the address of a Spark Connect server, such as sc://localhost:15002"))
    return text


_NOT_ZONES = {"posixrules", "localtime", "Factory"}
"""Names of the zone database that are not the time of a place."""


def parse_zone(value: Any) -> str:
    """Parse a time zone of the zone database. Raises ValueError."""
    name = parse_text(value)
    try:
        is_place = name not in _NOT_ZONES and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        is_place = False
    if not is_place:
        raise ValueError(_("a time zone such as America/Santiago"))
    return name


def parse_currency(value: Any) -> str:
    """Parse a currency code, to capitals. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z]{3}", parse_text(value)):
        raise ValueError(_("a currency code of three letters such as CLP"))
    return parse_text(value).upper()


_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_duration(value: Any) -> float:
    """Parse a duration such as ``90``, ``30s``, ``5m``, ``2h``, ``1d`` to seconds. Raises ValueError."""
    match = re.fullmatch(r"(\d{1,9})\s*([smhd]?)", str(value).strip().lower())
    if not match:
        raise ValueError(_("a duration such as 30s, 5m or 2h"))
    return float(match[1]) * _UNIT_SECONDS[match[2] or "s"]


def parse_memory(value: Any) -> str:
    """Parse an amount of memory such as ``300MB``. Raises ValueError."""
    if not re.fullmatch(r"0*[1-9]\d*(\.\d+)?\s*[KMGT]i?B", str(value).strip()):
        raise ValueError(_("an amount of memory such as 1GB"))
    return str(value).strip()


_MIN_SECRET_LENGTH = 32


def parse_secret(value: Any) -> str:
    """Parse a text that is too long to guess. Raises ValueError."""
    if len(parse_text(value)) < _MIN_SECRET_LENGTH:
        raise ValueError(_("a text of at least 32 characters, such as opttius config key makes"))
    return parse_text(value)


def build_choice_parser(*names: str) -> Callable[[Any], str]:
    """Return a parser that accepts one of ``names`` and raises ValueError for any other value."""

    def parse_choice(value: Any) -> str:
        if value not in names:
            raise ValueError(_("one of {names}", names=", ".join(names)))
        return str(value)

    return parse_choice
