"""``opttius cohorts``: show who stays, by the time of the first purchase, and how long customers take to return."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import AnswerOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.i18n import N_


@with_options(AnswerOptions)
def cohorts(
    options: AnswerOptions,
    by: Annotated[
        Literal["month", "quarter", "year"], typer.Option(help=N_("The calendar unit of the cohorts."))
    ] = "quarter",
    measure: Annotated[
        Literal["customers", "retention", "repeat", "revenue"],
        typer.Option(help=N_("What a screen, or the heat map of a page or workbook, shows of each cohort.")),
    ] = "repeat",
) -> None:
    """Show who came back, by the time of the first purchase, and how long customers take to return."""
    from opttius_cli.reports.layouts import COHORTS, COHORTS_FOR_READERS, COHORTS_ON_SCREEN
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    output = plan_output(options)
    layout = COHORTS_FOR_READERS if output.renderer.for_readers else COHORTS
    slots = COHORTS_ON_SCREEN if output.format_name == "table" else layout
    with open_session(build_request(options, has_period=False)) as active_session:
        parameters = {"unit": by, "measure": measure}
        write_answer(run_reports(active_session, "cohorts", slots, parameters), options, output)
