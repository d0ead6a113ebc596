"""Which runs are to be made now: those that are due and not ticked off in the ledger, each once.

An instant is ticked off when its files were delivered, or when it failed as often as it is tried. The first
time that a report is seen its last due instant counts, so that nothing is lost between defining and calling.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from opttius_cli.runs.ledger import DELIVERED
from opttius_cli.schedule import due

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from opttius_cli.definitions import Schedule
    from opttius_cli.runs.ledger import Run

ATTEMPTS = 3
"""How often a due run is tried before it waits for its next time."""
FURTHEST = timedelta(days=400)
"""How far back missed runs are made up for."""


def instants(
    schedule: Schedule, runs: Iterable[Run], now: datetime, *, missed: bool = False
) -> list[datetime]:
    """The due instants that are to be made now, the oldest first: the last one, with ``missed`` all of them.

    ``runs`` are those of the report.
    """
    last = due.latest(schedule, now)
    if last is None:
        return []
    told = list(runs)
    settled = _settled(told)
    if not missed:
        return [last] if last not in settled else []
    first = min((run.due for run in told if run.due), default=last)
    since = max(first, now - FURTHEST)
    # As far as one looks back is a moment like any other: nothing was due at it.
    found = [*([first] if first == since else []), *due.between(schedule, since, now)]
    return [one for one in found if one not in settled]


def missed(schedule: Schedule, runs: Iterable[Run], now: datetime) -> list[datetime]:
    """The due instants that passed without being made, the last one not counted."""
    last = due.latest(schedule, now)
    return [one for one in instants(schedule, runs, now, missed=True) if one != last]


def _settled(runs: Iterable[Run]) -> set[datetime]:
    tried: Counter[datetime] = Counter()
    delivered = set()
    for run in runs:
        if run.due is None or run.status == "running":
            continue
        if run.status in DELIVERED:
            delivered.add(run.due)
        else:
            tried[run.due] += 1
    return delivered | {instant for instant, times in tried.items() if times >= ATTEMPTS}
