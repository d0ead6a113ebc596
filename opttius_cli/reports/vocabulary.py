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


_OF_ONE = "_one"
"""The end of the name of a vocabulary with the texts for a single case."""


def get_vocabulary_of_one(*names: str) -> dict[str, dict[str, str]]:
    """Return the texts for the codes where a single case is counted, by language, as far as they differ."""
    ones = [name + _OF_ONE for name in names if name + _OF_ONE in load_vocabularies()]
    return {
        language: {code: text for name in ones for code, text in get_vocabulary(name)[language].items()}
        for language in LANGUAGES
        if ones
    }


def list_codes(name: str) -> list[str]:
    """Return the codes of a vocabulary, in its order. Raises KeyError when there is no such table."""
    return list(load_vocabularies()[name])
