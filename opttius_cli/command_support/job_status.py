"""``opttius report list`` and ``status``: list the jobs, and show whether their last runs came."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from opttius_cli import config as settings
from opttius_cli.command_support.jobs import load_jobs
from opttius_cli.command_support.options import CommonOptions, with_options
from opttius_cli.command_support.request import build_reporter, read_clock
from opttius_cli.errors import CheckFailedError, UsageError
from opttius_cli.i18n import N_, _, n_
from opttius_cli.render import sink
from opttius_cli.setting_parsers import parse_duration

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from opttius_cli.jobs.definition import Job
    from opttius_cli.jobs.status import JobStatus


@with_options(CommonOptions)
def list_(options: CommonOptions) -> None:
    """List the name, schedule, next due time, formats and output of each job."""
    from opttius_cli.schedule.due_instants import find_next

    jobs = load_jobs(settings.resolve_config({"language": options.lang}, os.environ, Path.cwd()))
    _warn_when_empty(options, jobs)
    rows = [
        (
            job.name,
            job.schedule.every if job.schedule else "—",
            _format_local_time(find_next(job.schedule, read_clock()), job) if job.schedule else "—",
            ", ".join(job.formats),
            job.output,
        )
        for job in jobs.values()
    ]
    _write_rows([(_("Report"), _("Every"), _("Next due"), _("Formats"), _("Output")), *rows])


@with_options(CommonOptions)
def status(
    options: CommonOptions,
    name: Annotated[str | None, typer.Argument(metavar=N_("NAME"), help=N_("Only this report."))] = None,
    max_age: Annotated[
        str | None,
        typer.Option(
            metavar=N_("AGE"), help=N_("A report is late when its last success is older (26h, 8d).")
        ),
    ] = None,
    format: Annotated[
        Literal["table", "json"], typer.Option("--format", "-f", help=N_("How it is written."))
    ] = "table",
) -> None:
    """Show each job's last run, last success and next due time."""
    from opttius_cli.jobs.definition import find_job
    from opttius_cli.jobs.status import BAD_VERDICTS

    jobs = load_jobs(settings.resolve_config({"language": options.lang}, os.environ, Path.cwd()))
    chosen = [find_job(jobs, name)] if name else list(jobs.values())
    _warn_when_empty(options, chosen)
    statuses = [(job, _compute_status(job, _parse_max_age(max_age))) for job in chosen]
    if format == "json":
        entries = [_build_json_entry(job_status) for _job, job_status in statuses]
        sink.write_stdout_text(json.dumps(entries, ensure_ascii=False, indent=2) + "\n")
    else:
        heading = (_("Report"), _("State"), _("Last success"), _("Next due"), _("Cause"))
        _write_rows([heading, *(_build_status_row(*job) for job in statuses)])
    bad = [job_status.job_name for _job, job_status in statuses if job_status.verdict in BAD_VERDICTS]
    if bad:
        raise CheckFailedError(
            n_(
                "{count} report did not come: {names}.",
                "{count} reports did not come: {names}.",
                len(bad),
                names=", ".join(bad),
            )
        )


def _warn_when_empty(options: CommonOptions, jobs: Collection[object]) -> None:
    if not jobs:
        build_reporter(options).show_note(
            _("No report is defined. Write a table [reports.NAME] in opttius.toml.")
        )


def _compute_status(job: Job, max_age: float | None) -> JobStatus:
    from opttius_cli.jobs.ledger import Ledger
    from opttius_cli.jobs.run_job import LEDGER_FILE, LOCK_FOLDER
    from opttius_cli.jobs.status import compute_status, read_runs

    state = settings.find_state_folder(os.environ)
    runs, is_running = read_runs(job, Ledger(state / LEDGER_FILE), state / LOCK_FOLDER)
    return compute_status(job, runs, read_clock(), is_running=is_running, max_age=max_age)


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
        "report": job_status.job_name,
        "state": job_status.verdict,
        "last_status": last.status if last else None,
        "last_started": last.started.isoformat() if last else None,
        "cause": last.cause if last else None,
        "seconds": last.seconds if last else None,
        "rows": last.rows if last else None,
        "files": list(last.files) if last else [],
        "alerts": last.alerts if last else 0,
        "last_success": success.ended.isoformat() if success and success.ended else None,
        "next_due": job_status.next_due.isoformat() if job_status.next_due else None,
    }


_STATE_LABELS = {
    "ok": N_("OK"),
    "never": N_("never made"),
    "running": N_("running"),
    "late": N_("late"),
    "failed": N_("failed"),
}


def _build_status_row(job: Job, job_status: JobStatus) -> tuple[str, ...]:
    success = job_status.success
    return (
        job_status.job_name,
        _(_STATE_LABELS[job_status.verdict]),
        _format_local_time(success.ended, job) if success and success.ended else "—",
        _format_local_time(job_status.next_due, job) if job_status.next_due else "—",
        (job_status.last.cause if job_status.last and job_status.verdict == "failed" else None) or "",
    )


def _format_local_time(moment: datetime, job: Job) -> str:
    """Return a moment in local time of the job's zone."""
    from zoneinfo import ZoneInfo

    from opttius_cli.period import DEFAULT_ZONE

    zone = job.schedule.zone if job.schedule else job.timezone or DEFAULT_ZONE
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _write_rows(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    sink.write_stdout_text("".join(f"{line}\n" for line in lines))
