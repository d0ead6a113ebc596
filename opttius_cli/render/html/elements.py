"""HTML elements whose texts are always escaped, and scripts that hold JSON."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def html_element(name: str, *content: str, **attributes: str | None) -> str:
    """Return an element around existing HTML. An attribute that is None is left out.

    ``class_`` and ``for_`` avoid Python's keywords; ``aria_label`` becomes ``aria-label``.
    """
    attribute_text = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{attribute_text}>{''.join(content)}</{name}>"


def text_element(name: str, text: str, **attributes: str | None) -> str:
    """Return an element that holds a text."""
    return html_element(name, escape(text), **attributes)


def unordered_list(texts: Iterable[str]) -> str:
    """Return a list of texts."""
    return html_element("ul", *(text_element("li", text) for text in texts))


def json_script(value: Any) -> str:
    """Return JSON that is safe in a script element: it cannot end the element or begin a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text
