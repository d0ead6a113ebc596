"""``opttius segments``: show customers, purchases and money per segment, and who moved between them."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import DEFAULT_PERIOD, build_request, require_comparison
from opttius_cli.errors import UsageError
from opttius_cli.i18n import N_, _


@with_options(QueryOptions)
def segments(
    options: QueryOptions,
    scheme: Annotated[
        Literal["lifecycle", "rfm"], typer.Option(help=N_("How customers are divided."))
    ] = "lifecycle",
    movement: Annotated[
        bool, typer.Option("--movement", help=N_("Show who moved from which segment to which."))
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(metavar=N_("DATE"), help=N_("With --movement: compare with the end of this day.")),
    ] = None,
) -> None:
    """Show segments with shares, and movement since the end of the previous window."""
    from opttius_cli.reports.layouts import MOVEMENT, SCHEMES, build_list_layout
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    _check_options(options, since, movement=movement)
    name, slots = ("movement", MOVEMENT) if movement else ("segments", build_list_layout(SCHEMES[scheme]))
    output = plan_output(options)
    request = build_request(options, period=DEFAULT_PERIOD, has_period=since is None, since=since)
    with open_session(request) as active_session:
        parameters = {"scheme": scheme}
        write_answer(run_reports(active_session, name, slots, parameters), options, output)


def _check_options(options: QueryOptions, since: str | None, *, movement: bool) -> None:
    """Raise UsageError for options that do not go together."""
    if movement:
        require_comparison(options)
    if since is None:
        return
    if not movement:
        raise UsageError(_("--since is for --movement: type opttius segments --movement --since DATE."))
    if options.period is not None or options.compare is not None:
        raise UsageError(_("--since stands in place of --period and --compare. Leave these out, or --since."))
