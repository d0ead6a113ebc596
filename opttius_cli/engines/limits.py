"""How long SQL of a user's report may run, and how much it may answer: memory is finite beyond DuckDB's, too."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import LimitError, MemoryNeededError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    import pyarrow as pa

_BATCH = 65_536


@contextmanager
def within(con: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what ``con`` does after so many seconds; 0 is no limit.

    Raises:
        LimitError: it took longer.
    """
    late = threading.Event()

    def stop() -> None:
        late.set()
        con.interrupt()

    timer = threading.Timer(seconds, stop) if seconds else None
    try:
        if timer:
            timer.daemon = True
            timer.start()
        yield
    except Exception as error:
        # DuckDB says so in an error of its own, a stream of its rows in one of Arrow's. Without the clock it
        # was Ctrl-C, or an error like any other.
        if late.is_set():
            raise LimitError(seconds) from error
        raise
    finally:
        if timer:
            timer.cancel()


def rows_of(
    con: duckdb.DuckDBPyConnection, statement: duckdb.Statement, parameters: Mapping[str, Any]
) -> pa.Table:
    """The rows that ``statement`` selects, as long as they fit the memory that DuckDB may use.

    Raises:
        MemoryNeededError: there are more.
    """
    import pyarrow as pa

    limit = "SELECT parse_formatted_bytes(current_setting('memory_limit'))"
    most = con.execute(limit).fetchall()[0][0]
    reader = con.sql(statement, params=dict(parameters)).to_arrow_reader(_BATCH)
    batches, size = [], 0
    for batch in reader:
        batches.append(batch)
        size += batch.nbytes
        if size > most:
            reader.close()
            raise MemoryNeededError
    return pa.Table.from_batches(batches, reader.schema)
