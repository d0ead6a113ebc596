"""Read what earlier runs stored. It is data: every value is checked before it is used.

This is how ledgers, manifests and memos are read. A file may have been damaged, edited, or written by a newer
version: what is not expected raises ValueError, and who reads decides whether an entry or the file is passed over.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

T = TypeVar("T")
_YEARS = range(1971, 9999)
"""The years of instants: in every time zone they stay within what Python can represent."""
_MOST_BYTES = 64_000_000
"""More than any file that is stored here has."""
_LARGEST = 2**53


class NotAFileError(OSError):
    """Something else than a file, such as a folder, stands where a file is stored."""

    def __init__(self) -> None:
        super().__init__(errno.EINVAL, "not a file")


def require_file(path: Path) -> bool:
    """Return whether there is a file at ``path``; False when nothing is there.

    Raises:
        NotAFileError: something else is there: a folder, a pipe, a link that leads nowhere.
    """
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        if path.is_symlink():
            raise NotAFileError from None
        return False
    if not stat.S_ISREG(mode):
        raise NotAFileError
    return True


def read_text(path: Path) -> str:
    """Read a stored text file in UTF-8; whatever stands there, this does not wait and does not fill the memory.

    Raises:
        OSError: it is not there, cannot be read, or is not a file.
        ValueError: it is not UTF-8, or far too long.
    """
    # A pipe without a writer would be waited for.
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb") as file:  # noqa: PTH123 - a handle, not a path
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise NotAFileError
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError
    return data.decode("utf-8")


def parse_json(text: str) -> Any:
    """Return what a JSON text holds, with numbers as int or finite Decimal. Raises ValueError."""
    try:
        return json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
    except (RecursionError, ArithmeticError) as error:
        raise ValueError from error


def _refuse_constant(name: str) -> NoReturn:
    """Refuse NaN and the infinities, which are no JSON."""
    raise ValueError(name)


def require(value: T, is_sound: bool) -> T:  # noqa: FBT001 - the condition beside the value
    """Return ``value``. Raises ValueError unless it ``is_sound``."""
    if not is_sound:
        raise ValueError
    return value


def require_text(value: Any) -> str:
    """Return a text that can be shown, stored and handed to other programs. Raises ValueError."""
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    # Halves of a character cannot be written.
    value.encode("utf-8")
    return value


def require_choice(value: Any, choices: Collection[T]) -> T:
    """Return that of ``choices``, which are texts, that ``value`` is. Raises ValueError."""
    text = require_text(value)
    for choice in choices:
        if choice == text:
            return choice
    raise ValueError(text)


def require_integer(value: Any, least: int = 0) -> int:
    """Return a whole number from ``least`` on. Raises ValueError."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return int(require(value, is_number and least <= value <= _LARGEST))


def require_list(value: Any, parse: Callable[[Any], T]) -> tuple[T, ...]:
    """Return the items of a list, each read by ``parse``. Raises ValueError."""
    return tuple(parse(item) for item in require(value, isinstance(value, list)))


def require_mapping(value: Any, parse: Callable[[Any], T]) -> dict[str, T]:
    """Return an object with texts as keys, its values read by ``parse``. Raises ValueError."""
    require(value, isinstance(value, dict))
    return {require_text(key): parse(item) for key, item in value.items()}


def parse_optional(value: Any, parse: Callable[[Any], T]) -> T | None:
    """Return None for None, else what ``parse`` reads. Raises ValueError."""
    return None if value is None else parse(value)


def parse_instant(value: Any) -> datetime:
    """Return an instant in UTC, written with its offset. Raises ValueError."""
    moment = datetime.fromisoformat(require_text(value))
    require(moment, moment.tzinfo is not None and moment.year in _YEARS)
    return moment.astimezone(UTC)


def parse_number(value: Any) -> Decimal:
    """Return a finite decimal, written as a number or as a text. Raises ValueError."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return require(Decimal(value), Decimal(value).is_finite())
    try:
        number = Decimal(require_text(value))
    except ArithmeticError as error:
        raise ValueError from error
    return require(number, number.is_finite())
