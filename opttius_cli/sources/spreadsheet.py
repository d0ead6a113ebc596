"""Read an .xlsx workbook with a sheet per table, row by row: a sheet is never in memory as a whole."""

from __future__ import annotations

import uuid
import warnings
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import SourceError, UnreadableError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source import Export, Refusal, Staged
from opttius_cli.sources.dialect import tidy
from opttius_cli.sources.files import reading
from opttius_cli.sources.names import nothing_known, stamp, table_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb
    from openpyxl import Workbook as Opened

    from opttius_cli.snapshot.source import Site

_BATCH = 20_000
_WHOLE = 1e15
"""Larger numbers are not exact in a spreadsheet, and are kept in their float form."""
_MOST_SHARED = 1 << 30
"""Limit in bytes of a workbook's shared texts, which openpyxl keeps in memory."""


@dataclass(slots=True)
class Workbook(Export):
    """A workbook. ``only_table`` is the table of a workbook with a single one, whatever its sheet's name."""

    path: Path
    only: str | None = None
    _opened: Opened | None = None
    _file: IO[bytes] | None = None

    @property
    def name(self) -> str:
        """Return the file's path."""
        return str(self.path)

    def fingerprint(self) -> str:
        """Return the file's size and modification time."""
        return stamp(self.path)

    def parts(self, site: Site) -> Mapping[str, Sequence[Sheet]]:
        """Return the sheets of every table."""
        titles = self.open().sheetnames
        found: dict[str, list[Sheet]] = {}
        for title in titles:
            if (table := table_of(title)) and self.only in (None, table):
                found.setdefault(table, []).append(Sheet(self, title, TABLES[table]))
        if self.only and not found and len(titles) == 1:
            found[self.only] = [Sheet(self, titles[0], TABLES[self.only])]
        self.close()
        if not found:
            raise nothing_known(self.path, titles)
        return found

    def open(self) -> Opened:
        """Open the workbook if it is not open yet: opening reads every shared text."""
        if self._opened is None:
            from openpyxl import load_workbook

            with reading(self.path):
                try:
                    self._weigh()
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        self._file = self.path.open("rb")
                        self._opened = load_workbook(self._file, read_only=True, data_only=True)
                except (OSError, SourceError):
                    self.close()
                    raise
                except Exception as error:  # openpyxl raises whatever its parsers meet
                    self.close()
                    raise self.broken() from error
        return self._opened

    def close(self) -> None:
        """Close the file."""
        if self._opened is not None:
            self._opened.close()
        if self._file is not None:
            self._file.close()
        self._opened = self._file = None

    def broken(self) -> UnreadableError:
        """Return the error about a workbook that openpyxl cannot read."""
        return UnreadableError(
            self.path, _("it is a damaged workbook. Save it again in Excel, or export CSV files.")
        )

    def _weigh(self) -> None:
        with zipfile.ZipFile(self.path) as archive:
            heavy = any(
                item.filename.endswith("sharedStrings.xml") and item.file_size > _MOST_SHARED
                for item in archive.infolist()
            )
        if heavy:
            raise UnreadableError(self.path, _("it is too large for a workbook. Export CSV files instead."))


@dataclass(slots=True)
class Sheet:
    """One sheet with rows of ``table``."""

    book: Workbook
    title: str
    table: Table
    _staged: Staged | None = None
    _rows: str = field(default_factory=lambda: f"sheet_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name, and the sheet's."""
        return f"{self.book.path.name} [{self.title}]"

    def stage(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """Copy the sheet into a temporary table of text cells, with the number of each row."""
        if self._staged is None:
            try:
                self._staged = self._copied(con)
            except (SourceError, MemoryError):
                raise
            except (zipfile.BadZipFile, OSError, ValueError, KeyError, SyntaxError, EOFError) as error:
                raise self.book.broken() from error
        return self._staged

    def _copied(self, con: duckdb.DuckDBPyConnection) -> Staged:
        import pyarrow as pa

        rows = self._numbered()
        _line, header = next(rows, (1, ()))
        columns = self._columns([_text(cell) or "" for cell in header])
        names = ["line", *(f"c{place}" for place in range(len(columns)))]
        con.execute(
            f"CREATE TEMP TABLE {quoted(self._rows)} (line BIGINT"
            + "".join(f", {name} VARCHAR" for name in names[1:])
            + ")"
        )
        while batch := list(islice(rows, _BATCH)):
            lines = pa.array([line for line, _row in batch], pa.int64())
            cells = [
                pa.array(
                    [_text(row[place]) if place < len(row) else None for _line, row in batch], pa.string()
                )
                for place in columns.values()
            ]
            con.from_arrow(pa.Table.from_arrays([lines, *cells], names=names)).insert_into(self._rows)
        return Staged(self._rows, {name: (f"c{at}", "VARCHAR") for at, name in enumerate(columns)})

    def _numbered(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the rows that are not empty, with their numbers."""
        sheet = self.book.open()[self.title]
        # The size that a sheet declares is often wrong, and rows beyond it would be left out.
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if any(cell is not None and cell != "" for cell in row):
                yield number, row

    def _columns(self, header: Sequence[str]) -> Mapping[str, int]:
        names = [tidy(cell) for cell in header]
        columns = {name: names.index(name) for name in names if self.table.has(name)}
        twice = next((name for name in columns if names.count(name) > 1), None)
        if twice:
            raise UnreadableError(
                self.label, _("its header names the column “{column}” twice. Export it again.", column=twice)
            )
        return columns

    def complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return True: the rows are already in a table."""
        if rows is None:
            raise self.book.broken()
        return True

    def refusals(self, con: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
        """Return nothing: a missing cell counts as empty."""
        return []

    def lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the sheet's row numbers of these rows."""
        found = con.execute(
            f"SELECT ordinal, line FROM (SELECT row_number() OVER () AS ordinal, line "
            f"FROM {quoted(self._rows)}) "
            f"WHERE ordinal IN (SELECT unnest($1))",
            [list(ordinals)],
        ).fetchall()
        return {int(ordinal): int(line) for ordinal, line in found}

    def release(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the table, and close the file."""
        con.execute(f"DROP TABLE IF EXISTS {quoted(self._rows)}")
        self._staged = None
        self.book.close()


def _text(cell: object) -> str | None:
    """Return a cell as a database would write it, whatever the spreadsheet's language."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < _WHOLE else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
