"""Read a CSV file from any program: with DuckDB, or with our slower reader where DuckDB may lose rows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.errors import UnreadableError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source import Refusal, Staged
from opttius_cli.sources import careful
from opttius_cli.sources.dialect import Dialect, dialect_of
from opttius_cli.sources.duck import NotStagedError, csv_rows
from opttius_cli.sources.files import Named, reading
from opttius_cli.sources.text import Text, prepare, refuse_strange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table


@dataclass(slots=True)
class CsvFile:
    """One CSV file with rows of ``table``."""

    file: Named
    table: Table
    scratch: Path
    _text: Text | None = None
    _dialect: Dialect | None = None
    _copy: Path | None = None
    _refused: list[Refusal] = field(default_factory=list)
    _copied: int = 0
    _view: str = field(default_factory=lambda: f"csv_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.file.path.name

    def stage(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """Create a view of text cells; from the slow reader's copy, once there is one."""
        if self._text is None or self._dialect is None:
            self._text = prepare(self.file.path, self.file.packed, self.scratch)
            refuse_strange(self.file.path, self._text.head)
            self._dialect = dialect_of(self.file.path, self._text.head, self.table)
        names = list(self._dialect.columns)
        if self._copy:
            columns = {name: f"c{place}" for place, name in enumerate(names)}
            source = csv_rows(self._copy, ",", [careful.LINE, *columns.values()])
        else:
            columns = {name: f"c{place}" for name, place in self._dialect.columns.items()}
            every = [f"c{place}" for place in range(self._dialect.width)]
            source = csv_rows(self._text.path, self._dialect.separator, every, skip=self._dialect.skip)
        con.execute(f"CREATE OR REPLACE TEMP VIEW {quoted(self._view)} AS SELECT * FROM {source}")
        staged = {name: (columns[name], "VARCHAR") for name in names}
        return Staged(self._view, staged, self._dialect.spanish, self._dialect.others)

    def complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether DuckDB read every record of the file; if not, copy it with the slow reader."""
        text, dialect = self._known()
        if self._copy:
            if rows == self._copied:
                return True
            raise UnreadableError(self.file.path, _("its rows cannot be separated. Export it again."))
        if rows is not None and not text.census.inside and rows == text.census.records - dialect.led:
            return True
        self._copy = self.scratch / f"{uuid.uuid4().hex}.csv"
        with reading(self.file.path):
            self._refused, self._copied = careful.copy(text.path, dialect, self._copy, list(dialect.columns))
        return False

    def refusals(self, con: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
        """Return the rows that could not be split into cells."""
        return self._refused

    def lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the line on which each row begins; in a file without quotes, a row is a line."""
        text, dialect = self._known()
        if self._copy:
            numbered = f"SELECT row_number() OVER () AS ordinal, {careful.LINE} FROM {quoted(self._view)}"
            found = con.execute(
                f"SELECT ordinal, CAST({careful.LINE} AS BIGINT) FROM ({numbered}) "
                "WHERE ordinal IN (SELECT unnest($1))",
                [list(ordinals)],
            ).fetchall()
            return {int(ordinal): int(line) for ordinal, line in found}
        if not text.census.quotes and not text.census.blanks:
            return {ordinal: ordinal + dialect.skip + 1 for ordinal in ordinals}
        return self._walked(text, dialect, ordinals)

    def _walked(self, text: Text, dialect: Dialect, ordinals: Sequence[int]) -> Mapping[int, int]:
        wanted, last = set(ordinals), max(ordinals, default=0)
        lines: dict[int, int] = {}
        for ordinal, (line, _cells) in enumerate(careful.rows(text.path, dialect), 1):
            if ordinal in wanted:
                lines[ordinal] = line
            if ordinal >= last:
                break
        return lines

    def release(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view, and remove the copies."""
        con.execute(f"DROP VIEW IF EXISTS {quoted(self._view)}")
        if self._text:
            self._text.discard()
        if self._copy:
            self._copy.unlink(missing_ok=True)
        self._text = self._dialect = self._copy = None

    def _known(self) -> tuple[Text, Dialect]:
        if self._text is None or self._dialect is None:
            raise NotStagedError
        return self._text, self._dialect
