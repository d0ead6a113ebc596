"""HTML elements whose texts are always escaped, and scripts that hold JSON."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def tag(name: str, *inside: str, **attributes: str | None) -> str:
    """Return an element around existing HTML. An attribute that is None is left out.

    ``class_`` and ``for_`` avoid Python's keywords; ``aria_label`` becomes ``aria-label``.
    """
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{told}>{''.join(inside)}</{name}>"


def said(name: str, text: str, **attributes: str | None) -> str:
    """Return an element that holds a text."""
    return tag(name, escape(text), **attributes)


def listed(texts: Iterable[str]) -> str:
    """Return a list of texts."""
    return tag("ul", *(said("li", text) for text in texts))


def data(value: Any) -> str:
    """Return JSON that is safe in a script element: it cannot end the element or begin a comment."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for sign in "<>&\u2028\u2029":
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written
