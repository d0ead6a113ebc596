"""``opttius sql``: answer one's own question over the masked tables of a scope, or list these tables."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import QueryOptions
from opttius_cli.command_support.output import plan_output, write_answer
from opttius_cli.command_support.request import DEFAULT_PERIOD, build_request, load_library
from opttius_cli.command_support.table_output import ListOptions, build_result, write_list
from opttius_cli.errors import NotFoundError, UsageError
from opttius_cli.i18n import N_, _, get_language
from opttius_cli.render import registry
from opttius_cli.reports.header_text import read_report_file

_STDIN = "-"
_LIST_COLUMNS = (
    ("table", "text", N_("Table")),
    ("column", "text", N_("Column")),
    ("type", "text", N_("Type")),
    ("meaning", "text", N_("What it is")),
)


@with_options(QueryOptions)
def sql(
    options: QueryOptions,
    query: Annotated[
        str | None,
        typer.Argument(
            metavar="SQL", help=N_("One SELECT, a file with it, or - for stdin; alone: the tables.")
        ),
    ] = None,
) -> None:
    """Answer one SELECT over the tables of the scope, which show people masked; alone, list the tables."""
    from opttius_cli.session.open_session import open_session
    from opttius_cli.session.own_sql.answers import answer_own_sql
    from opttius_cli.session.own_sql.queries import prepare_own_sql

    if query is None:
        # No data is read, so the run is not audited.
        options.record.command = None
        _list_tables(options)
        return
    text = _read_query(query)
    with prepare_own_sql(is_needed=True) as own_sql:
        output = plan_output(options)
        request = build_request(options, period=DEFAULT_PERIOD, own_sql=own_sql)
        with open_session(request) as active_session:
            write_answer(answer_own_sql(active_session, text), options, output)


def _read_query(query: str) -> str:
    """Return the SQL that ``query`` is, or that the file with this name holds."""
    if query == _STDIN:
        text = sys.stdin.read()
        # A second attempt, on a new snapshot, reads it again.
        sys.stdin = io.StringIO(text)
        return text
    if query.rstrip().lower().endswith(".sql") and len(query.split()) == 1:
        file = Path(query.strip())
        if not file.is_file():
            raise NotFoundError(_("There is no file {path}.", path=file))
        return read_report_file(file)
    if not query.strip():
        raise UsageError(_('The SQL is empty. Type opttius sql "SELECT …", or opttius sql for the tables.'))
    return query


def _list_tables(options: QueryOptions) -> None:
    """Write the tables that a question may read, each with its columns."""
    from opttius_cli.session.own_sql.tables import list_own_sql_columns

    if options.format is not None and not registry.RENDERERS[options.format].has_lists:
        formats = ", ".join(name for name, renderer in registry.RENDERERS.items() if renderer.has_lists)
        raise UsageError(_("The tables can be listed as {formats}.", formats=formats))
    columns = list_own_sql_columns(load_library(), get_language())
    rows = [dict(zip(("table", "column", "type", "meaning"), column, strict=True)) for column in columns]
    result = build_result("sql", N_("Tables for opttius sql"), _LIST_COLUMNS, rows)
    list_options = ListOptions(
        record=options.record,
        no_color=options.no_color,
        quiet=options.quiet,
        format=options.format,
        output=options.output,
        force=options.force,
    )
    write_list(result, list_options)
