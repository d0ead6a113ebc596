"""``opttius audit``: list the runs that read data, with who, what, whose data, why and how each ended."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opttius_cli import audit as log
from opttius_cli import clock, config, diagnostics, setting_parsers
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.table_output import ListOptions, build_result, write_list
from opttius_cli.errors import OutputError, UsageError
from opttius_cli.i18n import N_, _, n_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

_COLUMNS = (
    ("time", "text", N_("When")),
    ("command", "text", N_("Command")),
    ("user", "text", N_("User")),
    ("admin", "text", N_("Admin")),
    ("exit_code", "count", N_("Exit code")),
    ("organization", "text", N_("Organization")),
    ("branches", "list", N_("Branches")),
    ("whole", "flag", N_("Whole organization")),
    ("report", "text", N_("Report")),
    ("period", "text", N_("Period")),
    ("as_of", "text", N_("As of")),
    ("rows", "count", N_("Rows")),
    ("masking", "text", N_("Personal data")),
    ("reason", "text", N_("Reason")),
    ("output", "text", N_("Output")),
    ("source", "text", N_("Source")),
    ("seconds", "number", N_("Seconds")),
)
"""Name, kind and label."""


@with_options(ListOptions)
def audit(
    options: ListOptions,
    since: Annotated[
        str | None,
        typer.Option(
            metavar=N_("WHEN"), help=N_("Only runs since a date (2026-11-01) or a duration ago (7d, 12h).")
        ),
    ] = None,
) -> None:
    """List the runs that read data, oldest first; a run that did not end has no exit code."""
    from opttius_cli import period

    settings = config.resolve_config({"language": options.lang}, os.environ, Path.cwd())
    zone = period.load_zone(settings.timezone or period.DEFAULT_ZONE)
    folder = config.find_state_folder(os.environ)
    try:
        runs, unreadable = log.read_runs(folder, _parse_since(since, zone) if since else period.EARLIEST)
    except OSError as error:
        raise OutputError(
            _("{file} cannot be read: {why}.", file=folder / log.FILE_NAME, why=error.strerror)
        ) from error
    rows = (_build_row(run, zone) for run in runs)
    write_list(build_result("audit", N_("Audit log"), _COLUMNS, rows, words=_build_vocabulary()), options)
    if unreadable:
        diagnostics.Reporter(options.quiet).show_note(
            n_(
                "{count} line of {file} cannot be read.",
                "{count} lines of {file} cannot be read.",
                unreadable,
                file=folder / log.FILE_NAME,
            )
        )


def _build_vocabulary() -> dict[str, dict[str, str]]:
    """Return the words for the codes in the log, in the reader's language."""
    from opttius_cli.render.answer_header import MASKING_LABELS

    return {
        "masking": {code: _(word) for code, word in MASKING_LABELS.items()},
        "output": {"stdout": _("standard output")},
    }


def _build_row(run: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return the values of one run by column, with its local time."""
    moment = datetime.fromisoformat(run["time"]).astimezone(zone)
    return {name: run.get(name) for name, *_rest in _COLUMNS} | {"time": moment.isoformat()}


def _parse_since(text: str, zone: ZoneInfo) -> datetime:
    """Return the instant that ``--since`` names: the start of a local date, or a duration ago."""
    from opttius_cli.period import start_of_day
    from opttius_cli.period.words import translate_date

    with suppress(ValueError, OverflowError):
        return start_of_day(date.fromisoformat(translate_date(text)), zone)
    try:
        return clock.now() - timedelta(seconds=setting_parsers.parse_duration(text))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            _(
                "--since “{text}” must be a date such as 2026-11-01, or a duration such as 7d or 12h.",
                text=text,
            )
        ) from error
