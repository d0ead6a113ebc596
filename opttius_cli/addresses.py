"""Texts that may hold a password: known by their form, and never shown whole.

Whatever is said, logged or kept goes through :func:`masked`, whoever wrote it.
"""

from __future__ import annotations

import re
from pathlib import Path

_WORD = r"(?:(?:passw|pasw|pass(?!file)|pwd|secret|contrase)\w{0,40}|\b(?:pw|clave))[\"']?\s{0,40}"
"""Bounded, like all that is looked for at every place of a text: a long one would take for ever."""
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
"""An address without a password; its end is the end of the word."""
_CUT = "postgresql://…"
_LONGEST = 5_000
"""Signs of a line. Nobody reads more, and to look through it would take long."""
_FOREIGN = re.compile(
    r"\b((?!postgres(?:ql)?://)[a-z][\w+.-]{1,40}(?::/{1,2}|//))[^\s/@:“”]*:[^\n“”]*@", re.IGNORECASE
)
"""Another program's address, or a misspelt one, up to its host: it is no source, yet it is repeated in messages."""
_MISSPELT = re.compile(
    r"\b((?!postgres(?:ql)?://)postgres\w*\s?(?:[:;\\][/\\]*+|//))(?=[^\s…])[^\n“”]*@", re.IGNORECASE
)
_LOGIN = re.compile(r"(?<![\w.%+~-])([\w.%+~-]+:)(?!//|/{0,2}…@)(?<!\b[A-Za-z]:(?=[/\\]))[^\s“”]*@")
"""``user:password@``, after whatever."""
_SECRET = re.compile(rf"((?:{_WORD}=|password[\"']?\s*:)\s*)[^\s…].*", re.IGNORECASE)


def is_address(text: str) -> bool:
    """Whether ``text`` is meant to be the address of a database: a URL, ``key=value`` pairs, or nearly so.

    What only nearly is one may be a path as well: ask :func:`is_path` first. Another program's address is none.
    """
    if _OTHER_SCHEME.match(text):
        return False
    return _has_login(text) or any(form.search(text) for form in (_ADDRESS, _NAMES_SECRET))


def _has_login(text: str) -> bool:
    """Whether an @ comes after a colon: what an address that is misspelt still has."""
    return -1 < text.find(":") < text.rfind("@")


def is_path(text: str) -> bool:
    """Whether ``text`` names a file or folder that is there."""
    try:
        return Path(text).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False


def names_secret(text: str) -> bool:
    """Whether there is something like ``password=`` in ``text``."""
    return _NAMES_SECRET.search(text) is not None


def tells_password(text: str) -> bool:
    """Whether ``text`` is an address with a password in it, or with something that may be one."""
    return is_address(text) and not is_path(text) and shown(text) != text


def shown(text: str) -> str:
    """``text``, a value by itself, without whatever may be a password in it: of a doubtful one only its beginning."""
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
    """Up to where a login may begin: the first colon, or whatever stands for it."""
    misspelt = re.match(r"\s*postgres", text, re.IGNORECASE) or _has_login(text)
    return re.match(r"[^:;]*[:;]", text) if misspelt else None


def masked(text: str) -> str:
    """``text`` with every password in it, and whatever might be part of one, left out."""
    return "\n".join(_masked_line(line) for line in text.split("\n"))


def _masked_line(line: str) -> str:
    if len(line) > _LONGEST:
        # With the word that is cut goes what might be a password's beginning.
        line = line[:_LONGEST].rpartition(" ")[0] + " …"
    known = _URL.sub(_without_password, line)
    for misspelt in (_FOREIGN, _MISSPELT, _LOGIN):
        known = misspelt.sub(r"\1…@", known)
    return _SECRET.sub(r"\1…", known)


def _without_password(found: re.Match[str]) -> str:
    """The rest of a line that begins with a URL: as it is while the URL is sound, else cut off."""
    harmless = _HARMLESS.match(found[0])
    if harmless is None or _NAMES_SECRET.search(harmless[0]):
        return _CUT
    rest = found[0][harmless.end() :]
    # A password with a space in it looks like a port and a word; then an @ follows.
    doubtful = "@" in re.split('["“”]', _URL.sub("", rest))[0]
    return _CUT if doubtful else harmless[0] + _URL.sub(_without_password, rest)
