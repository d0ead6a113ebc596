"""Build the SQL of DuckDB's file readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.sources.text_file import MAX_LINE_BYTES
from opttius_cli.sql import path_literal, sql_literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_BUFFER_BYTES = 4 * MAX_LINE_BYTES


class NotStagedError(RuntimeError):
    """A part was used before its view was created."""


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
