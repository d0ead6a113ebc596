"""What the tables and columns of a source that is not the app's are called: ``[tables]`` and ``[columns.TABLE]``."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import ConfigError, format_list
from opttius_cli.i18n import _
from opttius_cli.name_matching import suggest_names
from opttius_cli.sources.dialect import normalize_column_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from opttius_cli.catalog.tables import Table

_WHOLE_NAMES = {"name": "first_name"}
"""Columns that people have as one: a whole name, where the catalog has a first and a last one."""


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """Where tables are, and what their columns are called there.

    ``tables`` maps a table to a file, ``FILE#SHEET``, or the sheet of a workbook; ``columns`` maps, per table, our
    column to the one of the source.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def stamp(self) -> str:
        """A text that changes with the mapping; empty without one."""
        if not self.tables and not self.columns:
            return ""
        text = json.dumps([dict(self.tables), dict(self.columns)], sort_keys=True, default=dict)
        return ";mapping=" + hashlib.sha256(text.encode()).hexdigest()[:12]

    def get_table(self, name: str) -> Table:
        """Return the table of the catalog, with the names that its columns have in the source."""
        table = TABLES[name]
        names = {normalize_column_name(theirs): ours for ours, theirs in self.columns.get(name, {}).items()}
        return replace(table, source_names=tuple(names.items())) if names else table

    def find_place(self, name: str) -> tuple[str, str]:
        """Return the file and the sheet of a table, each empty when it is not said."""
        file, _mark, sheet = self.tables.get(name, "").partition("#")
        return file.strip(), sheet.strip()


def build_mapping(tables: Mapping[str, str], columns: Mapping[str, Mapping[str, str]]) -> SourceMapping:
    """Return the mapping that the settings say.

    Raises:
        ConfigError: a table or column that there is not, or one column of the source for two of ours.
    """
    for name in (*tables, *columns):
        if name not in TABLES:
            raise _unknown_name_error(
                f"[tables] {name}" if name in tables else f"[columns.{name}]", name, TABLES
            )
    return SourceMapping(
        tables, {name: _check_columns(TABLES[name], names) for name, names in columns.items()}
    )


def _check_columns(table: Table, names: Mapping[str, str]) -> dict[str, str]:
    checked: dict[str, str] = {}
    for ours, theirs in names.items():
        column = ours if table.has_column(ours) else _WHOLE_NAMES.get(ours, ours)
        if not table.has_column(column):
            place = f"[columns.{table.name}] {ours}"
            raise _unknown_name_error(place, ours, [item.name for item in table.columns])
        if normalize_column_name(theirs) in map(normalize_column_name, checked.values()):
            raise ConfigError(
                _(
                    "[columns.{table}]: the column “{name}” stands for two of ours.",
                    table=table.name,
                    name=theirs,
                )
            )
        checked[column] = theirs
    return checked


def _unknown_name_error(place: str, name: str, names: Iterable[str]) -> ConfigError:
    return ConfigError(
        _(
            "opttius.toml, {place}: there is no “{name}”. The nearest: {names}.",
            place=place,
            name=name,
            names=format_list(suggest_names(name, names)),
        )
    )
