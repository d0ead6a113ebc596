"""What the tables, columns and words of a source that is not the app's are called, and what it does not say."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.sources.dialect import normalize_column_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.catalog.tables import Table
ROW_ID = "{row}"
"""The value that stands for the file and the number of the row, where a sheet has no id."""
NUMBERED_TABLES = {
    "orders", "lab_work_orders", "appointments", "quotes", "order_items", "order_payments", "credit_notes",
    "prescriptions",
}  # fmt: skip
"""Tables whose rows may be known by their number. Of customers lists and opt-outs are kept, by their id."""
_PERSONAL_COLUMNS = ("first_name", "last_name", "email", "phone", "rut")
"""Columns of customers that are shown masked; their id is shown whole."""


@dataclass(frozen=True, slots=True)
class SourceMapping:
    """Where tables are, what their columns are called there, and what their cells mean.

    ``tables`` maps a table to a file, ``FILE#SHEET``, or the sheet of a workbook; ``columns`` maps, per table, our
    column to the one of the source; ``values`` has, per table, what a column of ours holds in every row; ``words`` has,
    per table and column, what the words of its cells mean. ``id_key`` is a secret for ids that are personal: without it
    whoever tries every RUT finds which one an id stands for.
    """

    tables: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    id_key: str = field(default="", repr=False)

    @property
    def stamp(self) -> str:
        """A text that changes with the mapping; empty without one."""
        parts = (self.tables, self.columns, self.values, self.words)
        if not any(parts):
            return ""
        text = json.dumps([*parts, self.id_key if self.has_personal_ids else ""], sort_keys=True)
        return ";mapping=" + hashlib.sha256(text.encode()).hexdigest()[:12]

    @property
    def has_personal_ids(self) -> bool:
        """Return whether customers are known in the source by their RUT, email, telephone or name."""
        columns = {
            ours: normalize_column_name(theirs) for ours, theirs in self.columns.get("customers", {}).items()
        }
        return columns.get("id") in {columns.get(name, name) for name in _PERSONAL_COLUMNS}

    def get_table(self, name: str) -> Table:
        """Return the table of the catalog, with the names that its columns have in the source."""
        table = TABLES[name]
        names = [(normalize_column_name(theirs), ours) for ours, theirs in self.columns.get(name, {}).items()]
        # Of two columns that are read from one, that without which the table is refused comes first.
        names.sort(key=lambda pair: pair[1] not in table.mandatory_columns)
        return replace(table, source_names=tuple(names), constant_columns=tuple(self.values.get(name, ())))

    def find_place(self, name: str) -> tuple[str, str]:
        """Return the file and the sheet of a table, each empty when it is not said."""
        file, _mark, sheet = self.tables.get(name, "").partition("#")
        return file.strip(), sheet.strip()
