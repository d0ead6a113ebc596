"""``opttius load``: build a snapshot now, and show what was read and what was refused."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from opttius_cli.commands.asking import asked, deliver
from opttius_cli.commands.options import Asking, shared
from opttius_cli.errors import UsageError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink


@shared(Asking)
def load(
    options: Asking,
    place: Annotated[
        str | None, typer.Argument(metavar=N_("SOURCE"), help=N_("What to load; --source when not given."))
    ] = None,
    into: Annotated[
        Path | None, typer.Option(metavar=N_("FILE"), help=N_("Write the snapshot to this .duckdb file."))
    ] = None,
) -> None:
    """Load a source into a snapshot; print the rows of each table, what was refused and why."""
    from opttius_cli import session
    from opttius_cli.reports.board import LOADED, LOADED_FOR_READER, QUALITY_OF_ROWS

    if options.branch or options.organization:
        raise UsageError(_("load reads the whole source: leave out --branch and --organization."))
    if into is not None:
        if into.suffix != ".duckdb":
            raise UsageError(
                _(
                    "The name of a snapshot must end in .duckdb: --into {path}.duckdb",
                    path=into if into.name else "shop",
                )
            )
        sink.refuse(into, force=options.force, option="--into")
    request = asked(options, source=place, every_tier=True)
    path = session.load_now(request, into, force=options.force)
    # An admin sees the counts of the admin's scope only; without an admin, the whole source is shown.
    is_admin = request.config.user is not None
    telling = session.opened if is_admin else session.opened_whole
    told = LOADED_FOR_READER if is_admin else LOADED
    with telling(request, path) as opened:
        deliver(session.answer(opened, "load", told, quality=QUALITY_OF_ROWS), options)
