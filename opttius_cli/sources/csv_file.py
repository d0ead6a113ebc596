"""Read a CSV file from any program: with DuckDB, or with our slower reader where DuckDB may lose rows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import RejectedRow, StagedView
from opttius_cli.sources import csv_fallback
from opttius_cli.sources.dialect import Dialect, detect_dialect
from opttius_cli.sources.duckdb_sql import NotStagedError, read_csv_sql
from opttius_cli.sources.file_types import translate_io_errors
from opttius_cli.sources.text_file import PreparedText, prepare_text, reject_html
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.sources.file_names import NamedFile


@dataclass(slots=True)
class CsvFile:
    """One CSV file with rows of ``table``."""

    file: NamedFile
    table: Table
    scratch: Path
    _prepared: PreparedText | None = None
    _dialect: Dialect | None = None
    _copy: Path | None = None
    _rejected: list[RejectedRow] = field(default_factory=list)
    _copy_row_count: int = 0
    _blank_lines: int = 0
    _view: str = field(default_factory=lambda: f"csv_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.file.path.name

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view of text cells; from the slow reader's copy, once there is one."""
        if self._prepared is None or self._dialect is None:
            self._prepared = prepare_text(
                self.file.path, self.file.compression, self.scratch, shape=self._detect_shape
            )
            self._dialect = self._dialect or self._detect_dialect(self._prepared.head)
        names = list(self._dialect.columns)
        if self._copy:
            columns = {name: f"c{position}" for position, name in enumerate(names)}
            source = read_csv_sql(self._copy, ",", [csv_fallback.LINE_COLUMN, *columns.values()])
        else:
            columns = {name: f"c{position}" for name, position in self._dialect.columns.items()}
            all_columns = [f"c{position}" for position in range(self._dialect.fields)]
            source = read_csv_sql(
                self._prepared.path, self._dialect.separator, all_columns, skip=self._dialect.skip
            )
        con.execute(f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS SELECT * FROM {source}")
        cells = {name: (columns[name], "VARCHAR") for name in names}
        notes = {"stray_bytes": self._prepared.strays} if self._prepared.strays else {}
        return StagedView(
            self._view,
            cells,
            self._dialect.decimal_comma,
            self._dialect.dates_reordered,
            self._dialect.unknown_columns,
            notes,
            is_empty=self._is_regular and self._prepared.stats.records == self._dialect.header_rows,
        )

    def _detect_shape(self, head: bytes) -> tuple[str, int]:
        """Keep the dialect of a text that begins with ``head``; return its separator and the width of its rows."""
        self._dialect = self._detect_dialect(head)
        return self._dialect.separator, self._dialect.width

    def _detect_dialect(self, head: bytes) -> Dialect:
        reject_html(self.file.path, head)
        return detect_dialect(self.file.path, head, self.table)

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether DuckDB read every record of the file; if not, copy it with the slow reader."""
        text, dialect = self._require_staged()
        if self._copy:
            if rows == self._copy_row_count:
                return True
            raise UnreadableFileError(self.file.path, _("its rows cannot be told apart. Export it again."))
        if rows is not None and self._is_regular:
            missing = text.stats.records - dialect.header_rows - rows
            # Blank lines are no rows; they are looked for only where rows seem to be missing.
            self._blank_lines = text.count_blank_lines() if missing > 0 else 0
            if missing == self._blank_lines:
                return True
        self._copy = self.scratch / f"{uuid.uuid4().hex}.csv"
        with translate_io_errors(self.file.path):
            self._rejected, self._copy_row_count = csv_fallback.copy_rows(
                text.path, dialect, self._copy, list(dialect.columns)
            )
        return False

    @property
    def _is_regular(self) -> bool:
        """Return whether DuckDB divides the file as the slow reader does, if it reads all of it."""
        text, dialect = self._require_staged()
        return not text.stats.inside and not text.stats.odd and dialect.top == dialect.skip + 1

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return the rows that could not be split into cells."""
        return self._rejected

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the line on which each row begins; in a file without quotes, a row is a line."""
        text, dialect = self._require_staged()
        if self._copy:
            numbered_rows = (
                f"SELECT row_number() OVER () AS ordinal, {csv_fallback.LINE_COLUMN} FROM "
                f"{quote_identifier(self._view)}"
            )
            rows = con.execute(
                f"SELECT ordinal, CAST({csv_fallback.LINE_COLUMN} AS BIGINT) FROM ({numbered_rows}) "
                "WHERE ordinal IN (SELECT unnest($1))",
                [list(ordinals)],
            ).fetchall()
            return {int(ordinal): int(line) for ordinal, line in rows}
        if not text.stats.quotes and not self._blank_lines:
            return {ordinal: ordinal + dialect.top for ordinal in ordinals}
        return self._scan_lines(text, dialect, ordinals)

    def _scan_lines(self, text: PreparedText, dialect: Dialect, ordinals: Sequence[int]) -> Mapping[int, int]:
        targets, last = set(ordinals), max(ordinals, default=0)
        lines: dict[int, int] = {}
        for ordinal, (line, _cells) in enumerate(csv_fallback.iter_rows(text.path, dialect), 1):
            if ordinal in targets:
                lines[ordinal] = line
            if ordinal >= last:
                break
        return lines

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view, and remove the copies."""
        con.execute(f"DROP VIEW IF EXISTS {quote_identifier(self._view)}")
        if self._prepared:
            self._prepared.remove_copy()
        if self._copy:
            self._copy.unlink(missing_ok=True)
        self._prepared = self._dialect = self._copy = None

    def _require_staged(self) -> tuple[PreparedText, Dialect]:
        if self._prepared is None or self._dialect is None:
            raise NotStagedError
        return self._prepared, self._dialect
