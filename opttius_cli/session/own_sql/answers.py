"""Answer one SELECT of a user: its rows, with the columns that their types and names tell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from opttius_cli.engines.own_sql.errors import InvalidSqlError
from opttius_cli.engines.own_sql.masked_views import is_identifier
from opttius_cli.i18n import LANGUAGES, N_, _, translate_into_all
from opttius_cli.reports.header import build_column
from opttius_cli.reports.shared_columns import load_shared_columns
from opttius_cli.reports.validation import find_odd_dates, fits_kind
from opttius_cli.result import MAX_COLUMNS, Answer, AnswerPart, Column, ColumnKind, Result
from opttius_cli.session.own_sql.queries import build_setup, run_own_sql
from opttius_cli.session.run_reports import run_reports

if TYPE_CHECKING:
    import pyarrow as pa

    from opttius_cli.session.state import Session

_NAME = "sql"
_KINDS = {"bool": ColumnKind.FLAG, "date": ColumnKind.DATE, "decimal": ColumnKind.NUMBER}


def answer_own_sql(session: Session, sql: str) -> Answer:
    """Run ``sql`` on the masked tables of the session's scope, over all of its history.

    Raises:
        NotAllowedError, InvalidSqlError, TimeLimitError, OutOfMemoryError: it cannot be run.
    """
    session.request.own_sql.open_session(build_setup(session, "all"))
    answer = run_reports(session, _NAME, ())
    table = run_own_sql(session, sql, None, "all", converts=True)
    if table.num_columns > MAX_COLUMNS:
        raise InvalidSqlError(_("it has more than {count} columns.", count=MAX_COLUMNS))
    if odd_dates := find_odd_dates(table):
        raise InvalidSqlError(odd_dates[0])
    columns = tuple(_build_column(field) for field in table.schema)
    result = Result(_NAME, translate_into_all(N_("Own question")), "rows", columns, table)
    return replace(answer, parts=(AnswerPart(("rows",), result),), sql=((_NAME, sql), *answer.sql))


def _build_column(field: pa.Field) -> Column:
    """Return the column that its name declares where its type fits, else one that its type tells."""
    if field.name in load_shared_columns():
        column = build_column(field.name, None, ("columns", field.name))
        if fits_kind(column.kind, field.type):
            return replace(column, needs=())
    data_type = str(field.type)
    kind = next((kind for prefix, kind in _KINDS.items() if data_type.startswith(prefix)), None)
    if kind is None and data_type.startswith(("int", "uint")):
        kind = ColumnKind.COUNT
    if kind is None:
        kind = ColumnKind.ID if is_identifier(field.name) else ColumnKind.TEXT
    return Column(field.name, kind, dict.fromkeys(LANGUAGES, field.name))
