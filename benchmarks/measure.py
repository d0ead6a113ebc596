"""One process: how long it took, how much processor it used, and its largest memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from statistics import median
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

# What the kernel counts memory in: kilobytes, on macOS bytes.
_MEMORY_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True)
class Measure:
    """Seconds on the clock, seconds of processor time (user and system), and peak memory in bytes."""

    wall: float
    cpu: float
    memory: int


class CommandFailedError(Exception):
    """A command that was to be measured did not work."""

    def __init__(self, command: Sequence[str], code: int, stderr: str) -> None:
        super().__init__(f"{' '.join(command)} ended with {code}:\n{stderr}")


def measure_once(
    command: Sequence[str], *, folder: Path, environment: Mapping[str, str], on_terminal: bool = False
) -> Measure:
    """Run ``command`` once in ``folder``, its output thrown away or shown to a terminal. Raises CommandFailedError."""
    stderr_file = folder / "stderr.txt"
    with stderr_file.open("wb") as errors, _open_output(on_terminal=on_terminal) as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
    # The process was waited for here, which Popen cannot know.
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        text = stderr_file.read_text(encoding="utf-8", errors="replace")
        raise CommandFailedError(command, process.returncode, text)
    return Measure(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * _MEMORY_UNIT)


@contextmanager
def _open_output(*, on_terminal: bool) -> Iterator[int]:
    """Yield a descriptor for the output of a process: a terminal that somebody reads, or nothing at all."""
    if not on_terminal:
        yield subprocess.DEVNULL
        return
    reader, writer = os.openpty()

    def read_all() -> None:
        with suppress(OSError):
            while os.read(reader, 1 << 16):
                pass

    thread = Thread(target=read_all, daemon=True)
    thread.start()
    try:
        yield writer
    finally:
        os.close(writer)
        thread.join()
        os.close(reader)


def measure_ratio(
    command: Sequence[str],
    against: Sequence[str],
    times: int,
    *,
    folder: Path,
    environment: Mapping[str, str],
    on_terminal: bool = False,
) -> tuple[Measure, float]:
    """Run two commands in turn: the median of the first's figures, and of its CPU time over the other's, pair by pair.

    Raises:
        CommandFailedError: one of the runs did not work.
    """

    def measure(words: Sequence[str]) -> Measure:
        return measure_once(words, folder=folder, environment=environment, on_terminal=on_terminal)

    pairs = [(measure(command), measure(against)) for _ in range(times + 1)][1:]
    return compute_median([ours for ours, _theirs in pairs]), median(
        ours.cpu / theirs.cpu for ours, theirs in pairs
    )


def measure_median(
    command: Sequence[str], times: int, *, folder: Path, environment: Mapping[str, str]
) -> Measure:
    """The median of each figure over ``times`` runs, after one that is not counted.

    Raises:
        CommandFailedError: one of the runs did not work.
    """
    measure_once(command, folder=folder, environment=environment)
    return compute_median(
        [measure_once(command, folder=folder, environment=environment) for _ in range(times)]
    )


def compute_median(runs: Sequence[Measure]) -> Measure:
    """The median of each figure."""
    return Measure(
        median(run.wall for run in runs),
        median(run.cpu for run in runs),
        int(median(run.memory for run in runs)),
    )
