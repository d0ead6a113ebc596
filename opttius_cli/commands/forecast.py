"""``opttius forecast``: show what customers will buy in the next 364 days, and how wrong that was a year ago."""

from __future__ import annotations

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import AnswerOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import build_request


@with_options(AnswerOptions)
def forecast(options: AnswerOptions) -> None:
    """Show what customers will buy in the next 364 days, after what the same would have said a year ago."""
    from opttius_cli.reports.layouts import FORECAST, FORECAST_FOR_READERS
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    output = plan_output(options)
    slots = FORECAST_FOR_READERS if output.renderer.for_readers else FORECAST
    with open_session(build_request(options, has_period=False)) as active_session:
        write_answer(run_reports(active_session, "forecast", slots), options, output)
