"""A cluster without rows: it reads every query as Spark SQL and answers with one row of nulls."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import sqlglot
from sqlglot import exp


@dataclass
class RecordingCluster:
    queries: list[str] = field(default_factory=list)
    views: list[str] = field(default_factory=list)

    def fetch(self, sql: str, schema: pa.Schema) -> pa.Table:
        assert isinstance(sqlglot.parse_one(sql, read="spark"), exp.Query)
        self.queries.append(sql)
        return pa.table([pa.nulls(1, kind) for kind in schema.types], schema=schema)

    def upload(self, name: str, table: pa.Table) -> None:
        assert len(set(table.column_names)) == table.num_columns
        self.views.append(name)

    def read(self, name: str, folder: str) -> None:
        assert folder
        self.views.append(name)

    def interrupt(self) -> None:
        self.queries.append("interrupted")

    def close(self) -> None:
        self.queries.append("closed")
