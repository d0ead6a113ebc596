"""Read a folder with one or more files per table: CSV, Parquet, JSON, workbooks, plain or compressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, UnreadableError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source import Export
from opttius_cli.sources.csvfile import CsvFile
from opttius_cli.sources.files import Form, Named, checked, named, reading
from opttius_cli.sources.jsonfile import JsonFile
from opttius_cli.sources.names import nothing_known, stamp, table_of
from opttius_cli.sources.parquet import ParquetFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from opttius_cli.snapshot.source import Part, Site

_READ = (Form.CSV, Form.JSON, Form.PARQUET, Form.WORKBOOK)


@dataclass(frozen=True, slots=True)
class Folder(Export):
    """A folder of exports."""

    path: Path

    @property
    def name(self) -> str:
        """Return the folder's path."""
        return str(self.path)

    def fingerprint(self) -> str:
        """Return names, sizes and modification times of the files that hold tables."""
        with reading(self.path):
            return ";".join(stamp(file.path) for file, _table in self._files())

    def parts(self, site: Site) -> Mapping[str, Sequence[Part]]:
        """Return the files of every table, sorted by name. Raises SourceError when there are none."""
        files = self._files()
        if not files:
            raise nothing_known(
                self.path, [file.name for file in self._entries() if not file.name.startswith(".")]
            )
        found: dict[str, list[Part]] = {}
        for file, table in files:
            found.setdefault(table, []).extend(_parts(checked(file), table, site))
        return found

    def _entries(self) -> list[Path]:
        with reading(self.path):
            return sorted(self.path.iterdir())

    def _files(self) -> list[tuple[Named, str]]:
        """Return the files that hold tables, with the table of each."""
        found = []
        for path in self._entries():
            file = named(path)
            table = table_of(file.stem) if file and file.form in _READ else None
            if not file or not table:
                continue
            if path.is_dir():
                raise UnreadableError(path, _("it is a folder, not a file. Move or rename it."))
            found.append((file, table))
        return found


def _parts(file: Named, table: str, site: Site) -> Sequence[Part]:
    if file.form is Form.CSV:
        return [CsvFile(file, TABLES[table], site.scratch)]
    if file.form is Form.JSON:
        return [JsonFile(file, TABLES[table], site.scratch)]
    if file.form is Form.PARQUET and file.packed is None:
        return [ParquetFile(file, TABLES[table])]
    if file.form is Form.WORKBOOK and file.packed is None:
        from opttius_cli.sources.spreadsheet import Workbook

        return Workbook(file.path, only=table).parts(site)[table]
    raise SourceError(_("{path} is compressed twice. Unpack it and load again.", path=file.path))
