"""``opttius export NAME``: write one report to a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from opttius_cli.command_support.command_catalog import COMMANDS
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import (
    DEFAULT_PERIOD,
    build_request,
    load_library,
    require_comparison,
)
from opttius_cli.command_support.value_completion import complete_exports
from opttius_cli.errors import UsageError
from opttius_cli.i18n import N_, _, get_language
from opttius_cli.render import sink

if TYPE_CHECKING:
    from opttius_cli.reports.slots import Slot
    from opttius_cli.session.own_sql.queries import OwnSql


@with_options(QueryOptions)
def export(
    options: QueryOptions,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar=N_("NAME"), help=N_("Which report; --list names them."), autocompletion=complete_exports
        ),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help=N_("List what can be exported."))] = False,
) -> None:
    """Write one report to NAME-<as-of date>.xlsx in this folder, or as --output and --format say."""
    from opttius_cli.reports.layouts import DASHBOARD, EXPORTS, build_list_layout
    from opttius_cli.reports.own_words import require_titled
    from opttius_cli.session.own_sql.queries import prepare_own_sql

    library = load_library()
    reports = library.list_user_reports() | EXPORTS
    if list_:
        # No data is read, so the run is not audited.
        options.record.command = None
        _print_reports(reports)
        return
    if name is None:
        raise UsageError(_("Which report? Type opttius export NAME, or opttius export --list."))
    alias = COMMANDS["dashboard"].alias
    # Its sections have titles of their own: the dashboard goes by its names.
    names = {report: [full_name] for report, full_name in reports.items()} | {"dashboard": [], alias: []}
    chosen = require_titled(name, names, library, _("report"))
    chosen = "dashboard" if chosen == alias else chosen
    slots = DASHBOARD if chosen == "dashboard" else build_list_layout(reports[chosen])
    if chosen in EXPORTS and library.load_report(reports[chosen]).depends_on == "previous":
        require_comparison(options)
    has_period = chosen == "dashboard" or library.load_report(reports[chosen]).has_period
    is_own = chosen in reports and library.load_report(reports[chosen]).is_user_report
    with prepare_own_sql(is_needed=is_own) as own_sql:
        _write_report(options, chosen, slots, own_sql, has_period=has_period)


def _write_report(
    options: QueryOptions, chosen: str, slots: tuple[Slot, ...], own_sql: OwnSql, *, has_period: bool
) -> None:
    """Run the reports of ``slots`` and write them as planned."""
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.run_reports import run_reports

    output = plan_output(options, makes_file=True)
    request = build_request(
        options,
        period=DEFAULT_PERIOD,
        has_period=has_period,
        own_sql=own_sql,
    )
    with open_session(request) as active_session:
        answer = run_reports(active_session, chosen, slots)
        file_name = f"{chosen}-{active_session.clock.local_date.isoformat()}"
        write_answer(answer, options, output, file_name=file_name)


def _print_reports(reports: dict[str, str]) -> None:
    titles = {name: load_library().get_title(report, get_language()) for name, report in reports.items()}
    titles["dashboard"] = _("The dashboard")
    width = max(map(len, titles))
    for name in sorted(titles):
        sink.write_stdout_text(f"{name:<{width}}  {titles[name]}\n")
