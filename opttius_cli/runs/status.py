"""The status of jobs: last run, last success, next due instant, and whether the job is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from opttius_cli.runs.ledger import DELIVERED
from opttius_cli.runs.lock import is_alive
from opttius_cli.schedule import due

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.definitions import Definition
    from opttius_cli.runs.ledger import Ledger, Run

GRACE = timedelta(minutes=30)
"""How long after its due instant a job is not yet late."""

Verdict = Literal["ok", "never", "running", "late", "failed"]
BAD: tuple[Verdict, ...] = ("late", "failed")


@dataclass(frozen=True, slots=True)
class Standing:
    """The status of one job."""

    report: str
    verdict: Verdict
    last: Run | None
    success: Run | None
    next_due: datetime | None


def seen(definition: Definition, ledger: Ledger, locks: Path) -> tuple[list[Run], bool]:
    """Read the runs of a job, newest first, and whether the newest is working.

    No run has to wait for this.
    """
    looked_at = None
    while True:
        runs = ledger.of(definition.name, definition.file)
        if not runs or runs[0].status != "running":
            return runs, False
        alive = is_alive(locks, runs[0].alive)
        if alive or runs[0].id == looked_at:
            return runs, alive
        # It may have ended between reading the ledger and the lock: read the ledger again to find out.
        looked_at = runs[0].id


def standing(
    definition: Definition, runs: Sequence[Run], now: datetime, *, is_running: bool, max_age: float | None
) -> Standing:
    """Compute the status of ``job`` from its ``runs``, newest first.

    It is late when its last due instant passed more than a grace period ago without being delivered, or when
    its last success is older than ``max_age`` seconds.
    """
    ended = [run for run in runs if run.status != "running"]
    success = next((run for run in ended if run.status in DELIVERED), None)
    schedule = definition.schedule
    verdict: Verdict = "ok" if success else "never"
    if runs and runs[0].status == "running":
        # A killed run no longer holds its liveness lock.
        verdict = "running" if is_running else "failed"
    elif ended and ended[0].status not in DELIVERED:
        verdict = "failed"
    elif _is_late(definition, ended, now) or _is_old(success, now, max_age):
        verdict = "late"
    return Standing(
        definition.name,
        verdict,
        runs[0] if runs else None,
        success,
        due.following(schedule, now) if schedule else None,
    )


def _is_late(definition: Definition, ended: Sequence[Run], now: datetime) -> bool:
    if definition.schedule is None:
        return False
    expected = due.latest(definition.schedule, now - GRACE)
    if expected is None:
        return False
    return not any(run.due and run.due >= expected and run.status in DELIVERED for run in ended)


def _is_old(success: Run | None, now: datetime, max_age: float | None) -> bool:
    if max_age is None:
        return False
    return success is None or success.ended is None or (now - success.ended).total_seconds() > max_age
