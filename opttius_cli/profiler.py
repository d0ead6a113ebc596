"""Measure the steps of a run for --profile: seconds, rows, and the most memory that the process has held by then."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NONE = "—"
_BYTES_PER_UNIT = 1 if sys.platform == "darwin" else 1024
"""What the system counts peak memory in: bytes on macOS, kibibytes elsewhere."""


@dataclass(slots=True)
class Step:
    """One step: its seconds and rows, and the peak of the process's memory when it ended, in bytes."""

    name: str
    seconds: float = 0.0
    rows: int | None = None
    peak: int | None = None


@dataclass(slots=True)
class Profiler:
    """The measured steps of a run, in the order in which they ended."""

    is_on: bool = False
    steps: list[Step] = field(default_factory=list)
    started: float = field(default_factory=time.perf_counter)

    @contextmanager
    def measure(self, name: str) -> Iterator[Step]:
        """Measure what is done within; whoever knows the rows puts them into the step."""
        step = Step(name)
        started = time.perf_counter()
        try:
            yield step
        finally:
            if self.is_on:
                step.seconds, step.peak = time.perf_counter() - started, read_peak_memory()
                self.steps.append(step)

    def list_lines(self) -> list[str]:
        """Return a table of the steps, and what all of the run took: part of that is no step, such as imports."""
        total = Step(_("whole run"), time.perf_counter() - self.started, None, read_peak_memory())
        heading = (_("step"), _("seconds"), _("rows"), _("peak MB"))
        return _align([heading, *(_write_cells(step) for step in (*self.steps, total))])


def read_peak_memory() -> int | None:
    """Return the most memory that this process has held, in bytes; None where the system does not count it."""
    try:
        from resource import RUSAGE_SELF, getrusage
    except ImportError:
        return None
    return getrusage(RUSAGE_SELF).ru_maxrss * _BYTES_PER_UNIT


def _write_cells(step: Step) -> tuple[str, str, str, str]:
    rows = _NONE if step.rows is None else str(step.rows)
    peak = _NONE if step.peak is None else f"{step.peak / 1_000_000:.0f}"
    return step.name, f"{step.seconds:.3f}", rows, peak


def _align(rows: Sequence[tuple[str, str, str, str]]) -> list[str]:
    """Return the rows as lines: the first column from the left, the others from the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            [
                name.ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)),
            ]
        )
        for name, *cells in rows
    ]
