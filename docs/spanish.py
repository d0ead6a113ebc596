"""The phrases and numbers of generated pages, in the language in use."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

from opttius_cli import i18n
from opttius_cli.render.cell_formatter import get_number_format

PHRASES = Path(__file__).parent / "spanish.toml"


@cache
def load_phrases() -> dict[str, str]:
    """Return the Spanish of each phrase."""
    phrases: dict[str, str] = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    return phrases


def translate(text: str) -> str:
    """Return a phrase of these pages in the language in use.

    Raises:
        LookupError: it is Spanish, and nobody has written the phrase in Spanish.
    """
    if i18n.get_language() != "es":
        return text
    if text not in load_phrases():
        message = f"docs/spanish.toml has no Spanish for “{text}”."
        raise LookupError(message)
    return load_phrases()[text]


def translate_name(name: str) -> str:
    """Return a name in the language in use; the name of a program is the same in both."""
    return load_phrases().get(name, name) if i18n.get_language() == "es" else name


def format_number(value: float, decimals: int = 0, *, signed: bool = False) -> str:
    """Return a number with so many decimals, and a plus before it where ``signed`` and not negative."""
    locale = i18n.resolve_locale(i18n.get_language())
    text = get_number_format(locale, decimals, decimals).format_value(Decimal(str(value)))
    return f"+{text}" if signed and not text.startswith("-") else text
