"""How the rows of a JSON file lie in it: as an array, one to a line, one behind the other, or under a key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from json import JSONDecoder
from typing import TYPE_CHECKING

from opttius_cli.errors import UnreadableFileError
from opttius_cli.i18n import _
from opttius_cli.sources.dialect import find_column_name, normalize_column_name

if TYPE_CHECKING:
    from pathlib import Path

    from opttius_cli.catalog.tables import Table

_DECODER = JSONDecoder()
_BLANKS = re.compile(r"[ \t\r\n]*")
_SCALAR = r'(?:"(?:[^"\\]|\\.)*"|[^\s"\[\]{},]+|\[[^\[\]{}]*\]|\{[^{}]*\})'
_MEMBERS = r'\s*(?:,\s*"(?:[^"\\]|\\.)*"\s*:\s*' + _SCALAR + r"\s*)*"
_TAIL = 65_536
_MOST_ENDS = 200


class Layout(StrEnum):
    """How rows are divided."""

    ARRAY = "array"
    LINES = "newline_delimited"
    VALUES = "unstructured"
    COMMAS = "commas"
    """Objects with commas between them: an array whose brackets were cut away."""


@dataclass(frozen=True, slots=True)
class Wrapper:
    """Where the rows of a file begin that lie under a key, ``depth`` objects deep; ``key`` is its name."""

    start: int
    depth: int
    key: str


def find_layout(head: bytes) -> Layout:
    """Return the layout of a text that begins with ``head`` and not with an array."""
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff")
    line, _end, more = text.lstrip().partition("\n")
    if is_object(line.rstrip(" \t\r,")):
        return Layout.LINES
    try:
        _value, end = _DECODER.raw_decode(text, _skip_blanks(text, 0))
    except ValueError:
        # A first line that ends as an object does is a damaged one among lines.
        return Layout.LINES if line.rstrip().endswith("}") and more.lstrip()[:1] == "{" else Layout.VALUES
    return Layout.COMMAS if text[_skip_blanks(text, end) :][:1] == "," else Layout.VALUES


def is_object(text: str) -> bool:
    """Return whether ``text`` is one JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def find_wrapper(head: bytes, table: Table) -> Wrapper | None:
    """Find where the rows of ``table`` begin, in an object that holds them in a list under a key."""
    text = head.decode("utf-8", "ignore")
    start = _skip_blanks(text, len(text) - len(text.removeprefix("\ufeff")))
    try:
        result = _search_members(text, start, table, 1)
    except (ValueError, IndexError, RecursionError):
        return None
    return Wrapper(len(text[: result.start].encode()), result.depth, result.key) if result else None


def _search_members(text: str, at: int, table: Table, depth: int) -> Wrapper | None:
    """Walk through the members of the object that begins at ``at``."""
    at = _skip_blanks(text, at + 1)
    while text[at] == '"':
        key, at = _DECODER.raw_decode(text, at)
        if table.has_column(find_column_name(table, key)) and depth == 1:
            return None
        at = _skip_blanks(text, _skip_blanks(text, at) + 1)
        if text[at] == "[" and _holds_rows(text, at, key, table):
            return Wrapper(at, depth, key)
        if text[at] == "{" and (inner := _search_members(text, at, table, depth + 1)):
            return inner
        _value, at = _DECODER.raw_decode(text, at)
        at = _skip_blanks(text, at)
        if text[at] == ",":
            at = _skip_blanks(text, at + 1)
    return None


def _holds_rows(text: str, at: int, key: str, table: Table) -> bool:
    """Return whether the list that begins at ``at`` is one of rows of ``table``."""
    first = _skip_blanks(text, at + 1)
    if text[first] == "]":
        return normalize_column_name(key) == table.name
    if text[first] != "{":
        return False
    if normalize_column_name(key) == table.name:
        return True
    try:
        row, _end = _DECODER.raw_decode(text, first)
    except ValueError:
        return True
    columns = {find_column_name(table, name) for name in row}
    return 2 * len(columns.intersection(table.mandatory_columns)) >= len(table.mandatory_columns)


def unwrap(path: Path, source: Path, wrapper: Wrapper, copy: Path) -> None:
    """Copy the list of rows of ``source`` to ``copy``. Raises UnreadableFileError where its end cannot be told."""
    size = source.stat().st_size
    with source.open("rb") as file, copy.open("wb") as out:
        file.seek(max(wrapper.start, size - _TAIL))
        tail = file.read().decode("utf-8", "replace" if wrapper.start < size - _TAIL else "strict")
        after = _find_end(tail, wrapper.depth)
        if after is None:
            raise UnreadableFileError(
                path,
                _(
                    "its rows lie under “{key}”, and other lists beside them. Export that list alone.",
                    key=wrapper.key,
                ),
            )
        stop = size - len(tail[after:].encode())
        file.seek(wrapper.start)
        while block := file.read(min(1 << 20, stop - file.tell())):
            out.write(block)


def _find_end(tail: str, depth: int) -> int | None:
    """Find the end of the rows: the first bracket that only the end of the wrapper follows."""
    rest = re.compile((_MEMBERS + r"\}") * depth + r"\s*")
    result = None
    at = len(tail)
    for _attempt in range(_MOST_ENDS):
        at = tail.rfind("]", 0, at)
        if at < 0:
            break
        if rest.fullmatch(tail, at + 1):
            result = at + 1
        elif result is not None:
            break
    return result


def copy_as_array(source: Path, copy: Path) -> None:
    """Copy objects with commas between them as an array."""
    with source.open("rb") as file, copy.open("wb") as out:
        out.write(b"[")
        buffer = file.read(1 << 20).removeprefix(b"\xef\xbb\xbf")
        while block := file.read(1 << 20):
            out.write(buffer)
            buffer = block
        out.write(buffer.rstrip(b" \t\r\n,") + b"]")


def _skip_blanks(text: str, at: int) -> int:
    blank = _BLANKS.match(text, at)
    return blank.end() if blank else at
