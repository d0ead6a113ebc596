"""``opttius check``: list what is wrong with the data, how often, and with examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import AllOption, AnswerOptions
from opttius_cli.command_support.output import is_screen, plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.command_support.value_completion import complete_findings
from opttius_cli.errors import CheckFailedError, UsageError
from opttius_cli.i18n import N_, _, get_language, n_

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from opttius_cli.result import Answer
    from opttius_cli.session.state import Session

_SEVERITIES = ("error", "warning", "info")


@with_options(AnswerOptions)
def check(
    options: AnswerOptions,
    fail_on: Annotated[
        Literal["error", "warning", "info", "never"],
        typer.Option(help=N_("Exit with 1 when there are findings of this severity or higher.")),
    ] = "never",
    rows: Annotated[
        str | None,
        typer.Option(
            "--rows",
            metavar=N_("FINDING"),
            autocompletion=complete_findings,
            help=N_("List the rows of one finding: no_match, unknown_status, …, or unattributed."),
        ),
    ] = None,
    every: AllOption = False,
) -> None:
    """List every finding about the data with its count, examples and severity.

    The whole source is checked unless a branch, an organization or an admin is given.
    """
    from opttius_cli.reports.layouts import FINDINGS
    from opttius_cli.session.finding_rows import list_finding_rows, resolve_findings
    from opttius_cli.session.run_reports import run_reports

    if rows is not None and fail_on != "never":
        raise UsageError(_("--rows lists the rows of one finding. Leave it out to use --fail-on."))
    findings = resolve_findings(rows) if rows is not None else None
    output = plan_output(options)
    with _open_session(options) as opened:
        answer = (
            run_reports(opened, "check", FINDINGS)
            if findings is None
            else list_finding_rows(opened, findings)
        )
    overview = is_screen(output) and not (every or findings)
    write_answer(answer, options, output, overview=overview, paged=not overview)
    if findings is None:
        _check_severities(answer, fail_on)


def _open_session(options: AnswerOptions) -> AbstractContextManager[Session]:
    """Open a session on the scope that is named, or on the whole source."""
    from opttius_cli.session.open_session import open_session, open_unscoped_session

    request = build_request(options, has_period=False, every_tier=True)
    settings = request.config
    scoped = bool(settings.branches or settings.organization or settings.user)
    return open_session(request) if scoped else open_unscoped_session(request)


def _check_severities(answer: Answer, fail_on: str) -> None:
    """Raise CheckFailedError when there are findings as grave as ``fail_on`` or graver."""
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
