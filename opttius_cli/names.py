"""Compare names that people type, ignoring case, accents and outer spaces."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def folded(text: str | None) -> str:
    """Return ``text`` in lower case without accents and outer spaces."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold().strip()


def meant(name: str, names: Iterable[str]) -> str | None:
    """Return the one of ``names`` that ``name`` means, ignoring case and accents unless it matches exactly.

    None when there is none, or more than one.
    """
    every = list(dict.fromkeys(names))
    if name in every:
        return name
    alike = [one for one in every if folded(one) == folded(name)]
    return alike[0] if len(alike) == 1 else None


def nearest(name: str, names: Iterable[str], most: int = 8) -> list[str]:
    """Return the ``names`` most similar to ``name``, ignoring case and accents; else the first ``limit``."""
    import difflib

    every = list(dict.fromkeys(names))
    keys = {folded(one): one for one in every}
    close = difflib.get_close_matches(folded(name), keys, n=4, cutoff=0.5)
    return [keys[key] for key in close] or every[:most]
