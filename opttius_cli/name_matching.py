"""Compare names that people type, ignoring case, accents and outer spaces."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from opttius_cli.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SHORTEST_PART = 3
"""Letters from which on a part of a text says which one is meant."""
_LIKE_A_LABEL = 0.6
"""How similar a label must be to be suggested: there are many, so that a word is like one by chance."""


def normalize_name(text: str | None) -> str:
    """Return ``text`` in lower case without accents and outer spaces."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold().strip()


def resolve_name(name: str, names: Iterable[str]) -> str | None:
    """Return the one of ``names`` that ``name`` means, ignoring case and accents unless it matches exactly.

    None when there is none, or more than one.
    """
    candidates = list(dict.fromkeys(names))
    if name in candidates:
        return name
    matches = [candidate for candidate in candidates if normalize_name(candidate) == normalize_name(name)]
    return matches[0] if len(matches) == 1 else None


def require_name(typed: str, names: Sequence[str], kind: str) -> str:
    """Return which of ``names``, all of one ``kind``, is meant. Raises UnknownNameError with the nearest ones."""
    name = resolve_name(typed, names)
    if name is None:
        raise UnknownNameError(kind, typed, suggest_names(typed, names) or list(names))
    return name


def resolve_label(typed: str, texts_by_code: Mapping[str, Iterable[str]]) -> str | None:
    """Return the code that ``typed`` means: a code itself, or the only one with this text.

    Case, accents, and whether words are joined by spaces, hyphens or underscores, do not matter. Of a text with a
    comma its first part is enough.
    """
    wanted = _join_words(typed)
    by_code = [code for code in texts_by_code if _join_words(code) == wanted]
    if by_code or not wanted:
        return by_code[0] if len(by_code) == 1 else None
    codes = {
        code
        for code, texts in texts_by_code.items()
        for text in texts
        if wanted in {_join_words(text), _join_words(text.partition(",")[0])}
    }
    return codes.pop() if len(codes) == 1 else None


def find_labels(typed: str, texts_by_code: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the codes that ``typed`` may mean: the one with this text, else those in whose texts its words stand.

    The words stand together there, and the last one may be cut short; fewer than three letters say too little. A code
    is typed whole.
    """
    if code := resolve_label(typed, texts_by_code):
        return [code]
    wanted = _join_words(typed)
    if len(wanted) < _SHORTEST_PART or "_" in typed:
        # An underscore stands in codes only.
        return []
    return [
        code
        for code, texts in texts_by_code.items()
        if any(f"-{wanted}" in f"-{_join_words(text)}" for text in texts)
    ]


def suggest_codes(typed: str, texts_by_code: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the codes that ``typed`` may mean, else those with the most similar texts; else all of them."""
    found = find_labels(typed, texts_by_code)
    if found:
        return found
    codes = {text: code for code, texts in texts_by_code.items() for text in (*texts, code)}
    near = suggest_names(typed, codes, limit=0, likeness=_LIKE_A_LABEL)
    return list(dict.fromkeys(codes[text] for text in near)) or list(texts_by_code)


def quote_words(word: str) -> str:
    """Return ``word`` as a shell takes it: in quotes where it is several words."""
    return f'"{word}"' if " " in word else word


def _join_words(text: str) -> str:
    return "-".join(normalize_name(text).replace("_", " ").replace("-", " ").replace("’", "'").split())


def suggest_names(name: str, names: Iterable[str], limit: int = 8, likeness: float = 0.5) -> list[str]:
    """Return the ``names`` most similar to ``name``, ignoring case and accents; else the first ``limit``.

    ``likeness`` is from 0 to 1: how similar a name must be.
    """
    import difflib

    candidates = list(dict.fromkeys(names))
    by_normalized = {normalize_name(candidate): candidate for candidate in candidates}
    matches = difflib.get_close_matches(normalize_name(name), by_normalized, n=4, cutoff=likeness)
    return [by_normalized[key] for key in matches] or candidates[:limit]
