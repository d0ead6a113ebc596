"""Pending runs: the due instants that the ledger does not yet record as finished.

An instant is finished when its files were delivered, or when it failed as often as a run is tried. For a job
without runs, its last due instant counts, so that none is lost between its definition and the first call.
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
"""How often a due run is tried before the job waits for its next instant."""
FURTHEST = timedelta(days=400)
"""How far back missed runs are caught up."""


def instants(
    schedule: Schedule, runs: Iterable[Run], now: datetime, *, missed: bool = False
) -> list[datetime]:
    """List the pending due instants, oldest first: only the last one, or all of them with ``include_missed``.

    ``runs`` are those of the job.
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
    # The limit of the look-back is not itself a due instant; the first recorded one is.
    found = [*([first] if first == since else []), *due.between(schedule, since, now)]
    return [one for one in found if one not in settled]


def missed(schedule: Schedule, runs: Iterable[Run], now: datetime) -> list[datetime]:
    """List the due instants that passed without a finished run, without the last one."""
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
