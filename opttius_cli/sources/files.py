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

from opttius_cli.errors import SourceError, UnreadableError
from opttius_cli.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = 65_536
"""Bytes at the beginning of a file that are enough to detect its type."""


class Form(StrEnum):
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


_MAGIC: tuple[tuple[int, bytes, Form], ...] = (
    (0, b"PGDMP", Form.CUSTOM_DUMP),
    (0, b"PAR1", Form.PARQUET),
    (8, b"DUCK", Form.DUCKDB),
    (0, b"\x1f\x8b", Form.GZIP),
    (0, b"\x28\xb5\x2f\xfd", Form.ZSTD),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Form.OLD_WORKBOOK),
    (0, b"%PDF-", Form.PDF),
)
_EXTENSIONS = {
    ".csv": Form.CSV, ".tsv": Form.CSV, ".txt": Form.CSV,
    ".json": Form.JSON, ".jsonl": Form.JSON, ".ndjson": Form.JSON,
    ".parquet": Form.PARQUET, ".pq": Form.PARQUET,
    ".xlsx": Form.WORKBOOK, ".xlsm": Form.WORKBOOK,
    ".sql": Form.DUMP, ".dump": Form.DUMP,
}  # fmt: skip
_PACKED = {".gz": Form.GZIP, ".zst": Form.ZSTD}
_TEXTS = {Form.CSV, Form.JSON, Form.DUMP}
_AGAIN = N_("Export it again.")
REMEDIES = {
    Form.OLD_WORKBOOK: N_("Save it in Excel as .xlsx and load again."),
    Form.CUSTOM_DUMP: N_("Write it again with pg_dump --format=plain --data-only and load that file."),
    Form.ZIP: N_("Unpack it and load the folder."),
}


@dataclass(frozen=True, slots=True)
class Named:
    """A file as its name describes it: ``orders.csv.gz`` has the stem ``orders``, CSV in gzip."""

    path: Path
    stem: str
    form: Form
    packed: Form | None


def named(path: Path) -> Named | None:
    """Return what the name of ``path`` says it is; None for an unknown extension or a hidden file."""
    name = path.name
    if name.startswith((".", "~")):
        return None
    packed = next((form for end, form in _PACKED.items() if name.lower().endswith(end)), None)
    if packed:
        name = name[: name.rindex(".")]
    dot = name.rfind(".")
    form = _EXTENSIONS.get(name[dot:].lower()) if dot > 0 else None
    return Named(path, name[:dot], form, packed) if form else None


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Translate errors while ``path`` is read into an UnreadableFileError about it.

    An error of writing a copy (a full disk) is left to the code that writes the copy.
    """
    try:
        yield
    except UnreadableError:
        raise
    except PermissionError as error:
        raise UnreadableError(
            path, _("you do not have permission to read it. Check its owner and mode.")
        ) from error
    except FileNotFoundError as error:
        raise UnreadableError(path, _("it is no longer there.")) from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableError(
            path, _("its compressed data is cut short or damaged. Copy or export it again.")
        ) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise  # The copy cannot be written; the source itself is readable.
        why = error.strerror or _("its compressed data is cut short or damaged. Copy or export it again.")
        raise UnreadableError(path, why) from error


def unpacked(path: Path, packed: Form | None) -> IO[bytes]:
    """Open ``path`` for reading, decompressing while it is read."""
    if packed is Form.GZIP:
        return cast("IO[bytes]", gzip.open(path, "rb"))
    if packed is Form.ZSTD:
        import pyarrow as pa

        return io.BufferedReader(
            cast("io.RawIOBase", _Raw(pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))), HEAD
        )
    return path.open("rb")


class _Raw(io.RawIOBase):
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


def form_of(path: Path) -> tuple[Form | None, Form | None]:
    """Return the type of ``path`` by its bytes, and its compression; (None, …) is text of unknown type.

    Raises UnreadableFileError when the file is empty or cannot be opened.
    """
    with reading(path):
        with path.open("rb") as file:
            head = file.read(HEAD)
        if not head:
            raise UnreadableError(path, _("it is empty (0 bytes). Export it again."))
        outer = _told_by(head, path)
        if outer not in (Form.GZIP, Form.ZSTD):
            return outer, None
        with unpacked(path, outer) as stream:
            inner = stream.read(HEAD)
        if not inner:
            raise UnreadableError(path, _("it is empty once unpacked. Export it again."))
        return _told_by(inner, None), outer


def _told_by(head: bytes, path: Path | None) -> Form | None:
    for offset, magic, form in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return form
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml")):
        return Form.HTML
    if is_dump(head):
        return Form.DUMP
    return None


def is_dump(head: bytes) -> bool:
    """Return whether text that begins with ``head`` was written by pg_dump."""
    return b"PostgreSQL database dump" in head[:4096] or (
        b" FROM stdin;" in head and head.lstrip()[:2] in (b"--", b"SE", b"CO", b"\\r")
    )


def _zipped(path: Path | None) -> Form:
    """Return WORKBOOK for a zip archive that holds a workbook, else ZIP."""
    import zipfile

    try:
        with zipfile.ZipFile(path or "") as archive:
            return Form.WORKBOOK if any(name.startswith("xl/") for name in archive.namelist()) else Form.ZIP
    except (zipfile.BadZipFile, OSError):
        return Form.WORKBOOK if path and path.suffix.lower() in (".xlsx", ".xlsm") else Form.ZIP


def checked(file: Named) -> Named:
    """Return ``file`` with its real compression. Raises SourceError when its name and type disagree."""
    form, packed = form_of(file.path)
    if form is None and file.form in _TEXTS:
        return Named(file.path, file.stem, file.form, packed)
    if form is file.form:
        return Named(file.path, file.stem, file.form, packed)
    raise NotWhatItSaysError(file.path, file.form, form)


class NotWhatItSaysError(SourceError):
    """A file whose content is not what its name says."""

    def __init__(self, path: Path, said: Form, found: Form | None) -> None:
        what = found.value if found else _("something else")
        sentence = _(
            "{path} is not what its name says: {expected} expected, {actual} found.",
            path=path,
            expected=said.value,
            actual=what,
        )
        super().__init__(f"{sentence} {_(REMEDIES.get(found, _AGAIN) if found else _AGAIN)}")
