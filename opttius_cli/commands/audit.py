"""``opttius audit``: list the runs that read data, with who, what, whose data, why and how each ended."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from opttius_cli import audit as log
from opttius_cli import config, diagnostics, values
from opttius_cli.commands.asking import now
from opttius_cli.commands.listing import Listing, listed, show
from opttius_cli.commands.options import shared
from opttius_cli.errors import OutputError, UsageError
from opttius_cli.i18n import N_, _, n_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

_TITLES = {"es": "Registro de auditoría", "en": "Audit log"}
_COLUMNS = (
    ("time", "id", "Cuándo", "When"),
    ("command", "text", "Comando", "Command"),
    ("user", "text", "Usuario", "User"),
    ("admin", "text", "Administrador", "Admin"),
    ("exit_code", "count", "Código de salida", "Exit code"),
    ("organization", "text", "Organización", "Organization"),
    ("branches", "list", "Sucursales", "Branches"),
    ("whole", "flag", "Organización completa", "Whole organization"),
    ("report", "text", "Informe", "Report"),
    ("period", "text", "Período", "Period"),
    ("as_of", "text", "A la fecha", "As of"),
    ("rows", "count", "Filas", "Rows"),
    ("masking", "text", "Datos personales", "Personal data"),
    ("reason", "text", "Motivo", "Reason"),
    ("output", "text", "Salida", "Output"),
    ("source", "text", "Origen", "Source"),
    ("seconds", "number", "Segundos", "Seconds"),
)
"""Name, kind, and label in each language."""


@shared(Listing)
def audit(
    options: Listing,
    since: Annotated[
        str | None,
        typer.Option(
            metavar=N_("WHEN"), help=N_("Only runs since a date (2026-11-01) or a duration ago (7d, 12h).")
        ),
    ] = None,
) -> None:
    """List the runs that read data, oldest first; a run that did not end has no exit code."""
    from opttius_cli import period

    settings = config.load({"language": options.lang}, os.environ, Path.cwd())
    zone = period.zone_named(settings.timezone or period.DEFAULT_ZONE)
    folder = config.state_folder(os.environ)
    try:
        runs, spoiled = log.read(folder, _instant(since, zone) if since else period.EVER)
    except OSError as error:
        raise OutputError(
            _("{file} cannot be read: {why}.", file=folder / log.NAME, why=error.strerror)
        ) from error
    rows = (_row(run, zone) for run in runs)
    show(listed("audit", _TITLES, _COLUMNS, rows, words=_words()), options)
    if spoiled:
        diagnostics.Voice(options.quiet).note(
            n_(
                "{count} line of {file} cannot be read.",
                "{count} lines of {file} cannot be read.",
                spoiled,
                file=folder / log.NAME,
            )
        )


def _words() -> dict[str, dict[str, str]]:
    """Return the words for the codes in the log, in the reader's language."""
    from opttius_cli.render.about import MASKING

    return {
        "masking": {code: _(word) for code, word in MASKING.items()},
        "output": {"stdout": _("standard output")},
    }


def _row(run: Mapping[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return the values of one run by column, with its local time."""
    moment = datetime.fromisoformat(run["time"]).astimezone(zone)
    return {name: run.get(name) for name, *_told in _COLUMNS} | {"time": moment.isoformat()}


def _instant(told: str, zone: ZoneInfo) -> datetime:
    """Return the instant that ``--since`` names: the start of a local date, or a duration ago."""
    from opttius_cli.period import start_of

    with suppress(ValueError, OverflowError):
        return start_of(date.fromisoformat(told), zone)
    try:
        return now() - timedelta(seconds=values.seconds(told))
    except (ValueError, OverflowError) as error:
        raise UsageError(
            _(
                "--since “{text}” must be a date such as 2026-11-01, or a duration such as 7d or 12h.",
                text=told,
            )
        ) from error
