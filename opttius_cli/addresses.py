"""Texts that may hold a password: known by their form, and never shown whole.

Whatever is said, logged or kept goes through :func:`masked`, whoever wrote it.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"\s*(postgres(ql)?://|[A-Za-z_]+\s*=)", re.IGNORECASE)
_URL = re.compile(r"postgres(?:ql)?://.*", re.IGNORECASE)
_PLACE = r"(?:[\w.%-]*|\[[\da-f:.%]+\])(?::\d{1,5})?"
_HARMLESS = re.compile(
    rf"postgres(?:ql)?://(?:[\w.%~+-]+@)?{_PLACE}(?:,{_PLACE})*(?:/[\w.%~+-]*)?(?:\?[\w.%=&/+-]*)?"
    r"(?=[\s,;)…”»\"']|[.:]\s|[.:]?$)",
    re.IGNORECASE,
)
"""An address without a password; its end is the end of the word."""
_CUT = "postgresql://…"
_FOREIGN = re.compile(
    r"\b((?!postgres(?:ql)?://)[a-z][\w+.-]+(?::/{1,2}|//))[^\s/@:“”]*:[^\n“”]*@", re.IGNORECASE
)
"""Another program's address, or a misspelt one, up to its host: it is no source, yet it is repeated in messages."""
_SECRET = re.compile(r"(password[\"']?\s*[=:]\s*)[^\s…].*", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether ``text`` is meant to be the address of a database: a URL, or ``key=value`` pairs."""
    return _ADDRESS.match(text) is not None


def tells_password(text: str) -> bool:
    """Whether ``text`` is an address with a password in it, or with something that may be one."""
    return is_address(text) and masked(text) != text


def masked(text: str) -> str:
    """``text`` with every password in it, and whatever might be part of one, left out."""
    return "\n".join(_masked_line(line) for line in text.split("\n"))


def _masked_line(line: str) -> str:
    known = _URL.sub(_without_password, line)
    return _SECRET.sub(r"\1…", _FOREIGN.sub(r"\1…@", known))


def _without_password(found: re.Match[str]) -> str:
    """The rest of a line that begins with a URL: as it is while the URL is sound, else cut off."""
    harmless = _HARMLESS.match(found[0])
    if harmless is None or "password" in harmless[0].lower():
        return _CUT
    rest = found[0][harmless.end() :]
    # A password with a space in it looks like a port and a word; then an @ follows.
    doubtful = "@" in _URL.sub("", rest).partition('"')[0]
    return _CUT if doubtful else harmless[0] + _URL.sub(_without_password, rest)
