"""Build the SQL of DuckDB's file readers. A view has no parameters, so paths and options are literals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.sources.text import LONGEST_LINE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BUFFER = 4 * LONGEST_LINE
_PATTERN = re.compile(r"[*?\[]")


class NotStagedError(RuntimeError):
    """A part was used before its view was created."""


def literal(text: str) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def one_file(path: Path) -> str:
    """Return ``path`` as an SQL literal; ``*``, ``?`` and ``[`` are escaped, or DuckDB reads a glob."""
    return literal(_PATTERN.sub(r"[\g<0>]", str(path)))


def csv_rows(path: Path, separator: str, columns: Sequence[str], *, skip: int = 0) -> str:
    """Read a CSV file with a header after ``skip`` lines; DuckDB raises where a row is not well formed."""
    return _read_csv(
        path,
        f"header = true, skip = {skip}, delim = {literal(separator)}, quote = '\"', "
        f"escape = '\"', nullstr = ['\\N', ''], columns = {_texts(columns)}",
    )


def copied_rows(path: Path, columns: Sequence[str]) -> str:
    r"""Read the rows of a PostgreSQL COPY block, with cells still escaped; ``\N`` is NULL."""
    return _read_csv(
        path,
        f"header = false, delim = '\t', quote = '', escape = '', nullstr = '\\N', "
        f"columns = {_texts(columns)}",
    )


def text_lines(path: Path, name: str) -> str:
    """Read the lines of a text into a single column ``name``; an empty line is NULL."""
    return _read_csv(
        path, f"header = false, delim = '\x01', quote = '', escape = '', columns = {_texts([name])}"
    )


def _read_csv(path: Path, options: str) -> str:
    return (
        f"read_csv({one_file(path)}, auto_detect = false, strict_mode = true, "
        f"max_line_size = {LONGEST_LINE}, "
        f"buffer_size = {_BUFFER}, {options})"
    )


def _texts(columns: Sequence[str]) -> str:
    return "{" + ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns) + "}"
