"""A JSON export: an array of objects, one object per line, one behind the other, or a list of them under a key.

Keys are matched row by row, whatever their letter case; of a key that an object repeats the last counts. A line that
is no object is refused, and so is an object that has none of our columns.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.engine_errors import raise_if_unrecoverable
from opttius_cli.snapshot.source_protocol import NO_COLUMNS, NOT_JSON, RejectedRow, StagedView
from opttius_cli.sources.dialect import find_column_name
from opttius_cli.sources.duckdb_sql import NotStagedError, read_lines_sql
from opttius_cli.sources.json.keys import SPLIT_LINE, Keys, build_key_cell, build_object_cells
from opttius_cli.sources.json.layout import Layout, copy_as_array, find_layout, find_wrapper, unwrap
from opttius_cli.sources.text_file import MAX_LINE_BYTES, PreparedText, prepare_text, reject_html
from opttius_cli.sql import fetch_first, path_literal, quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.sources.file_names import NamedFile

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
    _layout: Layout = Layout.ARRAY
    _lead: int = 0
    _skips_invalid: bool = False
    _find_keys: Keys | None = None
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
            keys = self._find_keys = self._read_keys(con)
        except duckdb.Error as error:
            raise_if_unrecoverable(error)
            raise self._build_invalid_error() from error
        if not keys.columns:
            return self._stage_without_keys(con)
        if keys.strange and not self._skips_invalid:
            # Lines are taken apart from now on, and what stood behind an object may have keys of its own.
            self._skips_invalid = True
            return self.stage_view(con)
        cells = ", ".join(
            f"{build_key_cell(keys, name)} AS c{position}" for position, name in enumerate(keys.columns)
        )
        listed = (
            ", json_keys(item) AS keys, json_extract_string(item, '$.*') AS found" if keys.repeated else ""
        )
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS SELECT {cells} FROM ("
            f"SELECT {build_object_cells(keys, self._build_row_condition())}{listed} "
            f"FROM {self._select_items()} WHERE item IS NOT NULL AND {self._build_row_condition()})"
        )
        notes = {"repeated_keys": keys.repeated} if keys.repeated else {}
        return StagedView(
            self._view,
            {name: (f"c{position}", "VARCHAR") for position, name in enumerate(keys.columns)},
            notes=notes,
        )

    def _stage_without_keys(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Create a view of rows without any catalog column; without rows, no column counts as missing."""
        is_empty = not self._count_items(con)
        names = [column.name for column in self.table.columns] if is_empty else []
        cells = ", ".join(f"CAST(NULL AS VARCHAR) AS c{position}" for position in range(len(names)))
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS SELECT {cells or 'NULL AS nothing'} "
            f"FROM {self._select_items()}"
        )
        return StagedView(
            self._view,
            {name: (f"c{position}", "VARCHAR") for position, name in enumerate(names)},
            is_empty=is_empty,
        )

    def _build_row_condition(self) -> str:
        """Return the condition on an item under which it is a row."""
        if not self._skips_invalid or self._find_keys is None:
            return _IS_OBJECT if self._skips_invalid else "json_type(item) = 'OBJECT'"
        return f"({_IS_OBJECT} AND {self._build_known_condition()})"

    def _build_known_condition(self) -> str:
        """Return the condition on an object under which it has one of our columns."""
        keys = self._find_keys.columns if self._find_keys else {}
        names = ", ".join(sql_literal(key) for variants in keys.values() for key in variants)
        return f"CASE WHEN {_IS_OBJECT} THEN list_has_any(json_keys(item), [{names}]) ELSE FALSE END"

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether every line was an object; if not, the next view leaves out all others."""
        text = self._require_text()
        if self._skips_invalid and rows is not None:
            return True
        if rows is not None and self._is_lines:
            missing = text.stats.records - rows
            if missing == 0 or (missing > 0 and missing == text.count_blank_lines()):
                return True
        elif rows is not None and rows == self._count_items(con):
            return True
        if self._skips_invalid or (not self._is_lines and rows is None):
            raise self._build_invalid_error()
        self._skips_invalid = True
        return False

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return the lines that hold no object, and the objects without any of our columns."""
        if not self._skips_invalid:
            return []
        rows = con.execute(
            f"SELECT number, {_IS_OBJECT} FROM (SELECT {self._build_place_sql()} AS number, item FROM "
            f"{self._select_items(numbered=True)}) "
            f"WHERE trim(item) <> '' AND NOT {self._build_row_condition()} ORDER BY number"
        ).fetchall()
        lines = self._find_item_lines([int(number) for number, _object in rows])
        return [
            RejectedRow(lines.get(int(number), int(number)), NO_COLUMNS if is_object else NOT_JSON)
            for number, is_object in rows
        ]

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the line on which each object begins."""
        rows = con.execute(
            f"SELECT ordinal, number FROM (SELECT row_number() OVER () AS ordinal, number FROM ("
            f"SELECT {self._build_place_sql()} AS number, item FROM {self._select_items(numbered=True)}) "
            f"WHERE item IS NOT NULL AND {self._build_row_condition()}) "
            f"WHERE ordinal IN (SELECT unnest($1))",
            [list(ordinals)],
        ).fetchall()
        lines = self._find_item_lines([int(number) for _ordinal, number in rows])
        return {int(ordinal): lines[int(number)] for ordinal, number in rows if int(number) in lines}

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view, and remove the copy."""
        con.execute(f"DROP VIEW IF EXISTS {quote_identifier(self._view)}")
        if self._prepared:
            self._prepared.remove_copy()
        self._prepared, self._skips_invalid, self._find_keys = None, False, None

    def _prepare_text(self) -> PreparedText:
        """Prepare the text and detect its layout; copy as an array what is wrapped or lacks brackets."""
        path = self.file.path
        text = prepare_text(path, self.file.compression, self.scratch, lines=False)
        reject_html(path, text.head)
        self._layout, self._lead = Layout.ARRAY, 0
        start = text.head.removeprefix(b"\xef\xbb\xbf").lstrip()
        if start.startswith(b"["):
            return text
        if start and not start.startswith(b"{"):
            text.remove_copy()
            raise UnreadableFileError(path, _("it is neither a JSON array nor JSON lines. Export it again."))
        if wrapper := find_wrapper(text.head, self.table):
            self._lead = text.head.count(b"\n", 0, wrapper.start)
            return self._copy_text(text, lambda copy: unwrap(path, text.path, wrapper, copy))
        self._layout = find_layout(text.head) if start else Layout.LINES
        if self._layout is Layout.COMMAS:
            self._layout = Layout.ARRAY
            return self._copy_text(text, lambda copy: copy_as_array(text.path, copy))
        if self._layout is Layout.LINES:
            text.remove_copy()
            text = prepare_text(path, self.file.compression, self.scratch, quoting=False)
        return text

    def _copy_text(self, text: PreparedText, write: Callable[[Path], None]) -> PreparedText:
        """Return what ``write`` makes of a text."""
        copy = self.scratch / f"{uuid.uuid4().hex}.json"
        write(copy)
        text.remove_copy()
        return replace(text, path=copy, is_copy=True)

    @property
    def _is_lines(self) -> bool:
        return self._layout is Layout.LINES

    def _build_place_sql(self) -> str:
        """Return the number of an item: of its line, or among all."""
        return "line" if self._is_lines else "row_number() OVER ()"

    def _select_items(self, *, numbered: bool = False) -> str:
        """Return the items as SQL; with ``numbered`` each with its line, where it stands on one."""
        text = self._require_text()
        if not self._is_lines:
            return (
                f"(SELECT json AS item FROM read_json_objects({path_literal(text.path)}, "
                f"format = {sql_literal(self._layout)}, maximum_object_size = {MAX_LINE_BYTES}))"
            )
        lines, line = read_lines_sql(text.path, "item"), ""
        if numbered:
            lines, line = f"(SELECT row_number() OVER () AS line, item FROM {lines})", "line, "
        if not self._skips_invalid:
            return f"(SELECT {line}item FROM {lines})"
        return f"(SELECT {line}unnest({SPLIT_LINE}) AS item FROM {lines} WHERE item IS NOT NULL)"

    def _read_keys(self, con: duckdb.DuckDBPyConnection) -> Keys:
        """Return the keys of all objects: every row may write them in another way."""
        shapes = con.execute(
            f"SELECT keys, count(*) FROM (SELECT json_keys(CASE WHEN {_IS_OBJECT} THEN item END) AS keys "
            f"FROM {self._select_items()}) WHERE keys IS NOT NULL GROUP BY keys ORDER BY keys DESC"
        ).fetchall()
        columns: dict[str, list[str]] = {}
        repeated = strange = 0
        for keys, count in shapes:
            ours = [
                (name, key)
                for key in keys
                if self.table.has_column(name := find_column_name(self.table, key))
            ]
            repeated += count if len({name for name, _key in ours}) < len(ours) else 0
            strange += count if not ours else 0
            for name, key in ours:
                if key not in columns.setdefault(name, []):
                    columns[name].append(key)
        return Keys(columns, repeated, strange if columns else 0)

    def _count_items(self, con: duckdb.DuckDBPyConnection) -> int:
        row = fetch_first(con.execute(f"SELECT count(*) FROM {self._select_items()}"))
        return int(row[0]) if row else 0

    def _find_item_lines(self, positions: Sequence[int]) -> Mapping[int, int]:
        """Return the line on which each of these items begins; among lines that is its number."""
        if self._is_lines:
            return {position: position for position in positions}
        if not positions or self._require_text().path.stat().st_size > _SCANNABLE_BYTES:
            return {}
        targets = set(positions)
        return {
            position: line + self._lead
            for position, line in enumerate(self._scan_item_lines(), 1)
            if position in targets
        }

    def _scan_item_lines(self) -> list[int]:
        text = self._require_text().path.read_text("utf-8-sig")
        decoder, offset, line, counted_to = json.JSONDecoder(), 0, 1, 0
        if self._layout is Layout.ARRAY:
            offset = text.index("[") + 1
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
                self._scan_item_lines()
                json.loads(self._require_text().path.read_text("utf-8-sig"))
            except ValueError as error:
                line = getattr(error, "lineno", 1) + self._lead
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
