"""``opttius check``: list what is wrong with the data, how often, and with examples."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opttius_cli.command_support.options import AllOption, AnswerOptions, with_options
from opttius_cli.command_support.output import is_screen, plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.errors import CheckFailedError
from opttius_cli.i18n import N_, get_language, n_

_SEVERITIES = ("error", "warning", "info")


@with_options(AnswerOptions)
def check(
    options: AnswerOptions,
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"],
        typer.Option(help=N_("Exit with 1 when there are findings of this severity or higher.")),
    ] = "never",
    every: AllOption = False,
) -> None:
    """List every finding about the data with its count, examples and severity.

    The whole source is checked unless a branch, an organization or an admin is given.
    """
    from opttius_cli import session
    from opttius_cli.reports.layouts import FINDINGS

    output = plan_output(options)
    request = build_request(options, has_period=False, every_tier=True)
    settings = request.config
    scoped = bool(settings.branches or settings.organization or settings.user)
    with session.open_session(request) if scoped else session.open_unscoped_session(request) as opened:
        answer = session.run_reports(opened, "check", FINDINGS)
    write_answer(answer, options, output, overview=is_screen(output) and not every, paged=every)
    grave = _SEVERITIES[: _SEVERITIES.index(fail_on) + 1] if fail_on != "never" else ()
    severities = answer.parts[0].result.table.column(0).to_pylist()
    grave_count = sum(1 for severity in severities if severity in grave)
    if grave_count:
        from opttius_cli.reports.vocabulary import get_vocabulary

        raise CheckFailedError(
            n_(
                "{count} finding has the severity {grade} or higher.",
                "{count} findings have the severity {grade} or higher.",
                grave_count,
                grade=get_vocabulary("severity")[get_language()][fail_on],
            )
        )
