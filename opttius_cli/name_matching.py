"""Compare names that people type, ignoring case, accents and outer spaces."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


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


def suggest_names(name: str, names: Iterable[str], limit: int = 8) -> list[str]:
    """Return the ``names`` most similar to ``name``, ignoring case and accents; else the first ``limit``."""
    import difflib

    candidates = list(dict.fromkeys(names))
    by_normalized = {normalize_name(candidate): candidate for candidate in candidates}
    matches = difflib.get_close_matches(normalize_name(name), by_normalized, n=4, cutoff=0.5)
    return [by_normalized[key] for key in matches] or candidates[:limit]
