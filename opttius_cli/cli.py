"""The Typer app, and the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import Abort, Exit, TyperException

from opttius_cli import __version__, diagnostics, i18n, interruption, tongue
from opttius_cli.commands import auditing, plain, wording
from opttius_cli.errors import OpttiusError, OutputError, UsageError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.audit import Record


def root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=N_("Print the version."), is_eager=True)] = False,
) -> None:
    """Print the version when asked to; refuse a command line without a command."""
    if version:
        sys.stdout.write(f"opttius {__version__}\n")
        raise Exit(0)
    if context.invoked_subcommand is None:
        raise UsageError(_("A command is missing. Type {command} --help.", command="opttius"))


COMMANDS: dict[str, str] = {
    "dashboard": N_("How the branches are doing: figures, trends, growth."),
    "customer": N_("One customer, by id, email or RUT."),
    "customers": N_("The list of customers, with a summary."),
    "segments": N_("How many customers, purchases and money per segment."),
    "export": N_("One report as a file."),
    "load": N_("Load a source and show what was read and refused."),
    "check": N_("Look for errors in the data."),
    "doctor": N_("Why a source does not work, and what to do."),
    "audit": N_("Who asked what, of whose data, and why."),
    "sample": N_("Make a realistic data set of any size."),
}
"""Each command is the function of that name in the module of that name under ``commands``."""
GROUPS: dict[str, str] = {
    "reports": N_("Which reports exist, and what their figures mean."),
    "report": N_("The reports that opttius.toml defines: make them, see whether they came."),
    "schedule": N_("Let cron or systemd run the reports that are due."),
    "cache": N_("The stored snapshots: list them, clear them."),
    "config": N_("The settings: show, create, validate."),
}
"""Each group of commands is the ``app`` of the module of that name under ``commands``."""


def program(named: str | None = None) -> typer.Typer:
    """Build the Typer app, with only ``command_name`` where that exists: importing the others takes time."""
    app = typer.Typer(
        name="opttius",
        add_completion=True,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        help=N_(
            "Reports for optical shops: how the branches are doing, who the customers are, what each is worth."
        ),
    )
    app.callback(invoke_without_command=True)(root)
    alone = {named} & {*COMMANDS, *GROUPS}
    for name in (one for one in COMMANDS if not alone or one in alone):
        app.command(name, help=COMMANDS[name])(getattr(import_module(f"opttius_cli.commands.{name}"), name))
    for name in (one for one in GROUPS if not alone or one in alone):
        app.add_typer(import_module(f"opttius_cli.commands.{name}").app, name=name, help=GROUPS[name])
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code and never raises."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    i18n.use(tongue.spoken(arguments))
    record, began = auditing.begun()
    code = _code_of(arguments, record)
    # The result is printed: a Ctrl-C from here on must not cut the audit short or print a second message.
    interruption.settle()
    auditing.ended(record, arguments, code, began)
    return code


def _code_of(arguments: list[str], record: Record) -> int:
    if sys.stdout is None:  # the caller closed it
        return _told(OutputError(_("Standard output is closed. Leave it open, or type > FILE.")))
    try:
        return _run(arguments, record)
    except Exception as error:  # noqa: BLE001 - the boundary: unexpected errors go to a log file
        # An error after Ctrl-C is a consequence of it.
        return _ended(KeyboardInterrupt()) if interruption.asked() else _told(error)
    except (KeyboardInterrupt, SystemExit) as ended:
        return _ended(ended)


def _run(arguments: list[str], record: Record) -> int:
    command = typer.main.get_command(program(arguments[0] if arguments else None))
    wording.translate(command)
    plain.hand_over(command)
    try:
        ended = command.main(arguments, prog_name="opttius", standalone_mode=False, obj=record)
        sys.stdout.flush()
    except Exit as early:
        return early.exit_code
    if ended == diagnostics.INTERRUPTED:
        # Typer catches Ctrl-C and returns the exit code instead.
        return _ended(KeyboardInterrupt())
    return ended if isinstance(ended, int) else diagnostics.DONE


def _told(error: Exception) -> int:
    """Print why the command failed; returns its exit code."""
    voice = diagnostics.Voice()
    if isinstance(error, OpttiusError):
        voice.error(str(error))
        return diagnostics.exit_code(error)
    if isinstance(error, TyperException):
        voice.error(wording.usage(error))
        return diagnostics.USAGE
    if isinstance(error, Abort) or diagnostics.is_interruption(error):
        return _ended(KeyboardInterrupt())
    if isinstance(error, BrokenPipeError):
        sink.forget_stdout()
        return diagnostics.DONE
    if isinstance(error, OSError) and (full := sink.full_disk(error)):
        # Typer writes help and completion itself, not through the sink.
        sink.forget_stdout()
        return _told(full)
    return _unexpected(voice)


def _ended(ended: BaseException) -> int:
    """Return the exit code after Ctrl-C, or after Typer exits because stdout was closed (``| head``)."""
    if isinstance(ended, SystemExit):
        sink.forget_stdout()
        return diagnostics.DONE
    interruption.settle()
    diagnostics.Voice().error(_("Interrupted."))
    return diagnostics.INTERRUPTED


def _unexpected(voice: diagnostics.Voice) -> int:
    from opttius_cli import config as settings

    file = diagnostics.log_unexpected(settings.state_folder(os.environ))
    if file is None:
        voice.error(_("Something unexpected went wrong, and no log could be written."))
    else:
        voice.error(_("Something unexpected went wrong. The details are in {file}.", file=file))
    return diagnostics.UNEXPECTED
