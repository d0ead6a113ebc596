"""``opttius sample``: make a realistic data set of any size, to try the tool with."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import CommonOptions
from opttius_cli.errors import OutputError, UsageError
from opttius_cli.i18n import N_, _
from opttius_cli.period.words import translate_date
from opttius_cli.render import sink


@with_options(CommonOptions)
def sample(
    options: CommonOptions,
    out: Annotated[
        Path, typer.Option(metavar=N_("FOLDER"), help=N_("The folder to write, made when it does not exist."))
    ],
    customers: Annotated[
        int, typer.Option(min=1, max=5_000_000, metavar=N_("NUMBER"), help=N_("How many customers."))
    ] = 400,
    seed: Annotated[int, typer.Option(metavar=N_("NUMBER"), help=N_("Equal seeds give equal data."))] = 2026,
    until: Annotated[
        str, typer.Option(metavar=N_("DATE"), help=N_("The last day of the data."))
    ] = "2026-11-22",
    loyalty: Annotated[
        int,
        typer.Option(
            min=0,
            max=100,
            metavar=N_("NUMBER"),
            help=N_("How many of 100 customers stay after each purchase."),
        ),
    ] = 70,
    file_format: Annotated[
        Literal["csv", "parquet"], typer.Option("--format", "-f", help=N_("csv or parquet."))
    ] = "csv",
    force: Annotated[
        bool, typer.Option("--force", help=N_("Write into a folder that is not empty."))
    ] = False,
) -> None:
    """Make an invented optical chain: two organizations, three years of sales."""
    try:
        last = date.fromisoformat(translate_date(until))
    except ValueError as error:
        raise UsageError(
            _("--until “{text}” is not a date. Type one like 2026-11-22.", text=until)
        ) from error
    if out.exists() and (not out.is_dir() or any(out.iterdir())) and not force:
        raise OutputError(_("{path} is not empty. Choose another folder, or add --force.", path=out))
    rows = _generate(
        out, customers=customers, seed=seed, until=last, loyalty=loyalty, file_format=file_format
    )
    if not options.quiet:
        for table, count in rows.items():
            sink.write_stdout_text(f"{table:<22}{count:>12,}\n")


def _generate(out: Path, **arguments: Any) -> dict[str, int]:
    """Write the sample, and return the rows of each table. Raises OutputError when the folder cannot be written."""
    from opttius_cli.sample import generate_sample

    try:
        return generate_sample(out, **arguments)
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}", path=out, why=error.strerror or error)
        ) from error
