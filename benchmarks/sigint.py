"""How long a load from PostgreSQL goes on after Ctrl-C, while the server is there and while the network is stalled."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from benchmarks.cases import PROGRAM
from benchmarks.measure import CommandFailedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from postgres.server import Database

TARGET = 1.0
"""Seconds."""
INTERRUPTED = 130
_WAITING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
_PATIENCE = 60.0


def time_interrupt(
    database: Database, folder: Path, environment: Mapping[str, str], *, stalled: bool
) -> float:
    """The seconds from Ctrl-C to the end of a load that waits for the server in the middle of its work.

    ``stalled``: the server answers nothing any more, not even a request to cancel. Raises CommandFailedError.
    """
    command = (PROGRAM, "load", "--source", database.address, "--refresh", "--quiet")
    with database.server.connect(database.name) as holder, (folder / "stderr.txt").open("wb") as errors:
        holder.autocommit = False
        holder.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
        process = subprocess.Popen(command, env=dict(environment), cwd=folder, stderr=errors)
        backend = wait_for_lock(database)
        chief = database.server.process
        frozen = [chief.pid, backend] if stalled and chief else []
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            began = time.perf_counter()
            process.send_signal(signal.SIGINT)
            code = process.wait(_PATIENCE)
            took = time.perf_counter() - began
        finally:
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
    if code != INTERRUPTED:
        raise CommandFailedError(command, code, (folder / "stderr.txt").read_text(encoding="utf-8"))
    return took


def wait_for_lock(database: Database) -> int:
    """The process of the server that waits for the table, as soon as there is one."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        for (pid,) in database.execute(_WAITING):
            return int(pid)
        time.sleep(0.02)
    message = "the load did not come to the table that is held"
    raise TimeoutError(message)
