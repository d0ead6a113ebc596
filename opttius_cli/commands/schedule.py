"""``opttius schedule``: let cron, systemd or Windows run the jobs of this folder's opttius.toml."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opttius_cli import config as settings
from opttius_cli.command_support.command_group import build_group
from opttius_cli.command_support.jobs import describe_lacks, describe_undeliverable, list_variables, load_jobs
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import CommonOptions
from opttius_cli.diagnostics import Reporter
from opttius_cli.errors import ConfigError
from opttius_cli.i18n import N_, _, n_
from opttius_cli.render import sink

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.jobs.definition import Job
    from opttius_cli.schedule.call import Call

app = build_group()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOptions(CommonOptions):
    """The options of every command about timers."""

    systemd: Annotated[
        bool, typer.Option("--systemd", help=N_("Use systemd units instead of a cron line."))
    ] = False
    windows: Annotated[
        bool, typer.Option("--windows", help=N_("Use a task of Windows; on Windows this is the default."))
    ] = os.name == "nt"
    minutes: Annotated[
        int,
        typer.Option(
            metavar=N_("MINUTES"), help=N_("How many minutes between two checks for jobs that are due.")
        ),
    ] = 10


@app.command(help=N_("Print the line for cron, the units for systemd or the task for Windows."))
@with_options(ScheduleOptions)
def show(options: ScheduleOptions) -> None:
    """Print what install would write."""
    from opttius_cli.schedule import crontab, systemd, windows

    call = _build_call(options)
    if options.windows:
        file = windows.get_task_file(call, settings.find_state_folder(os.environ))
        sink.write_stdout_text(f"{windows.build_install_line(call, file)}\n\n{windows.build_task(call)}")
        return
    if not options.systemd:
        sink.write_stdout_text(crontab.build_block(call))
        return
    for name, text in systemd.build_units(call).items():
        sink.write_stdout_text(f"# {systemd.get_unit_folder(os.environ) / name}\n{text}\n")


@app.command(help=N_("Write them to your crontab, to your own systemd units, or to the tasks of Windows."))
@with_options(ScheduleOptions)
def install(options: ScheduleOptions) -> None:
    """Write the cron line or the systemd units, replacing what an earlier install wrote."""
    from opttius_cli.schedule import crontab, systemd

    call, reporter = _build_call(options), Reporter(options.quiet, options.verbose)
    _warn_of_lacks(_load_jobs(options), reporter)
    if options.windows:
        _install_task(call, reporter)
        return
    if options.systemd:
        files, is_running = systemd.install_units(call, systemd.get_unit_folder(os.environ))
        sink.write_stdout_text("".join(f"{file}\n" for file in files))
        if not is_running:
            reporter.show_note(
                _(
                    "systemd has not started the timer. Type systemctl --user enable --now {name}.",
                    name=files[-1].name,
                )
            )
        return
    before = crontab.read_crontab()
    _replace_crontab(before, crontab.insert_block(before, call), call, reporter)
    sink.write_stdout_text(crontab.build_block(call))


@app.command(help=N_("Remove what install wrote, and nothing else."))
@with_options(ScheduleOptions)
def remove(options: ScheduleOptions) -> None:
    """Remove the cron line with its marks, or the two systemd units."""
    from opttius_cli.schedule import crontab, systemd

    call, reporter = _build_call(options, require_job=False), Reporter(options.quiet, options.verbose)
    if options.windows:
        has_changed = _remove_task(call, reporter)
    elif options.systemd:
        files = systemd.remove_units(call, systemd.get_unit_folder(os.environ))
        sink.write_stdout_text("".join(f"{file}\n" for file in files))
        has_changed = bool(files)
    else:
        before = crontab.read_crontab()
        has_changed = _replace_crontab(before, crontab.remove_block(before, call.folder), call, reporter)
    if not has_changed:
        reporter.show_note(_("No schedule was installed for {folder}.", folder=call.folder))


def _replace_crontab(before: bytes, after: bytes, call: Call, reporter: Reporter) -> bool:
    """Write the crontab if it changes, and tell what stays between the marks; returns whether it changed."""
    from opttius_cli.schedule import crontab

    if after == before:
        return False
    copy = crontab.save_copy(before, settings.find_state_folder(os.environ))
    crontab.write_crontab(after)
    reporter.show_detail(_("The crontab as it was is in {file}.", file=copy))
    if count := crontab.count_foreign_lines(before, call.folder):
        reporter.show_note(
            n_(
                "{count} line between the marks in the crontab is not of opttius and was left there.",
                "{count} lines between the marks in the crontab are not of opttius and were left there.",
                count,
            )
        )
    return True


def _warn_of_lacks(jobs: Mapping[str, Job], reporter: Reporter) -> None:
    """Tell what jobs will lack when a timer runs them."""
    from opttius_cli.schedule.call import list_unseen_variables

    for lack in (*describe_lacks(jobs), *describe_undeliverable(jobs)):
        reporter.show_note(lack)
    if unseen := list_unseen_variables(os.environ, list_variables(jobs)):
        reporter.show_note(
            _(
                "A timer does not see what only this shell knows: {names}. Write settings into opttius.toml, "
                "secrets into a file ({file}), a database's password into ~/.pgpass.",
                names=", ".join(unseen),
                file="${file:PATH}",
            )
        )


def _load_jobs(options: ScheduleOptions) -> dict[str, Job]:
    """Load the jobs that the timers are for."""
    return load_jobs(settings.resolve_config({"language": options.lang}, os.environ, Path.cwd()))


def _install_task(call: Call, reporter: Reporter) -> None:
    """Write the task, and say what to type when Windows did not take it."""
    from opttius_cli.schedule import windows

    file, is_registered = windows.install_task(call, settings.find_state_folder(os.environ))
    sink.write_stdout_text(f"{file}\n")
    if not is_registered:
        line = windows.build_install_line(call, file)
        reporter.show_note(_("Windows has not registered the task. Type {line}", line=line))


def _remove_task(call: Call, reporter: Reporter) -> bool:
    """Remove the task's file, and say what to type when Windows did not remove the task; False without a file."""
    from opttius_cli.schedule import windows

    files, is_removed = windows.remove_task(call, settings.find_state_folder(os.environ))
    sink.write_stdout_text("".join(f"{file}\n" for file in files))
    if files and not is_removed:
        line = windows.build_remove_line(call)
        reporter.show_note(_("Windows has not removed the task. Type {line}", line=line))
    return bool(files)


def _build_call(options: ScheduleOptions, *, require_job: bool = True) -> Call:
    """Build the call for the nearest opttius.toml's folder. Raises ConfigError when no job has a schedule."""
    from opttius_cli.schedule.call import build_call

    files = settings.find_config_files(os.environ, Path.cwd())
    folder = files[0].parent.resolve() if files else Path.cwd()
    if require_job and not any(job.schedule for job in _load_jobs(options).values()):
        raise ConfigError(
            _('No job has a schedule. Write every = "mon 07:00" in a table [jobs.NAME] of opttius.toml.')
        )
    return build_call(folder, os.environ, options.minutes)
