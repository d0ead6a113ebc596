"""Read a folder with one or more files per table: CSV, Parquet, JSON, workbooks, plain or compressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import FileSource
from opttius_cli.sources.csv_file import CsvFile
from opttius_cli.sources.file_types import (
    FileType,
    NamedFile,
    parse_file_name,
    translate_io_errors,
    verify_type,
)
from opttius_cli.sources.json_file import JsonFile
from opttius_cli.sources.parquet_file import ParquetFile
from opttius_cli.sources.table_names import detect_table, file_stamp, no_tables_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from opttius_cli.snapshot.source_protocol import LoadContext, Part

_READABLE = (FileType.CSV, FileType.JSON, FileType.PARQUET, FileType.WORKBOOK)


@dataclass(frozen=True, slots=True)
class ExportFolder(FileSource):
    """A folder of exports."""

    path: Path

    @property
    def name(self) -> str:
        """Return the folder's path."""
        return str(self.path)

    def compute_fingerprint(self) -> str:
        """Return names, sizes and modification times of the files that hold tables."""
        with translate_io_errors(self.path):
            return ";".join(file_stamp(file.path) for file, _table in self._find_table_files())

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Part]]:
        """Return the files of every table, sorted by name. Raises SourceError when there are none."""
        files = self._find_table_files()
        if not files:
            raise no_tables_error(
                self.path, [file.name for file in self._list_entries() if not file.name.startswith(".")]
            )
        parts_by_table: dict[str, list[Part]] = {}
        for file, table in files:
            parts_by_table.setdefault(table, []).extend(_open_parts(verify_type(file), table, context))
        return parts_by_table

    def _list_entries(self) -> list[Path]:
        with translate_io_errors(self.path):
            return sorted(self.path.iterdir())

    def _find_table_files(self) -> list[tuple[NamedFile, str]]:
        """Return the files that hold tables, with the table of each."""
        table_files = []
        for path in self._list_entries():
            file = parse_file_name(path)
            table = detect_table(file.stem) if file and file.file_type in _READABLE else None
            if not file or not table:
                continue
            if path.is_dir():
                raise UnreadableFileError(path, _("it is a folder, not a file. Move or rename it."))
            table_files.append((file, table))
        return table_files


def _open_parts(file: NamedFile, table: str, context: LoadContext) -> Sequence[Part]:
    if file.file_type is FileType.CSV:
        return [CsvFile(file, TABLES[table], context.scratch)]
    if file.file_type is FileType.JSON:
        return [JsonFile(file, TABLES[table], context.scratch)]
    if file.file_type is FileType.PARQUET and file.compression is None:
        return [ParquetFile(file, TABLES[table])]
    if file.file_type is FileType.WORKBOOK and file.compression is None:
        from opttius_cli.sources.workbook import Workbook

        return Workbook(file.path, only_table=table).open_parts(context)[table]
    raise SourceError(_("{path} is compressed twice. Unpack it and load again.", path=file.path))
