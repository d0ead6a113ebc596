"""``opttius report``: run the jobs that opttius.toml defines, list them, and show their status."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opttius_cli import config as settings
from opttius_cli import diagnostics
from opttius_cli.commands import standing
from opttius_cli.commands.asking import configured, now, voice
from opttius_cli.commands.defined import definitions, request
from opttius_cli.commands.options import Loading, shared
from opttius_cli.errors import AlertError, BusyError, OpttiusError, UsageError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.audit import Record
    from opttius_cli.definitions import Definition
    from opttius_cli.runs.running import Outcome, Post
    from opttius_cli.runs.series import Wanted

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.command("list", help=N_("The reports that opttius.toml defines."))(standing.list_)
app.command(help=N_("Whether the reports came: exit 1 when one is late or has failed."))(standing.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making(Loading):
    """The options of a run of jobs."""

    due: Annotated[bool, typer.Option("--due", help=N_("Every report that is due and not made yet."))] = False
    catch_up: Annotated[
        bool,
        typer.Option("--catch-up", help=N_("Every run that was due and is not made yet, also older ones.")),
    ] = False
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar=N_("WHEN"),
            help=N_("The instant the report shows; its due time when not given."),
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
        str | None, typer.Option(metavar=N_("COMMAND"), help=N_("Run this after a report was made."))
    ] = None
    on_failure: Annotated[
        str | None, typer.Option(metavar=N_("COMMAND"), help=N_("Run this after a report could not be made."))
    ] = None


@app.command(help=N_("Make the files of a report: all of them, or none."))
@shared(Making)
def run(
    options: Making,
    name: Annotated[
        str | None,
        typer.Argument(metavar=N_("NAME"), help=N_("A report of opttius.toml; report list names them.")),
    ] = None,
) -> None:
    """Run one job by name, or all that are due; print the path of every file that was made."""
    from opttius_cli.definitions import named
    from opttius_cli.runs.series import Wanted

    if name is None and not options.due and not options.catch_up:
        raise UsageError(_("Which report? Type opttius report run NAME, or opttius report run --due."))
    if options.as_of and (options.due or options.catch_up):
        raise UsageError(_("--as-of names one instant: leave out --due and --catch-up."))
    config = configured(options)
    known = definitions(config)
    wanted = Wanted("missed" if options.catch_up else "due" if options.due else "now", options.as_of)
    chosen = [named(known, name)] if name else [one for one in known.values() if one.schedule]
    post = _post(options, config)
    if options.dry_run:
        _foretell(post, chosen, wanted)
        return
    with _ended_by_sigterm():
        raised = _made(post, chosen, wanted, options.record)
    if raised and options.fail_on_alert:
        raise AlertError(raised)


def _post(options: Making, config: settings.Config) -> Post:
    """Build what every run needs: state folder, clock, stderr, requests and hooks."""
    from opttius_cli.runs.running import Post

    return Post(
        state=settings.state_folder(os.environ),
        clock=now,
        voice=voice(options),
        request=lambda definition, instant: request(options, config, definition, instant, now()),
        environment=os.environ,
        if_changed=options.if_changed,
        on_success=options.on_success,
        on_failure=options.on_failure,
    )


def _foretell(post: Post, chosen: list[Definition], wanted: Wanted) -> None:
    from opttius_cli.runs import series

    for definition in chosen:
        for plan in series.foretold(post, definition, wanted):
            post.voice.note(
                _("{name}, as of {as_of}:", name=definition.name, as_of=plan.clock.as_of.isoformat())
            )
            sink.write_text("".join(f"{plan.folder / name}\n" for name in plan.names))


def _made(post: Post, chosen: list[Definition], wanted: Wanted, record: Record) -> int:
    """Run each job; returns how many alerts were raised. A job that fails does not stop the others."""
    from opttius_cli.runs import series

    raised, errors = 0, []
    for definition in chosen:
        try:
            for outcome in series.made(post, definition, wanted):
                record.rows = (record.rows or 0) + (outcome.run.rows or 0)
                record.output = str(outcome.folder.absolute())
                _tell(post, outcome)
                raised += len(outcome.raised)
        except OpttiusError as error:
            if len(chosen) == 1:
                raise
            post.voice.error(f"{definition.name}: {error}")
            errors.append(error)
    if errors:
        first = next((one for one in errors if not isinstance(one, BusyError)), errors[0])
        raise typer.Exit(diagnostics.exit_code(first))
    return raised


def _tell(post: Post, outcome: Outcome) -> None:
    """Print the outcome of a run: the paths on stdout, the rest on stderr."""
    said = {
        "unchanged": _("{name}: nothing has changed; the files were kept.", name=outcome.run.report),
        "empty": _("{name}: this report is empty; it was delivered anyway.", name=outcome.run.report),
    }
    if outcome.run.status in said:
        post.voice.note(said[outcome.run.status])
    for one in outcome.raised:
        post.voice.note(_("Alert: {sentence}", sentence=one.sentence))
    if outcome.run.status != "unchanged":
        sink.write_text("".join(f"{file}\n" for file in outcome.files))


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end a run as Ctrl-C does, so that no partial files stay and the ledger records it."""

    def interrupt(_number: int, _frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
