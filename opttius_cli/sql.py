"""Quote names and values for SQL, find the names in it, and say what of a connection the project's SQL needs.

A view and a COPY have no parameters, so their values are literals.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_READ = re.compile(r"\b(?:FROM|JOIN)\s+(\w+)|\b(\w+)\s*\(")
_NO_CODE = re.compile(r"--[^\n]*|'[^']*'")
_GLOB_CHARACTERS = re.compile(r"[*?\[]")


class Rows(Protocol):
    """The rows of a query."""

    def fetchall(self) -> list[Any]:
        """Return all rows, as tuples."""


class Connection(Protocol):
    """A connection that executes the project's SQL, whatever engine runs it."""

    def execute(self, query: str, parameters: Any = ..., /) -> Rows:
        """Execute statements; the rows are those of the last one."""


def fetch_first(rows: Rows) -> Any:
    """Return the first of ``rows``; None when there is none.

    They are read to their end: a connection with an unfinished result may run nothing else.
    """
    return next(iter(rows.fetchall()), None)


@cache
def list_named(sql: str) -> frozenset[str]:
    """Return the tables that ``sql`` reads, and the macros and functions that it calls."""
    return frozenset(table or call for table, call in _READ.findall(_NO_CODE.sub(" ", sql)))


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
    """Return ``path`` as an SQL literal; ``*``, ``?`` and ``[`` are escaped, or it is read as a glob."""
    return sql_literal(_GLOB_CHARACTERS.sub(r"[\g<0>]", str(path)))
