"""Read a plain pg_dump file: cut its COPY blocks into files of their own, which DuckDB then reads.

In a COPY block every row is one line; line breaks and tabs inside a cell are escaped with a backslash.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import (
    TOO_FEW,
    TOO_MANY,
    FileSource,
    RejectedRow,
    StagedView,
)
from opttius_cli.sources.duckdb_sql import NotStagedError, read_copy_sql, read_lines_sql
from opttius_cli.sources.file_types import FileType, open_decompressed, translate_io_errors
from opttius_cli.sources.table_names import file_stamp, no_tables_error
from opttius_cli.sources.text_file import PreparedText, prepare_text
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.snapshot.source_protocol import LoadContext

_COPY = re.compile(
    rb"COPY (?:(?P<schema>\"[^\"]+\"|\w+)\.)?(?P<table>\"[^\"]+\"|\w+) \((?P<columns>.*)\) FROM stdin;\s*"
)
_COLUMN = re.compile(rb"\"((?:[^\"]|\"\")+)\"|([^\s,\"]+)")
_INSERT = re.compile(rb"INSERT INTO (?:public\.)?\"?(\w+)\"? ")
_END = re.compile(rb"\n\\\.\r?\n")
_CHUNK = 1 << 20
_HEAD, _TAIL = b"PostgreSQL database dump", b"PostgreSQL database dump complete"
# Two backslashes stand for one, so the text is split at pairs first: any other backslash begins an escape.
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

    def open_parts(self, context: LoadContext) -> Mapping[str, Sequence[CopyBlock]]:
        """Return the blocks of every table, each copied to a file of its own."""
        blocks_by_table: dict[str, list[CopyBlock]] = {}
        with translate_io_errors(self.path), open_decompressed(self.path, self.compression) as file:
            cutter = _DumpCutter(self.path, file)
            for block in cutter.extract_blocks(context.scratch):
                blocks_by_table.setdefault(block.table.name, []).append(block)
        if not blocks_by_table and cutter.inserts:
            raise UnreadableFileError(
                self.path, _("it holds INSERT statements. Write it again with pg_dump, without --inserts.")
            )
        if not blocks_by_table:
            raise no_tables_error(self.path, sorted(cutter.other_tables) or ["SQL"])
        return blocks_by_table


@dataclass(slots=True)
class _DumpCutter:
    """One pass through a dump, in bounded memory."""

    path: Path
    file: IO[bytes]
    line: int = 0
    rest: bytes = b""
    inserts: bool = False
    other_tables: set[str] = field(default_factory=set)

    def extract_blocks(self, scratch: Path) -> Iterator[CopyBlock]:
        """Yield the blocks of catalog tables. Raises UnreadableFileError when the dump is cut short."""
        has_header = has_trailer = False
        while line := self._read_line():
            has_header = has_header or _HEAD in line
            has_trailer = has_trailer or _TAIL in line
            if header := _COPY.fullmatch(line):
                table = self._find_table(header)
                if table is None:
                    self._copy_block(None)
                    continue
                copy_line = self.line
                block_path = scratch / f"{uuid.uuid4().hex}.copy"
                with block_path.open("wb") as out:
                    self._copy_block(out)
                yield CopyBlock(
                    self.path, table, _parse_columns(header["columns"]), copy_line, block_path, scratch
                )
            elif (insert := _INSERT.match(line)) and insert[1].decode(errors="replace") in TABLES:
                self.inserts = True
        if has_header and not has_trailer:
            raise UnreadableFileError(
                self.path, _("the dump is cut short after line {line}. Write it again.", line=self.line)
            )

    def _find_table(self, header: re.Match[bytes]) -> Table | None:
        name = header["table"].strip(b'"').decode(errors="replace")
        if (header["schema"] or b"public").strip(b'"') == b"public" and name in TABLES:
            return TABLES[name]
        self.other_tables.add(name)
        return None

    def _read_line(self) -> bytes:
        """Return the next line; only the start of a very long one, which cannot be a COPY statement."""
        while b"\n" not in self.rest:
            chunk = self.file.read(_CHUNK)
            if not chunk:
                break
            self.rest = self.rest[:_CHUNK] + chunk
        line, end, self.rest = self.rest.partition(b"\n")
        self.line += bool(end)
        return line + end

    def _copy_block(self, out: IO[bytes] | None) -> None:
        """Copy the rows of a block to ``out``, up to the line that ends it."""
        window = b"\n" + self.rest
        start = True
        while not (end := _END.search(window)):
            chunk = self.file.read(_CHUNK)
            if not chunk:
                raise UnreadableFileError(
                    self.path, _("the dump is cut short after line {line}. Write it again.", line=self.line)
                )
            safe_length = max(len(window) - 4, 0)
            self._write_rows(window[start:safe_length], out)
            start = start and safe_length == 0
            window = window[safe_length:] + chunk
        self._write_rows(window[start : end.start() + 1], out)
        self.line += 1
        self.rest = window[end.end() :]

    def _write_rows(self, rows: bytes, out: IO[bytes] | None) -> None:
        self.line += rows.count(b"\n")
        if out:
            out.write(rows)


def _parse_columns(text: bytes) -> list[str]:
    return [
        (match[1].replace(b'""', b'"') if match[1] else match[2]).decode(errors="replace")
        for match in _COLUMN.finditer(text)
    ]


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
