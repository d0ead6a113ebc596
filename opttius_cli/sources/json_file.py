"""Read a JSON export: an array of objects, or one object per line. A line without an object is rejected."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import NOT_JSON, RejectedRow, StagedView
from opttius_cli.sources.duckdb_sql import NotStagedError, read_lines_sql
from opttius_cli.sources.text_file import MAX_LINE_BYTES, PreparedText, prepare_text, reject_html
from opttius_cli.sql import path_literal, quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.sources.file_types import NamedFile

_SCANNABLE_BYTES = 256 * 1024 * 1024
"""Size up to which an array is scanned for line numbers; in a longer one, rejects have no line number."""
_IS_OBJECT = "coalesce(CASE WHEN json_valid(item) THEN json_type(item) = 'OBJECT' END, FALSE)"


@dataclass(slots=True)
class JsonFile:
    """One JSON file with rows of ``table``."""

    file: NamedFile
    table: Table
    scratch: Path
    _prepared: PreparedText | None = None
    _skips_invalid: bool = False
    _view: str = field(default_factory=lambda: f"json_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.file.path.name

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view of text cells, with every catalog column that at least one object has."""
        import duckdb

        if self._prepared is None:
            self._prepared = self._prepare_text()
        try:
            keys = self._find_keys(con)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise self._build_invalid_error() from error
        if not keys:
            return self._stage_without_keys(con)
        structure = sql_literal(json.dumps(dict.fromkeys(keys.values(), "VARCHAR")))
        is_object = _IS_OBJECT if self._skips_invalid else "json_type(item) = 'OBJECT'"
        cells = ", ".join(
            f"struct_extract(cells, {sql_literal(key)}) AS c{position}"
            for position, key in enumerate(keys.values())
        )
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS SELECT {cells} FROM ("
            f"SELECT json_transform(CASE WHEN {is_object} THEN item END, {structure}) AS cells "
            f"FROM {self._select_items()} WHERE item IS NOT NULL AND {is_object})"
        )
        return StagedView(
            self._view, {name: (f"c{position}", "VARCHAR") for position, name in enumerate(keys)}
        )

    def _stage_without_keys(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view of rows without any catalog column; without rows, no column counts as missing."""
        names = [] if self._count_items(con) else [column.name for column in self.table.columns]
        cells = ", ".join(f"CAST(NULL AS VARCHAR) AS c{position}" for position in range(len(names)))
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS SELECT {cells or 'NULL AS nothing'} "
            f"FROM {self._select_items()}"
        )
        return StagedView(
            self._view, {name: (f"c{position}", "VARCHAR") for position, name in enumerate(names)}
        )

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether every line was an object; if not, the next view leaves out all others."""
        text = self._require_text()
        if self._skips_invalid and rows is not None:
            return True
        if rows is not None and rows == (self._count_items(con) if self._is_array else text.stats.records):
            return True
        if self._skips_invalid or (self._is_array and rows is None):
            raise self._build_invalid_error()
        self._skips_invalid = True
        return False

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return the lines that hold no object."""
        if not self._skips_invalid:
            return []
        rows = con.execute(
            f"SELECT place FROM (SELECT row_number() OVER () AS place, item FROM {self._select_items()}) "
            f"WHERE trim(item) <> '' AND NOT {_IS_OBJECT} ORDER BY place"
        ).fetchall()
        lines = self._find_item_lines([int(row[0]) for row in rows])
        return [RejectedRow(lines.get(int(row[0]), int(row[0])), NOT_JSON) for row in rows]

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the line on which each object begins."""
        rows = con.execute(
            f"SELECT ordinal, place FROM (SELECT row_number() OVER () AS ordinal, place FROM ("
            f"SELECT row_number() OVER () AS place, item FROM {self._select_items()}) "
            f"WHERE item IS NOT NULL AND {_IS_OBJECT}) "
            f"WHERE ordinal IN (SELECT unnest($1))",
            [list(ordinals)],
        ).fetchall()
        lines = self._find_item_lines([int(position) for _ordinal, position in rows])
        return {int(ordinal): lines[int(position)] for ordinal, position in rows if int(position) in lines}

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view, and remove the copy."""
        con.execute(f"DROP VIEW IF EXISTS {quote_identifier(self._view)}")
        if self._prepared:
            self._prepared.remove_copy()
        self._prepared, self._skips_invalid = None, False

    def _prepare_text(self) -> PreparedText:
        path = self.file.path
        text = prepare_text(path, self.file.compression, self.scratch, lines=False)
        reject_html(path, text.head)
        if not text.head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
            text.remove_copy()
            text = prepare_text(path, self.file.compression, self.scratch, quoting=False)
            if text.stats.records and not text.head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
                raise UnreadableFileError(
                    path, _("it is neither a JSON array nor JSON lines. Export it again.")
                )
        return text

    @property
    def _is_array(self) -> bool:
        return not self._require_text().stats.lines

    def _select_items(self) -> str:
        text = self._require_text()
        if self._is_array:
            return (
                f"(SELECT json AS item FROM read_json_objects({path_literal(text.path)}, format = 'array', "
                f"maximum_object_size = {MAX_LINE_BYTES}))"
            )
        return read_lines_sql(text.path, "item")

    def _find_keys(self, con: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
        """Return the catalog columns with their keys; read all objects only if the first 1000 lack some."""
        column_names = {column.name for column in self.table.columns}
        keys: dict[str, str] = {}
        for limit in (" LIMIT 1000", ""):
            rows = con.execute(
                f"SELECT DISTINCT unnest(json_keys(CASE WHEN {_IS_OBJECT} THEN item END)) AS key FROM "
                f"(FROM {self._select_items()}{limit}) ORDER BY key DESC"
            ).fetchall()
            keys = {name: key for (key,) in rows if (name := str(key).strip().lower()) in column_names}
            if keys.keys() == column_names:
                break
        return keys

    def _count_items(self, con: duckdb.DuckDBPyConnection) -> int:
        row = con.execute(f"SELECT count(*) FROM {self._select_items()}").fetchone()
        return int(row[0]) if row else 0

    def _find_item_lines(self, positions: Sequence[int]) -> Mapping[int, int]:
        """Return the line on which each item begins; in an array, a scan finds it."""
        if not self._is_array:
            return {position: position for position in positions}
        if not positions or self._require_text().path.stat().st_size > _SCANNABLE_BYTES:
            return {}
        targets = set(positions)
        return {
            position: line for position, line in enumerate(self._scan_item_lines(), 1) if position in targets
        }

    def _scan_item_lines(self) -> list[int]:
        text = self._require_text().path.read_text("utf-8-sig")
        decoder, offset, line, counted_to = json.JSONDecoder(), text.index("[") + 1, 1, 0
        lines = []
        while (offset := _skip_separators(text, offset)) < len(text) and text[offset] != "]":
            line, counted_to = line + text.count("\n", counted_to, offset), offset
            lines.append(line)
            _item, offset = decoder.raw_decode(text, offset)
        return lines

    def _build_invalid_error(self) -> UnreadableFileError:
        path = self.file.path
        if self._require_text().path.stat().st_size <= _SCANNABLE_BYTES:
            try:
                json.loads(self._require_text().path.read_text("utf-8-sig"))
            except ValueError as error:
                line = getattr(error, "lineno", 1)
                return UnreadableFileError(
                    path, _("it is not valid JSON from line {line} on. Export it again.", line=line)
                )
        return UnreadableFileError(path, _("it is not valid JSON. Export it again."))

    def _require_text(self) -> PreparedText:
        if self._prepared is None:
            raise NotStagedError
        return self._prepared


def _skip_separators(text: str, offset: int) -> int:
    while offset < len(text) and text[offset] in " \t\r\n,":
        offset += 1
    return offset
