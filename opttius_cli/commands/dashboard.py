"""``opttius dashboard``: show how the branches of a scope are doing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from opttius_cli.commands.asking import asked, deliver
from opttius_cli.commands.options import Asking, shared
from opttius_cli.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.reports.board import Place
    from opttius_cli.result import Answer
    from opttius_cli.session import Request

DEFAULT_PERIOD = "30"


@shared(Asking)
def dashboard(
    options: Asking,
    section: Annotated[
        list[str] | None,
        typer.Option(
            metavar=N_("SECTION"),
            help=N_("Print one section only (kpis, work_orders, quotes, …); repeatable."),
        ),
    ] = None,
    watch: Annotated[
        str | None,
        typer.Option(
            metavar=N_("SECONDS"),
            help=N_("Keep the dashboard on the screen and refresh it at this interval; Ctrl-C ends it."),
        ),
    ] = None,
) -> None:
    """Show figures, sections, trends and growth of a period, and the rows that were left out."""
    from opttius_cli.commands import watching
    from opttius_cli.reports.board import DASHBOARD, sections

    every = watching.interval(watch, options) if watch is not None else None
    request, places = asked(options, period=DEFAULT_PERIOD), sections(DASHBOARD, section or [])
    if every is None:
        deliver(_answer(request, places), options)
    else:
        watching.watch(request, lambda one: _answer(one, places), options, every)


def _answer(request: Request, places: Sequence[Place]) -> Answer:
    from opttius_cli import session

    with session.opened(request) as opened:
        return session.answer(opened, "dashboard", places)
