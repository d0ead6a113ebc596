"""Compute the status of jobs, and show lists of jobs as a table or as JSON."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from opttius_cli import clock
from opttius_cli import config as settings
from opttius_cli.errors import OpttiusError, OutputError, UsageError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink
from opttius_cli.setting_parsers import parse_duration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from opttius_cli.config import Config
    from opttius_cli.diagnostics import Reporter
    from opttius_cli.jobs.definition import Job
    from opttius_cli.jobs.status import JobStatus

_STATE_LABELS = {
    "ok": N_("OK"),
    "never": N_("never run"),
    "running": N_("running"),
    "late": N_("late"),
    "failed": N_("failed"),
}


def write_job_table(jobs: Iterable[Job]) -> None:
    """Write the name, schedule, next due time, formats and output of each job."""
    from opttius_cli.schedule.due_instants import find_next

    moment = clock.now()
    rows = [
        (
            job.name,
            job.schedule.every if job.schedule else "—",
            _format_local_time(find_next(job.schedule, moment), job) if job.schedule else "—",
            ", ".join(job.formats),
            job.output,
        )
        for job in jobs
    ]
    _write_rows([(_("Job"), _("Every"), _("Next due"), _("Formats"), _("Output")), *rows])


def write_status_table(statuses: Iterable[tuple[Job, JobStatus]]) -> None:
    """Write the state, last success, next due time and cause of failure of each job."""
    heading = (_("Job"), _("State"), _("Last success"), _("Next due"), _("Cause"))
    _write_rows([heading, *(_build_status_row(job, job_status) for job, job_status in statuses)])


def write_status_json(statuses: Iterable[JobStatus]) -> None:
    """Write the last run, last success and next due time of each job as JSON."""
    entries = [_build_json_entry(job_status) for job_status in statuses]
    sink.write_stdout_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n")


def compute_statuses(
    jobs: Iterable[Job], max_age: str | None, reporter: Reporter | None = None
) -> list[tuple[Job, JobStatus]]:
    """Compute the status of each job from the ledger; ``reporter`` is told what in it is passed over.

    Raises:
        UsageError: ``max_age`` is invalid.
        OutputError: the ledger cannot be used.
    """
    from opttius_cli.jobs.ledger import LEDGER_FILE, Ledger
    from opttius_cli.jobs.run_job import LOCK_FOLDER
    from opttius_cli.jobs.status import compute_status, read_runs

    state, moment, seconds = settings.find_state_folder(os.environ), clock.now(), _parse_max_age(max_age)
    statuses, ledger = [], Ledger(state / LEDGER_FILE, reporter)
    for job in jobs:
        runs, is_running = read_runs(job, ledger, state / LOCK_FOLDER)
        statuses.append((job, compute_status(job, runs, moment, is_running=is_running, max_age=seconds)))
    return statuses


def count_jobs_in_trouble(config: Config) -> int:
    """Return how many jobs failed or are late; 0 where none is defined, or a definition cannot be used.

    Of jobs whose ledger cannot be used nobody knows that they delivered.
    """
    from opttius_cli.command_support.jobs import load_jobs
    from opttius_cli.jobs.status import BAD_VERDICTS

    try:
        jobs = load_jobs(config)
    except OpttiusError:
        # The commands of jobs say what is wrong with it.
        return 0
    try:
        statuses = compute_statuses(jobs.values(), None)
    except OutputError:
        return len(jobs)
    return sum(status.verdict in BAD_VERDICTS for _job, status in statuses)


def _parse_max_age(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(_("--max-age “{value}” must be {kind}.", value=text, kind=error)) from error


def _build_json_entry(job_status: JobStatus) -> dict[str, Any]:
    last, success = job_status.last, job_status.success
    return {
        "job": job_status.job_name,
        "state": job_status.verdict,
        "last_status": last.status if last else None,
        "last_started": last.started.isoformat() if last else None,
        "cause": last.cause if last else None,
        "seconds": last.seconds if last else None,
        "rows": last.rows if last else None,
        "files": list(last.files) if last else [],
        "alerts": last.alerts if last else 0,
        "refused_rows": last.refused_rows if last else 0,
        "emptied_cells": last.emptied_cells if last else 0,
        "last_success": success.ended.isoformat() if success and success.ended else None,
        "next_due": job_status.next_due.isoformat() if job_status.next_due else None,
    }


def _build_status_row(job: Job, job_status: JobStatus) -> tuple[str, ...]:
    from opttius_cli.render.cell_formatter import escape_control_chars

    success, is_failed = job_status.success, job_status.verdict == "failed"
    return (
        job_status.job_name,
        _(_STATE_LABELS[job_status.verdict]),
        _format_local_time(success.ended, job) if success and success.ended else "—",
        _format_local_time(job_status.next_due, job) if job_status.next_due else "—",
        escape_control_chars((job_status.last.cause or "") if job_status.last and is_failed else ""),
    )


def _format_local_time(moment: datetime, job: Job) -> str:
    """Return a moment in local time of the job's zone."""
    from zoneinfo import ZoneInfo

    from opttius_cli.period import DEFAULT_ZONE

    zone = job.schedule.zone if job.schedule else job.timezone or DEFAULT_ZONE
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _write_rows(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    sink.write_stdout_text("".join(f"{line}\n" for line in lines))
