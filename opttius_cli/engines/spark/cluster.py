"""A connection to a cluster that speaks Spark Connect: SQL out, Arrow back, temporary views by name."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from pyspark.sql.connect.session import SparkSession


@dataclass(slots=True)
class Cluster:
    """A session on a cluster. Errors of the cluster become one sentence."""

    session: SparkSession
    address: str

    def fetch(self, sql: str) -> pa.Table:
        """Run a query and return its rows."""
        return self.session.sql(sql).toArrow()

    def upload(self, name: str, table: pa.Table) -> None:
        """Create the temporary view ``name`` with the rows of the client."""
        from pyspark.sql.pandas.types import from_arrow_schema

        schema = from_arrow_schema(table.schema, prefer_timestamp_ntz=True)
        self.session.createDataFrame(table, schema=schema).createOrReplaceTempView(name)

    def read(self, name: str, path: str) -> None:
        """Create the temporary view ``name`` of the Parquet files in a folder that the cluster reads."""
        self.session.read.parquet(path).createOrReplaceTempView(name)

    def interrupt(self) -> None:
        """Stop what is running."""
        self.session.interruptAll()


def connect(address: str) -> Cluster:
    """Connect to the cluster at ``address`` (``sc://host:port``)."""
    with warnings.catch_warnings():
        # pyspark-client warns about versions of pandas, which nothing here uses.
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        session = SparkSession.builder.remote(address).create()
        session.conf.set("spark.sql.session.timeZone", "UTC")
    return Cluster(session, address)
