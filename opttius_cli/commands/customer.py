"""``opttius customer ID``: show everything about one customer."""

from __future__ import annotations

from typing import Annotated

import typer

from opttius_cli.commands.asking import asked, deliver
from opttius_cli.commands.options import Asking, shared
from opttius_cli.i18n import N_


@shared(Asking)
def customer(
    options: Asking,
    sought: Annotated[str, typer.Argument(metavar=N_("ID"), help=N_("An id, an email or a RUT."))],
) -> None:
    """Show one customer: figures, segments, twelve months, favourites, timeline."""
    from opttius_cli import session
    from opttius_cli.reports.board import CUSTOMER

    with session.opened(asked(options, every_tier=True)) as opened:
        found = session.find_customer(opened, sought)
        deliver(session.answer(opened, "customer", CUSTOMER, {"customer": found}), options)
