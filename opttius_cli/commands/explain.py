"""``opttius explain KEY``: show what a figure means, how it comes about, and the rows behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.command_support.output import is_screen, plan_output, write_answer
from opttius_cli.command_support.request import DEFAULT_PERIOD, build_request, load_library
from opttius_cli.errors import UsageError
from opttius_cli.i18n import N_, _

if TYPE_CHECKING:
    from opttius_cli.command_support.output import OutputPlan
    from opttius_cli.reports.figures import Figure

_LINES_ON_SCREEN = 20


@with_options(QueryOptions)
def explain(
    options: QueryOptions,
    key: Annotated[
        str,
        typer.Argument(metavar=N_("KEY"), help=N_("A figure: total_revenue, segments.at-risk.customers, …")),
    ],
    customer: Annotated[
        str | None,
        typer.Option(metavar=N_("ID"), help=N_("The customer whose figure it is: an id, an email or a RUT.")),
    ] = None,
    left_out: Annotated[
        str | None,
        typer.Option(
            "--left-out", metavar=N_("STEP"), help=N_("List the rows that a step left out instead.")
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0, metavar=N_("NUMBER"), help=N_("How many rows to list; on a screen 20, in a file all.")
        ),
    ] = None,
    sql: Annotated[
        bool, typer.Option("--sql", help=N_("Show the SQL of the report and its views, too."))
    ] = False,
) -> None:
    """Show a figure's definition, the steps from all rows to those that count, and these rows; they add up to it."""
    from opttius_cli.reports.figures import resolve_figure
    from opttius_cli.session.explanation.figure import Question, explain_figure
    from opttius_cli.session.lookup import find_customer
    from opttius_cli.session.open_session import open_session

    figure = resolve_figure(key, load_library(), of_customer=customer is not None)
    _check_customer(figure, customer)
    output = plan_output(options)
    has_period = not figure.of_customer
    request = build_request(options, period=DEFAULT_PERIOD, has_period=has_period)
    with open_session(request) as active_session:
        customer_id = find_customer(active_session, customer) if customer else None
        question = Question(figure, customer_id, left_out, _choose_limit(limit, output), sql)
        answer = explain_figure(active_session, question)
    write_answer(answer, options, output)


def _check_customer(figure: Figure, customer: str | None) -> None:
    """Raise UsageError unless a customer is named exactly where the figure is one of a customer."""
    if figure.of_customer and customer is None:
        raise UsageError(_("{key} is a figure of one customer. Add --customer ID.", key=figure.key))
    if customer is not None and not figure.of_customer:
        raise UsageError(
            _(
                "{key} is not a figure of one customer. Leave out --customer, or type customer.FIGURE.",
                key=figure.key,
            )
        )


def _choose_limit(limit: int | None, output: OutputPlan) -> int | None:
    """Return how many rows are listed: few on a terminal, all in a file or a pipe, unless it was said."""
    if limit is None and is_screen(output):
        return _LINES_ON_SCREEN
    return limit
