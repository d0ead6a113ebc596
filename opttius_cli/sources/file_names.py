"""Parse what a file's name says that it holds, and verify that its bytes agree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.snapshot.unread import describe_remedy
from opttius_cli.sources.file_types import FileType, detect_file_type

if TYPE_CHECKING:
    from pathlib import Path

_TYPE_BY_EXTENSION = {
    ".csv": FileType.CSV, ".tsv": FileType.CSV, ".txt": FileType.CSV,
    ".json": FileType.JSON, ".jsonl": FileType.JSON, ".ndjson": FileType.JSON,
    ".parquet": FileType.PARQUET, ".pq": FileType.PARQUET,
    ".xlsx": FileType.WORKBOOK, ".xlsm": FileType.WORKBOOK,
    ".sql": FileType.DUMP, ".dump": FileType.DUMP,
}  # fmt: skip
_COMPRESSION_BY_EXTENSION = {".gz": FileType.GZIP, ".zst": FileType.ZSTD}
_TEXT_TYPES = {FileType.CSV, FileType.JSON, FileType.DUMP}


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


def printable(name: str) -> str:
    """``name`` as it can be shown: bytes that are not UTF-8 become question marks."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def refuse_unprintable(path: Path) -> None:
    """Raise SourceError when a path is not UTF-8, which DuckDB cannot open."""
    if printable(str(path)) != str(path):
        raise SourceError(
            _("The name of {path} is not UTF-8. Rename it, and load again.", path=printable(str(path)))
        )


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
        super().__init__(f"{sentence} {describe_remedy(actual or '', path)}")
