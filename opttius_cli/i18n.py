"""Translate messages: English is the source text, every other language is one catalog file.

Numbers, money and dates are formatted by :mod:`opttius_cli.render.cell_formatter`.
"""

from __future__ import annotations

import gettext as _stdlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("es", "en")
LOCALES = ("es-CL", "es-AR", "es-ES", "en-US")
"""Languages with a country, which differ in numbers, money and dates. A bare language means its first one."""
DEFAULT_LANGUAGE = "es"
_CATALOG_FOLDER = Path(__file__).parent / "locale"
END_MARKS = (".", "?", "!", "…")
_DOUBLED_MARKS = tuple(f"{mark}." for mark in END_MARKS)
_state = {"language": DEFAULT_LANGUAGE}


@cache
def _load_catalog(language: str) -> _stdlib.NullTranslations:
    return _stdlib.translation("opttius", _CATALOG_FOLDER, [language], fallback=True)


def set_language(language: str) -> None:
    """Use ``language`` (one of :data:`LANGUAGES` or :data:`LOCALES`) from here on."""
    _state["language"] = language


def get_language() -> str:
    """Return the language in use, without a country."""
    return _state["language"].partition("-")[0]


def get_locale() -> str:
    """Return the language in use, with its country where one was named."""
    return _state["language"]


def resolve_locale(tag: str) -> str:
    """Return the locale name of a language tag: ``es_CL`` for ``es``, ``es_AR`` for ``es-AR``."""
    locale = next(
        (candidate for candidate in LOCALES if candidate == tag or candidate.partition("-")[0] == tag),
        "en-US",
    )
    return locale.replace("-", "_")


def detect_env_language(environment: Mapping[str, str]) -> str:
    """Return the language of the environment's locale, Spanish when it is not one of :data:`LANGUAGES`."""
    value = environment.get("LC_ALL") or environment.get("LANG") or ""
    code = value.split("_")[0].split(".")[0].lower()
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def _(message: str, **values: object) -> str:
    """Translate ``message`` and fill its ``{name}`` placeholders from ``values``."""
    text = _load_catalog(get_language()).gettext(message) if message else ""
    return _fill(text, values) if values else text


def translate_into_all(message: str) -> dict[str, str]:
    """Return ``message`` in every language, by its code: for labels that a renderer chooses from."""
    return {language: _load_catalog(language).gettext(message) for language in LANGUAGES}


def n_(singular: str, plural: str, count: int, **values: object) -> str:
    """Translate the singular or plural of a message by ``count``, which also fills ``{count}``."""
    return _fill(_load_catalog(get_language()).ngettext(singular, plural, count), {"count": count, **values})


def _fill(text: str, values: Mapping[str, object]) -> str:
    """Fill the placeholders of ``text``; a value that ends its sentence itself gets no second mark.

    What people type, names and other messages may end in a mark: ``Did you mean CM-001?``.
    """
    filled = text.format(**values)
    if not any(marks in filled for marks in _DOUBLED_MARKS):
        return filled
    from string import Formatter

    pieces: list[str] = []
    ended = False
    for literal, name, form, conversion in Formatter().parse(text):
        pieces.append(literal.removeprefix(".") if ended else literal)
        if name is not None:
            field = "{" + name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "") + "}"
            pieces.append(field.format(**values))
        ended = bool(name and pieces[-1].endswith(END_MARKS))
    return "".join(pieces)


def pick_number(quantity: object) -> int:
    """Return the count by which a word after ``quantity`` is singular or plural: 1 only for exactly one."""
    return 1 if quantity == 1 else 2


def N_(message: str) -> str:  # noqa: N802 - the name by which message extraction knows it
    """Mark ``message`` for the catalogs without translating it yet (help texts, labels)."""
    return message


def end_sentence(text: str) -> str:
    """Return ``text`` with a mark at its end."""
    return text if text.endswith(END_MARKS) else f"{text}."
