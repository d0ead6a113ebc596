"""Line numbers of TOML keys, which the parser of the standard library does not give.

A TOML statement (a header, or a key with its value) begins on its own line and may span several. It is
complete as soon as it parses, so lines are added until the parser accepts them.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KeyPath = tuple[str | int, ...]


def find_line(text: str, path: Sequence[str | int]) -> int:
    """Find the line (from 1) of ``path`` in valid TOML, or of the nearest table that contains it.

    A number in ``path`` is an index in an array of tables.
    """
    best_line, deepest = 1, 0
    for line, statement_path in _iter_statements(text):
        depth = _count_shared_steps(statement_path, path)
        if depth > deepest:
            best_line, deepest = line, depth
    return best_line


def _count_shared_steps(left: Sequence[str | int], right: Sequence[str | int]) -> int:
    """Count the leading steps that two paths share."""
    count = 0
    for ours, theirs in zip(left, right, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _iter_statements(text: str) -> Iterator[tuple[int, KeyPath]]:
    """Yield the first line of each statement and the path that it sets."""
    table: KeyPath = ()
    counts: dict[KeyPath, int] = {}
    first_line, buffer = 0, ""
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        first_line = first_line if buffer else number
        buffer += line
        try:
            parsed = tomllib.loads(buffer)
        except (ValueError, RecursionError):
            # Not complete yet; or nested too deeply to parse from here, where the stack is deeper than where the
            # file was parsed.
            continue
        buffer = ""
        if not parsed:
            continue
        if line.lstrip().startswith("[") and first_line == number:
            table = _parse_header(parsed, counts)
            yield first_line, table
        else:
            yield first_line, (*table, *_parse_key_path(parsed))


def _parse_header(parsed: dict[str, Any], counts: dict[KeyPath, int]) -> KeyPath:
    """Return the path of a header; in an array of tables, later headers belong to its last table so far."""
    path: KeyPath = ()
    value: Any = parsed
    while isinstance(value, dict) and value:
        key, value = next(iter(value.items()))
        path = (*path, key)
        if isinstance(value, list):
            counts[path] = counts.get(path, -1) + 1
            return (*path, counts[path])
        if path in counts and value:
            path = (*path, counts[path])
    return path


def _parse_key_path(parsed: dict[str, Any]) -> KeyPath:
    """Return the keys that lead to the value of one statement."""
    path: KeyPath = ()
    value: Any = parsed
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        path = (*path, key)
    return path
