"""Texts as HTML that shows them as they are, whatever stands in them; and scripts that hold data."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def tag(name: str, *inside: str, **attributes: str | None) -> str:
    """An element around HTML that is written already. An attribute that is None is left out.

    ``class_`` and ``for_`` stand for the words that Python keeps to itself, ``aria_label`` for ``aria-label``.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{told}>{''.join(inside)}</{name}>"


def said(name: str, text: str, **attributes: str | None) -> str:
    """An element that holds a text."""
    return tag(name, escape(text), **attributes)


def listed(texts: Iterable[str]) -> str:
    """A list of texts."""
    return tag("ul", *(said("li", text) for text in texts))


def data(value: Any) -> str:
    """JSON that can stand in a script: nothing in it ends the script or begins a comment."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written
