"""Run a user's SQL in a child process: forked while that is safe, else started anew, and killed at its limits."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from opttius_cli.engines.own_sql import messages
from opttius_cli.engines.own_sql.errors import build_error
from opttius_cli.engines.own_sql.memory import read_resident_bytes
from opttius_cli.errors import OutOfMemoryError, TimeLimitError
from opttius_cli.snapshot.open import import_engine
from opttius_cli.snapshot.temp_files import remove_path, spill_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    import pyarrow as pa

    from opttius_cli.engines.own_sql.worker import Query, Setup

_MORE_BYTES = 150_000_000
"""What a process may have beyond the memory limit of its queries before it is killed."""
_LOOK_SECONDS = 0.02


@dataclass(slots=True)
class OwnSqlProcess:
    """A child process; ``kill`` ends it at once. ``close`` it when nothing more is asked."""

    number: int
    requests: BinaryIO
    answers: BinaryIO
    kill: Callable[[], None]
    wait: Callable[[], object]
    max_bytes: int = 0
    is_open: bool = False
    snapshot: Path | None = None

    def open_session(self, setup: Setup) -> None:
        """Send what the process needs to open its session; it does so while the program goes on."""
        self.is_open, self.snapshot = True, setup.path
        with suppress(BrokenPipeError):
            messages.send_object(self.requests, setup)

    def run_query(self, query: Query, report: str | None, seconds: float) -> pa.Table:
        """Run ``query`` of the user's report and return its rows.

        Raises:
            NotAllowedError: it is not one SELECT on the views of its scope.
            InvalidReportError: it cannot be run.
            TimeLimitError: it takes longer than ``seconds`` (0: no limit).
            OutOfMemoryError: it, or its rows, need more memory than allowed.
        """
        if not self.max_bytes:
            self.max_bytes = int(self.receive(report)[1])
        limits = _Limits(self, seconds)
        try:
            with suppress(BrokenPipeError):
                messages.send_object(self.requests, query)
            return self._read_table(report)
        except (EOFError, OSError) as error:
            # The process was killed at a limit, or died for want of memory.
            self.kill()
            raise (TimeLimitError(seconds) if limits.is_late else OutOfMemoryError()) from error
        finally:
            limits.stop()

    def _read_table(self, report: str | None) -> pa.Table:
        import pyarrow as pa

        rows = _Rows(self, report)
        reader = pa.ipc.open_stream(pa.PythonFile(io.BufferedReader(rows), mode="r"))
        batches, size = [], 0
        for batch in reader:
            batches.append(batch)
            size += batch.nbytes
            if size > self.max_bytes:
                self.kill()
                raise OutOfMemoryError
        # What follows the rows is their end, or an error that came while they were sent.
        rows.finish()
        return pa.Table.from_batches(batches, reader.schema)

    def receive(self, report: str | None) -> tuple[bytes, bytes]:
        """Receive a message, or raise the error that it describes."""
        kind, data = messages.receive_message(self.answers)
        if kind == messages.ERROR:
            raise build_error(report, json.loads(data), self.snapshot)
        return kind, data

    def close(self) -> None:
        """End the process, and wait until it has ended."""
        with suppress(OSError):
            self.requests.close()
        self.kill()
        self.wait()
        with suppress(OSError):
            self.answers.close()
        if self.snapshot:
            remove_path(spill_folder(self.snapshot, self.number))


class _Rows(io.RawIOBase):
    """The rows that a process sends, as a file that Arrow reads."""

    def __init__(self, process: OwnSqlProcess, report: str | None) -> None:
        self._process, self._report = process, report
        self._waiting = memoryview(b"")
        self._has_ended = False

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def finish(self) -> None:
        """Receive what follows the rows."""
        while not self._has_ended:
            self._has_ended = self._process.receive(self._report)[0] == messages.END

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` with what has come."""
        if not self._waiting and not self._has_ended:
            kind, data = self._process.receive(self._report)
            self._has_ended = kind == messages.END
            self._waiting = memoryview(data)
        count = min(len(buffer), len(self._waiting))
        buffer[:count] = self._waiting[:count]
        self._waiting = self._waiting[count:]
        return count


@dataclass(slots=True)
class _Limits:
    """A watch over a process while a query runs: it kills it when it is late or has too much memory."""

    process: OwnSqlProcess
    seconds: float
    is_late: bool = False
    _stopped: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the watch."""
        self._stopped.set()
        if self._thread:
            self._thread.join()

    def _watch(self) -> None:
        deadline = time.monotonic() + self.seconds if self.seconds else None
        allowed = self.process.max_bytes + _MORE_BYTES
        while not self._stopped.wait(_LOOK_SECONDS):
            if deadline and time.monotonic() > deadline:
                self.is_late = True
                self.process.kill()
                return
            if (read_resident_bytes(self.process.number) or 0) > allowed:
                self.process.kill()
                return


def start_process() -> OwnSqlProcess:
    """Start the process: forked where this one has no other thread, else as a new one."""
    # A fork shares what is imported by now.
    import_engine()
    return _fork() if _can_fork() else _spawn()


def _can_fork() -> bool:
    """Return whether this process has one thread; DuckDB and Arrow start others, which a fork would lose."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return sum(1 for _thread in Path("/proc/self/task").iterdir()) == 1
    except OSError:
        return False


def _fork() -> OwnSqlProcess:
    requests_in, requests_out = os.pipe()
    answers_in, answers_out = os.pipe()
    number = os.fork()
    if number == 0:
        _serve_and_exit(requests_in, answers_out, unused=(requests_out, answers_in))
    os.close(requests_in)
    os.close(answers_out)
    has_ended: list[int] = []

    def wait() -> None:
        if not has_ended:
            with suppress(ChildProcessError):
                os.waitpid(number, 0)
            has_ended.append(number)

    def kill() -> None:
        if not has_ended:
            with suppress(ProcessLookupError):
                os.kill(number, 9)

    return OwnSqlProcess(number, os.fdopen(requests_out, "wb"), os.fdopen(answers_in, "rb"), kill, wait)


def _serve_and_exit(requests: int, answers: int, unused: tuple[int, ...]) -> None:
    """Be the child: serve, and end without anything that the parent has prepared for its own end."""
    code = 1
    try:
        from opttius_cli.engines.own_sql import worker

        for descriptor in unused:
            os.close(descriptor)
        worker.silence_streams()
        worker.serve(os.fdopen(requests, "rb"), os.fdopen(answers, "wb"))
        code = 0
    finally:
        os._exit(code)


def _spawn() -> OwnSqlProcess:
    # Without the folder of the user among the modules' folders, so that nothing in it is run.
    package_folder = str(Path(__file__).parents[3])
    start = (
        f"import sys; sys.path.append({package_folder!r}); "
        "from opttius_cli.engines.own_sql.worker import main; main()"
    )
    child = subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-P", "-c", start],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    return OwnSqlProcess(
        child.pid, cast("BinaryIO", child.stdin), cast("BinaryIO", child.stdout), child.kill, child.wait
    )
