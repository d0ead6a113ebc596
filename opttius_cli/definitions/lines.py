"""On which line of a TOML file a key stands. The parser of the standard library tells values, but no lines.

A statement of TOML (a header, or a key with its value) begins on a line of its own and may go on over the
next; it is complete as soon as it parses. So the parser itself finds the statements, one after the other.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]


def line_of(text: str, path: Sequence[str | int]) -> int:
    """The line (from 1) of ``path`` in valid TOML, or else of the nearest table above it.

    A number in ``path`` is a place in an array of tables.
    """
    found, deepest = 1, 0
    for line, at in _statements(text):
        shared = _shared(at, path)
        if shared > deepest:
            found, deepest = line, shared
    return found


def _shared(one: Sequence[str | int], other: Sequence[str | int]) -> int:
    """How many steps two paths have in common."""
    count = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _statements(text: str) -> Iterator[tuple[int, Path]]:
    """The line on which each statement begins, and the path that it sets."""
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
    """The path of a header; one of an array of tables is counted, and what is below it belongs to the last."""
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
    """The keys that lead to the value of one statement."""
    path: Path = ()
    value: Any = parsed
    while isinstance(value, dict) and len(value) == 1:
        key, value = next(iter(value.items()))
        path = (*path, key)
    return path
