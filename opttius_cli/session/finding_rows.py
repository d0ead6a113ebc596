"""List the rows of findings about the data: those that ``opttius check`` counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.i18n import _
from opttius_cli.reports.layouts import FINDING_ROWS
from opttius_cli.reports.own_words import collect_labels, require_code
from opttius_cli.reports.vocabulary import UNATTRIBUTED, list_codes
from opttius_cli.session.parameters.prepared_views import Preparation
from opttius_cli.session.run_reports import run_reports

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.result import Answer
    from opttius_cli.session.state import Session


def resolve_findings(typed: str) -> list[str]:
    """Return the findings that ``typed`` means: a code or a label of one, or ``unattributed`` for four of them.

    Raises:
        UnknownNameError: there is no such finding.
    """
    labels = collect_labels("finding", "finding_one") | {UNATTRIBUTED: {}}
    name = require_code(typed, labels, _("finding"), with_codes=True)
    return list_codes("unattributed") if name == UNATTRIBUTED else [name]


def list_finding_rows(session: Session, findings: Sequence[str]) -> Answer:
    """Return the rows of ``findings``; each counts for as many cases as the finding counts of it."""
    preparation = Preparation((), needs_all_history=True, fill=session.engine.fill_unseen_rows)
    return run_reports(session, "check", FINDING_ROWS, {"findings": list(findings)}, preparation=preparation)
