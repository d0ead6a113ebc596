"""A folder with one file (or several) per table: CSV, Parquet, JSON and JSON lines, plain or compressed."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, UnreadableError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source import Part, Refusal, Staged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb


def table_of(stem: str) -> str | None:
    """The table that a file called ``stem`` holds rows of: ``orders``, ``orders-2025``, ``public.orders_rows``."""
    name = stem.lower().removeprefix("public.")
    fitting = [table for table in TABLES if name == table or name.startswith((f"{table}-", f"{table}_", f"{table}."))]
    return max(fitting, key=len, default=None)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of exports."""

    path: Path

    @property
    def name(self) -> str:
        """The folder's path."""
        return str(self.path)

    def fingerprint(self) -> str:
        """Names, sizes and modification times of the files that hold tables."""
        stats = [(file.name, file.stat()) for file in self._files()]
        return ";".join(f"{name}:{stat.st_size}:{stat.st_mtime_ns}" for name, stat in stats)

    def parts(self) -> Mapping[str, Sequence[Part]]:
        """The files of every table, in the order of their names."""
        found: dict[str, list[Part]] = {}
        for file in self._files():
            table = table_of(file.name.split(".csv")[0])
            if table:
                found.setdefault(table, []).append(CsvFile(file))
        return found

    def _files(self) -> list[Path]:
        return sorted(file for file in self.path.iterdir() if file.is_file() and file.name.endswith(".csv"))


@dataclass(slots=True)
class CsvFile:
    """A CSV file, whatever program wrote it."""

    path: Path
    _view: str = field(default="staged_csv")

    @property
    def label(self) -> str:
        """The file's name."""
        return self.path.name

    def stage(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """A view of text cells, named as in the header."""
        with self.path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file), None)
        if header is None:
            raise UnreadableError(self.path, _("it is empty"))
        relation = con.read_csv(
            str(self.path), header=True, all_varchar=True, delimiter=",", quotechar='"', escapechar='"',
            na_values=["\\N", ""], auto_detect=False, columns={name: "VARCHAR" for name in header},
        )
        relation.create_view(self._view)
        return Staged(self._view, {name.lower(): (name, "VARCHAR") for name in header})

    def refusals(self, con: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
        return []

    def lines(self, ordinals: Sequence[int]) -> Mapping[int, int]:
        return {}

    def release(self, con: duckdb.DuckDBPyConnection) -> None:
        con.execute(f'DROP VIEW IF EXISTS "{self._view}"')
