"""The status of jobs: last run, last success, next due instant, and whether the job is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from opttius_cli.jobs.ledger import DELIVERED
from opttius_cli.jobs.lock import is_alive
from opttius_cli.schedule import due_instants

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.jobs.definition import Job
    from opttius_cli.jobs.ledger import Ledger, Run

GRACE_PERIOD = timedelta(minutes=30)
"""How long after its due instant a job is not yet late."""

Verdict = Literal["ok", "never", "running", "late", "failed"]
BAD_VERDICTS: tuple[Verdict, ...] = ("late", "failed")


@dataclass(frozen=True, slots=True)
class JobStatus:
    """The status of one job."""

    job_name: str
    verdict: Verdict
    last: Run | None
    success: Run | None
    next_due: datetime | None


def read_runs(job: Job, ledger: Ledger, locks: Path) -> tuple[list[Run], bool]:
    """Read the runs of a job, newest first, and whether the newest is working.

    No run has to wait for this.
    """
    probed_id = None
    while True:
        runs = ledger.list_runs(job.name, job.file)
        if not runs or runs[0].status != "running":
            return runs, False
        alive = is_alive(locks, runs[0].alive)
        if alive or runs[0].id == probed_id:
            return runs, alive
        # It may have ended between reading the ledger and the lock: read the ledger again to find out.
        probed_id = runs[0].id


def compute_status(
    job: Job, runs: Sequence[Run], now: datetime, *, is_running: bool, max_age: float | None
) -> JobStatus:
    """Compute the status of ``job`` from its ``runs``, newest first.

    It is late when its last due instant passed more than a grace period ago without being delivered, or when
    its last success is older than ``max_age`` seconds.
    """
    ended = [run for run in runs if run.status != "running"]
    success = next((run for run in ended if run.status in DELIVERED), None)
    schedule = job.schedule
    verdict: Verdict = "ok" if success else "never"
    if runs and runs[0].status == "running":
        # A killed run no longer holds its liveness lock.
        verdict = "running" if is_running else "failed"
    elif ended and ended[0].status not in DELIVERED:
        verdict = "failed"
    elif _is_late(job, ended, now) or _is_old(success, now, max_age):
        verdict = "late"
    return JobStatus(
        job.name,
        verdict,
        runs[0] if runs else None,
        success,
        due_instants.find_next(schedule, now) if schedule else None,
    )


def _is_late(job: Job, ended: Sequence[Run], now: datetime) -> bool:
    if job.schedule is None:
        return False
    expected = due_instants.find_latest(job.schedule, now - GRACE_PERIOD)
    if expected is None:
        return False
    return not any(run.due and run.due >= expected and run.status in DELIVERED for run in ended)


def _is_old(success: Run | None, now: datetime, max_age: float | None) -> bool:
    if max_age is None:
        return False
    return success is None or success.ended is None or (now - success.ended).total_seconds() > max_age
