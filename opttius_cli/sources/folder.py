"""What lies in a folder of exports and is not read: nothing is passed over without its name being told."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from opttius_cli.errors import SourceError
from opttius_cli.snapshot.source_protocol import UNREAD_FOLDER, UNREAD_NAME, Unread
from opttius_cli.sources.file_names import parse_file_name, printable
from opttius_cli.sources.file_types import FileType, detect_file_type
from opttius_cli.sources.table_names import detect_table, guess_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ_FORMS = (FileType.CSV, FileType.JSON, FileType.PARQUET, FileType.WORKBOOK)
OWN_FILES = ("opttius.toml",)
"""Files of the program, beside what it reads."""
_PROSE_EXTENSIONS, _PROSE_STEMS = (".md", ".markdown", ".rst"), ("readme", "license", "licence")
"""Files about the exports, which are not exports: nobody expects a table in them."""
_DEPTH, _MOST = 3, 200
"""How deep folders within the folder are looked through, and how many of their entries."""


def unread_entry(path: Path) -> list[Unread]:
    """Return what is not read of ``path``, which lies in the folder and holds no table by its name."""
    if path.name.startswith((".", "~")) or path.name.lower() in OWN_FILES:
        return []
    if path.is_dir():
        return _unread_folder(path)
    if _is_prose(path):
        return []
    return [Unread(printable(path.name), unread_reason(path), guess_table(plain_stem(path.name)))]


def _is_prose(path: Path) -> bool:
    """Return whether the name of ``path`` is that of a text for people, as README.md."""
    return path.suffix.lower() in _PROSE_EXTENSIONS or plain_stem(path.name).lower() in _PROSE_STEMS


def unread_reason(path: Path) -> str:
    """Why the file at ``path`` is not read: its form, or its name."""
    file = parse_file_name(path)
    if not path.is_file():
        return UNREAD_NAME
    try:
        form, _packed = detect_file_type(path)
    except (SourceError, OSError):
        return UNREAD_NAME
    if form is None:
        form = file.file_type if file else None
    return UNREAD_NAME if form is None or form in READ_FORMS else form.value


def plain_stem(name: str) -> str:
    """Return the name of a file up to its first dot: ``orders.csv.zip`` has the stem ``orders``."""
    return printable(name).removeprefix("public.").partition(".")[0]


def _unread_folder(folder: Path) -> list[Unread]:
    """Return the tables in a folder within the folder; its own name if it holds none and comes near one."""
    if (folder / "toc.dat").is_file():
        return [Unread(printable(folder.name), FileType.DIRECTORY_DUMP.value)]
    items = [
        Unread(
            printable(str(path.relative_to(folder.parent))),
            UNREAD_FOLDER,
            detect_table(plain_stem(path.name)),
        )
        for path in islice(_files_within(folder, _DEPTH), _MOST)
        if detect_table(plain_stem(path.name))
    ]
    if not items and (table := guess_table(folder.name)):
        items = [Unread(printable(folder.name), UNREAD_FOLDER, table)]
    return items


def _files_within(folder: Path, depth: int) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        return
    for path in entries:
        if path.is_dir() and depth > 1 and not path.name.startswith("."):
            yield from _files_within(path, depth - 1)
        elif path.is_file():
            yield path
