"""Line numbers of TOML keys, which the parser of the standard library does not give.

A TOML statement (a header, or a key with its value) begins on its own line and may span several. It is
complete as soon as it parses, so lines are added until the parser accepts them.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Find the line (from 1) of ``path`` in valid TOML, or of the nearest table that contains it.

    A number in ``path`` is an index in an array of tables.
    """
    found, deepest = 1, 0
    for line, at in _statements(text):
        shared = _shared(at, path)
        if shared > deepest:
            found, deepest = line, shared
    return found


def _shared(one: Sequence[str | int], other: Sequence[str | int]) -> int:
    """Count the leading steps that two paths share."""
    count = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _statements(text: str) -> Iterator[tuple[int, Path]]:
    """Yield the first line of each statement and the path that it sets."""
    table: Path = ()
    counts: dict[Path, int] = {}
    began, held = 0, ""
    for number, line in enumerate(text.splitlines(keepends=True), start=1):
        began = began if held else number
        held += line
        try:
            parsed = tomllib.loads(held)
        except tomllib.TOMLDecodeError:
            continue
        held = ""
        if not parsed:
            continue
        if line.lstrip().startswith("[") and began == number:
            table = _headed(parsed, counts)
            yield began, table
        else:
            yield began, (*table, *_steps(parsed))


def _headed(parsed: dict[str, Any], counts: dict[Path, int]) -> Path:
    """Return the path of a header; in an array of tables, later headers belong to its last table so far."""
    path: Path = ()
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


def _steps(parsed: dict[str, Any]) -> Path:
    """Return the keys that lead to the value of one statement."""
    path: Path = ()
    value: Any = parsed
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        path = (*path, key)
    return path
