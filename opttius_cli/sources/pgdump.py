"""Read a plain pg_dump file: cut its COPY blocks into files of their own, which DuckDB then reads.

In a COPY block every row is one line; line breaks and tabs inside a cell are escaped with a backslash.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING

from opttius_cli.catalog.settling import quoted
from opttius_cli.catalog.tables import TABLES, Table
from opttius_cli.errors import SourceError, UnreadableError
from opttius_cli.i18n import _
from opttius_cli.snapshot.source import TOO_FEW, TOO_MANY, Export, Refusal, Staged
from opttius_cli.sources.duck import NotStagedError, copied_rows, text_lines
from opttius_cli.sources.files import Form, reading, unpacked
from opttius_cli.sources.names import nothing_known, stamp
from opttius_cli.sources.text import Text, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import duckdb

    from opttius_cli.snapshot.source import Site

_COPY = re.compile(
    rb"COPY (?:(?P<schema>\"[^\"]+\"|\w+)\.)?(?P<table>\"[^\"]+\"|\w+) \((?P<columns>.*)\) FROM stdin;\s*"
)
_COLUMN = re.compile(rb"\"((?:[^\"]|\"\")+)\"|([^\s,\"]+)")
_INSERT = re.compile(rb"INSERT INTO (?:public\.)?\"?(\w+)\"? ")
_END = re.compile(rb"\n\\\.\r?\n")
_CHUNK = 1 << 20
_HEAD, _TAIL = b"PostgreSQL database dump", b"PostgreSQL database dump complete"
# Two backslashes stand for one, so the text is split at pairs first: any other backslash begins an escape.
_UNESCAPED = (
    "array_to_string(list_transform(string_split({cell}, '\\\\'), lambda piece: "
    "regexp_replace(replace(replace(replace(replace(replace(replace(piece, "
    "'\\n', chr(10)), '\\t', chr(9)), '\\r', chr(13)), '\\b', chr(8)), '\\f', chr(12)), '\\v', chr(11)), "
    "'\\\\(.)', '\\1', 'g')), '\\')"
)


@dataclass(frozen=True, slots=True)
class Dump(Export):
    """A plain dump, compressed or not."""

    path: Path
    packed: Form | None = None

    @property
    def name(self) -> str:
        """Return the file's path."""
        return str(self.path)

    def fingerprint(self) -> str:
        """Return the file's size and modification time."""
        return stamp(self.path)

    def parts(self, site: Site) -> Mapping[str, Sequence[Block]]:
        """Return the blocks of every table, each copied to a file of its own."""
        found: dict[str, list[Block]] = {}
        with reading(self.path), unpacked(self.path, self.packed) as file:
            cutting = _Cutting(self.path, file)
            for block in cutting.blocks(site.scratch):
                found.setdefault(block.table.name, []).append(block)
        if not found and cutting.inserts:
            raise UnreadableError(
                self.path, _("it holds INSERT statements. Write it again with pg_dump, without --inserts.")
            )
        if not found:
            raise nothing_known(self.path, sorted(cutting.others) or ["SQL"])
        return found


@dataclass(slots=True)
class _Cutting:
    """One pass through a dump, in bounded memory."""

    path: Path
    file: IO[bytes]
    line: int = 0
    rest: bytes = b""
    inserts: bool = False
    others: set[str] = field(default_factory=set)

    def blocks(self, scratch: Path) -> Iterator[Block]:
        """Yield the blocks of catalog tables. Raises UnreadableFileError when the dump is cut short."""
        begun = ended = False
        while line := self._line():
            begun = begun or _HEAD in line
            ended = ended or _TAIL in line
            if header := _COPY.fullmatch(line):
                table = self._ours(header)
                if table is None:
                    self._cut(None)
                    continue
                at = self.line
                cut = scratch / f"{uuid.uuid4().hex}.copy"
                with cut.open("wb") as out:
                    self._cut(out)
                yield Block(self.path, table, _columns(header["columns"]), at, cut, scratch)
            elif (insert := _INSERT.match(line)) and insert[1].decode(errors="replace") in TABLES:
                self.inserts = True
        if begun and not ended:
            raise UnreadableError(
                self.path, _("the dump is cut short after line {line}. Write it again.", line=self.line)
            )

    def _ours(self, header: re.Match[bytes]) -> Table | None:
        name = header["table"].strip(b'"').decode(errors="replace")
        if (header["schema"] or b"public").strip(b'"') == b"public" and name in TABLES:
            return TABLES[name]
        self.others.add(name)
        return None

    def _line(self) -> bytes:
        """Return the next line; only the start of a very long one, which cannot be a COPY statement."""
        while b"\n" not in self.rest:
            more = self.file.read(_CHUNK)
            if not more:
                break
            self.rest = self.rest[:_CHUNK] + more
        line, end, self.rest = self.rest.partition(b"\n")
        self.line += bool(end)
        return line + end

    def _cut(self, out: IO[bytes] | None) -> None:
        """Copy the rows of a block to ``out``, up to the line that ends it."""
        window = b"\n" + self.rest
        first = True
        while not (end := _END.search(window)):
            more = self.file.read(_CHUNK)
            if not more:
                raise UnreadableError(
                    self.path, _("the dump is cut short after line {line}. Write it again.", line=self.line)
                )
            keep = max(len(window) - 4, 0)
            self._pass(window[first:keep], out)
            first = first and keep == 0
            window = window[keep:] + more
        self._pass(window[first : end.start() + 1], out)
        self.line += 1
        self.rest = window[end.end() :]

    def _pass(self, rows: bytes, out: IO[bytes] | None) -> None:
        self.line += rows.count(b"\n")
        if out:
            out.write(rows)


def _columns(text: bytes) -> list[str]:
    return [
        (one[1].replace(b'""', b'"') if one[1] else one[2]).decode(errors="replace")
        for one in _COLUMN.finditer(text)
    ]


@dataclass(slots=True)
class Block:
    """One COPY block with rows of ``table``; ``copy_line`` is the line of its COPY statement."""

    path: Path
    table: Table
    header: Sequence[str]
    at: int
    cut: Path
    scratch: Path
    _text: Text | None = None
    _careful: bool = False
    _view: str = field(default_factory=lambda: f"copy_{uuid.uuid4().hex}")

    @property
    def label(self) -> str:
        """Return the file's name."""
        return self.path.name

    def stage(self, con: duckdb.DuckDBPyConnection) -> Staged:
        """Create a view of text cells, unescaped."""
        if self._text is None:
            self._text = self._looked_through()
        places = {name: place for place, name in enumerate(self.header) if self.table.has(name)}
        cells = ", ".join(
            f"CASE WHEN contains(c{place}, '\\') THEN {_UNESCAPED.format(cell=f'c{place}')} "
            f"ELSE c{place} END "
            f"AS c{place}"
            for place in places.values()
        )
        con.execute(
            f"CREATE OR REPLACE TEMP VIEW {quoted(self._view)} AS SELECT {cells} FROM {self._rows(places)}"
        )
        return Staged(self._view, {name: (f"c{place}", "VARCHAR") for name, place in places.items()})

    def _looked_through(self) -> Text:
        try:
            return prepare(self.cut, None, self.scratch, quoting=False)
        except UnreadableError as error:
            raise SourceError(
                str(error).replace(str(self.cut), f"{self.path} (COPY {self.table.name})")
            ) from error

    def _rows(self, places: Mapping[str, int]) -> str:
        path = self._known().path
        if not self._careful:
            return copied_rows(path, [f"c{place}" for place in range(len(self.header))])
        cells = ", ".join(f"nullif(cells[{place + 1}], '\\N') AS c{place}" for place in places.values())
        split = f"SELECT string_split(item, chr(9)) AS cells FROM {text_lines(path, 'item')}"
        return f"(SELECT {cells} FROM ({split}) WHERE len(cells) = {len(self.header)})"

    def complete(self, con: duckdb.DuckDBPyConnection, rows: int | None) -> bool:
        """Return whether every line was a row; if not, the next view leaves out all others."""
        if rows is not None and (self._careful or rows == self._known().census.breaks):
            return True
        if self._careful:
            raise UnreadableError(
                self.path,
                _("the rows of “{table}” cannot be separated. Write it again.", table=self.table.name),
            )
        self._careful = True
        return False

    def refusals(self, con: duckdb.DuckDBPyConnection) -> Sequence[Refusal]:
        """Return the lines with too few or too many cells."""
        if not self._careful:
            return []
        found = con.execute(
            f"SELECT place, cells FROM (SELECT row_number() OVER () AS place, "
            f"len(string_split(coalesce(item, ''), chr(9))) AS cells "
            f"FROM {text_lines(self._known().path, 'item')}) "
            f"WHERE cells <> {len(self.header)} ORDER BY place"
        ).fetchall()
        return [
            Refusal(self.at + int(place), TOO_FEW if cells < len(self.header) else TOO_MANY)
            for place, cells in found
        ]

    def lines(self, con: duckdb.DuckDBPyConnection, ordinals: Sequence[int]) -> Mapping[int, int]:
        """Return the line of each row; rejected lines count too."""
        refused = [one.line - self.at for one in self.refusals(con)]
        lines = {}
        for ordinal in sorted(ordinals):
            place = ordinal
            for line in refused:
                place += line <= place
            lines[ordinal] = self.at + place
        return lines

    def release(self, con: duckdb.DuckDBPyConnection) -> None:
        """Drop the view. The block itself stays in the scratch folder: it may be staged again."""
        con.execute(f"DROP VIEW IF EXISTS {quoted(self._view)}")
        if self._text:
            self._text.discard()
        self._text, self._careful = None, False

    def _known(self) -> Text:
        if self._text is None:
            raise NotStagedError
        return self._text
