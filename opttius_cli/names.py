"""How names that people type are compared: without regard to case, accents and outer spaces."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def folded(text: str | None) -> str:
    """``text`` without regard to case, accents and outer spaces."""
    decomposed = unicodedata.normalize("NFKD", text or "")
    return "".join(char for char in decomposed if not unicodedata.combining(char)).casefold().strip()


def meant(name: str, names: Iterable[str]) -> str | None:
    """The one of ``names`` that ``name`` means: itself, else the only one that is alike but for case and accents.

    None when there is none, or more than one.
    """
    every = list(dict.fromkeys(names))
    if name in every:
        return name
    alike = [one for one in every if folded(one) == folded(name)]
    return alike[0] if len(alike) == 1 else None


def nearest(name: str, names: Iterable[str], most: int = 8) -> list[str]:
    """The ``names`` most like ``name``, without regard to case and accents; the first ones when none is like it."""
    import difflib

    every = list(dict.fromkeys(names))
    keys = {folded(one): one for one in every}
    close = difflib.get_close_matches(folded(name), keys, n=4, cutoff=0.5)
    return [keys[key] for key in close] or every[:most]
