"""Detect a file's type and compression from its first bytes."""

from __future__ import annotations

import errno
import gzip
import io
import stat
import zlib
from contextlib import contextmanager
from enum import StrEnum
from typing import IO, TYPE_CHECKING, cast

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_LOOKED = 1 << 20
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
    XLSB = "Excel (.xlsb)"
    XML_WORKBOOK = "Excel 2003 XML"
    PROTECTED_WORKBOOK = "workbook with a password"
    OPEN_DOCUMENT = "OpenDocument (.ods)"
    TAR_DUMP = "pg_dump (tar)"
    DIRECTORY_DUMP = "pg_dump (directory)"
    ZIP = "ZIP"
    TAR = "tar"
    SEVEN_ZIP = "7z"
    RAR = "RAR"
    BZIP2 = "bzip2"
    XZ = "xz"
    LZ4 = "LZ4"
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
    (0, b"BZh", FileType.BZIP2),
    (0, b"\xfd7zXZ\0", FileType.XZ),
    (0, b"\x04\x22\x4d\x18", FileType.LZ4),
    (0, b"7z\xbc\xaf\x27\x1c", FileType.SEVEN_ZIP),
    (0, b"Rar!\x1a\x07", FileType.RAR),
    (1, b"\x2a\x4d\x18", FileType.ZSTD),
)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SPREADSHEET_XML = b"urn:schemas-microsoft-com:office:spreadsheet"


def detect_unicode(head: bytes) -> str:
    """Detect the Unicode encoding of text that begins with ``head``, by its mark or its empty bytes."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = head[:64]
    if b"\0" in start[:4]:
        if not any(start[0:-1:2]) and all(start[1::2]):
            return "utf-16-be"
        if not any(start[1::2]) and all(start[0:-1:2]):
            return "utf-16-le"
    return "utf-8"


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
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
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
            return (
                FileType.PROTECTED_WORKBOOK
                if file_type is FileType.OLD_WORKBOOK and _is_encrypted(path)
                else file_type
            )
    if head[257:262] == b"ustar":
        return FileType.TAR_DUMP if head.startswith(b"toc.dat\0") else FileType.TAR
    if head.startswith(b"PK\x03\x04"):
        return _detect_zip_type(path)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<workbook")):
        return FileType.XML_WORKBOOK if _SPREADSHEET_XML in head else FileType.HTML
    if is_dump(head):
        return FileType.DUMP
    return None


def is_dump(head: bytes) -> bool:
    """Return whether text that begins with ``head`` was written by pg_dump or pg_dumpall."""
    encoding = detect_unicode(head)
    if encoding != "utf-8":
        head = head[: len(head) & ~1].decode(encoding, "replace").encode()
    if any(b"PostgreSQL database %sdump" % kind in head[:4096] for kind in (b"", b"cluster ")):
        return True
    return b" FROM stdin;" in head and head.lstrip()[:2] in (b"--", b"SE", b"CO", b"\\r")


def _detect_zip_type(path: Path | None) -> FileType:
    """Return WORKBOOK for a zip archive that holds a workbook, else ZIP."""
    import zipfile

    try:
        with zipfile.ZipFile(path or "") as archive:
            names = archive.namelist()
            if "xl/workbook.bin" in names:
                return FileType.XLSB
            if "content.xml" in names and "mimetype" in names:
                return FileType.OPEN_DOCUMENT
            return FileType.WORKBOOK if any(name.startswith("xl/") for name in names) else FileType.ZIP
    except (zipfile.BadZipFile, OSError):
        return FileType.WORKBOOK if path and path.suffix.lower() in (".xlsx", ".xlsm") else FileType.ZIP


def _is_encrypted(path: Path | None) -> bool:
    """Return whether an OLE file is a workbook that a password protects."""
    if path is None:
        return False
    with path.open("rb") as file:
        return _ENCRYPTED in file.read(_MOST_LOOKED) or _ENCRYPTED in _end_of(file)


def _end_of(file: IO[bytes]) -> bytes:
    file.seek(max(file.seek(0, io.SEEK_END) - _MOST_LOOKED, 0))
    return file.read()


def refuse_irregular(path: Path) -> None:
    """Raise UnreadableFileError for what is neither file nor folder: a pipe would be waited for."""
    if not stat.S_ISREG(mode := path.stat().st_mode) and not stat.S_ISDIR(mode):
        raise UnreadableFileError(
            path,
            _("it is a pipe or a device, not a file. Write what comes out of it into a file, and load that."),
        )
