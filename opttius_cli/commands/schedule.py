"""``opttius schedule``: let cron or systemd run the jobs of this folder's opttius.toml."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opttius_cli import config as settings
from opttius_cli.commands.defined import definitions
from opttius_cli.commands.options import Shared, shared
from opttius_cli.diagnostics import Voice
from opttius_cli.errors import ConfigError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink

if TYPE_CHECKING:
    from opttius_cli.schedule.call import Call

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing(Shared):
    """The options of every command about timers."""

    systemd: Annotated[
        bool, typer.Option("--systemd", help=N_("Use systemd units instead of a cron line."))
    ] = False
    minutes: Annotated[
        int,
        typer.Option(
            metavar=N_("MINUTES"), help=N_("How many minutes between two checks for reports that are due.")
        ),
    ] = 10


@app.command(help=N_("Print the line for cron, or the units for systemd."))
@shared(Timing)
def show(options: Timing) -> None:
    """Print what install would write."""
    from opttius_cli.schedule import crontab, systemd

    call = _call(options)
    if not options.systemd:
        sink.write_text(crontab.block(call))
        return
    for name, text in systemd.units(call).items():
        sink.write_text(f"# {systemd.folder(os.environ) / name}\n{text}\n")


@app.command(help=N_("Write them to your crontab, or to your own systemd units."))
@shared(Timing)
def install(options: Timing) -> None:
    """Write the cron line or the systemd units, replacing what an earlier install wrote."""
    from opttius_cli.schedule import crontab, systemd

    call, voice = _call(options), Voice(options.quiet, options.verbose)
    if options.systemd:
        files, is_running = systemd.install(call, systemd.folder(os.environ))
        sink.write_text("".join(f"{file}\n" for file in files))
        if not is_running:
            voice.note(
                _(
                    "systemd has not started the timer. Type systemctl --user enable --now {name}.",
                    name=files[-1].name,
                )
            )
        return
    before = crontab.read()
    after = crontab.with_call(before, call)
    if after != before:
        crontab.write(after)
    sink.write_text(crontab.block(call))


@app.command(help=N_("Remove what install wrote, and nothing else."))
@shared(Timing)
def remove(options: Timing) -> None:
    """Remove the cron line with its marks, or the two systemd units."""
    from opttius_cli.schedule import crontab, systemd

    call, voice = _call(options, needed=False), Voice(options.quiet, options.verbose)
    if options.systemd:
        files = systemd.remove(call, systemd.folder(os.environ))
        sink.write_text("".join(f"{file}\n" for file in files))
        found = bool(files)
    else:
        before = crontab.read()
        after = crontab.without(before, call.folder)
        found = after != before
        if found:
            crontab.write(after)
    if not found:
        voice.note(_("No schedule was installed for {folder}.", folder=call.folder))


def _call(options: Timing, *, needed: bool = True) -> Call:
    """Build the call for the nearest opttius.toml's folder. Raises ConfigError when no job has a schedule."""
    from opttius_cli.schedule.call import call_of

    files = settings.files(os.environ, Path.cwd())
    folder = files[0].parent.resolve() if files else Path.cwd()
    if needed:
        config = settings.load({"language": options.lang}, os.environ, Path.cwd())
        if not any(one.schedule for one in definitions(config).values()):
            raise ConfigError(
                _(
                    'No report has a schedule. Write every = "mon 07:00" in a table [reports.NAME] of '
                    "opttius.toml."
                )
            )
    return call_of(folder, os.environ, options.minutes)
