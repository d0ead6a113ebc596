"""One sheet of a workbook, with the rows of one table."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import NO_RESULT, ROW_TWICE, RejectedRow, StagedView
from opttius_cli.sources.dialect import find_column_name
from opttius_cli.sources.sheet_cells import cell_text, insert_rows
from opttius_cli.sources.sheet_scan import SheetFacts, refuse_scattered, scan_sheet
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import duckdb
    from python_calamine import CalamineSheet

    from opttius_cli.catalog.tables import Table
    from opttius_cli.sources.workbook import Workbook

_BATCH_ROWS = 20_000
_ABOVE = 50
"""Rows among which the header is looked for."""


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
        head = list(islice(self._iter_rows(self._open_sheet()), _ABOVE))
        columns = self._find_columns(self._header(head)[1])
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
        head = list(islice(rows, _ABOVE))
        place, header = self._header(head)
        columns = self._find_columns(header)
        unknown = [name for name in header if name and not self.table.has_column(name)]
        rows = self._corrected(chain(head[place + 1 :], rows), facts, list(columns.values()))
        names = ["line", *(f"c{position}" for position in range(len(columns)))]
        texts = "".join(f", {name} VARCHAR" for name in names[1:])
        con.execute(f"CREATE TEMP TABLE {quote_identifier(self._table_name)} (line BIGINT{texts})")
        while batch := list(islice(rows, _BATCH_ROWS)):
            insert_rows(con, self._table_name, names, batch, list(columns.values()))
        self._refused += [
            RejectedRow(number, ROW_TWICE)
            for number in sorted([*facts.repeated, *set(facts.repeated)])
            if head and number > head[place][0]
        ]
        self._refused.sort(key=lambda refusal: refusal.line)
        return StagedView(
            self._table_name,
            {name: (f"c{position}", "VARCHAR") for position, name in enumerate(columns)},
            unknown_columns=unknown,
        )

    def _header(self, head: Sequence[tuple[int, list[Any]]]) -> tuple[int, list[str]]:
        """The place in ``head`` and the names of the first row that names all required columns, or else the most."""
        required, most = set(self.table.mandatory_columns), 0
        header: tuple[int, list[str]] = (0, [])
        for place, (_number, row) in enumerate(head):
            names = [find_column_name(self.table, cell_text(cell) or "") for cell in row]
            count = sum(map(self.table.has_column, names))
            if count and required <= set(names):
                return place, names
            if count > most or not header[1]:
                header, most = (place, names), count
        return header

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
