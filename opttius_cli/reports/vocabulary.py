"""The texts for the codes of columns: ``sql/vocabulary.toml``."""

from __future__ import annotations

from functools import cache

from opttius_cli.i18n import LANGUAGES
from opttius_cli.installation.resources import find_sql_folder
from opttius_cli.reports.header_schema import VOCABULARIES
from opttius_cli.reports.header_text import parse_header

UNATTRIBUTED = "unattributed"
"""The vocabulary of the findings of sales of nobody, and the word for all of these findings."""


@cache
def load_vocabularies() -> dict[str, dict[str, dict[str, str]]]:
    """Return every vocabulary: the texts by language, for each code."""
    file = find_sql_folder() / "vocabulary.toml"
    return parse_header(file.read_text(encoding="utf-8"), str(file), VOCABULARIES, first_line=1)


@cache
def get_vocabulary(name: str) -> dict[str, dict[str, str]]:
    """Return the texts for the codes of a column, by language. Raises KeyError when there is no such table."""
    codes = load_vocabularies()[name]
    return {language: {code: texts[language] for code, texts in codes.items()} for language in LANGUAGES}


def list_codes(name: str) -> list[str]:
    """Return the codes of a vocabulary, in its order. Raises KeyError when there is no such table."""
    return list(load_vocabularies()[name])
