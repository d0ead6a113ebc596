"""What a server uses while it answers: no clock of the client's process counts that. Only where there is /proc."""

from __future__ import annotations

import os
import re
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.measure import Measure

PEAK = "server-memory"
"""The file in the working folder with the peak memory of the server's process, in bytes."""
_WAIT = 5.0
_PROC = Path("/proc")


def write_peak_memory(pid: int) -> None:
    """Leave in the working folder the most memory that a process has used, shared pages included."""
    with suppress(OSError):
        peak = re.search(r"^VmHWM:\s+(\d+) kB", (_PROC / str(pid) / "status").read_text(), re.MULTILINE)
        if peak:
            Path(PEAK).write_text(str(1024 * int(peak[1])))


def measure_with_server(server: int, folder: Path, measure: Callable[[], Measure]) -> Measure:
    """Measure a client, and add the processor time of the whole server and the memory of its process for the client."""
    peak = folder / PEAK
    peak.unlink(missing_ok=True)
    before, used = list_children(server), read_cpu(server)
    client = measure()
    # A process that has ended counts for its parent only when that has noticed.
    ends = time.monotonic() + _WAIT
    while list_children(server) - before and time.monotonic() < ends:
        time.sleep(0.01)
    memory = int(peak.read_text()) if peak.is_file() else 0
    return replace(client, cpu=client.cpu + read_cpu(server) - used, memory=client.memory + memory)


def list_children(pid: int) -> set[int]:
    """List the processes that a process started and that still run."""
    with suppress(OSError):
        return set(map(int, (_PROC / str(pid) / "task" / str(pid) / "children").read_text().split()))
    return set()


def read_cpu(pid: int) -> float:
    """Read the seconds of processor time of a process, its running children, and those that it waited for."""
    return sum(_read_ticks(one) for one in (pid, *list_children(pid))) / os.sysconf("SC_CLK_TCK")


def _read_ticks(pid: int) -> int:
    with suppress(OSError):
        # What follows the name, which may hold anything: from the third field on.
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(") ")[2].split()
        return sum(map(int, fields[11:15]))
    return 0
