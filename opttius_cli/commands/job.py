"""``opttius job``: run the jobs that opttius.toml defines, list them, and show their status."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from opttius_cli import clock, diagnostics
from opttius_cli import config as settings
from opttius_cli.command_support import job_status
from opttius_cli.command_support.command_group import build_group
from opttius_cli.command_support.jobs import build_job_request, load_jobs
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import CommonOptions, LoadOptions
from opttius_cli.command_support.request import build_reporter, load_config
from opttius_cli.command_support.value_completion import complete_jobs
from opttius_cli.errors import AlertError, BusyError, CheckFailedError, OpttiusError, UsageError
from opttius_cli.i18n import N_, _, n_
from opttius_cli.jobs.loss import count_loss
from opttius_cli.render import sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.audit import AuditRecord
    from opttius_cli.jobs.definition import Job
    from opttius_cli.jobs.run_job import Outcome, RunContext
    from opttius_cli.jobs.run_selection import RunSelection

app = build_group()


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRunOptions(LoadOptions):
    """The options of a run of jobs."""

    due: Annotated[bool, typer.Option("--due", help=N_("Every job that is due and not delivered yet."))] = (
        False
    )
    catch_up: Annotated[
        bool,
        typer.Option("--catch-up", help=N_("Every run that was due and not delivered yet, also older ones.")),
    ] = False
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar=N_("WHEN"),
            help=N_("The instant the files show; the due time when not given."),
        ),
    ] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help=N_("Only print which files would be made."))] = (
        False
    )
    if_changed: Annotated[
        bool,
        typer.Option("--if-changed", help=N_("Keep the files when nothing in them has changed.")),
    ] = False
    fail_on_alert: Annotated[
        bool, typer.Option("--fail-on-alert", help=N_("Exit 10 when an alert is raised."))
    ] = False
    on_success: Annotated[
        str | None, typer.Option(metavar=N_("COMMAND"), help=N_("Run this after a job has succeeded."))
    ] = None
    on_failure: Annotated[
        str | None, typer.Option(metavar=N_("COMMAND"), help=N_("Run this after a job has failed."))
    ] = None


@app.command(help=N_("Make the files of a job: all of them, or none."))
@with_options(JobRunOptions)
def run(
    options: JobRunOptions,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar=N_("NAME"),
            help=N_("A job of opttius.toml; job list names them."),
            autocompletion=complete_jobs,
        ),
    ] = None,
) -> None:
    """Run one job by name, or all that are due; print the path of every file that was made."""
    from opttius_cli.jobs.definition import find_job
    from opttius_cli.jobs.run_selection import RunSelection

    if name is None and not options.due and not options.catch_up:
        raise UsageError(_("Which job? Type opttius job run NAME, or opttius job run --due."))
    if options.as_of and (options.due or options.catch_up):
        raise UsageError(_("--as-of names one instant: leave out --due and --catch-up."))
    config = load_config(options)
    jobs = load_jobs(config)
    selection = RunSelection("missed" if options.catch_up else "due" if options.due else "now", options.as_of)
    chosen = [find_job(jobs, name)] if name else [job for job in jobs.values() if job.schedule]
    context = _build_run_context(options, config)
    if options.dry_run:
        _print_plan(context, chosen, selection)
        return
    with _raise_on_sigterm():
        alert_count = _run_jobs(context, chosen, selection, options.record)
    if alert_count and options.fail_on_alert:
        raise AlertError(alert_count)


@app.command("list", help=N_("The jobs that opttius.toml defines."))
@with_options(CommonOptions)
def list_(options: CommonOptions) -> None:
    """List the name, schedule, next due time, formats and output of each job."""
    job_status.write_job_table(_load_jobs(options).values())


@app.command(help=N_("Whether the jobs delivered: exit 1 when one is late or has failed."))
@with_options(CommonOptions)
def status(
    options: CommonOptions,
    name: Annotated[
        str | None,
        typer.Argument(metavar=N_("NAME"), help=N_("Only this job."), autocompletion=complete_jobs),
    ] = None,
    max_age: Annotated[
        str | None,
        typer.Option(metavar=N_("AGE"), help=N_("A job is late when its last success is older (26h, 8d).")),
    ] = None,
    format: Annotated[
        Literal["table", "json"], typer.Option("--format", "-f", help=N_("How it is written."))
    ] = "table",
) -> None:
    """Show each job's last run, last success and next due time."""
    from opttius_cli.jobs.definition import find_job
    from opttius_cli.jobs.status import BAD_VERDICTS

    jobs = _load_jobs(options)
    chosen = [find_job(jobs, name)] if name else list(jobs.values())
    statuses = job_status.compute_statuses(chosen, max_age, build_reporter(options))
    if format == "json":
        job_status.write_status_json(status for _job, status in statuses)
    else:
        job_status.write_status_table(statuses)
    bad = [status.job_name for _job, status in statuses if status.verdict in BAD_VERDICTS]
    if bad:
        raise CheckFailedError(
            n_(
                "{count} job did not deliver: {names}.",
                "{count} jobs did not deliver: {names}.",
                len(bad),
                names=", ".join(bad),
            )
        )


def _load_jobs(options: CommonOptions) -> dict[str, Job]:
    """Load the jobs, with a note when there is none."""
    jobs = load_jobs(settings.resolve_config({"language": options.lang}, os.environ, Path.cwd()))
    if not jobs:
        build_reporter(options).show_note(_("No job is defined. Write a table [jobs.NAME] in opttius.toml."))
    return jobs


def _build_run_context(options: JobRunOptions, config: settings.Config) -> RunContext:
    """Build what every run needs: state folder, clock, stderr, requests and hooks."""
    from opttius_cli.jobs.ledger import LEDGER_FILE, Ledger
    from opttius_cli.jobs.run_job import RunContext

    folder, reporter = settings.find_state_folder(os.environ), build_reporter(options)
    return RunContext(
        state_folder=folder,
        ledger=Ledger(folder / LEDGER_FILE, reporter),
        clock=clock.now,
        reporter=reporter,
        build_request=lambda job, instant: build_job_request(options, config, job, instant, clock.now()),
        environment=os.environ,
        if_changed=options.if_changed,
        on_success=options.on_success,
        on_failure=options.on_failure,
    )


def _print_plan(context: RunContext, chosen: list[Job], selection: RunSelection) -> None:
    from opttius_cli.jobs import run_selection

    for job in chosen:
        for plan in run_selection.plan_all(context, job, selection):
            context.reporter.show_note(
                _("{name}, as of {as_of}:", name=job.name, as_of=plan.clock.as_of.isoformat())
            )
            sink.write_stdout_text("".join(f"{plan.folder / name}\n" for name in plan.file_names))


def _run_jobs(context: RunContext, chosen: list[Job], selection: RunSelection, record: AuditRecord) -> int:
    """Run each job; returns how many alerts were raised. A job that fails does not stop the others."""
    from opttius_cli.jobs import run_selection
    from opttius_cli.jobs.ledger_file import set_aside_damaged

    if aside := set_aside_damaged(context.ledger.file, context.clock()):
        context.reporter.show_note(
            _(
                "Note: the ledger {file} was damaged. It is now {aside}, and a new one begins: a job that "
                "delivered may be due again.",
                file=context.ledger.file,
                aside=aside.name,
            )
        )
    alert_count, errors = 0, []
    for job in chosen:
        try:
            for outcome in run_selection.run_all(context, job, selection):
                record.rows = (record.rows or 0) + (outcome.run.rows or 0)
                record.output = str(outcome.folder.absolute())
                _report_outcome(context, outcome)
                alert_count += len(outcome.raised)
                if outcome.error:
                    raise outcome.error
        except OpttiusError as error:
            if len(chosen) == 1:
                raise
            context.reporter.show_error(f"{job.name}: {error}")
            errors.append(error)
    if errors:
        first = next((failure for failure in errors if not isinstance(failure, BusyError)), errors[0])
        raise typer.Exit(diagnostics.exit_code(first))
    return alert_count


def _report_outcome(context: RunContext, outcome: Outcome) -> None:
    """Print the outcome of a run: the paths on stdout, the rest on stderr."""
    messages = {
        "unchanged": _("{name}: nothing has changed; the files were kept.", name=outcome.run.job),
        "empty": _("{name}: its files hold no data; they were delivered anyway.", name=outcome.run.job),
    }
    if outcome.run.status in messages:
        context.reporter.show_note(messages[outcome.run.status])
    if loss := count_loss(outcome.run.refused_rows, outcome.run.emptied_cells):
        context.reporter.show_note(
            _("{name}: a part of the data could not be read: {loss}.", name=outcome.run.job, loss=loss)
        )
    for alert in outcome.raised:
        context.reporter.show_note(_("Alert: {sentence}", sentence=alert.sentence))
    if outcome.run.status != "unchanged":
        sink.write_stdout_text("".join(f"{file}\n" for file in outcome.files))


@contextmanager
def _raise_on_sigterm() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does, so that no partial files stay and the ledger records it."""

    def raise_interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    previous_handler = signal.signal(signal.SIGTERM, raise_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous_handler)
