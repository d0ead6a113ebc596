"""Remove passwords from every text that is shown, logged or stored, whoever wrote it.

A text may hold a connection string anywhere; in case of doubt more is cut than needed.
"""

from __future__ import annotations

import re
from pathlib import Path

_SECRETS = r"(?:(?:passw|pasw|pass(?!file)|pwd|secret|contrase)\w{0,40}|\b(?:pw|clave))[\"']?\s{0,40}"
"""Bounded, as every pattern that is searched at each position must be: a long text would take forever."""
_CONNECTION_STRING = re.compile(r"\A\s*(postgres(ql)?(://|\s*[:;])|[A-Za-z_]+\s*=)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"(?!postgres(ql)?://)[a-z][\w+.-]+://", re.IGNORECASE)
_SECRET_KEY = re.compile(rf"{_SECRETS}=", re.IGNORECASE)
_URL = re.compile(r"postgres(?:ql)?://.*", re.IGNORECASE)
_HOST_PORT = r"(?:[\w.%-]*|\[[\da-f:.%]+\])(?::\d{1,5})?"
_SAFE_URL = re.compile(
    rf"postgres(?:ql)?://(?:[\w.%~+-]+@)?{_HOST_PORT}(?:,{_HOST_PORT})*(?:/[\w.%~+-]*)?(?:\?[\w.%=&/+-]*)?"
    r"(?=[\s,;)…”»\"']|[.:]\s|[.:]?$)",
    re.IGNORECASE,
)
"""A URL without a password, up to the end of the word."""
_REDACTED_URL = "postgresql://…"
_MAX_LINE_LENGTH = 5_000
"""Characters of a line. Nobody reads more, and to search it would take long."""
_OTHER_LOGIN = re.compile(
    r"\b((?!postgres(?:ql)?://)[a-z][\w+.-]{1,40}(?::/{1,2}|//))[^\s/@:“”]*:[^\n“”]*@", re.IGNORECASE
)
"""Another program's URL up to its host: it is not a source, but messages may repeat it."""
_MISSPELT_LOGIN = re.compile(
    r"\b((?!postgres(?:ql)?://)postgres\w*\s?(?:[:;\\][/\\]*+|//))(?=[^\s…])[^\n“”]*@", re.IGNORECASE
)
_LOGIN = re.compile(r"(?<![\w.%+~-])([\w.%+~-]+:)(?!//|/{0,2}…@)(?<!\b[A-Za-z]:(?=[/\\]))[^\s“”]*@")
"""``user:password@``, after anything."""
_SECRET_VALUE = re.compile(rf"((?:{_SECRETS}=|password[\"']?\s*:)\s*)[^\s…].*", re.IGNORECASE)


def is_connection_string(text: str) -> bool:
    """Tell whether ``text`` is meant as a connection string: a URL, ``key=value`` pairs, or nearly so.

    What only resembles one may also be a path: ask :func:`is_existing_path` first. Another program's URL is
    not one.
    """
    if _OTHER_SCHEME.match(text):
        return False
    return _has_login(text) or any(pattern.search(text) for pattern in (_CONNECTION_STRING, _SECRET_KEY))


def _has_login(text: str) -> bool:
    """Tell whether an @ comes after a colon, as in a misspelt connection string."""
    return -1 < text.find(":") < text.rfind("@")


def is_existing_path(text: str) -> bool:
    """Tell whether ``text`` names an existing file or folder."""
    try:
        return Path(text).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False


def has_secret_key(text: str) -> bool:
    """Tell whether ``text`` holds something like ``password=``."""
    return _SECRET_KEY.search(text) is not None


def has_password(text: str) -> bool:
    """Tell whether ``text`` is a connection string that holds a password, or something that may be one."""
    return is_connection_string(text) and not is_existing_path(text) and redact_value(text) != text


def redact_value(text: str) -> str:
    """Return ``text``, a single value, without what may be a password; a doubtful one is cut early."""
    if is_existing_path(text):
        return text
    if not is_connection_string(text):
        return (
            redact_secrets("⏎".join(text.splitlines())) if _OTHER_SCHEME.match(text) else redact_secrets(text)
        )
    secret = _SECRET_KEY.search(text)
    if re.match(r"\s*postgres(ql)?://", text, re.IGNORECASE):
        return text if _SAFE_URL.fullmatch(text.strip()) and not secret else _REDACTED_URL
    ends = [match.end() for match in (secret, _match_login_start(text)) if match]
    return text[: min(ends)] + "…" if ends else text


def _match_login_start(text: str) -> re.Match[str] | None:
    """Match up to where a login may begin: the first colon, or what was typed instead of it."""
    misspelt = re.match(r"\s*postgres", text, re.IGNORECASE) or _has_login(text)
    return re.match(r"[^:;]*[:;]", text) if misspelt else None


def redact_secrets(text: str) -> str:
    """Return ``text`` without any password, or anything that may be part of one."""
    return "\n".join(_redact_line(line) for line in text.split("\n"))


def _redact_line(line: str) -> str:
    if len(line) > _MAX_LINE_LENGTH:
        # The word at the cut may be the beginning of a password.
        line = line[:_MAX_LINE_LENGTH].rpartition(" ")[0] + " …"
    redacted = _URL.sub(_redact_url, line)
    for pattern in (_OTHER_LOGIN, _MISSPELT_LOGIN, _LOGIN):
        redacted = pattern.sub(r"\1…@", redacted)
    return _SECRET_VALUE.sub(r"\1…", redacted)


def _redact_url(match: re.Match[str]) -> str:
    """Return the rest of a line that begins with a URL: unchanged while the URL is safe, else cut off."""
    safe_url = _SAFE_URL.match(match[0])
    if safe_url is None or _SECRET_KEY.search(safe_url[0]):
        return _REDACTED_URL
    rest = match[0][safe_url.end() :]
    # A password with a space in it looks like a port and a word, but an @ follows.
    doubtful = "@" in re.split('["“”]', _URL.sub("", rest))[0]
    return _REDACTED_URL if doubtful else safe_url[0] + _URL.sub(_redact_url, rest)
