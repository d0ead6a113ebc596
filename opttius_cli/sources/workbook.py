"""Read an .xlsx workbook with a sheet per table, row by row: a sheet is never in memory as a whole."""

from __future__ import annotations

import uuid
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import FileSource, RejectedRow, StagedView
from opttius_cli.sources.dialect import normalize_column_name
from opttius_cli.sources.file_types import translate_io_errors
from opttius_cli.sources.table_names import detect_table, file_stamp, no_tables_error
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb
    from openpyxl import Workbook as Opened

    from opttius_cli.snapshot.source_protocol import LoadContext

_BATCH_ROWS = 20_000
_MAX_EXACT = 1e15
"""Larger numbers are not exact in a spreadsheet, and are kept in their float form."""
_MAX_SHARED_BYTES = 1 << 30
"""Limit in bytes of a workbook's shared texts, which openpyxl keeps in memory."""


@dataclass(slots=True)
class Workbook(FileSource):
    """A workbook. ``only_table`` is the table of a workbook with a single one, whatever its sheet's name."""

    path: Path
    only_table: str | None = None
    _book: Opened | None = None
    _file: IO[bytes] | None = None

    @property
    def name(self) -> str:
        """Return the file's path."""
        return str(self.path)

    def compute_fingerprint(self) -> str:
        """Return the file's size and modification time."""
        return file_stamp(self.path)

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Sheet]]:
        """Return the sheets of every table."""
        titles = self.open_book().sheetnames
        sheets: dict[str, list[Sheet]] = {}
        for title in titles:
            if (table := detect_table(title)) and self.only_table in (None, table):
                sheets.setdefault(table, []).append(Sheet(self, title, TABLES[table]))
        if self.only_table and not sheets and len(titles) == 1:
            sheets[self.only_table] = [Sheet(self, titles[0], TABLES[self.only_table])]
        self.close_book()
        if not sheets:
            raise no_tables_error(self.path, titles)
        return sheets

    def open_book(self) -> Opened:
        """Open the workbook if it is not open yet: opening reads every shared text."""
        if self._book is None:
            from openpyxl import load_workbook

            with translate_io_errors(self.path):
                try:
                    self._check_size()
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        self._file = self.path.open("rb")
                        self._book = load_workbook(self._file, read_only=True, data_only=True)
                except (OSError, SourceError):
                    self.close_book()
                    raise
                except Exception as error:  # openpyxl raises whatever its parsers meet
                    self.close_book()
                    raise self.build_damaged_error() from error
        return self._book

    def close_book(self) -> None:
        """Close the file."""
        if self._book is not None:
            self._book.close()
        if self._file is not None:
            self._file.close()
        self._book = self._file = None

    def build_damaged_error(self) -> UnreadableFileError:
        """Return the error about a workbook that openpyxl cannot read."""
        return UnreadableFileError(
            self.path, _("it is a damaged workbook. Save it again in Excel, or export CSV files.")
        )

    def _check_size(self) -> None:
        with zipfile.ZipFile(self.path) as archive:
            is_too_large = any(
                item.filename.endswith("sharedStrings.xml") and item.file_size > _MAX_SHARED_BYTES
                for item in archive.infolist()
            )
        if is_too_large:
            raise UnreadableFileError(
                self.path, _("it is too large for a workbook. Export CSV files instead.")
            )


@dataclass(slots=True)
class Sheet:
    """One sheet with rows of ``table``."""

    book: Workbook
    title: str
    table: Table
    _staged: StagedView | None = None
    _table_name: str = field(default_factory=lambda: f"sheet_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name, and the sheet's."""
        return f"{self.book.path.name} [{self.title}]"

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Copy the sheet into a temporary table of text cells, with the number of each row."""
        if self._staged is None:
            try:
                self._staged = self._copy_rows(con)
            except (SourceError, MemoryError):
                raise
            except (zipfile.BadZipFile, OSError, ValueError, KeyError, SyntaxError, EOFError) as error:
                raise self.book.build_damaged_error() from error
        return self._staged

    def _copy_rows(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        import pyarrow as pa

        rows = self._iter_rows()
        _line, header = next(rows, (1, ()))
        columns = self._find_columns([_format_cell(cell) or "" for cell in header])
        names = ["line", *(f"c{position}" for position in range(len(columns)))]
        con.execute(
            f"CREATE TEMP TABLE {quote_identifier(self._table_name)} (line BIGINT"
            + "".join(f", {name} VARCHAR" for name in names[1:])
            + ")"
        )
        while batch := list(islice(rows, _BATCH_ROWS)):
            lines = pa.array([line for line, _row in batch], pa.int64())
            cells = [
                pa.array(
                    [_format_cell(row[position]) if position < len(row) else None for _line, row in batch],
                    pa.string(),
                )
                for position in columns.values()
            ]
            con.from_arrow(pa.Table.from_arrays([lines, *cells], names=names)).insert_into(self._table_name)
        return StagedView(
            self._table_name, {name: (f"c{position}", "VARCHAR") for position, name in enumerate(columns)}
        )

    def _iter_rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the rows that are not empty, with their numbers."""
        sheet = self.book.open_book()[self.title]
        # The size that a sheet declares is often wrong, and rows beyond it would be left out.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if any(cell is not None and cell != "" for cell in row):
                yield number, row

    def _find_columns(self, header: Sequence[str]) -> Mapping[str, int]:
        names = [normalize_column_name(cell) for cell in header]
        columns = {name: names.index(name) for name in names if self.table.has_column(name)}
        duplicate = next((name for name in columns if names.count(name) > 1), None)
        if duplicate:
            raise UnreadableFileError(
                self.label,
                _("its header names the column “{column}” twice. Export it again.", column=duplicate),
            )
        return columns

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return True: the rows are already in a table."""
        if rows is None:
            raise self.book.build_damaged_error()
        return True

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return nothing: a missing cell counts as empty."""
        return []

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the sheet's row numbers of these rows."""
        rows = con.execute(
            f"SELECT ordinal, line FROM (SELECT row_number() OVER () AS ordinal, line "
            f"FROM {quote_identifier(self._table_name)}) "
            f"WHERE ordinal IN (SELECT unnest($1))",
            [list(ordinals)],
        ).fetchall()
        return {int(ordinal): int(line) for ordinal, line in rows}

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the table, and close the file."""
        con.execute(f"DROP TABLE IF EXISTS {quote_identifier(self._table_name)}")
        self._staged = None
        self.book.close_book()


def _format_cell(cell: object) -> str | None:
    """Return a cell as a database would write it, whatever the spreadsheet's language."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _MAX_EXACT else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
