"""``opttius customer ID``: show everything about one customer."""

from __future__ import annotations

from typing import Annotated

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import AllOption, AnswerOptions
from opttius_cli.command_support.output import is_screen, plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.i18n import N_


@with_options(AnswerOptions)
def customer(
    options: AnswerOptions,
    customer_key: Annotated[
        str,
        typer.Argument(
            metavar=N_("ID"), help=N_("An id or its first 8 characters, an email, a RUT or a name.")
        ),
    ],
    every: AllOption = False,
    forecast: Annotated[
        bool,
        typer.Option("--forecast", help=N_("Add what is expected of the customer in the next 364 days.")),
    ] = False,
) -> None:
    """Show one customer: figures, segments, twelve months, favourites, timeline."""
    from opttius_cli.reports.layouts import CUSTOMER, CUSTOMER_FORECAST
    from opttius_cli.session.lookup import find_customer
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    output = plan_output(options)
    with open_session(build_request(options, every_tier=True)) as active_session:
        customer_id = find_customer(active_session, customer_key)
        slots = (*CUSTOMER[:2], CUSTOMER_FORECAST, *CUSTOMER[2:]) if forecast else CUSTOMER
        answer = run_reports(active_session, "customer", slots, {"customer": customer_id})
        write_answer(answer, options, output, overview=is_screen(output) and not every, paged=every)
