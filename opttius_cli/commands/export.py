"""``opttius export NAME``: write one report to a file."""

from __future__ import annotations

from typing import Annotated

import typer

from opttius_cli.commands.asking import asked, deliver, library
from opttius_cli.commands.dashboard import DEFAULT_PERIOD
from opttius_cli.commands.options import Asking, shared
from opttius_cli.errors import UnknownNameError, UsageError
from opttius_cli.i18n import N_, _, language
from opttius_cli.names import meant, nearest
from opttius_cli.render import sink


@shared(Asking)
def export(
    options: Asking,
    name: Annotated[
        str | None, typer.Argument(metavar=N_("NAME"), help=N_("Which report; --list names them."))
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help=N_("List what can be exported."))] = False,
) -> None:
    """Write one report to NAME-<as-of date>.xlsx in this folder, or as --output and --format say."""
    from opttius_cli import session
    from opttius_cli.reports.board import DASHBOARD, EXPORTS, rows

    reports = library().users() | EXPORTS
    if list_:
        # No data is read, so the run is not audited.
        options.record.command = None
        _list(reports)
        return
    if name is None:
        raise UsageError(_("Which report? Type opttius export NAME, or opttius export --list."))
    chosen = meant(name, [*reports, "dashboard"])
    if chosen is None:
        raise UnknownNameError(_("report"), name, nearest(name, [*reports, "dashboard"]))
    places = DASHBOARD if chosen == "dashboard" else rows(reports[chosen])
    windowed = chosen == "dashboard" or library().report(reports[chosen]).windowed
    request = asked(
        options,
        period=DEFAULT_PERIOD if windowed else None,
        windowed=windowed,
        usual="csv" if options.output == "-" else "xlsx",
    )
    with session.opened(request) as opened:
        answer = session.answer(opened, chosen, places, session.EVERY_CUSTOMER)
        deliver(answer, options, default_name=f"{chosen}-{opened.clock.date.isoformat()}")


def _list(reports: dict[str, str]) -> None:
    titles = {name: library().title(report, language()) for name, report in reports.items()}
    titles["dashboard"] = _("The dashboard")
    width = max(map(len, titles))
    for name in sorted(titles):
        sink.write_text(f"{name:<{width}}  {titles[name]}\n")
