"""Build the SQL of DuckDB's file readers. A view has no parameters, so paths and options are literals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from opttius_cli.sources.text_file import MAX_LINE_BYTES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BUFFER_BYTES = 4 * MAX_LINE_BYTES
_GLOB_CHARACTERS = re.compile(r"[*?\[]")


class NotStagedError(RuntimeError):
    """A part was used before its view was created."""


def sql_literal(text: str) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """Return ``path`` as an SQL literal; ``*``, ``?`` and ``[`` are escaped, or DuckDB reads a glob."""
    return sql_literal(_GLOB_CHARACTERS.sub(r"[\g<0>]", str(path)))


def read_csv_sql(path: Path, separator: str, columns: Sequence[str], *, skip: int = 0) -> str:
    """Read a CSV file with a header after ``skip`` lines; DuckDB raises where a row is not well formed."""
    return _build_read_csv(
        path,
        f"header = true, skip = {skip}, delim = {sql_literal(separator)}, quote = '\"', "
        f"escape = '\"', nullstr = ['\\N', ''], columns = {_build_text_columns(columns)}",
    )


def read_copy_sql(path: Path, columns: Sequence[str]) -> str:
    r"""Read the rows of a PostgreSQL COPY block, with cells still escaped; ``\N`` is NULL."""
    return _build_read_csv(
        path,
        f"header = false, delim = '\t', quote = '', escape = '', nullstr = '\\N', "
        f"columns = {_build_text_columns(columns)}",
    )


def read_lines_sql(path: Path, name: str) -> str:
    """Read the lines of a text into a single column ``name``; an empty line is NULL."""
    return _build_read_csv(
        path,
        f"header = false, delim = '\x01', quote = '', escape = '', columns = {_build_text_columns([name])}",
    )


def _build_read_csv(path: Path, options: str) -> str:
    return (
        f"read_csv({path_literal(path)}, auto_detect = false, strict_mode = true, "
        f"max_line_size = {MAX_LINE_BYTES}, "
        f"buffer_size = {_BUFFER_BYTES}, {options})"
    )


def _build_text_columns(columns: Sequence[str]) -> str:
    return "{" + ", ".join(f"{sql_literal(name)}: 'VARCHAR'" for name in columns) + "}"
