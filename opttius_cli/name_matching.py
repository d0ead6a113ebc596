"""Compare names that people type, ignoring case, accents and outer spaces."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from opttius_cli.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


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


def _join_words(text: str) -> str:
    return "-".join(normalize_name(text).replace("_", " ").replace("-", " ").replace("’", "'").split())


def suggest_names(name: str, names: Iterable[str], limit: int = 8) -> list[str]:
    """Return the ``names`` most similar to ``name``, ignoring case and accents; else the first ``limit``."""
    import difflib

    candidates = list(dict.fromkeys(names))
    by_normalized = {normalize_name(candidate): candidate for candidate in candidates}
    matches = difflib.get_close_matches(normalize_name(name), by_normalized, n=4, cutoff=0.5)
    return [by_normalized[key] for key in matches] or candidates[:limit]
