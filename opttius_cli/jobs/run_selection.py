"""Several runs of a job in a row: the present one, the due one, or every missed one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from opttius_cli.errors import UsageError
from opttius_cli.i18n import _, n_
from opttius_cli.jobs import generate, pending, run_job
from opttius_cli.schedule import due_instants as schedules
from opttius_cli.snapshot.damage import retry_when_dropped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from opttius_cli.jobs.definition import Job
    from opttius_cli.jobs.run_job import Outcome, RunContext

SelectionMode = Literal["now", "due", "missed"]
"""``now``: a run in any case.

``due``: the last due instant if it is pending; ``missed``: every pending instant.
"""


@dataclass(frozen=True, slots=True)
class RunSelection:
    """Which runs of a job to make; ``as_of`` is an instant that the user chose, for a run ``now``."""

    mode: SelectionMode = "now"
    as_of: str | None = None


def run_all(context: RunContext, job: Job, selection: RunSelection) -> Iterator[Outcome]:
    """Make the selected runs of one job under its lock, oldest first.

    Raises:
        BusyError: another run of the job is at work.
        OpttiusError: a run failed; the later ones are not started.
    """
    with context.hold_locks(job):
        run_job.finish_killed_runs(context, job)
        for instant in _select_instants(context, job, selection):
            yield run_job.run_job(context, job, instant, selection.as_of)


def plan_all(context: RunContext, job: Job, selection: RunSelection) -> Iterator[generate.RunPlan]:
    """Plan the runs that :func:`run_all` would make; nothing is written except the snapshot."""
    for instant in _select_instants(context, job, selection):
        as_of = selection.as_of or (instant.isoformat() if instant else None)
        yield retry_when_dropped(partial(_plan_run, context, job, as_of))


def _plan_run(context: RunContext, job: Job, as_of: str | None) -> generate.RunPlan:
    return generate.plan_run(job, context.build_request(job, as_of))


def _select_instants(context: RunContext, job: Job, selection: RunSelection) -> list[datetime | None]:
    """Select the due instants to run; None stands for a run without one."""
    schedule = job.schedule
    if schedule is None and selection.mode != "now":
        raise UsageError(
            _(
                "The job {name} has no schedule, so nothing of it can be due. "
                'Write every = "mon 07:00" into [jobs.{name}].',
                name=job.name,
            )
        )
    if schedule is None or selection.as_of:
        return [None]
    now = context.clock()
    if selection.mode == "now":
        return [schedules.find_latest(schedule, now)]
    runs = context.ledger.list_runs(job.name, job.file)
    instants = pending.list_pending_instants(schedule, runs, now, include_missed=selection.mode == "missed")
    if selection.mode == "due" and instants and (missed := pending.list_missed_instants(schedule, runs, now)):
        context.reporter.show_note(
            n_(
                "{count} earlier run of {name} was missed. Type opttius job run {name} --catch-up to make it.",
                "{count} earlier runs of {name} were missed. Type opttius job run {name} --catch-up to make them.",
                len(missed),
                name=job.name,
            )
        )
    return list(instants)
