"""Read a JSON export: an array of objects, or one object per line. A line without an object is rejected."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.errors import UnreadableError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source import NOT_JSON, Refusal, Staged
from opttius_cli.sources.duck import NotStagedError, literal, one_file, text_lines
from opttius_cli.sources.text import LONGEST_LINE, Text, prepare, refuse_strange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table
    from opttius_cli.sources.files import Named

_WALKABLE = 256 * 1024 * 1024
"""Size up to which an array is scanned for line numbers; in a longer one, rejects have no line number."""
_SOUND = "coalesce(CASE WHEN json_valid(item) THEN json_type(item) = 'OBJECT' END, FALSE)"


@dataclass(slots=True)
class JsonFile:
    """One JSON file with rows of ``table``."""

    file: Named
    table: Table
    scratch: Path
    _text: Text | None = None
    _careful: bool = False
    _view: str = field(default_factory=lambda: f"json_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.file.path.name

    def stage(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """Create a view of text cells, with every catalog column that at least one object has."""
        import duckdb

        if self._text is None:
            self._text = self._prepared()
        try:
            keys = self._keys(con)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.Error as error:
            raise self._broken() from error
        if not keys:
            return self._stage_without_keys(con)
        shape = literal(json.dumps(dict.fromkeys(keys.values(), "VARCHAR")))
        sound = _SOUND if self._careful else "json_type(item) = 'OBJECT'"
        cells = ", ".join(
            f"struct_extract(cells, {literal(key)}) AS c{place}" for place, key in enumerate(keys.values())
        )
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quoted(self._view)} AS SELECT {cells} FROM ("
            f"SELECT json_transform(CASE WHEN {sound} THEN item END, {shape}) AS cells "
            f"FROM {self._items()} WHERE item IS NOT NULL AND {sound})"
        )
        return Staged(self._view, {name: (f"c{place}", "VARCHAR") for place, name in enumerate(keys)})

    def _stage_without_keys(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """Create a view of rows without any catalog column; without rows, no column counts as missing."""
        names = [] if self._count(con) else [column.name for column in self.table.columns]
        cells = ", ".join(f"CAST(NULL AS VARCHAR) AS c{place}" for place in range(len(names)))
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quoted(self._view)} AS SELECT {cells or 'NULL AS nothing'} "
            f"FROM {self._items()}"
        )
        return Staged(self._view, {name: (f"c{place}", "VARCHAR") for place, name in enumerate(names)})

    def complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether every line was an object; if not, the next view leaves out all others."""
        text = self._known()
        if self._careful and rows is not None:
            return True
        if rows is not None and rows == (self._count(con) if self._is_array else text.census.records):
            return True
        if self._careful or (self._is_array and rows is None):
            raise self._broken()
        self._careful = True
        return False

    def refusals(self, con: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
        """Return the lines that hold no object."""
        if not self._careful:
            return []
        found = con.execute(
            f"SELECT place FROM (SELECT row_number() OVER () AS place, item FROM {self._items()}) "
            f"WHERE trim(item) <> '' AND NOT {_SOUND} ORDER BY place"
        ).fetchall()
        lines = self._lines_of([int(row[0]) for row in found])
        return [Refusal(lines.get(int(row[0]), int(row[0])), NOT_JSON) for row in found]

    def lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the line on which each object begins."""
        found = con.execute(
            f"SELECT ordinal, place FROM (SELECT row_number() OVER () AS ordinal, place FROM ("
            f"SELECT row_number() OVER () AS place, item FROM {self._items()}) "
            f"WHERE item IS NOT NULL AND {_SOUND}) "
            f"WHERE ordinal IN (SELECT unnest($1))",
            [list(ordinals)],
        ).fetchall()
        lines = self._lines_of([int(place) for _ordinal, place in found])
        return {int(ordinal): lines[int(place)] for ordinal, place in found if int(place) in lines}

    def release(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view, and remove the copy."""
        con.execute(f"DROP VIEW IF EXISTS {quoted(self._view)}")
        if self._text:
            self._text.discard()
        self._text, self._careful = None, False

    def _prepared(self) -> Text:
        path = self.file.path
        text = prepare(path, self.file.packed, self.scratch, lines=False)
        refuse_strange(path, text.head)
        if not text.head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"["):
            text.discard()
            text = prepare(path, self.file.packed, self.scratch, quoting=False)
            if text.census.records and not text.head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
                raise UnreadableError(path, _("it is neither a JSON array nor JSON lines. Export it again."))
        return text

    @property
    def _is_array(self) -> bool:
        return not self._known().census.lines

    def _items(self) -> str:
        text = self._known()
        if self._is_array:
            return (
                f"(SELECT json AS item FROM read_json_objects({one_file(text.path)}, format = 'array', "
                f"maximum_object_size = {LONGEST_LINE}))"
            )
        return text_lines(text.path, "item")

    def _keys(self, con: duckdb.DuckDBPyConnection) -> Mapping[str, str]:
        """Return the catalog columns with their keys; read all objects only if the first 1000 lack some."""
        known = {column.name for column in self.table.columns}
        keys: dict[str, str] = {}
        for some in (" LIMIT 1000", ""):
            found = con.execute(
                f"SELECT DISTINCT unnest(json_keys(CASE WHEN {_SOUND} THEN item END)) AS key FROM "
                f"(FROM {self._items()}{some}) ORDER BY key DESC"
            ).fetchall()
            keys = {name: key for (key,) in found if (name := str(key).strip().lower()) in known}
            if keys.keys() == known:
                break
        return keys

    def _count(self, con: duckdb.DuckDBPyConnection) -> int:
        found = con.execute(f"SELECT count(*) FROM {self._items()}").fetchone()
        return int(found[0]) if found else 0

    def _lines_of(self, places: Sequence[int]) -> Mapping[int, int]:
        """Return the line on which each item begins; in an array, a scan finds it."""
        if not self._is_array:
            return {place: place for place in places}
        if not places or self._known().path.stat().st_size > _WALKABLE:
            return {}
        wanted = set(places)
        return {place: line for place, line in enumerate(self._walk(), 1) if place in wanted}

    def _walk(self) -> list[int]:
        text = self._known().path.read_text("utf-8-sig")
        decoder, at, line, counted = json.JSONDecoder(), text.index("[") + 1, 1, 0
        lines = []
        while (at := _next(text, at)) < len(text) and text[at] != "]":
            line, counted = line + text.count("\n", counted, at), at
            lines.append(line)
            _item, at = decoder.raw_decode(text, at)
        return lines

    def _broken(self) -> UnreadableError:
        path = self.file.path
        if self._known().path.stat().st_size <= _WALKABLE:
            try:
                json.loads(self._known().path.read_text("utf-8-sig"))
            except ValueError as error:
                line = getattr(error, "lineno", 1)
                return UnreadableError(
                    path, _("it is not valid JSON from line {line} on. Export it again.", line=line)
                )
        return UnreadableError(path, _("it is not valid JSON. Export it again."))

    def _known(self) -> Text:
        if self._text is None:
            raise NotStagedError
        return self._text


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at
