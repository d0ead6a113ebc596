"""``opttius segments``: show customers, purchases and money per segment, and who moved between them."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opttius_cli.commands.asking import asked, deliver
from opttius_cli.commands.dashboard import DEFAULT_PERIOD
from opttius_cli.commands.options import Asking, shared
from opttius_cli.i18n import N_


@shared(Asking)
def segments(
    options: Asking,
    scheme: Annotated[
        Literal["lifecycle", "rfm"], typer.Option(help=N_("How customers are divided."))
    ] = "lifecycle",
) -> None:
    """Show segments with shares, and movement since the end of the previous window."""
    from opttius_cli import session
    from opttius_cli.reports.board import SCHEMES, rows

    with session.opened(asked(options, period=DEFAULT_PERIOD)) as opened:
        deliver(session.answer(opened, "segments", rows(SCHEMES[scheme])), options)
