"""One connection to PostgreSQL, held by a thread of its own, so that who waits on it can always be interrupted.

Everything of the driver's lives in that thread and dies there: closing a handle, or letting one be collected,
while another thread is inside the driver crashes the process. A thread that the network holds fast is left
behind with what it holds.
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
"""Seconds between two looks at whether somebody wants to stop."""
_FAREWELL = 0.4
"""Seconds that a thread has to end by itself when it is asked to."""
_AHEAD = 2
"""Batches that are fetched before they are asked for."""
_CONNECTED, _DONE = "connected", "done"


@dataclass(slots=True)
class Line:
    """A connection to the database at ``address``; use :func:`dial`.

    ``patience`` is how many seconds nothing may come before the server counts as silent. ``governed`` says that
    the limits of time are ours, and no longer those that the server has for the role.
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
        """Run a statement that answers with nothing. Raises SourceError."""
        for _batch in self.stream(statement):
            pass

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a small answer. Raises SourceError."""
        _schema, *batches = self.stream(query)
        return [row for batch in batches for row in batch.to_pylist()]

    def stream(self, query: str) -> Iterator[Any]:
        """The schema of the answer, then its record batches as they come. Raises SourceError.

        A stream that is not read to its end leaves the line good for nothing but closing.
        """
        self._busy = True
        self._orders.put(query)
        while (told := self._take(self.patience)) is not _DONE:
            yield told
        self._busy = False

    def connect(self, conninfo: str, patience: float) -> None:
        """Start the thread, and wait until it is connected. Raises SourceError."""
        # Imported here and not in the thread, which an import that Ctrl-C tore in this one would stop for ever.
        from adbc_driver_postgresql import dbapi

        dials = partial(dbapi.connect, conninfo, autocommit=False)
        self._thread = threading.Thread(target=self._serve, args=(dials,), daemon=True, name="postgres")
        self._busy = True
        self._thread.start()
        self._take(patience)
        self._busy = False

    def close(self) -> None:
        """Hang up. What is under way is cancelled; a thread that does not end in a moment is left behind."""
        self._stop.set()
        if self._busy and self._held:
            threading.Thread(target=self._cancel, daemon=True).start()
        self._orders.put(None)
        # Ctrl-C may have come before it was started.
        if self._thread and self._thread.is_alive():
            self._thread.join(_FAREWELL)

    def _take(self, patience: float) -> Any:
        """What the thread tells next; raises the failure that it tells."""
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
        """Hand something over, unless it is not wanted any more; whether it was taken."""
        while not self._stop.is_set():
            try:
                self._told.put(thing, timeout=_TICK)
            except queue.Full:
                continue
            return True
        return False

    def _serve(self, dials: Callable[[], Connection]) -> None:
        """The thread: connect, answer one statement after the other, and close."""
        try:
            connection = dials()
        except Exception as error:  # noqa: BLE001 - whatever it is, who waits must be told
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
        """Close, while nobody cancels: closing under a cancelling thread is as bad as under a reading one."""
        # It is gone either way.
        with self._hanging_up, suppress(Exception):
            self._held.clear()
            connection.close()

    def _cancel(self) -> None:
        """Cancel what is under way, in a thread of its own, for the network may hold that fast, too."""
        # What cannot be cancelled ends by itself, or with the process.
        with self._hanging_up, suppress(Exception):
            for connection in self._held:
                connection.adbc_cancel()


def dial(address: Address, conninfo: str, *, connect_timeout: float, patience: float) -> Line:
    """A connected line. Raises SourceError, with the reason why there is none."""
    line = Line(address, patience)
    try:
        line.connect(conninfo, connect_timeout)
    except BaseException:
        line.close()
        raise
    return line
