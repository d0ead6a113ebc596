"""``opttius drivers``: show what the change of revenue is made of."""

from __future__ import annotations

from typing import Annotated

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import DEFAULT_PERIOD, build_request, require_comparison
from opttius_cli.i18n import N_


@with_options(QueryOptions)
def drivers(
    options: QueryOptions,
    all_: Annotated[
        bool, typer.Option("--all", help=N_("Print the tables by branch, channel and category, too."))
    ] = False,
) -> None:
    """Show how the change of revenue against the previous window splits among customers, purchases and tickets."""
    from opttius_cli.reports.layouts import DRIVERS, DRIVERS_ON_SCREEN
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    require_comparison(options)
    output = plan_output(options)
    slots = DRIVERS_ON_SCREEN if output.format_name == "table" and not all_ else DRIVERS
    with open_session(build_request(options, period=DEFAULT_PERIOD)) as active_session:
        answer = run_reports(active_session, "drivers", slots)
        write_answer(answer, options, output)
