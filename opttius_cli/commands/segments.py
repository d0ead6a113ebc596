"""``opttius segments``: show customers, purchases and money per segment, and who moved between them."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opttius_cli.command_support.options import QueryOptions, with_options
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.commands.dashboard import DEFAULT_PERIOD
from opttius_cli.i18n import N_


@with_options(QueryOptions)
def segments(
    options: QueryOptions,
    scheme: Annotated[
        Literal["lifecycle", "rfm"], typer.Option(help=N_("How customers are divided."))
    ] = "lifecycle",
) -> None:
    """Show segments with shares, and movement since the end of the previous window."""
    from opttius_cli import session
    from opttius_cli.reports.layouts import SCHEMES, build_list_layout

    output = plan_output(options)
    with session.open_session(build_request(options, period=DEFAULT_PERIOD)) as active_session:
        answer = session.run_reports(active_session, "segments", build_list_layout(SCHEMES[scheme]))
        write_answer(answer, options, output)
