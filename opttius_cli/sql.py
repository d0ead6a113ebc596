"""Quote names and values for SQL. A view and a COPY have no parameters, so their values are literals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_GLOB_CHARACTERS = re.compile(r"[*?\[]")


def quote_identifier(name: str) -> str:
    """Return ``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def sql_literal(text: str) -> str:
    """Return ``text`` as an SQL string literal; PostgreSQL needs standard_conforming_strings, its default."""
    return "'" + text.replace("'", "''") + "'"


def sql_literals(texts: Iterable[str]) -> str:
    """Return ``texts`` as SQL string literals, separated by commas."""
    return ", ".join(map(sql_literal, texts))


def path_literal(path: Path) -> str:
    """Return ``path`` as an SQL literal; ``*``, ``?`` and ``[`` are escaped, or DuckDB reads a glob."""
    return sql_literal(_GLOB_CHARACTERS.sub(r"[\g<0>]", str(path)))
