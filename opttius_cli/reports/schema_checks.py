"""Checks for values of a TOML table: a schema maps each key to the check of its value.

A check raises :class:`InvalidValueError` with the path of the wrong key. It never fails in another way,
whatever the value is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from opttius_cli.i18n import LANGUAGES, _
from opttius_cli.result import MAX_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Collection

KeyPath = tuple[str, ...]
Check = Callable[[Any, KeyPath], None]

MAX_TEXT_LENGTH = 1_000
_NO_BREAK_SPACE = "\u00a0"


class InvalidValueError(ValueError):
    """A value that its key cannot have; ``path`` leads to the key."""

    def __init__(self, path: KeyPath, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


def check_text(value: Any, path: KeyPath) -> None:
    """Accept one line of text that is not blank."""
    if not isinstance(value, str):
        raise InvalidValueError(path, _("must be a text in quotation marks"))
    if not value.strip() or len(value) > MAX_TEXT_LENGTH:
        raise InvalidValueError(path, _("must have 1 to {count} characters", count=MAX_TEXT_LENGTH))
    # Control characters, line ends and marks that change the direction of text are not printable.
    if not value.replace(_NO_BREAK_SPACE, " ").isprintable():
        raise InvalidValueError(path, _("must be one line without control characters"))


def check_flag(value: Any, path: KeyPath) -> None:
    """Accept true or false."""
    if not isinstance(value, bool):
        raise InvalidValueError(path, _("must be true or false"))


def check_texts(value: Any, path: KeyPath) -> None:
    """Accept one text for all languages, or a table with a text for each language."""
    if isinstance(value, str):
        check_text(value, path)
    elif not isinstance(value, dict) or not value:
        raise InvalidValueError(
            path, _('must be a text, or a text for each language: { es = "…", en = "…" }')
        )
    else:
        check_table(value, path, dict.fromkeys(LANGUAGES, check_text))


def check_names(value: Any, path: KeyPath) -> None:
    """Accept a name, or a list of different names."""
    if isinstance(value, str):
        check_text(value, path)
        return
    check_name_list(value, path)


def check_name_list(value: Any, path: KeyPath) -> None:
    """Accept a list of different names, at least one."""
    if not isinstance(value, list) or not value:
        raise InvalidValueError(path, _('must be a list of names: ["one", "two"]'))
    if len(value) > MAX_COLUMNS:
        raise InvalidValueError(path, _("must have at most {count} names", count=MAX_COLUMNS))
    for name in value:
        check_text(name, path)
    repeats = [name for position, name in enumerate(value) if name in value[:position]]
    if repeats:
        raise InvalidValueError(path, _("names {name} twice", name=repeats[0]))


def one_of(names: Collection[str]) -> Check:
    """Return a check that accepts one of ``names``."""

    def check(value: Any, path: KeyPath) -> None:
        if not isinstance(value, str) or value not in names:
            raise InvalidValueError(path, _("must be one of {names}", names=", ".join(names)))

    return check


def table_of(schema: Mapping[str, Check], required: Collection[str] = ()) -> Check:
    """Return a check that accepts a table with the keys of ``schema``, of which ``required`` must be there."""

    def check(value: Any, path: KeyPath) -> None:
        if not isinstance(value, dict):
            raise InvalidValueError(path, _("must be a table with the keys {names}", names=", ".join(schema)))
        check_table(value, path, schema)
        for key in required:
            if key not in value:
                raise InvalidValueError((*path, key), _("is missing"))

    return check


def map_of(check_value: Check) -> Check:
    """Return a check that accepts a table with any names as keys, whose values ``check_value`` accepts."""

    def check(value: Any, path: KeyPath) -> None:
        if not isinstance(value, dict):
            raise InvalidValueError(path, _("must be a table"))
        for key, item in value.items():
            check_text(key, (*path, key))
            check_value(item, (*path, key))

    return check


def check_table(value: Mapping[str, Any], path: KeyPath, schema: Mapping[str, Check]) -> None:
    """Check every key of ``value``; a key that ``schema`` does not have is an error."""
    for key, item in value.items():
        if key not in schema:
            raise InvalidValueError(
                (*path, key), _("is not a key here; there are {names}", names=", ".join(schema))
            )
        schema[key](item, (*path, key))
