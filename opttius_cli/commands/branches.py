"""``opttius branches``: show the branches side by side, with their goals."""

from __future__ import annotations

from typing import Annotated

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import DEFAULT_PERIOD, build_request, load_library
from opttius_cli.i18n import N_, _


@with_options(QueryOptions)
def branches(
    options: QueryOptions,
    rank: Annotated[
        str | None,
        typer.Option(
            metavar=N_("COLUMN"), help=N_("What to order by, the largest first (total_revenue, …).")
        ),
    ] = None,
) -> None:
    """Show the branches side by side: revenue and its change, sales, customers, quotes, deliveries, goals."""
    from opttius_cli.reports.layouts import BRANCHES
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    output = plan_output(options)
    parameters = {"rank": _resolve_column(rank)} if rank else {}
    with open_session(build_request(options, period=DEFAULT_PERIOD)) as active_session:
        answer = run_reports(active_session, "branches", BRANCHES, parameters)
        write_answer(answer, options, output)


def _resolve_column(name: str) -> str:
    """Return the column that ``name`` means. Raises UnknownNameError."""
    from opttius_cli.reports.layouts import BRANCHES
    from opttius_cli.reports.own_words import require_code

    columns = load_library().load_report(BRANCHES[0].report).columns
    labels = {
        column.name: {language: [label] for language, label in column.labels.items()} for column in columns
    }
    return require_code(name, labels, _("column"))
