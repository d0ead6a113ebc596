"""``opttius reports``: list the reports, explain their columns, print their SQL, and check their headers."""

from __future__ import annotations

from typing import Annotated

import typer

from opttius_cli.commands.asking import library
from opttius_cli.commands.options import Shared, shared
from opttius_cli.errors import CheckFailedError
from opttius_cli.i18n import N_, _, language, n_
from opttius_cli.render import sink

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Name = Annotated[
    str, typer.Argument(metavar=N_("NAME"), help=N_("A report's name, as reports list prints it."))
]


@app.command("list", help=N_("Every report with its title."))
@shared(Shared)
def list_(options: Shared) -> None:
    """List names and titles, the user's own reports last."""
    del options
    titles = {name: library().title(name, language()) for name in library().names()}
    width = max(map(len, titles))
    for name, title in titles.items():
        sink.write_text(f"{name:<{width}}  {title}\n")


@app.command(help=N_("A report's parameters, and its columns with their meaning."))
@shared(Shared)
def show(options: Shared, name: Name) -> None:
    """Explain a report column by column."""
    del options
    report = library().report(library().full_name(name))
    out = [f"{report.name}: {report.titles[language()]}", report.grain[language()], ""]
    if report.parameters:
        out += [
            _("Parameters:"),
            *(f"  ${key}  {value[language()]}" for key, value in report.parameters.items()),
            "",
        ]
    out.append(_("Columns:"))
    width = max(len(column.name) for column in report.columns)
    for column in report.columns:
        meaning = column.meanings.get(language(), "")
        label = column.labels[language()]
        out.append(
            f"  {column.name:<{width}}  {column.kind.value:<8} {label}{f': {meaning}' if meaning else ''}"
        )
    sink.write_text("\n".join(out) + "\n")


@app.command(help=N_("A report's SQL, as it runs."))
@shared(Shared)
def sql(options: Shared, name: Name) -> None:
    """Print the SQL file unchanged; it runs in any DuckDB shell that has the base views."""
    del options
    sink.write_text(library().report(library().full_name(name)).sql)


@app.command(help=N_("Check each report's header against its SQL, on an empty snapshot."))
@shared(Shared)
def check(options: Shared) -> None:
    """Check columns, kinds and parameters of every report; exit 1 when its header is wrong."""
    from opttius_cli import session

    del options
    faults = session.check_reports(library())
    for report, fault in faults:
        sink.write_text(f"{report}: {fault}\n")
    if faults:
        raise CheckFailedError(
            n_("{count} error in the reports.", "{count} errors in the reports.", len(faults))
        )
    sink.write_text(
        n_("{count} report is valid.", "{count} reports are valid.", len(library().names())) + "\n"
    )
