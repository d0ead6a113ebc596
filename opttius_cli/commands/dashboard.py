"""``opttius dashboard``: show how the branches of a scope are doing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import AllOption, QueryOptions, add_typed_options
from opttius_cli.command_support.output import is_screen, plan_output, write_answer
from opttius_cli.command_support.request import DEFAULT_PERIOD, build_request, load_library
from opttius_cli.command_support.value_completion import complete_sections
from opttius_cli.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.reports.slots import Slot
    from opttius_cli.result import Answer
    from opttius_cli.session.state import Request


@with_options(QueryOptions)
def dashboard(
    options: QueryOptions,
    section: Annotated[
        list[str] | None,
        typer.Option(
            metavar=N_("SECTION"),
            autocompletion=complete_sections,
            help=N_("Print one section only (kpis, work_orders, quotes, …); repeatable."),
        ),
    ] = None,
    every: AllOption = False,
    watch: Annotated[
        str | None,
        typer.Option(
            metavar=N_("SECONDS"),
            help=N_("Keep the dashboard on the screen and refresh it at this interval; Ctrl-C ends it."),
        ),
    ] = None,
) -> None:
    """Show figures, sections, trends and growth of a period, and the rows that were left out."""
    from opttius_cli.command_support.job_status import count_jobs_in_trouble
    from opttius_cli.command_support.watch import parse_interval, run_watch
    from opttius_cli.reports.layouts import DASHBOARD, ON_REQUEST, OVERVIEW, select_sections
    from opttius_cli.reports.own_words import resolve_sections

    interval_seconds = parse_interval(watch, options) if watch is not None else None
    output = plan_output(options)
    sections = resolve_sections(section or [], (*DASHBOARD, *ON_REQUEST), load_library())
    slots = select_sections(DASHBOARD, sections)
    overview = not (every or section) and is_screen(output)
    request = build_request(options, period=DEFAULT_PERIOD)

    def answer(fresh_request: Request) -> Answer:
        if not overview:
            return _run_dashboard(fresh_request, slots)
        first_screen = _run_dashboard(fresh_request, OVERVIEW)
        in_trouble = count_jobs_in_trouble(fresh_request.config)
        return replace(add_typed_options(first_screen, options), jobs_in_trouble=in_trouble)

    if interval_seconds is None:
        write_answer(answer(request), options, output, overview=overview, paged=every)
    else:
        run_watch(request, answer, options, interval_seconds, overview=overview)


def _run_dashboard(request: Request, slots: Sequence[Slot]) -> Answer:
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    with open_session(request) as active_session:
        return run_reports(active_session, "dashboard", slots)
