"""Translate messages: English is the source text, every other language is one catalog file.

Numbers, money and dates are formatted by :mod:`opttius_cli.render.cells`.
"""

from __future__ import annotations

import gettext as _stdlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("es", "en")
PLACES = ("es-CL", "es-AR", "es-ES", "en-US")
"""Languages with a country, which differ in numbers, money and dates. A bare language means its first one."""
DEFAULT_LANGUAGE = "es"
_LOCALE = Path(__file__).parent / "locale"
_state = {"told": DEFAULT_LANGUAGE}


@cache
def _catalog(language: str) -> _stdlib.NullTranslations:
    return _stdlib.translation("opttius", _LOCALE, [language], fallback=True)


def use(language: str) -> None:
    """Use ``language`` (one of :data:`LANGUAGES` or :data:`LOCALES`) from here on."""
    _state["told"] = language


def language() -> str:
    """Return the language in use, without a country."""
    return _state["told"].partition("-")[0]


def language_of_place() -> str:
    """Return the language in use, with its country where one was named."""
    return _state["told"]


def place_of(told: str) -> str:
    """Return the locale name of a language tag: ``es_CL`` for ``es``, ``es_AR`` for ``es-AR``."""
    found = next((one for one in PLACES if one == told or one.partition("-")[0] == told), "en-US")
    return found.replace("-", "_")


def of_locale(environment: Mapping[str, str]) -> str:
    """Return the language of the environment's locale, Spanish when it is not one of :data:`LANGUAGES`."""
    told = environment.get("LC_ALL") or environment.get("LANG") or ""
    code = told.split("_")[0].split(".")[0].lower()
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def _(message: str, **values: object) -> str:
    """Translate ``message`` and fill its ``{name}`` placeholders from ``values``."""
    text = _catalog(language()).gettext(message) if message else ""
    return text.format(**values) if values else text


def n_(one: str, many: str, count: int, **values: object) -> str:
    """Translate the singular or plural of a message by ``count``, which also fills ``{count}``."""
    return _catalog(language()).ngettext(one, many, count).format(count=count, **values)


def N_(message: str) -> str:  # noqa: N802 - the name by which message extraction knows it
    """Mark ``message`` for the catalogs without translating it yet (help texts, labels)."""
    return message
