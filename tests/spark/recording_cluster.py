"""A cluster without rows: it reads every query as Spark SQL and answers with one row of nulls."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import sqlglot
from sqlglot import exp

FUNCTIONS = frozenset({"arrays_overlap", "conv", "get", "make_date", "timestamp_micros", "timestamp_seconds"})
"""Functions of Spark that sqlglot has no class for. Add one when a cluster has been seen to have it."""


@dataclass
class RecordingCluster:
    queries: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    keeps_rows: bool = True

    def fetch(self, sql: str, schema: pa.Schema) -> pa.Table:
        check_query(sql)
        self.queries.append(sql)
        return pa.table([pa.nulls(1, kind) for kind in schema.types], schema=schema)

    def upload(self, name: str, table: pa.Table) -> None:
        assert len(set(table.column_names)) == table.num_columns
        self.views.append(name)

    def read(self, name: str, folder: str) -> None:
        assert folder
        self.views.append(name)

    def keep(self, name: str, sql: str) -> bool:
        check_query(sql)
        if self.keeps_rows:
            self.kept.append(name)
        return self.keeps_rows

    def interrupt(self) -> None:
        self.queries.append("interrupted")

    def close(self) -> None:
        self.queries.append("closed")


def check_query(sql: str) -> None:
    """Check that Spark reads ``sql`` as a query, and has its functions."""
    query = sqlglot.parse_one(sql, read="spark")
    assert isinstance(query, exp.Query)
    called = {node.name.lower() for node in query.find_all(exp.Anonymous)}
    assert called <= FUNCTIONS
