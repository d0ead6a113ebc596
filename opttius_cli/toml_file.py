"""Read a TOML file, or raise an error that names the line.

Windows editors put a byte order mark at the start of a UTF-8 file; it is dropped.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

_LINE_NUMBER = re.compile(r"at line (\d+)")


class InvalidTomlError(ValueError):
    """A text that is not TOML, or that Python cannot hold; ``line`` (from 1) is where."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_text(file: Path) -> str:
    """Read the text of a TOML file. Raises ConfigError when it cannot be read, or is not UTF-8."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(_("{file} is not in UTF-8. Save it as UTF-8.", file=file)) from error
    except OSError as error:
        why = error.strerror or error
        raise ConfigError(_("{file} cannot be read: {why}", file=file, why=why)) from error


def parse_toml(file: Path, text: str) -> dict[str, Any]:
    """Parse the ``text`` of ``file``, floats as decimals. Raises ConfigError when it is not valid TOML.

    The parser's message exists in English only, so the error names just the line.
    """
    try:
        return parse_text(text)
    except InvalidTomlError as error:
        raise ConfigError(
            _(
                '{file}, line {line}: this cannot be read. Write each setting once, as name = "text", '
                'name = 3, name = true or name = ["one", "two"].',
                file=file,
                line=error.line,
            )
        ) from error


def parse_text(text: str) -> dict[str, Any]:
    """Parse TOML, floats as decimals. Raises InvalidTomlError."""
    try:
        return tomllib.loads(text, parse_float=_parse_decimal)
    except (ValueError, RecursionError) as error:
        # ValueError: not TOML, or a number too long for Python; RecursionError: values nested too deeply.
        raise InvalidTomlError(_find_error_line(text, error)) from error


def _find_error_line(text: str, error: Exception) -> int:
    """Find the line that the parser rejects; without a message, the one with the most brackets or digits."""
    match = _LINE_NUMBER.search(str(error))
    if match:
        return int(match[1])
    lines = text.split("\n")
    if isinstance(error, tomllib.TOMLDecodeError):
        return max(1, len(text.splitlines()))
    signs = "[{" if isinstance(error, RecursionError) else "0123456789"
    return max(range(len(lines)), key=lambda index: sum(map(lines[index].count, signs))) + 1


def _parse_decimal(text: str) -> Decimal:
    """Convert a number exactly as it is written; one with an impossible exponent becomes NaN."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")
