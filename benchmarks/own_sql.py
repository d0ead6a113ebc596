"""``python -m benchmarks.own_sql``: how a user's SQL ends at its limits, for statements that go far beyond them.

Each of the heavy statements has a session of its own, so it is stopped in a process that is fresh. A statement may
take 1.2 times its seconds, and 200 MB more than its memory. OPTTIUS_BENCH=small takes every sixth one.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread
from typing import TYPE_CHECKING

from benchmarks.__main__ import KEEP, SIZES, build_environment
from benchmarks.cases import MB
from benchmarks.heavy_sql import HEAVY
from benchmarks.shop import create_shop
from benchmarks.text_table import align_columns
from opttius_cli import config
from opttius_cli.diagnostics import Reporter
from opttius_cli.engines.own_sql.memory import read_resident_bytes
from opttius_cli.errors import OpttiusError
from opttius_cli.session.open_session import open_session
from opttius_cli.session.own_sql.queries import OwnSql, run_own_sql
from opttius_cli.session.state import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS, MEMORY = 2, 300 * MB
_OVERTIME, _MORE_MEMORY = 1.2, 200 * MB
_SMALL_STEP = 6
_WIDTH = 60


@contextmanager
def watch_memory(own_sql: OwnSql, peaks: list[int]) -> Iterator[None]:
    """Put the most memory that the process had meanwhile into ``peaks``."""
    done = Event()
    number = own_sql.process.number if own_sql.process else 0
    peak = 0

    def watch() -> None:
        nonlocal peak
        while not done.wait(0.01):
            peak = max(peak, read_resident_bytes(number) or 0)

    thread = Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        peaks.append(peak)


def measure_statement(request: Request, sql: str) -> tuple[str, float, int]:
    """Return how ``sql`` ended, after how many seconds, and the most memory that its process had."""
    peaks: list[int] = []
    with open_session(replace(request, own_sql=OwnSql())) as opened:
        run_own_sql(opened, "SELECT 1", None, "all")
        with watch_memory(opened.request.own_sql, peaks):
            start, end = time.monotonic(), "answered"
            try:
                run_own_sql(opened, sql, None, "all", converts=True)
            except OpttiusError as error:
                end = type(error).__name__
            seconds = time.monotonic() - start
    return end, seconds, peaks[0]


def main() -> None:
    """Measure, and say which statements went beyond their limits; a busy machine is no failure."""
    is_small = os.environ.get("OPTTIUS_BENCH") == "small"
    os.environ.update(build_environment())
    shop = create_shop(KEEP, SIZES["small"], "parquet")
    settings = config.resolve_config(
        {"source": str(shop.folder), "organization": "mirador-austral"}, os.environ, KEEP
    )
    settings = replace(settings, report_seconds=SECONDS, memory=f"{MEMORY // MB}MB")
    request = Request(settings, os.environ, datetime(2026, 11, 23, tzinfo=UTC), Reporter(quiet=True))
    rows, beyond = [], 0
    for sql in HEAVY[:: _SMALL_STEP if is_small else 1]:
        end, seconds, peak = measure_statement(request, sql)
        is_within = seconds <= _OVERTIME * SECONDS and peak <= MEMORY + _MORE_MEMORY
        beyond += not is_within
        rows.append((sql[:_WIDTH], end, f"{seconds:.2f}", f"{peak / MB:.0f}", "" if is_within else "beyond"))
    print("\n".join(align_columns([("", "ended with", "s", "MB", ""), *rows], left={0, 1, 4})))
    print(
        f"\n{len(rows)} statements, limits of {SECONDS} s and {MEMORY // MB} MB: {beyond} beyond "
        f"{_OVERTIME} × {SECONDS} s or {(MEMORY + _MORE_MEMORY) // MB} MB"
    )


if __name__ == "__main__":
    main()
