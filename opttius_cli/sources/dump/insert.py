"""INSERT rows of a dump: turned into lines of cells while they pass by, and read by DuckDB as a block.

Quotes in SQL are doubled, as in CSV, so text stays as it is; only what stands outside of quotes is rewritten.
"""

from __future__ import annotations

import re
import uuid
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source_protocol import TOO_FEW, TOO_MANY, RejectedRow, StagedView
from opttius_cli.sources.duckdb_sql import NotStagedError
from opttius_cli.sources.dump.schema import NAME, QUALIFIED, parse_column_names
from opttius_cli.sources.text_file import (
    MAX_LINE_BYTES,
    PreparedText,
    build_length_error,
    prepare_text,
)
from opttius_cli.sql import path_literal, quote_identifier, sql_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.catalog.tables import Table

INSERT = re.compile(rb"INSERT\s+INTO\s+(?:ONLY\s+)?" + QUALIFIED, re.IGNORECASE)
_VALUES = re.compile(
    rb"\s*(?:\((?P<columns>(?:\s*"
    + NAME
    + rb"\s*,?)*)\))?\s*(?:OVERRIDING\s+(?:SYSTEM|USER)\s+VALUE\s*)?VALUES\s*(?=\()",
    re.IGNORECASE,
)
_TRAILER = rb"(?:(?i:ON\s+CONFLICT)[^;]*)?(?:(?i:RETURNING)[^;]*)?;"
_CAST = re.compile(rb"'\s*::\s*[\w.]+(?: [a-z]\w*)*(?:\([\d,\s]*\))?(?:\[\d*\])*")
_BLANKS = re.compile(rb"[ \t\r]*([,\n])[ \t\r]*")
_OTHER_TEXT = re.compile(rb"(?:^|[\s,(])(?:[EeBbXxNn]|[Uu]&)'|\$\w*\$")
_MARKS = (b"$", b"&'", *(letter + b"'" for letter in (b"E", b"e", b"B", b"b", b"X", b"x", b"N", b"n")))
_CELL = rb"(?:'(?:[^']|'')*'|[^',\n]*)"
_RECORD = re.compile(rb"(?:'(?:[^']|'')*'|[^'\n])*\n")


def match_values(window: bytes, start: int) -> re.Match[bytes] | None:
    """Match what stands between a table's name and its first row, up to that row's bracket."""
    return _VALUES.match(window, start)


def parse_listed_columns(values: re.Match[bytes]) -> list[str]:
    """Return the columns that an INSERT names; none when it leaves them out."""
    return parse_column_names(values["columns"] or b"")


@dataclass(frozen=True, slots=True)
class Division:
    """Rows cut off a window: as lines of cells, with the line breaks outside of text from each up to the next.

    ``taken`` are the bytes of the window that they took; ``ended`` says that the statements end there. ``outside``
    is what stands outside of text in the rows.
    """

    text: bytes = b""
    breaks: Sequence[int] = ()
    taken: int = 0
    ended: bool = False
    outside: bytes = b""


class RowDivider:
    """Divides what follows one INSERT header, repeated or not, into rows."""

    def __init__(self, header: bytes) -> None:
        again = rb"\s*" + re.escape(header.rstrip()) + rb"\s*\("
        self._ahead = len(header) + 256
        self._between = re.compile(rb"\)\s*(?:,\s*\(|" + _TRAILER + again + rb")")
        self._end = re.compile(rb"\)\s*" + _TRAILER + rb"(?!" + again + rb")")

    def divide(self, window: bytes, *, whole: bool) -> Division:
        """Divide a window that begins after a row's opening bracket; without ``whole`` more may follow it."""
        pieces = window.split(b"'")
        outside = b"'".join(pieces[::2])
        end = self._end.search(outside)
        limit = end.start() if end else len(outside)
        spans = [match.span() for match in self._between.finditer(outside, 0, limit)]
        ended = end is not None and (whole or len(outside) - end.end() > self._ahead)
        if end and ended:
            spans.append(end.span())
        if not spans:
            return Division()
        starts = [0, *(after for _before, after in spans)]
        rows = [outside[start : span[0]] for start, span in zip(starts, spans, strict=False)]
        breaks = [outside.count(b"\n", start, span[1]) for start, span in zip(starts, spans, strict=False)]
        quotes = outside.count(b"'", 0, starts[-1])
        inside = pieces[1 : 2 * quotes : 2]
        taken = starts[-1] + quotes + sum(map(len, inside))
        if any(b"\n" in row for row in rows):
            rows = [row.replace(b"\n", b" ") for row in rows]
        return Division(_join_cells(b"\n".join(rows), inside), breaks, taken, ended, b"\n".join(rows))


def _join_cells(text: bytes, inside: list[bytes]) -> bytes:
    """Return the rows, of which ``text`` stands outside of quotes, as lines of cells."""
    text = text.replace(b", ", b",")
    if b"::" in text:
        text = _CAST.sub(b"'", text)
    if b" " in text or b"\t" in text or b"\r" in text:
        text = _BLANKS.sub(rb"\1", text.strip(b" \t\r"))
    outside = text.split(b"'")
    pieces = [b""] * (2 * len(outside) - 1)
    pieces[::2], pieces[1::2] = outside, inside
    return b"'".join(pieces) + b"\n"


@dataclass(slots=True)
class InsertBlock:
    """The INSERT rows of ``table`` that name the same columns; ``cut`` holds them as lines of cells."""

    path: Path
    table: Table
    columns: Sequence[str]
    cut: Path
    scratch: Path
    rows: int = 0
    _runs: list[tuple[int, int]] = field(default_factory=list)
    _breaks: array[int] = field(default_factory=lambda: array("L"))
    _text: PreparedText | None = None
    _sound: Path | None = None
    _refused: list[tuple[int, str]] = field(default_factory=list)
    _view: str = field(default_factory=lambda: f"insert_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.path.name

    def begin(self, line: int) -> None:
        """Note that rows follow whose first is on ``line``."""
        self._runs.append((self.rows, line))

    def append(self, division: Division) -> None:
        """Add rows."""
        with self.cut.open("ab") as out:
            out.write(division.text)
        self.rows += len(division.breaks)
        self._breaks.extend(division.breaks)

    def stage_view(self, con: duckdb.DuckDBPyConnection) -> StagedView:
        """Return a view of text cells."""
        if self._text is None:
            self._text = self._prepare_text()
        places = {name: place for place, name in enumerate(self.columns) if self.table.has_column(name)}
        cells = ", ".join(f"c{place}" for place in places.values())
        rows = _read_inserted_sql(self._sound or self._text.path, len(self.columns))
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quote_identifier(self._view)} AS SELECT {cells} FROM {rows}"
        )
        return StagedView(self._view, {name: (f"c{place}", "VARCHAR") for name, place in places.items()})

    def _prepare_text(self) -> PreparedText:
        try:
            return prepare_text(self.cut, None, self.scratch, lines=False)
        except UnreadableFileError as error:
            raise SourceError(
                str(error).replace(str(self.cut), f"{self.path} (INSERT INTO {self.table.name})")
            ) from error

    def verify_complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether every row was read; if not, the next view leaves out those of another length."""
        if rows is not None and rows + len(self._refused) == self.rows:
            return True
        if self._sound:
            raise UnreadableFileError(
                self.path,
                _("the rows of “{table}” cannot be told apart. Write it again.", table=self.table.name),
            )
        self._sound = self._copy_sound_rows()
        return False

    def _copy_sound_rows(self) -> Path:
        """Return a copy of the sound rows; the others are refused."""
        sound = re.compile(_CELL + rb"(?:," + _CELL + rb"){%d}\n" % (len(self.columns) - 1))
        cells = re.compile(_CELL + rb"[,\n]")
        copy = self.scratch / f"{uuid.uuid4().hex}.rows"
        with copy.open("wb") as out:
            for ordinal, record in enumerate(self._iter_records(), 1):
                if sound.fullmatch(record):
                    out.write(record)
                else:
                    few = len(cells.findall(record)) < len(self.columns)
                    self._refused.append((ordinal, TOO_FEW if few else TOO_MANY))
        return copy

    def _iter_records(self) -> Iterator[bytes]:
        """Return the rows, each as the line (or lines) of its cells."""
        rest = b""
        with self._require_text().path.open("rb") as file:
            while block := file.read(1 << 20):
                rest += block
                at = 0
                while record := _RECORD.match(rest, at):
                    at = record.end()
                    yield record[0]
                rest = rest[at:]

    def list_rejected_rows(self, con: duckdb.DuckDBPyConnection) -> Sequence[RejectedRow]:
        """Return the rows with too few or too many cells."""
        if not self._refused:
            return []
        lines = self._find_row_lines({ordinal for ordinal, _reason in self._refused})
        return [RejectedRow(lines[ordinal], reason) for ordinal, reason in self._refused]

    def find_lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the lines on which these rows begin."""
        places = {}
        for ordinal in sorted(ordinals):
            place = ordinal
            for refused, _reason in self._refused:
                place += refused <= place
            places[ordinal] = place
        lines = self._find_row_lines(set(places.values()))
        return {ordinal: lines[place] for ordinal, place in places.items() if place in lines}

    def _find_row_lines(self, places: set[int]) -> dict[int, int]:
        """Return the line of the n-th row: where its run begins, and every line break since."""
        starts = [start for start, _line in self._runs]
        since = list(accumulate(self._breaks, initial=0))
        inside = [0]
        lines = {}
        for place, record in enumerate(self._iter_records(), 1):
            inside.append(inside[-1] + record.count(b"\n") - 1)
            if place in places:
                start, line = self._runs[bisect_right(starts, place - 1) - 1]
                lines[place] = line + since[place - 1] - since[start] + inside[place - 1] - inside[start]
        return lines

    def drop_view(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view. The rows stay until the scratch folder goes: they may be staged again."""
        con.execute(f"DROP VIEW IF EXISTS {quote_identifier(self._view)}")
        if self._text:
            self._text.remove_copy()
        if self._sound:
            self._sound.unlink(missing_ok=True)
        self._text, self._sound, self._refused = None, None, []

    def _require_text(self) -> PreparedText:
        if self._text is None:
            raise NotStagedError
        return self._text


def refuse_other_text(path: Path, line: int, outside: bytes) -> None:
    """Raise UnreadableFileError where rows write text in a way that only PostgreSQL reads."""
    if any(mark in outside for mark in _MARKS) and _OTHER_TEXT.search(outside):
        raise UnreadableFileError(
            path,
            _(
                "the rows from line {line} on write text as E'…' or $$…$$, which is not read. Write it again with "
                "pg_dump, or with supabase db dump --data-only --use-copy.",
                line=line,
            ),
        )


def refuse_long_row(path: Path, line: int, window: bytes) -> None:
    """Raise UnreadableFileError when a row has no end within what a row may be."""
    if len(window) > 2 * MAX_LINE_BYTES:
        raise build_length_error(path, line)


def _read_inserted_sql(path: Path, columns: int) -> str:
    """Return the lines of cells as SQL: text in single quotes, NULL and DEFAULT without."""
    names = ", ".join(f"{sql_literal(f'c{place}')}: 'VARCHAR'" for place in range(columns))
    return (
        f"read_csv({path_literal(path)}, auto_detect = false, strict_mode = true, header = false, delim = ',', "
        f"quote = '''', escape = '''', nullstr = ['NULL', 'null', 'Null', 'DEFAULT', 'default'], "
        f"allow_quoted_nulls = false, new_line = '\\n', max_line_size = {MAX_LINE_BYTES}, "
        f"buffer_size = {4 * MAX_LINE_BYTES}, "
        f"columns = {{{names}}})"
    )
