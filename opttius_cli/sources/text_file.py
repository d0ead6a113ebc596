"""Prepare a text export for DuckDB: convert it to UTF-8 and count its records, in bounded memory.

DuckDB's CSV reader can drop rows silently where quotes are damaged or a line is longer than its buffer.
So the records are counted here, cheaply, and compared with what the view returns.
"""

from __future__ import annotations

import codecs
import io
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.sources.encoding import count_strays, detect_encoding, mend_strays
from opttius_cli.sources.file_types import HEAD_BYTES, FileType, open_decompressed, translate_io_errors
from opttius_cli.sources.line_stats import LineStats, count_blank_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MAX_LINE_BYTES = 8 * 1024 * 1024
"""Limit in bytes of a line and of a row: a longer one means a damaged file, and would fill the memory."""
_CHUNK_BYTES = 1 << 20


class _BareReturnError(Exception):
    """A line ends with CR alone, as on an old Macintosh, where lines must end with LF."""


@dataclass(frozen=True, slots=True)
class PreparedText:
    """A UTF-8 file that DuckDB can read, and what is known of it; ``is_copy`` says that it is a copy of ours.

    ``strays`` counts bytes that are not UTF-8 in a file that is.
    """

    path: Path
    head: bytes
    stats: LineStats
    is_copy: bool
    strays: int = 0

    def count_blank_lines(self) -> int:
        """Count the empty lines outside of quotes; they are among the records."""
        with self.path.open("rb") as file:
            chunks = _iter_whole_lines(iter(lambda: file.read(_CHUNK_BYTES), b""), self.stats)
            return count_blank_lines(chunks, quoting=self.stats.quoting)

    def remove_copy(self) -> None:
        """Remove the file if it is a copy."""
        if self.is_copy:
            self.path.unlink(missing_ok=True)


def prepare_text(
    path: Path,
    compression: FileType | None,
    scratch: Path,
    *,
    lines: bool = True,
    quoting: bool = True,
    shape: Callable[[bytes], tuple[str, int]] | None = None,
) -> PreparedText:
    """Scan ``path``; copy it to ``scratch`` if it is compressed, not UTF-8, or ends lines with CR alone.

    ``shape`` tells the separator and the width of a row from the beginning of the text. Raises UnreadableFileError.
    """
    with translate_io_errors(path):
        with open_decompressed(path, compression) as file:
            head = file.read(HEAD_BYTES)
        encoding = detect_encoding(path, head)
        plan = _Plan(path, compression, scratch, encoding, lines=lines, quoting=quoting, shape=shape)
        strays = 0
        # Each time round, one more thing is known of the text, and it is looked through anew.
        while True:
            try:
                return replace(plan.look_through(), strays=strays)
            except _BareReturnError:
                plan = replace(plan, bare=True)
            except UnicodeDecodeError as error:
                if encoding != "utf-8":
                    raise UnreadableFileError(
                        path, _("it begins as UTF-16 and does not go on as such. Export it again.")
                    ) from error
                strays, whole = count_strays(path, compression)
                plan = replace(plan, encoding="utf-8+" if strays <= whole else "cp1252")
                strays = strays if strays <= whole else 0


@dataclass(frozen=True, slots=True)
class _Plan:
    """How a text is looked through; ``bare`` says that some of its lines end with CR alone."""

    path: Path
    packed: FileType | None
    scratch: Path
    encoding: str
    lines: bool
    quoting: bool
    shape: Callable[[bytes], tuple[str, int]] | None
    bare: bool = False

    def look_through(self) -> PreparedText:
        """Return one look through the file, copying it on the way when DuckDB cannot read it as it is."""
        copied = self.packed is not None or self.encoding != "utf-8" or self.bare
        copy = self.scratch / f"{uuid.uuid4().hex}.txt" if copied else None
        stats = LineStats(self.path, self.lines, self.quoting)
        try:
            with ExitStack() as stack:
                blocks = self._blocks(stack.enter_context(open_decompressed(self.path, self.packed)))
                out = stack.enter_context(copy.open("wb")) if copy else None
                for number, chunk in enumerate(_iter_whole_lines(blocks, stats) if stats.lines else blocks):
                    if number == 0 and self.shape:
                        separator, stats.width = self.shape(chunk[:HEAD_BYTES])
                        stats.separator = separator.encode()
                    stats.see(chunk)
                    if out:
                        out.write(chunk)
        except BaseException:
            if copy:
                copy.unlink(missing_ok=True)
            raise
        with (copy or self.path).open("rb") as file:
            return PreparedText(copy or self.path, file.read(HEAD_BYTES), stats, is_copy=copy is not None)

    def _blocks(self, file: IO[bytes]) -> Iterator[bytes]:
        """Return the file as UTF-8, block by block.

        Raises UnicodeDecodeError where it is not in its encoding, _BareReturnError where a line ends with CR alone.
        """
        encoding, errors = self.encoding, "strict"
        if encoding == "cp1252":
            errors = "replace"
        elif encoding == "utf-8+":
            encoding, errors = "utf-8", "surrogateescape"
        decoder = codecs.getincrementaldecoder(encoding)(errors)
        ends = io.IncrementalNewlineDecoder(None, translate=True) if self.bare else None
        strict = self.lines and self.quoting and not self.bare
        buffer = b""
        while block := file.read(_CHUNK_BYTES):
            if self.encoding == "utf-8" and not ends:
                if not block.isascii() or decoder.getstate()[0]:
                    decoder.decode(block)
            else:
                text = decoder.decode(block)
                text = mend_strays(text) if errors == "surrogateescape" else text
                block = (ends.decode(text) if ends else text).encode()
            if strict and b"\r" in block:
                whole = buffer + block
                buffer = b"\r" if whole.endswith(b"\r") else b""
                if whole.count(b"\r") - len(buffer) != whole.count(b"\r\n"):
                    raise _BareReturnError
            elif buffer and not block.startswith(b"\n"):
                raise _BareReturnError
            else:
                buffer = b""
            yield block
        if buffer:
            raise _BareReturnError
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
