"""``opttius check``: list what is wrong with the data, how often, and with examples."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opttius_cli.commands.asking import asked, deliver
from opttius_cli.commands.options import Asking, shared
from opttius_cli.errors import CheckFailedError
from opttius_cli.i18n import N_, language, n_

_SEVERITIES = ("error", "warning", "info")


@shared(Asking)
def check(
    options: Asking,
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"],
        typer.Option(help=N_("Exit with 1 when there are findings of this severity or higher.")),
    ] = "never",
) -> None:
    """List every finding about the data with its count, examples and severity.

    The whole source is checked unless a branch, an organization or an admin is given.
    """
    from opttius_cli import session
    from opttius_cli.reports.board import FINDINGS

    request = asked(options, windowed=False, every_tier=True)
    settings = request.config
    scoped = bool(settings.branches or settings.organization or settings.user)
    with session.opened(request) if scoped else session.opened_whole(request) as opened:
        answer = session.answer(opened, "check", FINDINGS)
    deliver(answer, options)
    grave = _SEVERITIES[: _SEVERITIES.index(fail_on) + 1] if fail_on != "never" else ()
    severities = answer.parts[0].result.table.column(0).to_pylist()
    found = sum(1 for severity in severities if severity in grave)
    if found:
        from opttius_cli.reports.header import vocabulary

        raise CheckFailedError(
            n_(
                "{count} finding has the severity {grade} or higher.",
                "{count} findings have the severity {grade} or higher.",
                found,
                grade=vocabulary("severity")[language()][fail_on],
            )
        )
