"""``opttius check``: what is wrong with the data, how often, and where for example."""

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
        typer.Option(help=N_("Exit with 1 when there are findings this grave or graver.")),
    ] = "never",
) -> None:
    """Every finding about the data with its count, examples and severity.

    The whole source is checked when nothing says a scope: neither branch nor organization nor admin.
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
                "{count} finding is {grade} or graver.",
                "{count} findings are {grade} or graver.",
                found,
                grade=vocabulary("severity")[language()][fail_on],
            )
        )
