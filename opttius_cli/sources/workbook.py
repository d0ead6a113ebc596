"""An .xlsx workbook with a sheet per table.

Its reader shows formulas without a stored result and errors as blanks; a scan of the sheet says where they are.
"""

from __future__ import annotations

import uuid
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import (
    NO_RESULT,
    ROW_TWICE,
    UNREAD_COLUMNS,
    UNREAD_NAME,
    FileSource,
    RejectedRow,
    StagedView,
    Unread,
)
from opttius_cli.sources.dialect import normalize_column_name
from opttius_cli.sources.file_types import translate_io_errors
from opttius_cli.sources.sheet_cells import cell_text, insert_rows
from opttius_cli.sources.sheet_scan import SheetFacts, holds_cells, refuse_scattered, scan_sheet
from opttius_cli.sources.table_names import detect_table, file_stamp, guess_table, no_tables_error
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb
    from python_calamine import CalamineSheet, CalamineWorkbook

    from opttius_cli.snapshot.source_protocol import LoadContext

_BATCH_ROWS = 20_000
_MAX_SHARED_BYTES, _MOST_CELLS = 1 << 30, 1 << 32
"""Bytes of a workbook's shared texts, and of one sheet, which its reader must hold in memory."""
_ABOVE = 50
"""Rows among which the header is looked for."""


@dataclass(slots=True)
class Workbook(FileSource):
    """A workbook. ``only_table`` is the table of a workbook with a single one, whatever its sheet's name."""

    path: Path
    only_table: str | None = None
    _book: CalamineWorkbook | None = None

    @property
    def name(self) -> str:
        """Return the file's path."""
        return str(self.path)

    def compute_fingerprint(self) -> str:
        """Return the file's size and modification time."""
        return file_stamp(self.path)

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Sheet]]:
        """The sheets of every table; what else holds cells is noted as unread."""
        titles = self._sheet_titles()
        sheets: dict[str, list[Sheet]] = {}
        others = []
        for title in titles:
            table = detect_table(title)
            if table and self.only_table in (None, table):
                sheets.setdefault(table, []).append(Sheet(self, title, TABLES[table]))
            else:
                others.append(title)
        if self.only_table and not sheets and len(titles) == 1:
            sheets[self.only_table] = [Sheet(self, titles[0], TABLES[self.only_table])]
            others = []
        if not sheets:
            self.close_book()
            raise no_tables_error(self.path, titles)
        for table_sheets in sheets.values():
            self._set_aside(table_sheets, context)
        with self.guard():
            others = [title for title in others if holds_cells(self.path, title)]
        context.unread.extend(
            Unread(f"{self.path.name} [{title}]", UNREAD_NAME, detect_table(title) or guess_table(title))
            for title in others
        )
        self.close_book()
        return sheets

    def _sheet_titles(self) -> list[str]:
        from python_calamine import SheetTypeEnum

        return [
            sheet.name for sheet in self.open_book().sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet
        ]

    def _set_aside(self, sheets: list[Sheet], site: LoadContext) -> None:
        """Take those sheets of a table away that lack required columns, such as a pivot, where another has them."""
        if len(sheets) == 1:
            return
        lacking = {sheet.title: sheet.absent_columns() for sheet in sheets}
        if all(lacking.values()):
            return
        site.unread.extend(
            Unread(sheet.label, UNREAD_COLUMNS, sheet.table.name, ", ".join(lacking[sheet.title]))
            for sheet in sheets
            if lacking[sheet.title]
        )
        sheets[:] = [sheet for sheet in sheets if not lacking[sheet.title]]

    def open_book(self) -> CalamineWorkbook:
        """The workbook, opened at the first need: opening reads every shared text."""
        if self._book is None:
            from python_calamine import CalamineWorkbook

            with self.guard():
                self._check_size()
                self._book = CalamineWorkbook.from_path(self.path)
        return self._book

    def close_book(self) -> None:
        """Close the file."""
        if self._book is not None:
            self._book.close()
        self._book = None

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn whatever a reader of workbooks raises into a sentence about this one."""
        from python_calamine import CalamineError, PasswordError

        try:
            with translate_io_errors(self.path):
                yield
        except PasswordError as error:
            raise UnreadableFileError(
                self.path, _("it is protected by a password. Remove the password in Excel, and save it.")
            ) from error
        except (CalamineError, zipfile.BadZipFile, ParseError, KeyError, ValueError, IndexError) as error:
            raise self.build_damaged_error() from error
        except BaseException as error:
            # What the reader, written in Rust, did not foresee is no Exception.
            if type(error).__name__ != "PanicException":
                raise
            raise self.build_damaged_error() from error

    def build_damaged_error(self) -> UnreadableFileError:
        """Return the error about a workbook that openpyxl cannot read."""
        return UnreadableFileError(
            self.path, _("it is a damaged workbook. Save it again in Excel, or export CSV files.")
        )

    def _check_size(self) -> None:
        with zipfile.ZipFile(self.path) as archive:
            is_too_large = any(
                item.file_size
                > (_MAX_SHARED_BYTES if item.filename.endswith("sharedStrings.xml") else _MOST_CELLS)
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
    _refused: list[RejectedRow] = field(default_factory=list)
    _table_name: str = field(default_factory=lambda: f"sheet_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name, and the sheet's."""
        return f"{self.book.path.name} [{self.title}]"

    def absent_columns(self) -> list[str]:
        """The required columns that the sheet lacks."""
        rows = self._iter_rows(self._open_sheet())
        columns = self._find_columns(self._header(rows)[1])
        return [name for name in self.table.mandatory_columns if name not in columns]

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Copy the sheet into a temporary table of text cells, with the number of each row."""
        if self._staged is None:
            with self.book.guard():
                self._staged = self._copy_rows(con)
        return self._staged

    def _open_sheet(self) -> CalamineSheet:
        with self.book.guard():
            return self.book.open_book().get_sheet_by_name(self.title)

    def _copy_rows(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        facts = scan_sheet(self.book.path, self.title)
        refuse_scattered(self.label, facts)
        marked = {row for row, _column in (*facts.without_result, *facts.errors)}
        sheet = self._open_sheet()
        facts.shift((sheet.start or (0, 0))[1])
        rows = self._iter_rows(sheet, marked)
        top, header = self._header(rows)
        columns = self._find_columns(header)
        rows = self._corrected(rows, facts, list(columns.values()))
        names = ["line", *(f"c{position}" for position in range(len(columns)))]
        texts = "".join(f", {name} VARCHAR" for name in names[1:])
        con.execute(f"CREATE TEMP TABLE {quote_identifier(self._table_name)} (line BIGINT{texts})")
        while batch := list(islice(rows, _BATCH_ROWS)):
            insert_rows(con, self._table_name, names, batch, list(columns.values()))
        self._refused += [
            RejectedRow(number, ROW_TWICE)
            for number in sorted([*facts.repeated, *set(facts.repeated)])
            if number > top
        ]
        self._refused.sort(key=lambda refusal: refusal.line)
        return StagedView(
            self._table_name, {name: (f"c{position}", "VARCHAR") for position, name in enumerate(columns)}
        )

    def _header(self, rows: Iterator[tuple[int, list[Any]]]) -> tuple[int, list[str]]:
        """The number and the names of the first row that names all required columns, or else of the first row."""
        first: tuple[int, list[str]] = (1, [])
        for number, row in islice(rows, _ABOVE):
            names = [normalize_column_name(cell_text(cell) or "") for cell in row]
            if set(self.table.mandatory_columns) <= set(names):
                return number, names
            first = first if first[1] else (number, names)
        return first

    def _iter_rows(
        self, sheet: CalamineSheet, marked: Collection[int] = ()
    ) -> Iterator[tuple[int, list[Any]]]:
        """The rows that hold something, or are ``marked``, with their numbers."""
        for number, row in enumerate(sheet.iter_rows(), 1):
            if number in marked or any(cell != "" for cell in row):
                yield number, row

    def _corrected(
        self, rows: Iterator[tuple[int, list[Any]]], facts: SheetFacts, places: Sequence[int]
    ) -> Iterator[tuple[int, list[Any]]]:
        """The rows with their errors put back, without those that came twice or have no result in one of ``places``."""
        lacking = {row for row, column in facts.without_result if column - 1 in places}
        broken = {row for row, _column in facts.errors}
        twice = set(facts.repeated)
        for number, row in rows:
            if number in twice:
                continue
            if number in lacking:
                self._refused.append(RejectedRow(number, NO_RESULT))
                continue
            if number in broken:
                row = [facts.errors.get((number, at), cell) for at, cell in enumerate(row, 1)]  # noqa: PLW2901
            yield number, row

    def _find_columns(self, names: Sequence[str]) -> Mapping[str, int]:
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
        """The rows that have a formula without its result, or a number that another row has."""
        return self._refused

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
        self._staged, self._refused = None, []
        self.book.close_book()
