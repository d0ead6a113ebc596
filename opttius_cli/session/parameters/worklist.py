"""What the reports of the worklist get from the ledger: the lists of a week, and who was listed shortly before."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from opttius_cli import config as settings
from opttius_cli.errors import NotFoundError, UsageError
from opttius_cli.i18n import _
from opttius_cli.period import end_of_day
from opttius_cli.worklist.ledger import DecidedList, Ledger, LedgerError, build_folder_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opttius_cli.session.state import Session

FOLLOW_UP_DAYS = 28
"""For how long a customer who was listed is not listed again, and what comes of it is counted."""


@dataclass(frozen=True, slots=True)
class WeekState:
    """What the ledger holds for a week: its lists, the branches without one, and who was listed shortly before.

    A branch is its id, and ``""`` stands for the customers without one. ``problem`` says why the ledger cannot be used.
    """

    week: str
    lists: tuple[DecidedList, ...] = ()
    undecided: tuple[str, ...] = ()
    listed_before: tuple[str, ...] = ()
    problem: str | None = None
    weeks: frozenset[str] = field(default_factory=frozenset)


def build_worklist_parameters(
    session: Session, week: str | None = None, only: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Return the parameters of the worklist's reports; ``week`` is an earlier one whose list was decided.

    Raises:
        UsageError: ``week`` is not one.
        NotFoundError: it has no list.
    """
    this_week = format_week(session.clock.local_date)
    week = parse_week(week) if week else this_week
    state = read_week(session, week)
    if state.problem:
        session.request.reporter.show_note(_("Note: {sentence}", sentence=state.problem))
    if week != this_week:
        _require_list(state)
    has_every_branch = not any(state.undecided)
    return {
        "week": week,
        "decided": has_every_branch and state.problem is None,
        "lists": encode_lists(state.lists),
        # What would be listed is known for the present only.
        "undecided": list(state.undecided) if week == this_week else [],
        "listed_before": list(state.listed_before),
        "chosen_reason": only,
        "list_limit": limit,
    }


def build_score_parameters(session: Session) -> dict[str, Any]:
    """Return the parameters of the score: the lists whose days of follow-up are over."""
    clock, ledger = session.clock, open_ledger(session)
    try:
        every_list = [
            entry for branch in list_branches(session) for entry in ledger.read_lists(branch or None)
        ]
    except LedgerError as error:
        raise NotFoundError(_("There is no score: {why}.", why=error)) from error
    follow_up = timedelta(days=FOLLOW_UP_DAYS)
    over = [entry for entry in every_list if end_of_day(entry.day + follow_up, clock.zone) <= clock.as_of]
    return {"lists": encode_lists(over)}


def read_week(session: Session, week: str) -> WeekState:
    """Read what the ledger holds for ``week``; a ledger that cannot be read has no lists."""
    ledger, branches, on_date = open_ledger(session), list_branches(session), session.clock.local_date
    try:
        lists = {branch: ledger.read_lists(branch or None) for branch in branches}
    except LedgerError as error:
        problem = _("Nothing is decided: {why}.", why=error)
        return WeekState(week, undecided=tuple(branches), problem=problem)
    every_list = [entry for of_branch in lists.values() for entry in of_branch]
    earlier = [
        entry
        for entry in every_list
        if entry.week < week and timedelta() < on_date - entry.day < timedelta(days=FOLLOW_UP_DAYS)
    ]
    decided = tuple(entry for entry in every_list if entry.week == week)
    return WeekState(
        week,
        decided,
        tuple(branch for branch in branches if branch not in {entry.branch_id or "" for entry in decided}),
        tuple(sorted({row.customer_id for entry in earlier for row in entry.rows if row.arm == "listed"})),
        weeks=frozenset(entry.week for entry in every_list),
    )


def open_ledger(session: Session) -> Ledger:
    """Return the ledger of the session's organization, in the state folder."""
    folder = settings.find_state_folder(session.request.environment) / "worklist"
    return Ledger(folder / build_folder_name(session.scope.organization_id or "-"))


def list_branches(session: Session) -> list[str]:
    """List the branches that have a list in this scope; ``""`` stands for the customers without a branch."""
    without = [""] if session.scope.whole_organization else []
    return [*sorted(branch.id for branch in session.scope.branches), *without]


def encode_lists(lists: Sequence[DecidedList]) -> str:
    """Return decided lists as the JSON that the SQL reads."""
    return json.dumps([asdict(entry) | {"day": entry.day.isoformat()} for entry in lists])


def format_week(day: date) -> str:
    """Return the ISO week of a date: ``2026-W47``."""
    year, week, _day = day.isocalendar()
    return f"{year}-W{week:02d}"


def parse_week(text: str) -> str:
    """Return the ISO week that a person typed. Raises UsageError."""
    match = re.fullmatch(r"(\d{4})-?[wW](\d{1,2})", text.strip())
    try:
        return format_week(date.fromisocalendar(int(match[1]), int(match[2]), 1)) if match else _fail(text)
    except ValueError:
        return _fail(text)


def _fail(text: str) -> str:
    raise UsageError(_("“{text}” is not a week. Type one such as 2026-W47.", text=text))


def _require_list(state: WeekState) -> None:
    """Raise NotFoundError when no branch has a list for an earlier week."""
    if not state.lists:
        weeks = ", ".join(sorted(state.weeks)[-8:]) or _("none")
        raise NotFoundError(
            _("No list was decided for {week}. Weeks with a list: {weeks}.", week=state.week, weeks=weeks)
        )
