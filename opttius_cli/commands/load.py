"""``opttius load``: build a snapshot or a lake now, and show what was read and what was refused."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import build_request
from opttius_cli.errors import UsageError
from opttius_cli.i18n import N_, _
from opttius_cli.render import sink

_SEPARATORS = ("/", os.sep)


@with_options(QueryOptions)
def load(
    options: QueryOptions,
    place: Annotated[
        str | None, typer.Argument(metavar=N_("SOURCE"), help=N_("What to load; --source when not given."))
    ] = None,
    into: Annotated[
        str | None,
        typer.Option(
            metavar=N_("PLACE"),
            help=N_("Write a snapshot to this .duckdb file, or a lake for a cluster to this folder (shop/)."),
        ),
    ] = None,
) -> None:
    """Load a source into a snapshot; print the rows of each table, what was refused and why."""
    from opttius_cli.reports.layouts import LOAD_SUMMARY, LOAD_SUMMARY_FOR_READER, ROW_QUALITY
    from opttius_cli.session.lake_files import write_lake
    from opttius_cli.session.open_session import open_session, open_unscoped_session
    from opttius_cli.session.run_reports import run_reports
    from opttius_cli.session.snapshot_access import load_new_snapshot

    if options.branch or options.organization:
        raise UsageError(_("load reads the whole source: leave out --branch and --organization."))
    file, lake = _parse_place(into, force=options.force) if into is not None else (None, None)
    output = plan_output(options)
    request = build_request(options, source=place, every_tier=True)
    path = load_new_snapshot(request, file, force=options.force)
    if lake:
        write_lake(request, path, lake)
    # An admin sees the counts of the admin's scope only; without an admin, the whole source is shown.
    is_admin = request.config.user is not None
    open_snapshot = open_session if is_admin else open_unscoped_session
    slots = LOAD_SUMMARY_FOR_READER if is_admin else LOAD_SUMMARY
    with open_snapshot(request, path) as active_session:
        answer = run_reports(active_session, "load", slots, quality=ROW_QUALITY)
        write_answer(answer, options, output)


def _parse_place(place: str, *, force: bool) -> tuple[Path | None, Path | None]:
    """Return the file of the snapshot or the folder of the lake that ``place`` names. Raises UsageError."""
    path = Path(place).expanduser()
    if place.endswith(_SEPARATORS):
        return None, path
    if path.suffix != ".duckdb":
        raise UsageError(
            _(
                "The name of a snapshot must end in .duckdb, that of a lake in a slash: --into {path}.duckdb or "
                "--into {path}/",
                path=path if path.name else "shop",
            )
        )
    sink.check_writable(path, force=force, option="--into")
    return path, None
