"""An .xlsx workbook with a sheet per table.

Its reader shows formulas without a stored result and errors as blanks; a scan of the sheet says where they are.
"""

from __future__ import annotations

import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from opttius_cli.errors import SourceError, UnreadableFileError, format_list
from opttius_cli.i18n import _
from opttius_cli.name_matching import resolve_name
from opttius_cli.snapshot.source_protocol import UNREAD_COLUMNS, UNREAD_NAME, FileSource, Unread
from opttius_cli.sources.file_types import translate_io_errors
from opttius_cli.sources.mapping import SourceMapping
from opttius_cli.sources.sheet import Sheet
from opttius_cli.sources.sheet_scan import holds_cells
from opttius_cli.sources.table_names import detect_table, file_stamp, guess_table, no_tables_error

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from python_calamine import CalamineWorkbook

    from opttius_cli.snapshot.source_protocol import LoadContext

_MAX_SHARED_BYTES, _MOST_CELLS = 1 << 30, 1 << 32
"""Bytes of a workbook's shared texts, and of one sheet, which its reader must hold in memory."""
_COUNT = re.compile(rb"""count\s*=\s*["'](\d{1,100})""", re.IGNORECASE)
_HEAD_BYTES = 1 << 16


def _has_shared_texts(item: zipfile.ZipInfo) -> bool:
    return item.filename.lower().endswith("sharedstrings.xml")


@dataclass(slots=True)
class Workbook(FileSource):
    """A workbook. ``only_table`` is the table of a workbook with a single one, whatever its sheet's name.

    ``mapping`` says which sheets hold which tables where their names do not.
    """

    path: Path
    only_table: str | None = None
    mapping: SourceMapping = field(default_factory=SourceMapping)
    _book: CalamineWorkbook | None = None

    @property
    def name(self) -> str:
        """Return the file's path."""
        return str(self.path)

    def compute_fingerprint(self) -> str:
        """Return the file's size and modification time."""
        return file_stamp(self.path)

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[Sheet]]:
        """Return the sheets of every table; what else holds cells is noted as unread."""
        titles = self._sheet_titles()
        sheets = self._find_mapped(titles)
        mapped = {sheet.title for table_sheets in sheets.values() for sheet in table_sheets}
        others = []
        for title in titles:
            table = detect_table(title)
            if title in mapped:
                continue
            if table and self.only_table in (None, table) and table not in self.mapping.tables:
                sheets.setdefault(table, []).append(Sheet(self, title, self.mapping.get_table(table)))
            else:
                others.append(title)
        if self.only_table and not sheets and len(titles) == 1:
            sheets[self.only_table] = [Sheet(self, titles[0], self.mapping.get_table(self.only_table))]
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

    def _find_mapped(self, titles: Sequence[str]) -> dict[str, list[Sheet]]:
        """The sheets that the mapping names. Raises SourceError when there is none of that name."""
        sheets: dict[str, list[Sheet]] = {}
        for table in self.mapping.tables:
            file, sheet = self.mapping.find_place(table)
            sheet_name = sheet or (file if self.only_table is None else "")
            if not sheet_name or self.only_table not in (None, table):
                continue
            title = resolve_name(sheet_name, titles)
            if title is None:
                raise SourceError(
                    _(
                        "opttius.toml, [tables] {table}: {path} has no sheet “{sheet}”. It has {names}.",
                        table=table,
                        path=self.path.name,
                        sheet=sheet_name,
                        names=format_list(titles),
                    )
                )
            sheets[table] = [Sheet(self, title, self.mapping.get_table(table))]
        return sheets

    def _sheet_titles(self) -> list[str]:
        from python_calamine import SheetTypeEnum

        return [
            sheet.name for sheet in self.open_book().sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet
        ]

    def _set_aside(self, sheets: list[Sheet], site: LoadContext) -> None:
        """Remove sheets of a table that lack required columns, such as a pivot, where another has them."""
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
        """Return the workbook, opened at the first need: opening reads every shared text."""
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
                item.file_size > (_MAX_SHARED_BYTES if _has_shared_texts(item) else _MOST_CELLS)
                for item in archive.infolist()
            )
            for item in filter(_has_shared_texts, archive.infolist()):
                with archive.open(item) as texts:
                    counts = _COUNT.findall(texts.read(_HEAD_BYTES).partition(b"<si")[0])
                # Its reader makes room for so many texts at once, and ends the process where there is none.
                if any(int(count) > item.file_size for count in counts):
                    raise self.build_damaged_error()
        if is_too_large:
            raise UnreadableFileError(
                self.path, _("it is too large for a workbook. Export CSV files instead.")
            )
