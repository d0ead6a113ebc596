"""SQL of a user ends at its limits, whatever DuckDB is doing then, and leaves nothing behind."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from opttius_cli.engines.own_sql import memory
from opttius_cli.engines.own_sql.errors import InvalidSqlError
from opttius_cli.errors import OutOfMemoryError, TimeLimitError
from own_sql.conftest import open_analyst
from own_sql.hungry import HUNGRY

if TYPE_CHECKING:
    from pathlib import Path

SECONDS, MEMORY = 1, 300_000_000


@pytest.mark.parametrize("sql", HUNGRY.values(), ids=HUNGRY)
def test_a_statement_ends_at_its_limits(shop: Path, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    peak = [0]
    read = memory.read_resident_bytes

    def watch(process: int) -> int | None:
        resident = read(process)
        peak[0] = max(peak[0], resident or 0)
        return resident

    monkeypatch.setattr("opttius_cli.engines.own_sql.process.read_resident_bytes", watch)
    with open_analyst(shop, report_seconds=SECONDS) as analyst:
        analyst.ask("SELECT 1 AS n")
        start = time.monotonic()
        with pytest.raises((TimeLimitError, OutOfMemoryError, InvalidSqlError)):
            analyst.ask(sql)
        # The rest is for a machine that does other things, too.
        assert time.monotonic() - start < 1.2 * SECONDS + 1
        assert peak[0] < MEMORY + 200_000_000
        # The next question is answered, by another process.
        assert analyst.ask("SELECT 2 AS n") == [{"n": 2}]
    assert not [entry for entry in shop.parent.iterdir() if entry.name.endswith(".spill")]


def test_how_much_memory_a_process_has() -> None:
    code = "import sys; data = bytearray(80_000_000); print('x', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        resident = memory.read_resident_bytes(process.pid)
        process.kill()
    assert resident is not None
    assert 80_000_000 < resident < 200_000_000
    assert memory.read_resident_bytes(process.pid) is None
