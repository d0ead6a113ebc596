"""Read a plain pg_dump file: cut its COPY blocks into files of their own, which DuckDB then reads.

In a COPY block every row is one line; line breaks and tabs inside a cell are escaped with a backslash.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import (
    TOO_FEW,
    TOO_MANY,
    UNREAD_BLOCK,
    UNREAD_COLUMNS,
    FileSource,
    RejectedRow,
    StagedView,
    Unread,
)
from opttius_cli.sources.duckdb_sql import NotStagedError, read_copy_sql, read_lines_sql
from opttius_cli.sources.dump.scanner import CopyRows, DumpScanner, choose_database, transcode_to_utf8
from opttius_cli.sources.file_types import HEAD_BYTES, FileType, open_decompressed, translate_io_errors
from opttius_cli.sources.table_names import file_stamp, no_tables_error
from opttius_cli.sources.text_file import PreparedText, prepare_text
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.snapshot.source_protocol import LoadContext
    from opttius_cli.sources.dump.insert import InsertBlock

# A pair of backslashes is one, so text is divided at pairs first: what is left begins with a single one.
_UNESCAPE_SQL = (
    "array_to_string(list_transform(string_split({cell}, '\\\\'), lambda piece: "
    "regexp_replace(replace(replace(replace(replace(replace(replace(piece, "
    "'\\n', chr(10)), '\\t', chr(9)), '\\r', chr(13)), '\\b', chr(8)), '\\f', chr(12)), '\\v', chr(11)), "
    "'\\\\(.)', '\\1', 'g')), '\\')"
)


@dataclass(frozen=True, slots=True)
class DumpFile(FileSource):
    """A plain dump, compressed or not."""

    path: Path
    compression: FileType | None = None

    @property
    def name(self) -> str:
        """Return the file's path."""
        return str(self.path)

    def compute_fingerprint(self) -> str:
        """Return the file's size and modification time."""
        return file_stamp(self.path)

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[CopyBlock | InsertBlock]]:
        """Return the blocks of every table, each in a file of its own, of the one database that holds them."""
        with translate_io_errors(self.path), open_decompressed(self.path, self.compression) as first:
            head = first.read(HEAD_BYTES)
        with translate_io_errors(self.path), open_decompressed(self.path, self.compression) as file:
            databases = DumpScanner(self.path, transcode_to_utf8(file, head), context.scratch).scan()
        database = choose_database(self.path, databases)
        if not database.blocks:
            raise no_tables_error(self.path, sorted(database.others) or ["SQL"])
        context.unread.extend(
            Unread(f"{self.path.name} ({name})", UNREAD_BLOCK, table)
            for name, table in sorted(database.unread.items())
        )
        return {
            table: [
                CopyBlock(self.path, rows.table, rows.columns, rows.line, rows.cut, context.scratch)
                if isinstance(rows, CopyRows)
                else rows
                for rows in blocks
            ]
            for table, blocks in database.blocks.items()
            if TABLES[table].required or self._is_complete(TABLES[table], blocks, context)
        }

    def _is_complete(self, table: Table, blocks: Sequence[CopyRows | InsertBlock], site: LoadContext) -> bool:
        """Return whether an optional table has its required columns; note it as unread if it has not."""
        absent = sorted(
            {name for rows in blocks for name in table.mandatory_columns if name not in rows.columns}
        )
        if absent:
            name = f"{self.path.name} ({table.name})"
            site.unread.append(Unread(name, UNREAD_COLUMNS, table.name, ", ".join(absent)))
        return not absent


@dataclass(slots=True)
class CopyBlock:
    """One COPY block with rows of ``table``; ``copy_line`` is the line of its COPY statement."""

    path: Path
    table: Table
    header: Sequence[str]
    copy_line: int
    block_path: Path
    scratch: Path
    _prepared: PreparedText | None = None
    _skips_invalid: bool = False
    _view: str = field(default_factory=lambda: f"copy_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.path.name

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view of text cells, unescaped."""
        if self._prepared is None:
            self._prepared = self._prepare_text()
        positions = {
            name: position for position, name in enumerate(self.header) if self.table.has_column(name)
        }
        cells = ", ".join(
            f"CASE WHEN contains(c{position}, '\\') THEN {_UNESCAPE_SQL.format(cell=f'c{position}')} "
            f"ELSE c{position} END "
            f"AS c{position}"
            for position in positions.values()
        )
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS SELECT {cells} FROM "
            f"{self._select_rows(positions)}"
        )
        return StagedView(
            self._view, {name: (f"c{position}", "VARCHAR") for name, position in positions.items()}
        )

    def _prepare_text(self) -> PreparedText:
        try:
            return prepare_text(self.block_path, None, self.scratch, quoting=False)
        except UnreadableFileError as error:
            raise SourceError(
                str(error).replace(str(self.block_path), f"{self.path} (COPY {self.table.name})")
            ) from error

    def _select_rows(self, positions: Mapping[str, int]) -> str:
        path = self._require_text().path
        if not self._skips_invalid:
            return read_copy_sql(path, [f"c{position}" for position in range(len(self.header))])
        cells = ", ".join(
            f"nullif(cells[{position + 1}], '\\N') AS c{position}" for position in positions.values()
        )
        split = f"SELECT string_split(item, chr(9)) AS cells FROM {read_lines_sql(path, 'item')}"
        return f"(SELECT {cells} FROM ({split}) WHERE len(cells) = {len(self.header)})"

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether every line was a row; if not, the next view leaves out all others."""
        if rows is not None and (self._skips_invalid or rows == self._require_text().stats.breaks):
            return True
        if self._skips_invalid:
            raise UnreadableFileError(
                self.path,
                _("the rows of “{table}” cannot be separated. Write it again.", table=self.table.name),
            )
        self._skips_invalid = True
        return False

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return the lines with too few or too many cells."""
        if not self._skips_invalid:
            return []
        rows = con.execute(
            f"SELECT place, cells FROM (SELECT row_number() OVER () AS place, "
            f"len(string_split(coalesce(item, ''), chr(9))) AS cells "
            f"FROM {read_lines_sql(self._require_text().path, 'item')}) "
            f"WHERE cells <> {len(self.header)} ORDER BY place"
        ).fetchall()
        return [
            RejectedRow(self.copy_line + int(place), TOO_FEW if cells < len(self.header) else TOO_MANY)
            for place, cells in rows
        ]

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the line of each row; rejected lines count too."""
        rejected_positions = [rejected.line - self.copy_line for rejected in self.list_rejected_rows(con)]
        lines = {}
        for ordinal in sorted(ordinals):
            position = ordinal
            for line in rejected_positions:
                position += line <= position
            lines[ordinal] = self.copy_line + position
        return lines

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view. The block itself stays in the scratch folder: it may be staged again."""
        con.execute(f"DROP VIEW IF EXISTS {quote_identifier(self._view)}")
        if self._prepared:
            self._prepared.remove_copy()
        self._prepared, self._skips_invalid = None, False

    def _require_text(self) -> PreparedText:
        if self._prepared is None:
            raise NotStagedError
        return self._prepared
