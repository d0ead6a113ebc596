"""Prepare a text export for DuckDB: convert it to UTF-8 and count its records, in bounded memory.

DuckDB's CSV reader can drop rows silently where quotes are damaged or a line is longer than its buffer.
So the records are counted here, cheaply, and compared with what the view returns.
"""

from __future__ import annotations

import codecs
import re
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from opttius_cli.errors import UnreadableError
from opttius_cli.i18n import _
from opttius_cli.sources.files import HEAD, Form, reading, unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LONGEST_LINE = 8 * 1024 * 1024
"""Limit in bytes of a line and of a row: a longer one means a damaged file, and would fill the memory."""
_CHUNK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# The first line ends with CR alone, as on an old Macintosh.
_BARE = re.compile(rb"[^\r\n]*\r\0?[^\n]", re.DOTALL)
_EMPTY_LINE = re.compile(rb"\n(?=\r?\n)")


@dataclass(slots=True)
class Census:
    """Counts of the text read so far: lines, records (lines outside quotes that are not empty), quotes.

    With ``quoting``, a line break inside quotes does not end a record. With ``lines`` false, the text is one
    piece whose lines may have any length (a JSON array).
    """

    path: Path
    lines: bool = True
    quoting: bool = True
    breaks: int = 0
    records: int = 0
    blanks: int = 0
    quotes: int = 0
    inside: bool = False

    def see(self, chunk: bytes) -> None:
        """Count a chunk that starts at the start of a line. Raises UnreadableFileError for a NUL byte."""
        if b"\0" in chunk:
            line = self.breaks + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
            raise UnreadableError(
                self.path,
                _("line {line} contains a NUL byte: it is damaged, or not text. Export it again.", line=line),
            )
        breaks = chunk.count(b"\n")
        if self.lines:
            self._count(chunk, breaks)
            if not chunk.endswith(b"\n") and chunk.rpartition(b"\n")[2].strip():
                self.records += 1
        self.breaks += breaks

    def _count(self, chunk: bytes, breaks: int) -> None:
        if not self.inside and chunk.startswith((b"\n", b"\r\n")):
            self._blank(1)
        if not self.quoting or b'"' not in chunk:
            if not self.inside:
                self.records += breaks
                self._blank_lines(chunk)
            return
        pieces = chunk.split(b'"')
        for piece in pieces[int(self.inside) :: 2]:
            if b"\n" in piece:
                self.records += piece.count(b"\n")
                self._blank_lines(piece)
        self.quotes += len(pieces) - 1
        self.inside ^= bool((len(pieces) - 1) & 1)

    def _blank_lines(self, piece: bytes) -> None:
        if b"\n\n" in piece or b"\n\r\n" in piece:
            self._blank(len(_EMPTY_LINE.findall(piece)))

    def _blank(self, count: int) -> None:
        self.blanks += count
        self.records -= count


@dataclass(frozen=True, slots=True)
class Text:
    """A UTF-8 file that DuckDB can read, with its counts; ``is_copy`` says that we wrote it."""

    path: Path
    head: bytes
    census: Census
    ours: bool

    def discard(self) -> None:
        """Remove the file if it is a copy."""
        if self.ours:
            self.path.unlink(missing_ok=True)


def prepare(
    path: Path, packed: Form | None, scratch: Path, *, lines: bool = True, quoting: bool = True
) -> Text:
    """Scan ``path``; copy it to ``scratch`` if it is compressed, not UTF-8, or ends lines with CR alone.

    A single byte that is not UTF-8 makes the whole file count as Windows-1252. Raises UnreadableFileError.
    """
    with reading(path):
        with unpacked(path, packed) as file:
            head = file.read(HEAD)
        encoding = next((name for mark, name in _MARKS if head.startswith(mark)), "utf-8")
        bare = _BARE.match(head) is not None
        copied = packed is not None or encoding != "utf-8" or bare
        census = Census(path, lines, quoting)
        try:
            return _through(path, packed, scratch if copied else None, encoding, bare=bare, census=census)
        except UnicodeDecodeError as error:
            if encoding != "utf-8":
                raise UnreadableError(
                    path, _("it begins as UTF-16 but does not continue as UTF-16. Export it again.")
                ) from error
        census = Census(path, lines, quoting)
        return _through(path, packed, scratch, "cp1252", bare=bare, census=census)


def _through(
    path: Path, packed: Form | None, scratch: Path | None, encoding: str, *, bare: bool, census: Census
) -> Text:
    """Scan the file once, and copy it as UTF-8 when there is a ``scratch`` folder."""
    copy = scratch / f"{uuid.uuid4().hex}.txt" if scratch else None
    try:
        with ExitStack() as stack:
            blocks = _blocks(stack.enter_context(unpacked(path, packed)), encoding, bare=bare)
            out = stack.enter_context(copy.open("wb")) if copy else None
            for chunk in _whole_lines(blocks, census) if census.lines else blocks:
                census.see(chunk)
                if out:
                    out.write(chunk)
    except BaseException:
        if copy:
            copy.unlink(missing_ok=True)
        raise
    with (copy or path).open("rb") as file:
        return Text(copy or path, file.read(HEAD), census, ours=copy is not None)


def _blocks(file: IO[bytes], encoding: str, *, bare: bool) -> Iterator[bytes]:
    """Yield the file as UTF-8, block by block. Raises UnicodeDecodeError where it is not ``encoding``."""
    lenient = encoding == "cp1252"
    decoder = codecs.getincrementaldecoder(encoding)("replace" if lenient else "strict")
    while block := file.read(_CHUNK):
        if encoding == "utf-8" and not bare:
            if not block.isascii() or decoder.getstate()[0]:
                decoder.decode(block)
            yield block
        else:
            text = decoder.decode(block)
            yield (text.replace("\r", "\n") if bare else text).encode()
    decoder.decode(b"", final=True)


def _whole_lines(blocks: Iterator[bytes], census: Census) -> Iterator[bytes]:
    """Yield the blocks cut at line ends. Raises UnreadableFileError for a line that is too long."""
    rest: list[bytes] = []
    waiting = 0
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            first = block.index(b"\n")
            if waiting + first > LONGEST_LINE:
                raise too_long(census.path, census.breaks + 1)
            yield b"".join((*rest, block[:cut]))
            rest, waiting = [], 0
        rest.append(block[cut:])
        waiting += len(block) - cut
        if waiting > LONGEST_LINE:
            raise too_long(census.path, census.breaks + 1)
    if waiting:
        yield b"".join(rest)


def too_long(path: Path, line: int) -> UnreadableError:
    """Return the error about a line that is too long."""
    return UnreadableError(
        path,
        _(
            "line {line} is longer than {limit} MB, so the file is damaged. Export it again.",
            line=line,
            limit=LONGEST_LINE // (1024 * 1024),
        ),
    )


def refuse_strange(path: Path, head: bytes) -> None:
    """Raise UnreadableFileError when the text is a web page."""
    if (
        head.removeprefix(codecs.BOM_UTF8)
        .lstrip()[:200]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<table"))
    ):
        raise UnreadableError(path, _("it is a web page, not an export. Export it again."))
