"""The use case: source → snapshot → scope → report → privacy → answer. Commands call it, then render."""

from opttius_cli.session.answering import answer
from opttius_cli.session.bindings import EVERY_CUSTOMER
from opttius_cli.session.inspection import check_reports
from opttius_cli.session.loading import load_now, snapshot_file, terms_of
from opttius_cli.session.lookup import find_customer, segment_named
from opttius_cli.session.opening import opened, opened_whole
from opttius_cli.session.state import Request, Session

__all__ = [
    "EVERY_CUSTOMER",
    "Request",
    "Session",
    "answer",
    "check_reports",
    "find_customer",
    "load_now",
    "opened",
    "opened_whole",
    "segment_named",
    "snapshot_file",
    "terms_of",
]
