"""Limits for SQL of a user's report: time, and memory for its rows, which DuckDB's limit does not cover."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from opttius_cli.errors import OutOfMemoryError, TimeLimitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    import pyarrow as pa

_BATCH = 65_536


class Interruptible(Protocol):
    """An engine, or its connection."""

    def interrupt(self) -> None:
        """Stop the query that is running."""


@contextmanager
def time_limit(engine: Interruptible, seconds: float) -> Iterator[None]:
    """Interrupt ``engine`` after this many seconds; 0 means no limit.

    Raises:
        TimeLimitError: it took longer.
    """
    timed_out = threading.Event()

    def interrupt_query() -> None:
        timed_out.set()
        engine.interrupt()

    timer = threading.Timer(seconds, interrupt_query) if seconds else None
    try:
        if timer:
            timer.daemon = True
            timer.start()
        yield
    except Exception as error:
        # An interrupt raises an error of DuckDB, or one of Arrow while rows are streamed. If the time is not
        # up, it was Ctrl-C or an ordinary error.
        if timed_out.is_set():
            raise TimeLimitError(seconds) from error
        raise
    finally:
        if timer:
            timer.cancel()


def fetch_bounded(
    con: duckdb.DuckDBPyConnection, statement: duckdb.Statement, parameters: Mapping[str, Any]
) -> pa.Table:
    """Fetch the rows of ``statement`` while they fit into the memory that DuckDB may use.

    Raises:
        OutOfMemoryError: they do not fit.
    """
    import pyarrow as pa

    limit_sql = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
    max_bytes = con.execute(limit_sql).fetchall()[0][0]
    reader = con.sql(statement, params=dict(parameters)).to_arrow_reader(_BATCH)
    batches, size = [], 0
    for batch in reader:
        batches.append(batch)
        size += batch.nbytes
        if size > max_bytes:
            reader.close()
            raise OutOfMemoryError
    return pa.Table.from_batches(batches, reader.schema)
