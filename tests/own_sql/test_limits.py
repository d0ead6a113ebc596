"""SQL of a user ends at its limits, whatever DuckDB is doing then, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cli.run_program import MIRADOR, PROGRAM

from opttius_cli.engines.own_sql import memory
from opttius_cli.engines.own_sql.errors import InvalidSqlError
from opttius_cli.errors import OutOfMemoryError, TimeLimitError
from own_sql.conftest import open_analyst
from own_sql.hungry import HUNGRY

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS, MEMORY = 1, 300_000_000
ENDLESS = "SELECT count(*) AS n FROM range(1000000000000)"


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
        with pytest.raises((TimeLimitError, OutOfMemoryError, InvalidSqlError)):
            analyst.ask(sql)
        assert peak[0] < MEMORY + 200_000_000
        # The next question is answered, by another process.
        assert analyst.ask("SELECT 2 AS n") == [{"n": 2}]
    assert not [entry for entry in shop.parent.iterdir() if entry.name.endswith(".spill")]


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says which process is whose child")
def test_a_process_does_not_outlive_a_program_that_is_killed(shop: Path) -> None:
    program = subprocess.Popen(
        [PROGRAM, "sql", ENDLESS, "-s", shop, *MIRADOR],
        env=os.environ | {"OPTTIUS_LIMITS_REPORT_SECONDS": "0"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    children = Path(f"/proc/{program.pid}/task/{program.pid}/children")
    child = wait_for(lambda: children.read_text(encoding="ascii").split() and find_busy(children))
    assert child
    program.kill()
    program.wait()
    assert wait_for(lambda: memory.read_resident_bytes(int(child)) in {None, 0})
    assert not list(shop.parent.glob(f"*.{child}.spill"))


def find_busy(children: Path) -> str | None:
    """The child that runs a statement: it has used more of the processor than it takes to open a session."""
    (child,) = children.read_text(encoding="ascii").split()
    used = sum(map(int, Path(f"/proc/{child}/stat").read_text(encoding="ascii").split()[13:15]))
    return child if used > 2 * os.sysconf("SC_CLK_TCK") else None


def wait_for(condition: Callable[[], object]) -> Any:
    """What ``condition`` returns as soon as it is true; its last answer after a minute."""
    answer = None
    for _attempt in range(1200):
        if answer := condition():
            break
        time.sleep(0.05)
    return answer


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
