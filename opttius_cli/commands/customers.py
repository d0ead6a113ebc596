"""``opttius customers``: list the customers, with a summary above."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opttius_cli.command_support.options import QueryOptions, with_options
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.command_support.value_completion import complete_segments
from opttius_cli.i18n import N_

Sort = Literal["lifetime_value", "purchases", "last_purchase", "days_since_last_purchase", "created", "name"]


@with_options(QueryOptions)
def customers(
    options: QueryOptions,
    search: Annotated[
        str | None, typer.Option(metavar=N_("TEXT"), help=N_("A part of the name, email, phone or RUT."))
    ] = None,
    segment: Annotated[
        str | None,
        typer.Option(
            metavar=N_("SEGMENT"),
            help=N_("Only this lifecycle or RFM segment."),
            autocompletion=complete_segments,
        ),
    ] = None,
    inactive: Annotated[
        bool, typer.Option("--inactive", help=N_("Only those who are not active (segments.active_days)."))
    ] = False,
    sort: Annotated[
        Sort, typer.Option(help=N_("What to order by, the largest (or latest) first."))
    ] = "lifetime_value",
    limit: Annotated[
        int, typer.Option(min=1, max=1_000_000_000, metavar=N_("NUMBER"), help=N_("How many to list."))
    ] = 50,
) -> None:
    """List the customers of a scope, searched, filtered and sorted."""
    from opttius_cli import session
    from opttius_cli.reports.layouts import CUSTOMERS

    filters = {"search": search or None, "inactive": inactive, "sort": sort, "limit": limit}
    output = plan_output(options)
    with session.open_session(build_request(options, every_tier=True)) as active_session:
        filters["segment"] = session.resolve_segment(segment) if segment else None
        answer = session.run_reports(active_session, "customers", CUSTOMERS, filters)
        write_answer(answer, options, output)
