"""``opttius dashboard``: how the branches of a scope are doing."""

from __future__ import annotations

from typing import Annotated

import typer

from opttius_cli.commands.asking import asked, deliver
from opttius_cli.commands.options import Asking, shared
from opttius_cli.i18n import N_

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
) -> None:
    """Figures, sections, trends and growth of a period, and what was left out."""
    from opttius_cli import session
    from opttius_cli.reports.board import DASHBOARD, sections

    with session.opened(asked(options, period=DEFAULT_PERIOD)) as opened:
        deliver(session.answer(opened, "dashboard", sections(DASHBOARD, section or [])), options)
