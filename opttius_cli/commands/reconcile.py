"""``opttius reconcile``: show the way from our revenue to the figure of the app's dashboard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import DEFAULT_PERIOD, build_request
from opttius_cli.errors import CheckFailedError, UsageError
from opttius_cli.i18n import N_, _, n_

if TYPE_CHECKING:
    from opttius_cli.period import Period
    from opttius_cli.result import Answer, Scope


@with_options(QueryOptions)
def reconcile(
    options: QueryOptions,
    app: Annotated[
        str | None,
        typer.Option(
            "--app",
            metavar=N_("FILE"),
            help=N_("The app's answer, saved from the browser: compare its figures."),
        ),
    ] = None,
    rows: Annotated[
        str | None, typer.Option("--rows", metavar=N_("REASON"), help=N_("List the rows of one reason."))
    ] = None,
) -> None:
    """Show why the app's dashboard says another revenue for a branch and N days, reason by reason."""
    from opttius_cli.reports.layouts import APP_DIFFERS, RECONCILE, RECONCILE_ROWS
    from opttius_cli.session.app_figures import read_app_figures
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    _check_options(options)
    item, told = rows and _resolve_item(rows), read_app_figures(Path(app)) if app else {}
    slots = RECONCILE_ROWS if item else (*RECONCILE, *(APP_DIFFERS if app else ()))
    output = plan_output(options)
    with open_session(build_request(options, period=DEFAULT_PERIOD)) as active_session:
        _require_one_branch(active_session.scope)
        _require_day_count(active_session.period)
        parameters = {"item": item, "told_keys": list(told), "told_values": list(told.values())}
        answer = run_reports(active_session, "reconcile", slots, parameters)
    write_answer(answer, options, output)
    _check_bridge(answer)


def _check_options(options: QueryOptions) -> None:
    """Raise UsageError for a comparison that the app does not make."""
    if options.compare not in {None, "previous"}:
        raise UsageError(_("The app compares with the N days before only. Leave out --compare."))


def _require_one_branch(scope: Scope) -> None:
    """Raise UsageError unless the scope is a single branch: the app's view of all reads every organization."""
    if len(scope.branches) != 1:
        raise UsageError(
            _(
                "The app's figures are those of one branch. Choose it with --branch: {codes}.",
                codes=", ".join(branch.code or branch.id for branch in scope.branches),
            )
        )


def _require_day_count(period: Period | None) -> None:
    """Raise UsageError unless the period is a number of days."""
    if period is None or not period.is_day_count:
        raise UsageError(_("The app knows periods of N days only. Type a number of days: --period 30."))


def _resolve_item(name: str) -> str:
    """Return the reason that ``name`` means. Raises UnknownNameError with the nearest ones."""
    from opttius_cli.reports.own_words import collect_labels, require_code

    return require_code(name, collect_labels("bridge_item"), _("reason"), with_codes=True)


def _check_bridge(answer: Answer) -> None:
    """Raise CheckFailedError when rows differ and no reason explains them: then the bridge does not hold."""
    for part in answer.parts:
        if part.result.name == "reconcile/bridge":
            last = part.result.table.to_pylist()[-1]
            if last["count"]:
                raise CheckFailedError(
                    n_(
                        "{count} row differs and no reason explains it: list it with --rows unexplained.",
                        "{count} rows differ and no reason explains them: list them with --rows unexplained.",
                        last["count"],
                    )
                )
