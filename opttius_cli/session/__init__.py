"""The use case: source → snapshot → scope → report → privacy → answer. Commands call it, then render."""

from opttius_cli.session.check_reports import check_reports
from opttius_cli.session.decide_worklist import decide_week, is_today, note_unmatched_lines, require_today
from opttius_cli.session.explanation.figure import Question, explain_figure
from opttius_cli.session.finding_rows import list_finding_rows, resolve_findings
from opttius_cli.session.lake_files import write_lake
from opttius_cli.session.lookup import find_customer, resolve_scheme, resolve_segment
from opttius_cli.session.open_session import open_session, open_unscoped_session
from opttius_cli.session.own_sql.answers import answer_own_sql
from opttius_cli.session.own_sql.queries import prepare_own_sql
from opttius_cli.session.own_sql.tables import list_own_sql_columns
from opttius_cli.session.parameters.worklist import build_score_parameters, build_worklist_parameters
from opttius_cli.session.run_reports import applicable_slots, run_reports
from opttius_cli.session.snapshot_access import (
    build_postgres_settings,
    ensure_snapshot_file,
    load_new_snapshot,
)
from opttius_cli.session.state import Request, Session

__all__ = [
    "Question",
    "Request",
    "Session",
    "answer_own_sql",
    "applicable_slots",
    "build_postgres_settings",
    "build_score_parameters",
    "build_worklist_parameters",
    "check_reports",
    "decide_week",
    "ensure_snapshot_file",
    "explain_figure",
    "find_customer",
    "is_today",
    "list_finding_rows",
    "list_own_sql_columns",
    "load_new_snapshot",
    "note_unmatched_lines",
    "open_session",
    "open_unscoped_session",
    "prepare_own_sql",
    "require_today",
    "resolve_findings",
    "resolve_scheme",
    "resolve_segment",
    "run_reports",
    "write_lake",
]
