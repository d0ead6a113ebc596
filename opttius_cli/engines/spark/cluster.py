"""A connection to a cluster that speaks Spark Connect: SQL out, Arrow back, temporary views by name."""

from __future__ import annotations

import socket
import sys
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, cast
from urllib.parse import urlsplit

from opttius_cli import sigint
from opttius_cli.errors import SourceError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

_PORT = 15002
_PATIENCE = 10.0
"""Seconds until a server that does not answer counts as not there."""
_LONGEST_CAUSE = 200
_QUERY_LOGGERS = ("DataFrameQueryContextLogger", "SQLQueryContextLogger")
"""What the client tells of a query that failed, on stderr."""
_RETRIES = 6
_LONGEST_PAUSE = 10_000
"""Milliseconds between two tries to reach a server that went away: all of them take half a minute."""


class ClusterError(SourceError):
    """What the cluster says when it cannot be reached, or cannot run a query."""

    def __init__(self, address: str, cause: str) -> None:
        # What follows may be a token.
        address = address.partition(";")[0].rstrip("/")
        super().__init__(
            _(
                "The cluster {address} failed: {cause}. Check --remote, and that its server reads --source.",
                address=address,
                cause=cause,
            )
        )


class Cluster(Protocol):
    """What a session needs of a cluster."""

    def fetch(self, sql: str, schema: pa.Schema) -> pa.Table:
        """Run a query and return its rows in ``schema``; columns go by their place."""

    def upload(self, name: str, table: pa.Table) -> None:
        """Create the temporary view ``name`` of rows of the client."""

    def read(self, name: str, folder: str) -> None:
        """Create the temporary view ``name`` of the Parquet files in a folder that the cluster reads."""

    def keep(self, name: str, sql: str) -> bool:
        """Run a query, keep its rows on the cluster as the temporary view ``name``; return whether it can."""

    def interrupt(self) -> None:
        """Stop what is running; it may be called from another thread."""

    def close(self) -> None:
        """End the session on the cluster."""


@dataclass(slots=True)
class SparkCluster:
    """A session of Spark Connect. Its errors become one sentence.

    ``_kept`` are the checkpoints of the session: the cluster drops one when the client has no reference to it.
    """

    session: Any
    address: str
    keeps_rows: bool = True
    _kept: list[Any] = field(default_factory=list)

    def fetch(self, sql: str, schema: pa.Schema) -> pa.Table:
        """Run a query and return its rows in ``schema``; columns go by their place."""
        with _translate_errors(self.address):
            rows = self.session.sql(sql).toArrow()
        return rows.rename_columns(schema.names).cast(schema)

    def upload(self, name: str, table: pa.Table) -> None:
        """Create the temporary view ``name`` of rows of the client."""
        with _translate_errors(self.address):
            from pyspark.sql.pandas.types import from_arrow_schema

            # Without a schema, timestamps without a zone would get one.
            schema = from_arrow_schema(table.schema, prefer_timestamp_ntz=True)
            self.session.createDataFrame(table, schema=schema).createOrReplaceTempView(name)

    def read(self, name: str, folder: str) -> None:
        """Create the temporary view ``name`` of the Parquet files in a folder that the cluster reads."""
        with _translate_errors(self.address):
            self.session.read.parquet(folder).createOrReplaceTempView(name)

    def keep(self, name: str, sql: str) -> bool:
        """Run a query, keep its rows on the cluster as the temporary view ``name``; return whether it can.

        Sail has no place for them unless it is told one.
        """
        if self.keeps_rows:
            try:
                with _translate_errors(self.address):
                    checkpoint = self.session.sql(sql).localCheckpoint(eager=True)
                    checkpoint.createOrReplaceTempView(name)
                    self._kept.append(checkpoint)
            except ClusterError:
                # What is wrong with the query itself is said when it is run as a part of those that read it.
                self.keeps_rows = False
        return self.keeps_rows

    def interrupt(self) -> None:
        """Stop what is running; it may be called from another thread."""
        self.session.interruptAll()

    def close(self) -> None:
        """End the session on the cluster."""
        with _translate_errors(self.address):
            self.session.stop()


def connect(address: str) -> SparkCluster:
    """Connect to the cluster at ``address`` (``sc://host:port``).

    Raises:
        ClusterError: it cannot be reached.
    """
    # The program hides these from libraries that would only load them; the client does not start without them.
    for name in ("numpy", "pandas"):
        if name in sys.modules and cast("object", sys.modules[name]) is None:
            del sys.modules[name]
    with _translate_errors(address):
        # The client would try for minutes to reach a server that is not there.
        server = urlsplit(address.partition(";")[0])
        socket.create_connection((server.hostname or "", server.port or _PORT), _PATIENCE).close()
        from pyspark.logger import PySparkLogger
        from pyspark.sql import SparkSession
        from pyspark.sql.connect.client.retries import DefaultPolicy

        # What a query of ours was is no message for a person.
        for name in _QUERY_LOGGERS:
            PySparkLogger.getLogger(name).disabled = True
        session = SparkSession.builder.remote(address).create()
        session.client.set_retry_policies([DefaultPolicy(max_retries=_RETRIES, max_backoff=_LONGEST_PAUSE)])
        # Instants are cast to local times by rules of our own.
        session.conf.set("spark.sql.session.timeZone", "UTC")
        # Spark 4.2 loses a column where it derives conditions from a union of kept rows.
        session.conf.set("spark.sql.constraintPropagation.enabled", "false")
    return SparkCluster(session, address)


@contextmanager
def _translate_errors(address: str) -> Iterator[None]:
    """Raise ClusterError in place of what pyspark and grpc raise; Ctrl-C stays what it is."""
    try:
        with warnings.catch_warnings():
            # pyspark warns of a version of pandas, which nothing here uses.
            warnings.simplefilter("ignore")
            yield
    except SourceError:
        raise
    except Exception as error:
        sigint.raise_if_requested()
        raise ClusterError(address, _summarize(error)) from error


def _summarize(error: Exception) -> str:
    """Return the first line of what an error says, cut where it is long."""
    lines = str(getattr(error, "details", lambda: None)() or error).splitlines()
    text = next((line.strip() for line in lines if line.strip()), type(error).__name__).rstrip(".")
    return text if len(text) <= _LONGEST_CAUSE else text[:_LONGEST_CAUSE] + "…"
