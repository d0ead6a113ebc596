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

from opttius_cli import interruption
from opttius_cli.sources.postgres.failures import SilentError, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from adbc_driver_manager.dbapi import Connection

    from opttius_cli.sources.postgres.address import Address

_TICK = 0.1
"""Seconds between two checks for an interrupt."""
_FAREWELL = 0.4
"""Seconds that the thread gets to end by itself."""
_AHEAD = 2
"""Batches that are fetched ahead of the reader."""
_CONNECTED, _DONE = "connected", "done"


@dataclass(slots=True)
class Line:
    """A connection to a database in a thread of its own; create it with :func:`open_connection`.

    ``idle_timeout`` is how many seconds the server may take to send something. ``limits_set`` says that our
    own time limits are in force, and no longer those that the server has for the role.
    """

    address: Address
    patience: float
    governed: bool = False
    _orders: queue.Queue[str | None] = field(default_factory=queue.Queue)
    _told: queue.Queue[Any] = field(default_factory=lambda: queue.Queue(_AHEAD))
    _stop: threading.Event = field(default_factory=threading.Event)
    _held: list[Connection] = field(default_factory=list)
    _thread: threading.Thread | None = None
    _hanging_up: threading.Lock = field(default_factory=threading.Lock)
    _busy: bool = False

    def run(self, statement: str) -> None:
        """Execute a statement that returns no rows. Raises SourceError."""
        for _batch in self.stream(statement):
            pass

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Fetch all rows of a small result. Raises SourceError."""
        _schema, *batches = self.stream(query)
        return [row for batch in batches for row in batch.to_pylist()]

    def stream(self, query: str) -> Iterator[Any]:
        """Yield the schema of the result, then its record batches as they arrive. Raises SourceError.

        If it is not read to its end, the connection can only be closed.
        """
        self._busy = True
        self._orders.put(query)
        while (told := self._take(self.patience)) is not _DONE:
            yield told
        self._busy = False

    def connect(self, conninfo: str, patience: float) -> None:
        """Start the thread and wait until it is connected. Raises SourceError."""
        # Not imported in the thread: after a Ctrl-C during an import here, the thread would wait for ever.
        from adbc_driver_postgresql import dbapi

        dials = partial(dbapi.connect, conninfo, autocommit=False)
        self._thread = threading.Thread(target=self._serve, args=(dials,), daemon=True, name="postgres")
        self._busy = True
        self._thread.start()
        self._take(patience)
        self._busy = False

    def close(self) -> None:
        """Close the connection and cancel a running query; a thread that does not end soon is abandoned."""
        self._stop.set()
        if self._busy and self._held:
            threading.Thread(target=self._cancel, daemon=True).start()
        self._orders.put(None)
        # Ctrl-C may come before the thread is started.
        if self._thread and self._thread.is_alive():
            self._thread.join(_FAREWELL)

    def _take(self, patience: float) -> Any:
        """Wait for the thread's next answer and return it, or raise it when it is an error."""
        waited = 0.0
        while True:
            interruption.heed()
            try:
                told = self._told.get(timeout=_TICK)
            except queue.Empty:
                waited += _TICK
                if waited > patience:
                    raise SilentError(self.address, patience) from None
                continue
            if isinstance(told, Exception):
                raise failure(told, self.address, governed=self.governed)
            return told

    def _tell(self, thing: object) -> bool:
        """Pass an answer to the reader; returns False when the connection is being closed instead."""
        while not self._stop.is_set():
            try:
                self._told.put(thing, timeout=_TICK)
            except queue.Full:
                continue
            return True
        return False

    def _serve(self, dials: Callable[[], Connection]) -> None:
        """Connect, execute one statement after the other, and close: the body of the thread."""
        try:
            connection = dials()
        except Exception as error:  # noqa: BLE001 - the waiting reader must learn of any error
            self._tell(error)
            return
        self._held.append(connection)
        try:
            self._tell(_CONNECTED)
            while (query := self._orders.get()) is not None and not self._stop.is_set():
                self._answer(connection, query)
        finally:
            self._hang_up(connection)

    def _answer(self, connection: Connection, query: str) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute(query)
            if query.startswith("SELECT"):
                self._hand_over(cursor.fetch_record_batch())
            self._tell(_DONE)
        except Exception as error:  # noqa: BLE001 - as above
            self._tell(error)
        finally:
            cursor.close()

    def _hand_over(self, reader: pa.RecordBatchReader) -> None:
        wanted = self._tell(reader.schema)
        while wanted:
            try:
                batch = reader.read_next_batch()
            except StopIteration:
                return
            wanted = self._tell(batch)

    def _hang_up(self, connection: Connection) -> None:
        """Close the driver's connection, but not while another thread cancels it, which can crash Python."""
        # An error changes nothing: the connection is gone either way.
        with self._hanging_up, suppress(Exception):
            self._held.clear()
            connection.close()

    def _cancel(self) -> None:
        """Cancel the running query; called in a thread of its own, because the network may block it, too."""
        # A query that cannot be cancelled ends by itself or with the process.
        with self._hanging_up, suppress(Exception):
            for connection in self._held:
                connection.adbc_cancel()


def dial(address: Address, conninfo: str, *, connect_timeout: float, patience: float) -> Line:
    """Open a connection. Raises SourceError with the reason when that fails."""
    line = Line(address, patience)
    try:
        line.connect(conninfo, connect_timeout)
    except BaseException:
        line.close()
        raise
    return line
