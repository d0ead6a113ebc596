"""Decide the week's list of whom to contact: what would be listed now is written to the ledger, once."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import UsageError
from opttius_cli.i18n import _, n_
from opttius_cli.privacy.policy import Policy
from opttius_cli.session.parameters.prepared_views import create_views
from opttius_cli.session.parameters.worklist import format_week, list_branches, open_ledger, read_week
from opttius_cli.session.run_reports import run_report
from opttius_cli.worklist.ledger import DecidedList, LedgerError, LedgerRow
from opttius_cli.worklist.opt_out import load_opt_out

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opttius_cli.session.state import Session

_WHOLE = Policy("revealed")
"""The ledger holds ids as they are; nothing else that is personal reaches it."""
_ARMS = {None: "listed", "held_back": "held_back"}


def is_today(session: Session) -> bool:
    """Return whether the answer is about today: only then a list is decided."""
    return session.clock.local_date == session.request.now.astimezone(session.clock.zone).date()


def decide_week(session: Session, *, again: bool = False) -> bool:
    """Decide this week's list for the branches that have none, for all of them when ``again``.

    Returns False, with a note, when the ledger cannot be used: then nothing is decided, or only what it took.
    """
    ledger, week = open_ledger(session), format_week(session.clock.local_date)
    branches: Sequence[str] = ()
    written = 0
    try:
        with ledger.hold():
            state = read_week(session, week)
            if state.problem:
                session.request.reporter.show_note(_("Note: {sentence}", sentence=state.problem))
                return False
            branches = list_branches(session) if again else state.undecided
            for decided in _work_out_lists(session, week, branches, state.listed_before) if branches else ():
                ledger.write_list(decided, replace=again)
                written += 1
    except LedgerError as error:
        problem = _("Nothing is decided: {why}.", why=error)
        if written:
            problem = n_(
                "Only {count} of {total} lists is decided: {why}.",
                "Only {count} of {total} lists are decided: {why}.",
                written,
                total=len(branches),
                why=error,
            )
        session.request.reporter.show_note(_("Note: {sentence}", sentence=problem))
        return False
    return True


def _work_out_lists(
    session: Session, week: str, branches: Sequence[str], listed_before: Sequence[str]
) -> list[DecidedList]:
    report = session.library.load_report("worklist/decision")
    create_views(session, [report])
    parameters = {"undecided": list(branches), "listed_before": list(listed_before)}
    table = run_report(session, report, parameters, _WHOLE).table
    by_branch: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in table.to_pylist():
        by_branch[row["branch_id"] or ""].append(row)
    return [_build_list(session, week, branch, by_branch[branch]) for branch in branches]


def _build_list(
    session: Session, week: str, branch: str, candidates: Sequence[Mapping[str, Any]]
) -> DecidedList:
    left_out = Counter(row["left_out"] for row in candidates)
    return DecidedList(
        branch or None,
        week,
        session.clock.local_date,
        len(candidates),
        left_out.pop(None, 0),
        dict(sorted(left_out.items())),
        tuple(_build_row(row) for row in candidates if row["left_out"] in _ARMS),
    )


def _build_row(row: Mapping[str, Any]) -> LedgerRow:
    return LedgerRow(
        row["customer_id"],
        _ARMS[row["left_out"]],
        row["rank"],
        row["reason"],
        row["since"].isoformat(),
        tuple(row["also"]),
        str(row["at_stake"]),
        str(row["value"]),
    )


def note_unmatched_lines(session: Session) -> None:
    """Tell which lines of the opt-out file are those of no customer, by their numbers: they hold personal data."""
    file = session.request.config.opt_out
    lines = load_opt_out(file)
    if not lines:
        return
    report = session.library.load_report("worklist/opt_out_lines")
    unmatched = set(run_report(session, report, {}, _WHOLE).table.column(0).to_pylist())
    numbers = [str(line.number) for line in lines if line.text in unmatched]
    if numbers:
        session.request.reporter.show_note(
            n_(
                "Note: {count} line of {file} fits no customer of this scope: line {lines}.",
                "Note: {count} lines of {file} fit no customer of this scope: lines {lines}.",
                len(numbers),
                file=file,
                lines=", ".join(numbers),
            )
        )


def require_today(session: Session) -> None:
    """Raise UsageError when the answer is about another day than today."""
    if not is_today(session):
        raise UsageError(
            _(
                "A list is decided for today only, not as of {day}. Leave out --as-of, or leave out --decide.",
                day=session.clock.local_date.isoformat(),
            )
        )
