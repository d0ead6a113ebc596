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

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.sources.file_types import (
    HEAD_BYTES,
    FileType,
    open_decompressed,
    translate_io_errors,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_LINE_BYTES = 8 * 1024 * 1024
"""Limit in bytes of a line and of a row: a longer one means a damaged file, and would fill the memory."""
_CHUNK_BYTES = 1 << 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# The first line ends with CR alone, as on an old Macintosh.
_CR_ONLY = re.compile(rb"[^\r\n]*\r\0?[^\n]", re.DOTALL)
_EMPTY_LINE = re.compile(rb"\n(?=\r?\n)")


@dataclass(slots=True)
class LineStats:
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
    in_quotes: bool = False

    def count_chunk(self, chunk: bytes) -> None:
        """Count a chunk that starts at the start of a line. Raises UnreadableFileError for a NUL byte."""
        if b"\0" in chunk:
            line = self.breaks + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
            raise UnreadableFileError(
                self.path,
                _("line {line} contains a NUL byte: it is damaged, or not text. Export it again.", line=line),
            )
        breaks = chunk.count(b"\n")
        if self.lines:
            self._count_records(chunk, breaks)
            if not chunk.endswith(b"\n") and chunk.rpartition(b"\n")[2].strip():
                self.records += 1
        self.breaks += breaks

    def _count_records(self, chunk: bytes, breaks: int) -> None:
        if not self.in_quotes and chunk.startswith((b"\n", b"\r\n")):
            self._add_blanks(1)
        if not self.quoting or b'"' not in chunk:
            if not self.in_quotes:
                self.records += breaks
                self._count_blank_lines(chunk)
            return
        pieces = chunk.split(b'"')
        for piece in pieces[int(self.in_quotes) :: 2]:
            if b"\n" in piece:
                self.records += piece.count(b"\n")
                self._count_blank_lines(piece)
        self.quotes += len(pieces) - 1
        self.in_quotes ^= bool((len(pieces) - 1) & 1)

    def _count_blank_lines(self, piece: bytes) -> None:
        if b"\n\n" in piece or b"\n\r\n" in piece:
            self._add_blanks(len(_EMPTY_LINE.findall(piece)))

    def _add_blanks(self, count: int) -> None:
        self.blanks += count
        self.records -= count


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A UTF-8 file that DuckDB can read, with its counts; ``is_copy`` says that we wrote it."""

    path: Path
    head: bytes
    stats: LineStats
    is_copy: bool

    def remove_copy(self) -> None:
        """Remove the file if it is a copy."""
        if self.is_copy:
            self.path.unlink(missing_ok=True)


def prepare_text(
    path: Path, compression: FileType | None, scratch: Path, *, lines: bool = True, quoting: bool = True
) -> PreparedText:
    """Scan ``path``; copy it to ``scratch`` if it is compressed, not UTF-8, or ends lines with CR alone.

    A single byte that is not UTF-8 makes the whole file count as Windows-1252. Raises UnreadableFileError.
    """
    with translate_io_errors(path):
        with open_decompressed(path, compression) as file:
            head = file.read(HEAD_BYTES)
        encoding = next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), "utf-8")
        cr_only = _CR_ONLY.match(head) is not None
        needs_copy = compression is not None or encoding != "utf-8" or cr_only
        stats = LineStats(path, lines, quoting)
        try:
            return _scan_file(
                path, compression, scratch if needs_copy else None, encoding, cr_only=cr_only, stats=stats
            )
        except UnicodeDecodeError as error:
            if encoding != "utf-8":
                raise UnreadableFileError(
                    path, _("it begins as UTF-16 but does not continue as UTF-16. Export it again.")
                ) from error
        stats = LineStats(path, lines, quoting)
        return _scan_file(path, compression, scratch, "cp1252", cr_only=cr_only, stats=stats)


def _scan_file(
    path: Path,
    compression: FileType | None,
    scratch: Path | None,
    encoding: str,
    *,
    cr_only: bool,
    stats: LineStats,
) -> PreparedText:
    """Scan the file once, and copy it as UTF-8 when there is a ``scratch`` folder."""
    copy = scratch / f"{uuid.uuid4().hex}.txt" if scratch else None
    try:
        with ExitStack() as stack:
            blocks = _iter_utf8_blocks(
                stack.enter_context(open_decompressed(path, compression)), encoding, cr_only=cr_only
            )
            out = stack.enter_context(copy.open("wb")) if copy else None
            for chunk in _iter_whole_lines(blocks, stats) if stats.lines else blocks:
                stats.count_chunk(chunk)
                if out:
                    out.write(chunk)
    except BaseException:
        if copy:
            copy.unlink(missing_ok=True)
        raise
    with (copy or path).open("rb") as file:
        return PreparedText(copy or path, file.read(HEAD_BYTES), stats, is_copy=copy is not None)


def _iter_utf8_blocks(file: IO[bytes], encoding: str, *, cr_only: bool) -> Iterator[bytes]:
    """Yield the file as UTF-8, block by block. Raises UnicodeDecodeError where it is not ``encoding``."""
    lenient = encoding == "cp1252"
    decoder = codecs.getincrementaldecoder(encoding)("replace" if lenient else "strict")
    while block := file.read(_CHUNK_BYTES):
        if encoding == "utf-8" and not cr_only:
            if not block.isascii() or decoder.getstate()[0]:
                decoder.decode(block)
            yield block
        else:
            text = decoder.decode(block)
            yield (text.replace("\r", "\n") if cr_only else text).encode()
    decoder.decode(b"", final=True)


def _iter_whole_lines(blocks: Iterator[bytes], stats: LineStats) -> Iterator[bytes]:
    """Yield the blocks cut at line ends. Raises UnreadableFileError for a line that is too long."""
    rest: list[bytes] = []
    pending_bytes = 0
    for block in blocks:
        cut = block.rfind(b"\n") + 1
        if cut:
            first = block.index(b"\n")
            if pending_bytes + first > MAX_LINE_BYTES:
                raise build_length_error(stats.path, stats.breaks + 1)
            yield b"".join((*rest, block[:cut]))
            rest, pending_bytes = [], 0
        rest.append(block[cut:])
        pending_bytes += len(block) - cut
        if pending_bytes > MAX_LINE_BYTES:
            raise build_length_error(stats.path, stats.breaks + 1)
    if pending_bytes:
        yield b"".join(rest)


def build_length_error(path: Path, line: int) -> UnreadableFileError:
    """Return the error about a line that is too long."""
    return UnreadableFileError(
        path,
        _(
            "line {line} is longer than {limit} MB, so the file is damaged. Export it again.",
            line=line,
            limit=MAX_LINE_BYTES // (1024 * 1024),
        ),
    )


def reject_html(path: Path, head: bytes) -> None:
    """Raise UnreadableFileError when the text is a web page."""
    if (
        head.removeprefix(codecs.BOM_UTF8)
        .lstrip()[:200]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<table"))
    ):
        raise UnreadableFileError(path, _("it is a web page, not an export. Export it again."))
