"""The use case: source → snapshot → scope → report → privacy → answer. Commands call it, then render."""

from opttius_cli.session.check_reports import check_reports
from opttius_cli.session.lookup import find_customer, resolve_segment
from opttius_cli.session.open_session import open_session, open_unscoped_session
from opttius_cli.session.run_reports import applicable_slots, run_reports
from opttius_cli.session.snapshot_access import (
    build_postgres_settings,
    ensure_snapshot_file,
    load_new_snapshot,
)
from opttius_cli.session.state import Request, Session

__all__ = [
    "Request",
    "Session",
    "applicable_slots",
    "build_postgres_settings",
    "check_reports",
    "ensure_snapshot_file",
    "find_customer",
    "load_new_snapshot",
    "open_session",
    "open_unscoped_session",
    "resolve_segment",
    "run_reports",
]
