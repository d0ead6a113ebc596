"""``opttius reports``: list the reports, explain their columns, print their SQL, and check their headers."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from opttius_cli import config
from opttius_cli.command_support.command_group import build_group
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import CommonOptions
from opttius_cli.command_support.request import load_library
from opttius_cli.command_support.value_completion import complete_reports
from opttius_cli.errors import ConfigError
from opttius_cli.i18n import N_, _, get_language, n_
from opttius_cli.render import sink
from opttius_cli.reports.library import list_thresholds

app = build_group()
ReportName = Annotated[
    str,
    typer.Argument(
        metavar=N_("NAME"),
        help=N_("A report's name, as reports list prints it."),
        autocompletion=complete_reports,
    ),
]


@app.command("list", help=N_("Every report with its title."))
@with_options(CommonOptions)
def list_(options: CommonOptions) -> None:
    """List names and titles, the user's own reports last."""
    del options
    titles = {name: load_library().get_title(name, get_language()) for name in load_library().list_names()}
    width = max(map(len, titles))
    for name, title in titles.items():
        sink.write_stdout_text(f"{name:<{width}}  {title}\n")


@app.command(help=N_("A report's parameters, and its columns with their meaning."))
@with_options(CommonOptions)
def show(options: CommonOptions, name: ReportName) -> None:
    """Explain a report column by column."""
    settings = config.resolve_config({"language": options.lang}, os.environ, Path.cwd())
    library = replace(load_library(), thresholds=list_thresholds(settings))
    report = library.load_report(library.resolve_full_name(name))
    out = [f"{report.name}: {report.titles[get_language()]}", report.grain[get_language()], ""]
    if report.parameters:
        out += [
            _("Parameters:"),
            *(f"  ${key}  {value[get_language()]}" for key, value in report.parameters.items()),
            "",
        ]
    out.append(_("Columns:"))
    width = max(len(column.name) for column in report.columns)
    for column in report.columns:
        meaning = column.meanings.get(get_language(), "")
        label = column.labels[get_language()]
        out.append(
            f"  {column.name:<{width}}  {column.kind.value:<8} {label}{f': {meaning}' if meaning else ''}"
        )
    sink.write_stdout_text("\n".join(out) + "\n")


@app.command(help=N_("A report's SQL, as it runs."))
@with_options(CommonOptions)
def sql(options: CommonOptions, name: ReportName) -> None:
    """Print the SQL file unchanged: a shell that has the base views runs it as it is."""
    del options
    sink.write_stdout_text(load_library().load_report(load_library().resolve_full_name(name)).sql)


@app.command(help=N_("Check each report's header against its SQL, on an empty snapshot."))
@with_options(CommonOptions)
def check(options: CommonOptions) -> None:
    """Check columns, kinds and parameters of every report; exit 3 when one is wrong."""
    from opttius_cli.session.check_reports import check_reports

    del options
    faults = check_reports(load_library())
    for report, fault in faults:
        sink.write_stdout_text(f"{report}: {fault}\n")
    if faults:
        raise ConfigError(n_("{count} error in the reports.", "{count} errors in the reports.", len(faults)))
    sink.write_stdout_text(
        n_("{count} report is valid.", "{count} reports are valid.", len(load_library().list_names())) + "\n"
    )
