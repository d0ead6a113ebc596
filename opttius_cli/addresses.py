"""Remove passwords from every text that is shown, logged or stored, whoever wrote it.

A text may hold a connection string anywhere; in case of doubt more is cut than needed.
"""

from __future__ import annotations

import re
from pathlib import Path

_WORD = r"(?:(?:passw|pasw|pass(?!file)|pwd|secret|contrase)\w{0,40}|\b(?:pw|clave))[\"']?\s{0,40}"
"""Bounded, as every pattern that is searched at each position must be: a long text would take forever."""
_ADDRESS = re.compile(r"\A\s*(postgres(ql)?(://|\s*[:;])|[A-Za-z_]+\s*=)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(?!postgres(ql)?://)[a-z][\w+.-]+://", re.IGNORECASE)
_NAMES_SECRET = re.compile(rf"{_WORD}=", re.IGNORECASE)
_URL = re.compile(r"postgres(?:ql)?://.*", re.IGNORECASE)
_PLACE = r"(?:[\w.%-]*|\[[\da-f:.%]+\])(?::\d{1,5})?"
_HARMLESS = re.compile(
    rf"postgres(?:ql)?://(?:[\w.%~+-]+@)?{_PLACE}(?:,{_PLACE})*(?:/[\w.%~+-]*)?(?:\?[\w.%=&/+-]*)?"
    r"(?=[\s,;)…”»\"']|[.:]\s|[.:]?$)",
    re.IGNORECASE,
)
"""A URL without a password, up to the end of the word."""
_CUT = "postgresql://…"
_LONGEST = 5_000
"""Characters of a line. Nobody reads more, and to search it would take long."""
_FOREIGN = re.compile(
    r"\b((?!postgres(?:ql)?://)[a-z][\w+.-]{1,40}(?::/{1,2}|//))[^\s/@:“”]*:[^\n“”]*@", re.IGNORECASE
)
"""Another program's URL up to its host: it is not a source, but messages may repeat it."""
_MISSPELT = re.compile(
    r"\b((?!postgres(?:ql)?://)postgres\w*\s?(?:[:;\\][/\\]*+|//))(?=[^\s…])[^\n“”]*@", re.IGNORECASE
)
_LOGIN = re.compile(r"(?<![\w.%+~-])([\w.%+~-]+:)(?!//|/{0,2}…@)(?<!\b[A-Za-z]:(?=[/\\]))[^\s“”]*@")
"""``user:password@``, after anything."""
_SECRET = re.compile(rf"((?:{_WORD}=|password[\"']?\s*:)\s*)[^\s…].*", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Tell whether ``text`` is meant as a connection string: a URL, ``key=value`` pairs, or nearly so.

    What only resembles one may also be a path: ask :func:`is_existing_path` first. Another program's URL is
    not one.
    """
    if _OTHER_SCHEME.match(text):
        return False
    return _has_login(text) or any(form.search(text) for form in (_ADDRESS, _NAMES_SECRET))


def _has_login(text: str) -> bool:
    """Tell whether an @ comes after a colon, as in a misspelt connection string."""
    return -1 < text.find(":") < text.rfind("@")


def is_path(text: str) -> bool:
    """Tell whether ``text`` names an existing file or folder."""
    try:
        return Path(text).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False


def names_secret(text: str) -> bool:
    """Tell whether ``text`` holds something like ``password=``."""
    return _NAMES_SECRET.search(text) is not None


def tells_password(text: str) -> bool:
    """Tell whether ``text`` is a connection string that holds a password, or something that may be one."""
    return is_address(text) and not is_path(text) and shown(text) != text


def shown(text: str) -> str:
    """Return ``text``, a single value, without what may be a password; a doubtful one is cut early."""
    if is_path(text):
        return text
    if not is_address(text):
        return masked("⏎".join(text.splitlines())) if _OTHER_SCHEME.match(text) else masked(text)
    secret = _NAMES_SECRET.search(text)
    if re.match(r"\s*postgres(ql)?://", text, re.IGNORECASE):
        return text if _HARMLESS.fullmatch(text.strip()) and not secret else _CUT
    ends = [found.end() for found in (secret, _begins_login(text)) if found]
    return text[: min(ends)] + "…" if ends else text


def _begins_login(text: str) -> re.Match[str] | None:
    """Match up to where a login may begin: the first colon, or what was typed instead of it."""
    misspelt = re.match(r"\s*postgres", text, re.IGNORECASE) or _has_login(text)
    return re.match(r"[^:;]*[:;]", text) if misspelt else None


def masked(text: str) -> str:
    """Return ``text`` without any password, or anything that may be part of one."""
    return "\n".join(_masked_line(line) for line in text.split("\n"))


def _masked_line(line: str) -> str:
    if len(line) > _LONGEST:
        # The word at the cut may be the beginning of a password.
        line = line[:_LONGEST].rpartition(" ")[0] + " …"
    known = _URL.sub(_without_password, line)
    for misspelt in (_FOREIGN, _MISSPELT, _LOGIN):
        known = misspelt.sub(r"\1…@", known)
    return _SECRET.sub(r"\1…", known)


def _without_password(found: re.Match[str]) -> str:
    """Return the rest of a line that begins with a URL: unchanged while the URL is safe, else cut off."""
    harmless = _HARMLESS.match(found[0])
    if harmless is None or _NAMES_SECRET.search(harmless[0]):
        return _CUT
    rest = found[0][harmless.end() :]
    # A password with a space in it looks like a port and a word, but an @ follows.
    doubtful = "@" in re.split('["“”]', _URL.sub("", rest))[0]
    return _CUT if doubtful else harmless[0] + _URL.sub(_without_password, rest)
