"""The Typer app, and the one place where an error becomes a message and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import Abort, Exit, TyperException

from opttius_cli import __version__, diagnostics, i18n, language, sigint
from opttius_cli.command_support import audit_hook, value_completion
from opttius_cli.command_support.command_catalog import COMMANDS, find_command, translate_words
from opttius_cli.command_support.command_group import check_language
from opttius_cli.command_support.help_page import HELP_OPTIONS
from opttius_cli.command_support.options import LanguageOption
from opttius_cli.command_support.typer_patches import fast_parse, translation
from opttius_cli.errors import ConfigError, OpttiusError, OutputError, SourceError, UsageError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink
from opttius_cli.snapshot.damage import DamagedSnapshotError, EngineError, retry_when_dropped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.audit import AuditRecord


def handle_no_command(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help=N_("Print the version."), is_eager=True)] = False,
    lang: LanguageOption = None,
) -> None:
    """Print the version when asked to; without a command, show the start page."""
    check_language(lang)
    if version:
        sys.stdout.write(f"opttius {__version__}\n")
        raise Exit(0)
    if context.invoked_subcommand is None:
        from opttius_cli.command_support.start_page import write_start_page

        write_start_page()


def build_app(command_name: str | None = None) -> typer.Typer:
    """Build the Typer app, with only ``command_name`` where that exists: importing the others takes time."""
    app = _build_root()
    for name in [command_name] if command_name in COMMANDS else COMMANDS:
        module = import_module(f"opttius_cli.commands.{name}")
        if COMMANDS[name].is_group:
            app.add_typer(module.app, name=name, help=COMMANDS[name].summary)
        else:
            app.command(name, help=COMMANDS[name].summary)(getattr(module, name))
    return app


def _build_outline() -> typer.Typer:
    """Build the app with the names and summaries of all commands, which is all that its own help shows."""
    app = _build_root()
    for name, entry in COMMANDS.items():
        app.command(name, help=entry.summary)(lambda: None)
    return app


def _build_root() -> typer.Typer:
    app = typer.Typer(
        name="opttius",
        add_completion=True,
        rich_markup_mode=None,
        context_settings={"help_option_names": HELP_OPTIONS},
        pretty_exceptions_enable=False,
        help=N_(
            "Reports for optical shops: how the branches are doing, who the customers are, what each is worth."
        ),
    )
    app.callback(invoke_without_command=True)(handle_no_command)
    return app


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; returns its exit code and never raises."""
    arguments = translate_words(sys.argv[1:] if argv is None else argv)
    i18n.set_language(language.detect_language(arguments))
    sigint.set_message(_("Error: {sentence}", sentence=_("Interrupted.")))
    record, started = audit_hook.start_audit()
    code = _run_to_exit_code(arguments, record)
    # The result is printed: a Ctrl-C from here on must not cut the audit short or print a second message.
    sigint.disarm()
    audit_hook.finish_audit(record, arguments, code, started)
    return code


def _run_to_exit_code(arguments: list[str], record: AuditRecord) -> int:
    if sys.stdout is None:  # the caller closed it
        return _report_error(OutputError(_("Standard output is closed. Leave it open, or type > FILE.")))
    try:
        return retry_when_dropped(lambda: _run_command(arguments, record))
    except Exception as error:  # noqa: BLE001 - the boundary: unexpected errors go to a log file
        # An error after Ctrl-C is a consequence of it.
        return _handle_early_end(KeyboardInterrupt()) if sigint.is_requested() else _report_error(error)
    except (KeyboardInterrupt, SystemExit) as early_end:
        return _handle_early_end(early_end)


def _run_command(arguments: list[str], record: AuditRecord) -> int:
    words = arguments or value_completion.read_typed_words(os.environ)
    name = find_command(words)
    command = typer.main.get_command(build_app(name) if name else _build_outline())
    translation.translate_help(command)
    fast_parse.skip_conversion(command)
    try:
        result = command.main(arguments, prog_name="opttius", standalone_mode=False, obj=record)
        sys.stdout.flush()
    except Exit as exit_request:
        return exit_request.exit_code
    if result == diagnostics.INTERRUPTED:
        # Typer catches Ctrl-C and returns the exit code instead.
        return _handle_early_end(KeyboardInterrupt())
    return result if isinstance(result, int) else diagnostics.SUCCESS


def _report_error(error: Exception) -> int:
    """Print why the command failed; returns its exit code."""
    from opttius_cli.snapshot.engine_errors import is_interruption

    reporter, error = diagnostics.Reporter(), _translate_engine_error(error)
    if isinstance(error, FileNotFoundError) and not _has_working_folder():
        error = ConfigError(
            _("The folder in which this runs was removed. Change to another one, and try again.")
        )
    if path_error := _explain_path(error):
        error = path_error
    if isinstance(error, OpttiusError):
        reporter.show_error(str(error), error.commands)
        return diagnostics.exit_code(error)
    if isinstance(error, TyperException):
        reporter.show_error(translation.explain_usage_error(error))
        return diagnostics.USAGE
    if isinstance(error, Abort) or is_interruption(error):
        return _handle_early_end(KeyboardInterrupt())
    if isinstance(error, BrokenPipeError):
        sink.discard_stdout()
        return diagnostics.SUCCESS
    if isinstance(error, OSError) and (disk_full := sink.as_disk_full_error(error)):
        # Typer writes help and completion itself, not through the sink.
        sink.discard_stdout()
        return _report_error(disk_full)
    return _report_unexpected(reporter)


def _translate_engine_error(error: Exception) -> Exception:
    """Return our error in place of one of the engine's; what its text may not say is in a log file."""
    from opttius_cli.snapshot.engine_errors import translate_error

    translated = translate_error(error) or error
    is_foreign = isinstance(translated, DamagedSnapshotError) and not translated.is_unreadable
    if (is_foreign or isinstance(translated, EngineError)) and (file := _log_error()):
        details = _("The details are in {file}.", file=file)
        return SourceError(f"{translated} {details}")
    return translated


def _explain_path(error: Exception) -> UsageError | None:
    """Return the error for a path that no file can have, wherever it was typed; None for any other error."""
    name = getattr(error, "filename", None)
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG and name:
        return UsageError(_("The path {path} is too long.", path=name))
    if sink.is_symlink_loop(error):
        return UsageError(_("A link leads to itself: {error}", error=error))
    return None


def _handle_early_end(cause: BaseException) -> int:
    """Return the exit code after Ctrl-C, or after Typer exits because stdout was closed (``| head``)."""
    if isinstance(cause, SystemExit):
        sink.discard_stdout()
        return diagnostics.SUCCESS
    sigint.disarm()
    diagnostics.Reporter().show_error(_("Interrupted."))
    return diagnostics.INTERRUPTED


def _has_working_folder() -> bool:
    """Whether the folder in which the program was started is still there."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return False
    return True


def _report_unexpected(reporter: diagnostics.Reporter) -> int:
    file = _log_error()
    if file is None:
        reporter.show_error(_("Something unexpected went wrong, and no log could be written."))
    else:
        reporter.show_error(_("Something unexpected went wrong. The details are in {file}.", file=file))
    return diagnostics.UNEXPECTED


def _log_error() -> Path | None:
    """Write the error that is being handled to a log file; returns its path, None when that failed too."""
    from opttius_cli import config as settings
    from opttius_cli.command_support.error_log import log_unexpected_error

    return log_unexpected_error(settings.find_state_folder(os.environ))
