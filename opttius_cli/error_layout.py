"""Lay out an error for a terminal: lines wrapped between words, and what is to be typed on lines of its own."""

from __future__ import annotations

import re
import textwrap

_TO_TYPE = re.compile(
    r"(?<![\w“/.(-])(?P<typed>(?:opttius|pip install|pipx|systemctl|chmod|crontab) [^;“”()]*?"
    r"|(?<=[a-zñ] )--[a-z-]+(?: [A-ZÁÉÍÓÚÑ]+)?)"
    r"(?P<end>\.(?=\s|$)|,(?= )|;|$| (?=to |para )| \()"
)
"""A command or an option in a sentence, up to the sign or the words that end it."""
_INDENT = "    "


def layout_error(sentence: str, width: int) -> list[str]:
    """Return the lines of a sentence: wrapped, and every command that it says on a line of its own."""
    lines: list[str] = []
    position = 0
    for match in _TO_TYPE.finditer(sentence):
        lines += _wrap(sentence[position : match.start()], width)
        lines.append(_INDENT + match["typed"].rstrip())
        position = match.end("typed") + (match["end"] in {".", ","})
    return lines + _wrap(sentence[position:], width)


def _wrap(text: str, width: int) -> list[str]:
    """Wrap ``text`` between words; what can be copied, such as a path, is never broken."""
    return textwrap.wrap(text.strip(), width, break_long_words=False, break_on_hyphens=False)
