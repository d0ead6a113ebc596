"""Detect a file's type from its first bytes, and from its name only where the bytes are not enough."""

from __future__ import annotations

import errno
import gzip
import io
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import IO, TYPE_CHECKING, cast

from opttius_cli.errors import SourceError, UnreadableFileError
from opttius_cli.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD_BYTES = 65_536
"""Bytes at the beginning of a file that are enough to detect its type."""


class FileType(StrEnum):
    """What a file holds, once decompressed."""

    CSV = "CSV"
    JSON = "JSON"
    PARQUET = "Parquet"
    WORKBOOK = "Excel (.xlsx)"
    OLD_WORKBOOK = "Excel 97 (.xls)"
    DUMP = "pg_dump (SQL)"
    CUSTOM_DUMP = "pg_dump (custom)"
    DUCKDB = "DuckDB"
    ZIP = "ZIP"
    HTML = "HTML"
    PDF = "PDF"
    GZIP = "gzip"
    ZSTD = "zstd"


_MAGIC: tuple[tuple[int, bytes, FileType], ...] = (
    (0, b"PGDMP", FileType.CUSTOM_DUMP),
    (0, b"PAR1", FileType.PARQUET),
    (8, b"DUCK", FileType.DUCKDB),
    (0, b"\x1f\x8b", FileType.GZIP),
    (0, b"\x28\xb5\x2f\xfd", FileType.ZSTD),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FileType.OLD_WORKBOOK),
    (0, b"%PDF-", FileType.PDF),
)
_TYPE_BY_EXTENSION = {
    ".csv": FileType.CSV, ".tsv": FileType.CSV, ".txt": FileType.CSV,
    ".json": FileType.JSON, ".jsonl": FileType.JSON, ".ndjson": FileType.JSON,
    ".parquet": FileType.PARQUET, ".pq": FileType.PARQUET,
    ".xlsx": FileType.WORKBOOK, ".xlsm": FileType.WORKBOOK,
    ".sql": FileType.DUMP, ".dump": FileType.DUMP,
}  # fmt: skip
_COMPRESSION_BY_EXTENSION = {".gz": FileType.GZIP, ".zst": FileType.ZSTD}
_TEXT_TYPES = {FileType.CSV, FileType.JSON, FileType.DUMP}
_EXPORT_AGAIN = N_("Export it again.")
REMEDIES = {
    FileType.OLD_WORKBOOK: N_("Save it in Excel as .xlsx and load again."),
    FileType.CUSTOM_DUMP: N_("Write it again with pg_dump --format=plain --data-only and load that file."),
    FileType.ZIP: N_("Unpack it and load the folder."),
}


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as its name describes it: ``orders.csv.gz`` has the stem ``orders``, CSV in gzip."""

    path: Path
    stem: str
    file_type: FileType
    compression: FileType | None


def parse_file_name(path: Path) -> NamedFile | None:
    """Return what the name of ``path`` says it is; None for an unknown extension or a hidden file."""
    name = path.name
    if name.startswith((".", "~")):
        return None
    compression = next(
        (
            file_type
            for extension, file_type in _COMPRESSION_BY_EXTENSION.items()
            if name.lower().endswith(extension)
        ),
        None,
    )
    if compression:
        name = name[: name.rindex(".")]
    dot = name.rfind(".")
    file_type = _TYPE_BY_EXTENSION.get(name[dot:].lower()) if dot > 0 else None
    return NamedFile(path, name[:dot], file_type, compression) if file_type else None


@contextmanager
def translate_io_errors(path: Path) -> Iterator[None]:
    """Translate errors while ``path`` is read into an UnreadableFileError about it.

    An error of writing a copy (a full disk) is left to the code that writes the copy.
    """
    try:
        yield
    except UnreadableFileError:
        raise
    except PermissionError as error:
        raise UnreadableFileError(
            path, _("you do not have permission to read it. Check its owner and mode.")
        ) from error
    except FileNotFoundError as error:
        raise UnreadableFileError(path, _("it is no longer there.")) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableFileError(
            path, _("its compressed data is cut short or damaged. Copy or export it again.")
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # The copy cannot be written; the source itself is readable.
        reason = error.strerror or _("its compressed data is cut short or damaged. Copy or export it again.")
        raise UnreadableFileError(path, reason) from error


def open_decompressed(path: Path, compression: FileType | None) -> IO[bytes]:
    """Open ``path`` for reading, decompressing while it is read."""
    if compression is FileType.GZIP:
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if compression is FileType.ZSTD:
        import pyarrow as pa

        return io.BufferedReader(
            cast("io.RawIOBase", _RawStream(pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))),
            HEAD_BYTES,
        )
    return path.open("rb")


class _RawStream(io.RawIOBase):
    """A pyarrow stream as a Python one: pyarrow's own has no readline."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def detect_file_type(path: Path) -> tuple[FileType | None, FileType | None]:
    """Return the type of ``path`` by its bytes, and its compression; (None, …) is text of unknown type.

    Raises UnreadableFileError when the file is empty or cannot be opened.
    """
    with translate_io_errors(path):
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        if not head:
            raise UnreadableFileError(path, _("it is empty (0 bytes). Export it again."))
        outer = _match_magic(head, path)
        if outer not in (FileType.GZIP, FileType.ZSTD):
            return outer, None
        with open_decompressed(path, outer) as stream:
            inner = stream.read(HEAD_BYTES)
        if not inner:
            raise UnreadableFileError(path, _("it is empty once unpacked. Export it again."))
        return _match_magic(inner, None), outer


def _match_magic(head: bytes, path: Path | None) -> FileType | None:
    for offset, magic, file_type in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return file_type
    if head.startswith(b"PK\x03\x04"):
        return _detect_zip_type(path)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        return FileType.HTML
    if is_dump(head):
        return FileType.DUMP
    return None


def is_dump(head: bytes) -> bool:
    """Return whether text that begins with ``head`` was written by pg_dump."""
    return b"PostgreSQL database dump" in head[:4096] or (
        b" FROM stdin;" in head and head.lstrip()[:2] in (b"--", b"SE", b"CO", b"\\r")
    )


def _detect_zip_type(path: Path | None) -> FileType:
    """Return WORKBOOK for a zip archive that holds a workbook, else ZIP."""
    import zipfile

    try:
        with zipfile.ZipFile(path or "") as archive:
            return (
                FileType.WORKBOOK
                if any(name.startswith("xl/") for name in archive.namelist())
                else FileType.ZIP
            )
    except (zipfile.BadZipFile, OSError):
        return FileType.WORKBOOK if path and path.suffix.lower() in (".xlsx", ".xlsm") else FileType.ZIP


def verify_type(file: NamedFile) -> NamedFile:
    """Return ``file`` with its real compression. Raises SourceError when its name and type disagree."""
    file_type, compression = detect_file_type(file.path)
    if file_type is None and file.file_type in _TEXT_TYPES:
        return NamedFile(file.path, file.stem, file.file_type, compression)
    if file_type is file.file_type:
        return NamedFile(file.path, file.stem, file.file_type, compression)
    raise FileTypeMismatchError(file.path, file.file_type, file_type)


class FileTypeMismatchError(SourceError):
    """A file whose content is not what its name says."""

    def __init__(self, path: Path, expected: FileType, actual: FileType | None) -> None:
        actual_name = actual.value if actual else _("something else")
        sentence = _(
            "{path} is not what its name says: {expected} expected, {actual} found.",
            path=path,
            expected=expected.value,
            actual=actual_name,
        )
        super().__init__(f"{sentence} {_(REMEDIES.get(actual, _EXPORT_AGAIN) if actual else _EXPORT_AGAIN)}")
