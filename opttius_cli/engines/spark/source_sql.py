"""Read and write DuckDB's SQL, the language in which the project's files are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlglot
from sqlglot.dialects.duckdb import DuckDB

if TYPE_CHECKING:
    from sqlglot import exp


class SourceDialect(DuckDB):
    """DuckDB's SQL with list indices as they are written: sqlglot would count some of them from 0."""

    INDEX_OFFSET = 0


def parse_statements(sql: str) -> list[exp.Expr]:
    """Return the statements of a file."""
    return [statement for statement in sqlglot.parse(sql, read=SourceDialect) if statement is not None]


def write_source_sql(query: exp.Expr) -> str:
    """Return a query as DuckDB reads it."""
    return query.sql(SourceDialect, comments=False)
