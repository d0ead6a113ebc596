"""Pending runs: the due instants that the ledger does not yet record as finished.

An instant is finished when its files were delivered, or when it failed as often as a run is tried. For a job
without runs, its last due instant counts, so that none is lost between its definition and the first call.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from opttius_cli.jobs.ledger import DELIVERED
from opttius_cli.schedule import due_instants

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from opttius_cli.jobs.definition import Schedule
    from opttius_cli.jobs.ledger import Run

MAX_ATTEMPTS = 3
"""How often a due run is tried before the job waits for its next instant."""
MAX_LOOKBACK = timedelta(days=400)
"""How far back missed runs are caught up."""


def list_pending_instants(
    schedule: Schedule, runs: Iterable[Run], now: datetime, *, include_missed: bool = False
) -> list[datetime]:
    """List the pending due instants, oldest first: only the last one, or all of them with ``include_missed``.

    ``runs`` are those of the job.
    """
    last = due_instants.find_latest(schedule, now)
    if last is None:
        return []
    all_runs = list(runs)
    finished = _find_finished(all_runs)
    if not include_missed:
        return [last] if last not in finished else []
    first = min((run.due for run in all_runs if run.due), default=last)
    since = max(first, now - MAX_LOOKBACK)
    # The limit of the look-back is not itself a due instant; the first recorded one is.
    candidates = [*([first] if first == since else []), *due_instants.iter_due_instants(schedule, since, now)]
    return [instant for instant in candidates if instant not in finished]


def list_missed_instants(schedule: Schedule, runs: Iterable[Run], now: datetime) -> list[datetime]:
    """List the due instants that passed without a finished run, without the last one."""
    last = due_instants.find_latest(schedule, now)
    return [
        instant
        for instant in list_pending_instants(schedule, runs, now, include_missed=True)
        if instant != last
    ]


def _find_finished(runs: Iterable[Run]) -> set[datetime]:
    failures: Counter[datetime] = Counter()
    delivered = set()
    for run in runs:
        if run.due is None or run.status == "running":
            continue
        if run.status in DELIVERED:
            delivered.add(run.due)
        else:
            failures[run.due] += 1
    return delivered | {instant for instant, times in failures.items() if times >= MAX_ATTEMPTS}
