"""One walk through a plain dump, in bounded memory: its COPY and INSERT rows are cut out, database by database."""

from __future__ import annotations

import codecs
import re
import uuid
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, cast

from opttius_cli.catalog.tables import TABLES
from opttius_cli.errors import SourceError, UnreadableFileError, format_list
from opttius_cli.i18n import _
from opttius_cli.sources.dump.insert import (
    INSERT,
    InsertBlock,
    RowDivider,
    match_values,
    parse_listed_columns,
    refuse_long_row,
    refuse_other_text,
)
from opttius_cli.sources.dump.schema import (
    QUALIFIED,
    DumpSchema,
    find_lookalike,
    parse_column_names,
    parse_qualified_name,
    unquote_name,
)
from opttius_cli.sources.file_types import detect_unicode

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.catalog.tables import Table

_COPY = re.compile(rb"COPY " + QUALIFIED + rb"(?: \((?P<columns>.*)\))? FROM stdin;\s*", re.IGNORECASE)
_CONNECT = re.compile(rb"\\c(?:onnect)?\s+(?:-reuse-previous=\w+ )?(.+)")
_MARK = re.compile(rb"-- PostgreSQL database (cluster )?dump( complete)?\s*")
_BODY = re.compile(rb"(?:\bAS|\bDO|plpgsql|sql)\s+(\$\w*\$)", re.IGNORECASE)
_END = re.compile(rb"\n\\\.\r?\n")
_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 16


@dataclass(frozen=True, slots=True)
class CopyRows:
    """The rows of one COPY statement, cut out into a file; ``line`` is where the statement stands."""

    table: Table
    columns: list[str]
    line: int
    cut: Path


@dataclass(slots=True)
class DumpDatabase:
    """What a dump holds of one database; ``unread`` are blocks that look like ours and belong to none of our tables."""

    name: str = ""
    schema: DumpSchema = field(default_factory=DumpSchema)
    blocks: dict[str, list[CopyRows | InsertBlock]] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    unread: dict[str, str] = field(default_factory=dict)

    def owner(self, table: str, columns: list[str]) -> Table | None:
        """Return the table of ours that the rows of ``schema.table`` belong to; others are noted."""
        owner = self.schema.owner(table, columns)
        if owner is None:
            name = table.removeprefix("public.")
            self.others.add(name)
            if table.startswith("public.") and (alike := find_lookalike(table, columns)):
                self.unread[name] = alike.name
        return owner

    def get_insert_block(self, path: Path, table: Table, columns: list[str], scratch: Path) -> InsertBlock:
        """Return the block that takes INSERT rows of these columns."""
        blocks = self.blocks.setdefault(table.name, [])
        for block in blocks:
            if isinstance(block, InsertBlock) and block.columns == columns:
                return block
        block = InsertBlock(path, table, columns, scratch / f"{uuid.uuid4().hex}.rows", scratch)
        blocks.append(block)
        return block

    @property
    def has_required_tables(self) -> bool:
        """Return whether rows of every table are here without which there is no report."""
        return all(table.name in self.blocks for table in TABLES.values() if table.required)


@dataclass(slots=True)
class DumpScanner:
    """A dump that is being read."""

    path: Path
    file: IO[bytes]
    scratch: Path
    databases: list[DumpDatabase] = field(default_factory=lambda: [DumpDatabase()])
    _line_number: int = 0
    _rest: bytes = b""
    _marks: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    _body: bytes = b""

    def scan(self) -> list[DumpDatabase]:
        """Return the databases of the dump. Raises UnreadableFileError when it ends before its end."""
        line = last = self._line().removeprefix(codecs.BOM_UTF8)
        while line:
            self._read(line)
            last, line = line, self._line()
        unfinished = not last.endswith(b"\n") and last[:6].upper().startswith((b"COPY ", b"INSERT"))
        if any(self._marks.values()) or unfinished:
            raise self._build_cut_error()
        return self.databases

    def _read(self, line: bytes) -> None:
        """Take in one line of SQL, and the rows that follow it."""
        if self._is_body(line):
            return
        if header := _COPY.fullmatch(line):
            self._copy(header)
        elif line[:6].upper() == b"INSERT":
            self._insert(line)
        elif line.startswith(b"--"):
            if mark := _MARK.fullmatch(line):
                self._marks[mark[1] is not None] += -1 if mark[2] else 1
        elif line.startswith(b"\\c"):
            if connect := _CONNECT.match(line):
                self.databases.append(DumpDatabase(_parse_database_name(connect[1])))
        else:
            self._database.schema.read(line)

    @property
    def _database(self) -> DumpDatabase:
        return self.databases[-1]

    def _is_body(self, line: bytes) -> bool:
        """Return whether a line belongs to the body of a function, which may hold any statement."""
        if self._body:
            if self._body in line:
                self._body = b""
            return True
        if b"$" in line and not line.startswith(b"--") and (body := _BODY.search(line)):
            self._body = b"" if body[1] in line[body.end() :] else body[1]
        return False

    def _copy(self, header: re.Match[bytes]) -> None:
        name = parse_qualified_name(header[0][5 : header.end("table")])
        columns = parse_column_names(header["columns"] or b"") or self._database.schema.list_columns(name)
        owner, line = self._database.owner(name, columns), self._line_number
        if owner is None:
            self._cut(None)
            return
        if not columns:
            raise self._build_columns_error(line)
        cut = self.scratch / f"{uuid.uuid4().hex}.copy"
        with cut.open("wb") as out:
            self._cut(out)
        self._database.blocks.setdefault(owner.name, []).append(CopyRows(owner, columns, line, cut))

    def _insert(self, line: bytes) -> None:
        window, at = line + self._rest, max(self._line_number, 1)
        while len(window) < _LONGEST_HEADER and (more := self.file.read(_CHUNK)):
            window += more
        target = INSERT.match(window)
        values = match_values(window, target.end()) if target else None
        if target is None or values is None:
            self._rest = window[len(line) :]
            self._refuse_statement(target, at)
            return
        name = parse_qualified_name(
            window[target.start("schema") if target["schema"] else target.start("table") : target.end()]
        )
        columns = parse_listed_columns(values) or self._database.schema.list_columns(name)
        owner = self._database.owner(name, columns)
        if owner and not columns:
            raise self._build_columns_error(at)
        block = self._database.get_insert_block(self.path, owner, columns, self.scratch) if owner else None
        header = window[: values.end()]
        self._divide(block, RowDivider(header), window[values.end() + 1 :], at + header.count(b"\n"))

    def _divide(self, block: InsertBlock | None, divider: RowDivider, window: bytes, line: int) -> None:
        """Pass the rows of INSERT statements on to ``block``, up to their end."""
        whole = False
        if block:
            block.begin(line)
        while True:
            division = divider.divide(window, whole=whole)
            if block and division.taken:
                refuse_other_text(self.path, line, division.outside)
                block.append(division)
            line += window.count(b"\n", 0, division.taken)
            window = window[division.taken :]
            if division.ended:
                break
            if whole:
                self._line_number = line
                raise self._build_cut_error()
            refuse_long_row(self.path, line, window)
            more = self.file.read(_CHUNK)
            window, whole = window + more, not more
        self._rest, self._line_number = window, line - 1

    def _refuse_statement(self, target: re.Match[bytes] | None, line: int) -> None:
        """Raise UnreadableFileError for an INSERT into a table of ours that lists no rows."""
        if (
            target
            and unquote_name(target["table"]) in TABLES
            and unquote_name(target["schema"] or b"public") == "public"
        ):
            raise UnreadableFileError(
                self.path,
                _("the INSERT on line {line} lists no rows. Write it again with pg_dump.", line=line),
            )

    def _line(self) -> bytes:
        """Return the next line. Of one that is very long only the beginning is kept: it is no COPY."""
        while b"\n" not in self._rest:
            more = self.file.read(_CHUNK)
            if not more:
                break
            self._rest = self._rest[:_CHUNK] + more
        line, end, self._rest = self._rest.partition(b"\n")
        self._line_number += bool(end)
        return line + end

    def _cut(self, out: IO[bytes] | None) -> None:
        """Pass the rows of a COPY statement on to ``out``, up to the line that ends it."""
        window = b"\n" + self._rest
        first = True
        while not (end := _END.search(window)):
            more = self.file.read(_CHUNK)
            if not more:
                raise self._build_cut_error()
            keep = max(len(window) - 4, 0)
            self._write_rows(window[first:keep], out)
            first = first and keep == 0
            window = window[keep:] + more
        self._write_rows(window[first : end.start() + 1], out)
        self._line_number += 1
        self._rest = window[end.end() :]

    def _write_rows(self, rows: bytes, out: IO[bytes] | None) -> None:
        self._line_number += rows.count(b"\n")
        if out:
            out.write(rows)

    def _build_cut_error(self) -> UnreadableFileError:
        return UnreadableFileError(
            self.path, _("the dump is cut short after line {line}. Write it again.", line=self._line_number)
        )

    def _build_columns_error(self, line: int) -> UnreadableFileError:
        return UnreadableFileError(
            self.path,
            _(
                "the rows from line {line} on do not name their columns. Write it again with pg_dump "
                "--column-inserts.",
                line=line,
            ),
        )


def choose_database(path: Path, databases: list[DumpDatabase]) -> DumpDatabase:
    """Return the one database that holds our tables. Raises SourceError when several do."""
    holding = [database for database in databases if database.has_required_tables]
    holding = holding or [database for database in databases if database.blocks]
    if len(holding) > 1:
        raise SourceError(
            _(
                "{path} holds these tables in {count} databases: {names}. Write the one you want by itself: "
                "pg_dump --format=plain --data-only --file=shop.sql {name}",
                path=path,
                count=len(holding),
                names=format_list([database.name or "?" for database in holding]),
                name=holding[-1].name,
            )
        )
    if holding:
        return holding[0]
    return DumpDatabase(others=set().union(*(database.others for database in databases)))


def transcode_to_utf8(file: IO[bytes], head: bytes) -> IO[bytes]:
    """``file``, which begins with ``head``, as UTF-8: Windows PowerShell writes what it redirects as UTF-16."""
    encoding = detect_unicode(head)
    if encoding == "utf-8":
        return file
    return cast("IO[bytes]", codecs.EncodedFile(file, "utf-8", encoding, "strict"))


def _parse_database_name(text: bytes) -> str:
    name = text.strip().strip(b'"')
    named = re.search(rb"dbname='((?:[^'\\]|\\.)*)'", name)
    return (named[1] if named else name).decode(errors="replace")
