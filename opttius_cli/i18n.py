"""The language of messages. English is the source text; every other language is one catalog file.

Numbers, money and dates are written by :mod:`opttius_cli.render.cells`; this module only turns sentences.
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
"""Languages as they are written in a place: numbers, money and dates differ. A bare language is its first one."""
DEFAULT_LANGUAGE = "es"
_LOCALE = Path(__file__).parent / "locale"
_state = {"told": DEFAULT_LANGUAGE}


@cache
def _catalog(language: str) -> _stdlib.NullTranslations:
    return _stdlib.translation("opttius", _LOCALE, [language], fallback=True)


def use(language: str) -> None:
    """Speak ``language`` (one of :data:`LANGUAGES` or :data:`PLACES`) from here on."""
    _state["told"] = language


def language() -> str:
    """The language in use, without a place."""
    return _state["told"].partition("-")[0]


def language_of_place() -> str:
    """The language in use, with its place where one was named."""
    return _state["told"]


def place_of(told: str) -> str:
    """The place whose habits ``told`` (``es``, ``es-AR``) asks for, as locales are called: ``es_AR``."""
    found = next((one for one in PLACES if one == told or one.partition("-")[0] == told), "en-US")
    return found.replace("-", "_")


def of_locale(environment: Mapping[str, str]) -> str:
    """The language that the environment's locale asks for, Spanish when it asks for none of ours."""
    told = environment.get("LC_ALL") or environment.get("LANG") or ""
    code = told.split("_")[0].split(".")[0].lower()
    return code if code in LANGUAGES else DEFAULT_LANGUAGE


def _(message: str, **values: object) -> str:
    """``message`` in the language in use, with ``{name}`` placeholders filled from ``values``."""
    text = _catalog(language()).gettext(message) if message else ""
    return text.format(**values) if values else text


def n_(one: str, many: str, count: int, **values: object) -> str:
    """The form of a message that fits ``count``, which is also its ``{count}`` placeholder."""
    return _catalog(language()).ngettext(one, many, count).format(count=count, **values)


def N_(message: str) -> str:  # noqa: N802 - the name by which message extraction knows it
    """Mark ``message`` for the catalogs without translating it yet (help texts, labels)."""
    return message
