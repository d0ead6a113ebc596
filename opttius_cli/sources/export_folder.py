"""Read a folder with one or more files per table: CSV, Parquet, JSON, workbooks, plain or compressed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError, UnreadableFileError, format_list
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import UNREAD_FOLDER, UNREAD_NAME, FileSource
from opttius_cli.snapshot.unread import build_unread_sentence, describe_remedy
from opttius_cli.sources.csv_file import CsvFile
from opttius_cli.sources.file_names import (
    NamedFile,
    parse_file_name,
    printable,
    refuse_unprintable,
    verify_type,
)
from opttius_cli.sources.file_types import FileType, refuse_irregular, translate_io_errors
from opttius_cli.sources.folder import OWN_FILES, READ_FORMS, unread_entry
from opttius_cli.sources.json.json_file import JsonFile
from opttius_cli.sources.mapping import SourceMapping
from opttius_cli.sources.parquet_file import ParquetFile
from opttius_cli.sources.table_names import detect_table, file_stamp, no_tables_error

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from opttius_cli.snapshot.source_protocol import LoadContext, Part, Unread


@dataclass(frozen=True, slots=True)
class ExportFolder(FileSource):
    """A folder of exports; ``mapping`` says which files hold which tables where their names do not.

    With ``file`` it is this one file of the folder, which the mapping names for every table that it holds.
    """

    path: Path
    mapping: SourceMapping = field(default_factory=SourceMapping)
    file: Path | None = None

    @property
    def name(self) -> str:
        """Return the path of the folder, or of its one file."""
        return str(self.file or self.path)

    def compute_fingerprint(self) -> str:
        """Names, sizes and modification times of the files that hold tables, and the names of all others."""
        with translate_io_errors(self.path):
            files = self._find_table_files()
            stamps = [file_stamp(file.path) for file, _table in files]
            return ";".join([*stamps, *(item.name for item in self.unread(files))])

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Part]]:
        """Return the files of every table, sorted by name. Raises SourceError when there are none."""
        files = self._find_table_files()
        unread = self.unread(files)
        if not files:
            raise self._without_tables(unread)
        context.unread.extend(unread)
        parts_by_table: dict[str, list[Part]] = {}
        for file, table in files:
            parts_by_table.setdefault(table, []).extend(
                _open_parts(verify_type(file), table, context, self.mapping)
            )
        return parts_by_table

    def unread(self, files: Sequence[tuple[NamedFile, str]]) -> list[Unread]:
        """Return what the folder holds besides ``files``."""
        read = {file.path for file, _table in files}
        return [item for path in self._list_entries() if path not in read for item in unread_entry(path)]

    def _without_tables(self, unread: Sequence[Unread]) -> SourceError:
        if (self.path / "toc.dat").is_file():
            form = FileType.DIRECTORY_DUMP.value
            return UnreadableFileError(
                self.path, _("it is {form}. {remedy}", form=form, remedy=describe_remedy(form, self.path))
            )
        names = [
            printable(file.name)
            for file in self._list_entries()
            if not file.name.startswith(".") and file.name.lower() not in OWN_FILES
        ]
        error = no_tables_error(self.path, names)
        inner = sorted({item.name.partition("/")[0] for item in unread if item.reason == UNREAD_FOLDER})
        if inner:
            hint = _("The files lie in a folder within it: --source {path}", path=self.path / inner[0])
            return SourceError(f"{error} {hint}")
        near = [item for item in unread if item.reason != UNREAD_NAME]
        return SourceError(" ".join((str(error), *(build_unread_sentence(item) for item in near[:3]))))

    def _list_entries(self) -> list[Path]:
        if self.file:
            return [self.file]
        with translate_io_errors(self.path):
            return sorted(self.path.iterdir())

    def _find_mapped_files(self) -> list[tuple[NamedFile, str]]:
        """Return the files that the mapping names. Raises SourceError when one does not exist or is no export."""
        files = []
        for table in self.mapping.tables:
            name = self.mapping.find_place(table)[0]
            path = self.path / name
            file = parse_file_name(path)
            is_there = bool(name) and path.is_file() and self.file in {None, path}
            if not is_there or file is None or file.file_type not in READ_FORMS:
                raise SourceError(
                    _(
                        "opttius.toml, [tables] {table}: {path} is not a file of rows. The source has {names}.",
                        table=table,
                        path=name or self.mapping.tables[table],
                        names=format_list([entry.name for entry in self._list_entries()]),
                    )
                )
            files.append((file, table))
        return files

    def _find_table_files(self) -> list[tuple[NamedFile, str]]:
        """Return the files that hold tables, with the table of each."""
        table_files = self._find_mapped_files()
        for path in self._list_entries():
            file = parse_file_name(path)
            table = detect_table(file.stem) if file and file.file_type in READ_FORMS else None
            if not file or not table or table in self.mapping.tables:
                continue
            if path in {other.path for other, _table in table_files}:
                continue
            refuse_unprintable(path)
            with translate_io_errors(path):
                refuse_irregular(path)
            if path.is_dir():
                raise UnreadableFileError(path, _("it is a folder, not a file. Move or rename it."))
            table_files.append((file, table))
        return table_files


def _open_parts(file: NamedFile, name: str, context: LoadContext, mapping: SourceMapping) -> Sequence[Part]:
    table = mapping.get_table(name)
    if file.file_type is FileType.CSV:
        return [CsvFile(file, table, context.scratch)]
    if file.file_type is FileType.JSON:
        return [JsonFile(file, table, context.scratch)]
    if file.file_type is FileType.PARQUET and file.compression is None:
        return [ParquetFile(file, table)]
    if file.file_type is FileType.WORKBOOK and file.compression is None:
        from opttius_cli.sources.workbook import Workbook

        return Workbook(file.path, name, mapping).open_parts(context)[name]
    raise SourceError(_("{path} is compressed twice. Unpack it and load again.", path=file.path))
