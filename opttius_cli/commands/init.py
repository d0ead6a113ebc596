"""``opttius init``: ask for source and organization, try them, and write ``opttius.toml``."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opttius_cli import clock
from opttius_cli import config as settings
from opttius_cli.command_support.config_template import build_template
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import LoadOptions
from opttius_cli.command_support.request import build_reporter
from opttius_cli.command_support.value_completion import complete_organizations
from opttius_cli.errors import (
    NoSourceError,
    OrganizationRequiredError,
    OutputError,
    SourceError,
    UnknownNameError,
    UsageError,
)
from opttius_cli.i18n import N_, _
from opttius_cli.redaction import has_password
from opttius_cli.render import sink

if TYPE_CHECKING:
    from opttius_cli.config import Config
    from opttius_cli.diagnostics import Reporter


@with_options(LoadOptions)
def init(
    options: LoadOptions,
    organization: Annotated[
        str | None,
        typer.Option(
            "--organization",
            "-O",
            metavar=N_("NAME"),
            help=N_("The organization, by id, slug or name."),
            autocompletion=complete_organizations,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=N_("Overwrite an existing file."))] = False,
) -> None:
    """Write a file with source and organization, and with every other setting commented out."""
    # It sets up, it shows nothing of the data: the run is not audited.
    options.record.command = None
    file = Path.cwd() / settings.FILE_NAME
    if file.exists() and not force:
        raise OutputError(_("{file} already exists. Add --force to overwrite it.", file=file))
    values = _find_values(options, organization)
    text = build_template(values).encode()
    sink.write_file(file, force, lambda out: out.write(text))
    sink.write_stdout_text(f"{file}\n")
    build_reporter(options).show_note(_("Now type opttius dashboard."))


def _find_values(options: LoadOptions, organization: str | None) -> dict[str, str]:
    """Return source and organization, tried: as the options say, else as a person at the terminal answers."""
    asks = not options.no_input and sys.stdin is not None and sys.stdin.isatty()
    reporter = build_reporter(options)
    source = options.source
    while True:
        source = source or (
            _ask(_("Where are your data? A folder, an .xlsx or a database")) if asks else None
        )
        if source is None:
            raise NoSourceError
        try:
            return {"source": source} | _try_source(options, source, organization, asks=asks)
        except SourceError as error:
            if not asks:
                raise
            reporter.show_error(str(error), error.commands)
            source = None


def _try_source(options: LoadOptions, source: str, organization: str | None, *, asks: bool) -> dict[str, str]:
    """Load the source, and return its organization when there is one to name."""
    if has_password(source):
        raise UsageError(
            _("The file would hold a password. Leave it out, and put it in PGPASSWORD or ~/.pgpass.")
        )
    reporter = build_reporter(options)
    config = settings.resolve_config(
        {"source": source, "language": options.lang, "cache.max_age": options.max_age}, os.environ, Path.cwd()
    )
    while True:
        try:
            name = _find_organization(options, config, reporter, organization)
        except (OrganizationRequiredError, UnknownNameError) as error:
            if not asks:
                raise
            reporter.show_error(str(error))
            organization = _ask(_("Which organization?"))
        else:
            return {"organization": name} if name else {}


def _find_organization(
    options: LoadOptions, config: Config, reporter: Reporter, name: str | None
) -> str | None:
    """Return the slug (or the name) of the organization; None when the data know of none.

    Raises:
        SourceError: the source cannot be loaded.
        OrganizationRequiredError, UnknownNameError: ``name`` is missing, or none of them has it.
    """
    from opttius_cli.session.loaded_data import read_organization
    from opttius_cli.session.snapshot_access import ensure_snapshot_file
    from opttius_cli.session.state import Request

    request = Request(
        replace(config, organization=name, branches=()),
        os.environ,
        clock.now(),
        reporter,
        refresh=options.refresh,
        strict=options.strict,
        every_tier=True,
        record=options.record,
    )
    chosen = read_organization(request, ensure_snapshot_file(request))
    reporter.show_note(
        _("{source} can be read: {organization}.", source=config.source, organization=chosen.display_name)
    )
    return chosen.slug or chosen.name or chosen.id


def _ask(question: str) -> str:
    """Ask on stderr, because stdout is for data, until there is an answer."""
    answer = ""
    while not answer:
        answer = str(typer.prompt(question, err=True)).strip()
    return answer
