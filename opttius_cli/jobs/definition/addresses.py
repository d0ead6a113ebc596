"""The addresses of ``deliver``: their secrets are named, never written, and read where they are kept."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

from opttius_cli.errors import ConfigError
from opttius_cli.files.permissions import is_open_to_others
from opttius_cli.i18n import _
from opttius_cli.setting_parsers import parse_texts

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET = re.compile(r"\$\{(?P<source>file:)?(?P<name>[^{}]+)\}")
_MAIL = ("mailto", "mailtos")
_PASSWORD_KEYS = ("pass", "password")


def parse_addresses(value: Any) -> tuple[str, ...]:
    """Parse the addresses of a job. Raises ValueError for one that is none, or that holds a secret in clear."""
    addresses = parse_texts(value)
    for address in addresses:
        _check_address(address)
    return addresses


def _check_address(address: str) -> None:
    kind = _("addresses such as {example}", example='"mailtos://ana:${MAIL_PASSWORD}@smtp.example.com?to=…"')
    scheme, separator, _rest = address.partition("://")
    if not _SECRET.fullmatch(address) and (not separator or not scheme.isalnum()):
        raise ValueError(kind)
    if _holds_secret(address, scheme):
        raise ValueError(
            _(
                "addresses without a secret in clear: name a variable, {variable}, or a file that only you can "
                "read, {file}",
                variable="${NAME}",
                file="${file:PATH}",
            )
        )


def _holds_secret(address: str, scheme: str) -> bool:
    """Whether an address holds a password in clear; of a chat service, whether it names no secret at all."""
    if scheme.lower() not in _MAIL:
        return not _SECRET.search(address)
    # What stands for a secret must not be taken for a part of the address.
    plain = urlsplit(_SECRET.sub("SECRET", address))
    passwords = [
        plain.password,
        *(text for key in _PASSWORD_KEYS for text in parse_qs(plain.query).get(key, [])),
    ]
    return any(password not in {None, "SECRET"} for password in passwords)


def list_variables(address: str) -> list[str]:
    """Return the variables of the environment that an address names."""
    return [match["name"] for match in _SECRET.finditer(address) if not match["source"]]


def resolve_secrets(address: str, environment: Mapping[str, str], folder: Path) -> tuple[str, list[str]]:
    """Return an address with its secrets, and the secrets; a path is relative to ``folder``.

    A secret that is the whole address stays as it is; within one it is quoted as a part of a URL.

    Raises:
        ConfigError: a variable is not set, or a file is missing or can be read by others.
    """
    secrets: list[str] = []

    def read_secret(match: re.Match[str]) -> str:
        name = match["name"]
        secret = (
            _read_file(folder / Path(name).expanduser()) if match["source"] else environment.get(name, "")
        )
        if not secret:
            raise ConfigError(
                _("deliver: {name} has no value. Set the variable, or fill the file.", name=name)
            )
        is_whole = match.group() == address
        secrets.extend({secret, quote(secret, safe="")})
        return secret if is_whole else quote(secret, safe="")

    return _SECRET.sub(read_secret, address), secrets


def _read_file(path: Path) -> str:
    try:
        if is_open_to_others(path):
            raise ConfigError(_("deliver: other users can read {path}. Type chmod 600 {path}", path=path))
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(_("deliver: {path} cannot be read.", path=path)) from error
