"""Parse the value of a setting, the same way from TOML, an environment variable or an option.

A value that cannot be parsed raises a ValueError that says what was expected.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from opttius_cli.i18n import LANGUAGES, PLACES, _

if TYPE_CHECKING:
    from collections.abc import Callable


def text(value: Any) -> str:
    """Parse a text that is not empty. Raises ValueError."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(_("a text"))
    return value.strip()


def texts(value: Any) -> tuple[str, ...]:
    """Parse a list of texts, or texts with commas between them. Raises ValueError."""
    if isinstance(value, str):
        value = [part for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError(_("a list of texts"))
    return tuple(item.strip() for item in value)


def some_texts(value: Any) -> tuple[str, ...]:
    """Parse a list of at least one text, none of them empty. Raises ValueError."""
    found = texts(value)
    if not found or not all(found):
        raise ValueError(_('a list of at least one text, for example ["paid"]'))
    return found


def flag(value: Any) -> bool:
    """Parse true or false, also as 1, 0, yes or no. Raises ValueError."""
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    if isinstance(value, str):
        value = words.get(value.lower())
    if not isinstance(value, bool):
        raise ValueError(_("true or false"))
    return value


def whole(value: Any) -> int:
    """Parse a whole number, 0 or more. Raises ValueError."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,15}", value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(_("a whole number, 0 or more"))
    return value


def pairs(value: Any) -> dict[str, str]:
    """Parse a table of texts, or ``A=B,C=D``, to capitals. Raises ValueError."""
    if isinstance(value, str):
        value = dict(part.split("=", 1) for part in value.split(",") if "=" in part)
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError(_('a table of texts, for example { ARS = "CLP" }'))
    return {key.strip().upper(): item.strip().upper() for key, item in value.items()}


def aliases(value: Any) -> dict[str, str]:
    """Parse a table of codes and their replacements, without cycles and chains because it is looked up once.

    Raises ValueError.
    """
    found = pairs(value)
    for target in found.values():
        if found.get(target, target) != target:
            raise ValueError(
                _(
                    "a table in which each code is on one side only ({code} is on both), for example {example}",
                    code=target,
                    example='{ ARS = "CLP" }',
                )
            )
    return found


def language(value: Any) -> str:
    """Parse one of the supported languages, with or without a country. Raises ValueError."""
    known = (*LANGUAGES, *PLACES)
    told = str(value).casefold().replace("_", "-")
    found = next((one for one in known if one.casefold() == told), None)
    if found is None:
        raise ValueError(_("one of {names}", names=", ".join(known)))
    return found


_NO_ZONES = {"posixrules", "localtime", "Factory"}
"""Names of the zone database that are not the time of a place."""


def zone(value: Any) -> str:
    """Parse a time zone of the zone database. Raises ValueError."""
    name = text(value)
    try:
        is_place = name not in _NO_ZONES and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        is_place = False
    if not is_place:
        raise ValueError(_("a time zone such as America/Santiago"))
    return name


def currency(value: Any) -> str:
    """Parse a currency code, to capitals. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z]{3}", text(value)):
        raise ValueError(_("a currency code of three letters such as CLP"))
    return text(value).upper()


_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(value: Any) -> float:
    """Parse a duration such as ``90``, ``30s``, ``5m``, ``2h``, ``1d`` to seconds. Raises ValueError."""
    found = re.fullmatch(r"(\d{1,9})\s*([smhd]?)", str(value).strip().lower())
    if not found:
        raise ValueError(_("a duration such as 30s, 5m or 2h"))
    return float(found[1]) * _SECONDS[found[2] or "s"]


def memory(value: Any) -> str:
    """Parse an amount of memory as DuckDB writes it. Raises ValueError."""
    if not re.fullmatch(r"0*[1-9]\d*(\.\d+)?\s*[KMGT]i?B", str(value).strip()):
        raise ValueError(_("an amount of memory such as 1GB"))
    return str(value).strip()


_SHORTEST_SECRET = 32


def secret(value: Any) -> str:
    """Parse a text that is too long to guess. Raises ValueError."""
    if len(text(value)) < _SHORTEST_SECRET:
        raise ValueError(_("a text of at least 32 characters, such as opttius config key makes"))
    return text(value)


def one_of(*names: str) -> Callable[[Any], str]:
    """Return a parser that accepts one of ``names`` and raises ValueError for any other value."""

    def read(value: Any) -> str:
        if value not in names:
            raise ValueError(_("one of {names}", names=", ".join(names)))
        return str(value)

    return read
