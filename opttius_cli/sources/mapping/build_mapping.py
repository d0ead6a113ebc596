"""Build the mapping that the settings say, and refuse what cannot be meant: with its key, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING

from opttius_cli.catalog.status_words import STATUS_WORDS
from opttius_cli.catalog.tables import TABLES, Kind
from opttius_cli.errors import ConfigError, format_list
from opttius_cli.i18n import _
from opttius_cli.name_matching import suggest_names
from opttius_cli.sources.mapping.source_mapping import NUMBERED_TABLES, ROW_ID, SourceMapping

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.catalog.tables import Table
    from opttius_cli.config import Config

WHOLE_NAMES = {"name": "first_name"}
"""Columns that people have as one: a whole name, where the catalog has a first and a last one."""
_WORD_KINDS = {Kind.TEXT, Kind.ID, Kind.FLAG}
"""Columns of words; an amount or a date is read in every form that people write, and has no word for another."""


def build_mapping(
    tables: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str]],
    values: Mapping[str, Mapping[str, str]] | None = None,
    words: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
) -> SourceMapping:
    """Return the mapping that the settings say.

    Raises:
        ConfigError: a table, column or code that there is not, a value that its column cannot hold, or one that the
            source is to give as well.
    """
    for name in tables:
        _find_table(f"[tables] {name}", name)
    checked_columns = {name: _check_columns(name, names) for name, names in columns.items()}
    checked_values = {
        name: _check_values(name, items, checked_columns.get(name, {}))
        for name, items in (values or {}).items()
    }
    checked_words = {
        name: _check_words(name, items, checked_values.get(name, {})) for name, items in (words or {}).items()
    }
    return SourceMapping(tables, checked_columns, checked_values, checked_words)


def read_mapping(config: Config) -> SourceMapping:
    """Return the mapping of the settings. Raises ConfigError."""
    mapping = build_mapping(config.tables, config.columns, config.values, config.words)
    if config.privacy_key is None:
        return mapping
    return replace(mapping, id_key=blake2b(config.privacy_key.encode(), person=b"customer ids").hexdigest())


def _check_columns(name: str, names: Mapping[str, str]) -> dict[str, str]:
    section = f"[columns.{name}]"
    table = _find_table(section, name)
    checked: dict[str, str] = {}
    for ours, theirs in names.items():
        column = _find_column(table, section, ours)
        if column in checked:
            raise ConfigError(
                _(
                    "opttius.toml, {section} {name}: it is {column}, which another line names. Keep one of the two.",
                    section=section,
                    name=ours,
                    column=column,
                )
            )
        checked[column] = theirs
    return checked


def _check_values(name: str, items: Mapping[str, str], columns: Mapping[str, str]) -> dict[str, str]:
    section = f"[values.{name}]"
    table = _find_table(section, name)
    checked = {}
    for ours, value in items.items():
        column = _find_column(table, section, ours)
        if column in columns:
            raise ConfigError(
                _(
                    "opttius.toml, {section} {name}: [columns.{table}] says that “{column}” holds it. Remove one of "
                    "the two lines.",
                    section=section,
                    name=ours,
                    table=name,
                    column=columns[column],
                )
            )
        checked[column] = _check_value(table, f"{section} {ours}", column, value)
    return checked


def _check_value(table: Table, place: str, column: str, value: str) -> str:
    """Return a value that stands in every row. Raises ConfigError when its column cannot hold it."""
    kind = table.get_column(column).kind
    if value == ROW_ID and (table.name not in NUMBERED_TABLES or column not in table.key):
        raise ConfigError(
            _(
                "opttius.toml, {place}: the number of a row changes when another is written above it, so that no "
                "{column} can rest on it here. Name a column that tells its rows apart.",
                place=place,
                column=column,
            )
        )
    if kind is Kind.FLAG and value not in {"true", "false"}:
        raise _build_value_error(place, value, _("true or false"))
    if kind in {Kind.MONEY, Kind.NUMBER} and not re.fullmatch(r"-?\d{1,12}", value):
        raise _build_value_error(place, value, _("a whole number such as 0"))
    if kind in {Kind.DATE, Kind.INSTANT} and not _is_date(value):
        raise _build_value_error(place, value, _("a date such as 2026-01-31"))
    _check_code(table, place, column, value)
    return value


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _check_words(
    name: str, columns: Mapping[str, Mapping[str, str]], values: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    checked = {}
    for ours, words in columns.items():
        section = f"[words.{name}.{ours}]"
        table = _find_table(section, name)
        column = _find_column(table, section, ours)
        if column in values:
            raise ConfigError(
                _(
                    "opttius.toml, {section}: [values.{table}] says what every row holds there. Remove one of the two.",
                    section=section,
                    table=name,
                )
            )
        if table.get_column(column).kind not in _WORD_KINDS:
            raise ConfigError(
                _(
                    "opttius.toml, {section}: {column} holds amounts or dates, not words. Remove these lines.",
                    section=section,
                    column=column,
                )
            )
        checked[column] = _check_meanings(table, section, column, words)
    return checked


def _check_meanings(table: Table, section: str, column: str, words: Mapping[str, str]) -> dict[str, str]:
    """Return what each word means, in lower case. Raises ConfigError for a word with two meanings."""
    checked: dict[str, str] = {}
    for word, code in words.items():
        _check_value(table, f"{section} {word}", column, code)
        if checked.setdefault(word.strip().lower(), code) != code:
            raise ConfigError(
                _(
                    "opttius.toml, {section}: “{word}” means two things. Keep one of the lines; upper and lower case "
                    "are the same word.",
                    section=section,
                    word=word,
                )
            )
    return checked


def _check_code(table: Table, place: str, column: str, code: str) -> None:
    codes = STATUS_WORDS.get((table.name, column), {})
    if codes and code not in codes:
        raise _build_value_error(place, code, _("one of {names}", names=", ".join(codes)))


def _build_value_error(place: str, value: str, expected: str) -> ConfigError:
    return ConfigError(
        _("opttius.toml, {place}: “{value}” must be {kind}.", place=place, value=value, kind=expected)
    )


def _find_table(place: str, name: str) -> Table:
    if name not in TABLES:
        raise _build_name_error(place, name, TABLES)
    return TABLES[name]


def _find_column(table: Table, section: str, name: str) -> str:
    """Return the column that a key means. Raises ConfigError when the table has none of that name."""
    column = name if table.has_column(name) else WHOLE_NAMES.get(name, name)
    if not table.has_column(column):
        place = f"{section} {name}"
        raise _build_name_error(place, name, [item.name for item in table.columns])
    return column


def _build_name_error(place: str, name: str, names: Iterable[str]) -> ConfigError:
    return ConfigError(
        _(
            "opttius.toml, {place}: there is no “{name}”. The nearest: {names}.",
            place=place,
            name=name,
            names=format_list(suggest_names(name, names)),
        )
    )
