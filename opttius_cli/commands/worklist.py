"""``opttius worklist``: list whom to contact this week, decide the week's list, and score what lists brought."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import AnswerOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.errors import UsageError
from opttius_cli.i18n import N_, _

Reason = Literal["ready", "balance", "quote", "no_show", "exam", "prescription", "lapsed"]


@with_options(AnswerOptions)
def worklist(
    options: AnswerOptions,
    what: Annotated[
        Literal["score"] | None,
        typer.Argument(metavar="[score]", help=N_("score: what the lists have brought.")),
    ] = None,
    only: Annotated[Reason | None, typer.Option(help=N_("Print only the rows with this reason."))] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, max=1_000_000_000, metavar=N_("NUMBER"), help=N_("Print only so many rows.")),
    ] = None,
    week: Annotated[
        str | None,
        typer.Option(metavar=N_("WEEK"), help=N_("The decided list of an earlier week, such as 2026-W40.")),
    ] = None,
    decide: Annotated[
        bool, typer.Option("--decide", help=N_("Decide this week's list; later runs of the week print it."))
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help=N_("With --decide: replace the list that was decided."))
    ] = False,
) -> None:
    """List whom to contact this week, each with a reason and the money at stake."""
    from opttius_cli.reports.layouts import WORKLIST, build_list_layout
    from opttius_cli.session.decide_worklist import decide_week, note_unmatched_lines, require_today
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.parameters.worklist import build_score_parameters, build_worklist_parameters
    from opttius_cli.session.run_reports import run_reports

    _check_options(what, only, limit, week, decide=decide, again=again)
    output = plan_output(options)
    with open_session(build_request(options, has_period=False)) as active_session:
        if what == "score":
            parameters, name = build_score_parameters(active_session), "score"
            slots = build_list_layout("worklist/score")
        else:
            if decide:
                require_today(active_session)
                decide_week(active_session, again=again)
            note_unmatched_lines(active_session)
            parameters, name = build_worklist_parameters(active_session, week, only, limit), "worklist"
            slots = WORKLIST
        write_answer(run_reports(active_session, name, slots, parameters), options, output)


def _check_options(
    what: str | None, only: str | None, limit: int | None, week: str | None, *, decide: bool, again: bool
) -> None:
    """Raise UsageError for options that contradict each other."""
    if again and not decide:
        raise UsageError(_("--again replaces a decided list: type --decide --again."))
    if decide and week:
        raise UsageError(_("--week prints the list of an earlier week. Leave it out to decide this week's."))
    if what == "score" and (only or limit or week or decide):
        raise UsageError(_("opttius worklist score takes no --only, --limit, --week or --decide."))
