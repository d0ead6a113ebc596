"""One connection to PostgreSQL in a thread of its own, so that waiting for it can always be interrupted.

All objects of the driver are created and closed in that thread: closing or garbage-collecting one while another
thread is inside the driver crashes the process. A thread that is blocked by the network is abandoned.
"""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from opttius_cli import sigint
from opttius_cli.sources.postgres.errors import ServerTimeoutError, translate_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from adbc_driver_manager.dbapi import Connection

    from opttius_cli.sources.postgres.conninfo import ConnInfo

_POLL_SECONDS = 0.1
"""Seconds between two checks for an interrupt."""
_CLOSE_SECONDS = 0.4
"""Seconds that the thread gets to end by itself."""
_PREFETCHED_BATCHES = 2
"""Batches that are fetched ahead of the reader."""
_CONNECTED, _DONE = "connected", "done"


@dataclass(slots=True)
class ConnectionThread:
    """A connection to a database in a thread of its own; create it with :func:`open_connection`.

    ``idle_timeout`` is how many seconds the server may take to send something. ``limits_set`` says that our
    own time limits are in force, and no longer those that the server has for the role.
    """

    conn_info: ConnInfo
    idle_timeout: float
    limits_set: bool = False
    _statements: queue.Queue[str | None] = field(default_factory=queue.Queue)
    _answers: queue.Queue[Any] = field(default_factory=lambda: queue.Queue(_PREFETCHED_BATCHES))
    _stop: threading.Event = field(default_factory=threading.Event)
    _open_connections: list[Connection] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _close_lock: threading.Lock = field(default_factory=threading.Lock)
    _busy: bool = False

    def execute(self, statement: str) -> None:
        """Execute a statement that returns no rows. Raises SourceError."""
        for _batch in self.stream_batches(statement):
            pass

    def fetch_all(self, query: str) -> list[dict[str, Any]]:
        """Fetch all rows of a small result. Raises SourceError."""
        _schema, *batches = self.stream_batches(query)
        return [row for batch in batches for row in batch.to_pylist()]

    def stream_batches(self, query: str) -> Iterator[Any]:
        """Yield the schema of the result, then its record batches as they arrive. Raises SourceError.

        If it is not read to its end, the connection can only be closed.
        """
        self._busy = True
        self._statements.put(query)
        while (answer := self._receive_answer(self.idle_timeout)) is not _DONE:
            yield answer
        self._busy = False

    def connect(self, conninfo_string: str, timeout: float) -> None:
        """Start the thread and wait until it is connected. Raises SourceError."""
        # Not imported in the thread: after a Ctrl-C during an import here, the thread would wait for ever.
        from adbc_driver_postgresql import dbapi

        open_driver = partial(dbapi.connect, conninfo_string, autocommit=False)
        self._thread = threading.Thread(
            target=self._run_thread, args=(open_driver,), daemon=True, name="postgres"
        )
        self._busy = True
        self._thread.start()
        self._receive_answer(timeout)
        self._busy = False

    def close(self) -> None:
        """Close the connection and cancel a running query; a thread that does not end soon is abandoned."""
        self._stop.set()
        if self._busy and self._open_connections:
            threading.Thread(target=self._cancel_query, daemon=True).start()
        self._statements.put(None)
        # Ctrl-C may come before the thread is started.
        if self._thread and self._thread.is_alive():
            self._thread.join(_CLOSE_SECONDS)

    def _receive_answer(self, timeout: float) -> Any:
        """Wait for the thread's next answer and return it, or raise it when it is an error."""
        waited = 0.0
        while True:
            sigint.raise_if_requested()
            try:
                answer = self._answers.get(timeout=_POLL_SECONDS)
            except queue.Empty:
                waited += _POLL_SECONDS
                if waited > timeout:
                    raise ServerTimeoutError(self.conn_info, timeout) from None
                continue
            if isinstance(answer, Exception):
                raise translate_error(answer, self.conn_info, limits_set=self.limits_set)
            return answer

    def _put_answer(self, answer: object) -> bool:
        """Pass an answer to the reader; returns False when the connection is being closed instead."""
        while not self._stop.is_set():
            try:
                self._answers.put(answer, timeout=_POLL_SECONDS)
            except queue.Full:
                continue
            return True
        return False

    def _run_thread(self, open_driver: Callable[[], Connection]) -> None:
        """Connect, execute one statement after the other, and close: the body of the thread."""
        try:
            connection = open_driver()
        except Exception as error:  # noqa: BLE001 - the waiting reader must learn of any error
            self._put_answer(error)
            return
        self._open_connections.append(connection)
        try:
            self._put_answer(_CONNECTED)
            while (query := self._statements.get()) is not None and not self._stop.is_set():
                self._execute_query(connection, query)
        finally:
            self._close_connection(connection)

    def _execute_query(self, connection: Connection, query: str) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute(query)
            if query.startswith("SELECT"):
                self._send_batches(cursor.fetch_record_batch())
            self._put_answer(_DONE)
        except Exception as error:  # noqa: BLE001 - as above
            self._put_answer(error)
        finally:
            cursor.close()

    def _send_batches(self, reader: pa.RecordBatchReader) -> None:
        accepted = self._put_answer(reader.schema)
        while accepted:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            accepted = self._put_answer(batch)

    def _close_connection(self, connection: Connection) -> None:
        """Close the driver's connection, but not while another thread cancels it, which can crash Python."""
        # An error changes nothing: the connection is gone either way.
        with self._close_lock, suppress(Exception):
            self._open_connections.clear()
            connection.close()

    def _cancel_query(self) -> None:
        """Cancel the running query; called in a thread of its own, because the network may block it, too."""
        # A query that cannot be cancelled ends by itself or with the process.
        with self._close_lock, suppress(Exception):
            for connection in self._open_connections:
                connection.adbc_cancel()


def open_connection(
    conn_info: ConnInfo, conninfo_string: str, *, connect_timeout: float, idle_timeout: float
) -> ConnectionThread:
    """Open a connection. Raises SourceError with the reason when that fails."""
    connection = ConnectionThread(conn_info, idle_timeout)
    try:
        connection.connect(conninfo_string, connect_timeout)
    except BaseException:
        connection.close()
        raise
    return connection
