"""What to do this week: at most five lines, the heaviest first, each with the command that shows its rows.

Every matter of metrics 6 joins here: a row of a part of the answer becomes a :class:`WeekLine`, and nothing else
has to know of it.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from opttius_cli.answer_parts import TOTAL_ROW, list_unfilled, read_rows
from opttius_cli.i18n import _, n_
from opttius_cli.render.printed_commands import build_command
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from opttius_cli.render.cell_formatter import CellFormatter
    from opttius_cli.result import Answer

MOST_LINES = 5
_BEHIND_POINTS = 10
"""A goal is behind when more than this is expected above what was reached."""
_CONTACT_REASONS = ("ready", "balance", "quote")
FIRST_GOAL_DAY = 5
"""Before this day of the month, goals say too little."""


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One matter in words, the command that lists its rows, and what it weighs."""

    text: str
    command: str
    amount: Decimal | None = None
    count: int = 0


def build_week_lines(answer: Answer, formatter: CellFormatter) -> list[WeekLine]:
    """Return the lines of the week: those with money by their money, then the others by their count."""
    lines = [
        *_list_matters(answer, formatter),
        *_list_contacts(answer, formatter),
        *_list_goals(answer, formatter),
        *_list_jobs(answer),
    ]
    lines.sort(key=lambda line: (line.amount is None, -(line.amount or 0), -line.count, line.command))
    return lines[:MOST_LINES]


def _list_matters(answer: Answer, formatter: CellFormatter) -> Iterator[WeekLine]:
    for row in read_rows(answer, "this_week"):
        money = formatter.format_money(row["amount"])
        number = formatter.format_value(row["count"], ColumnKind.COUNT)
        if row["matter"] == "fallen_branch" and _is_comparable(answer):
            fall = formatter.format_value(round(abs(row["change_pct"])), ColumnKind.PERCENT)
            branch = formatter.format_value(row["branch"], ColumnKind.TEXT)
            text = _("{branch} sold {fall} less ({money})", branch=branch, fall=fall, money=money)
            command = shlex.join(["opttius", "dashboard", "-b", branch, *answer.period_options])
            yield WeekLine(text, command, row["amount"])
        elif row["matter"] == "cant_lose":
            text = n_(
                "{number} customer you cannot lose",
                "{number} customers you cannot lose",
                row["count"],
                number=number,
            )
            yield WeekLine(
                text,
                build_command(answer, "customers", "--segment", "cant-lose"),
                row["amount"],
                row["count"],
            )
        elif row["matter"] == "out_of_stock":
            low = formatter.format_value(row["beside"], ColumnKind.COUNT)
            # The list has a row per product and branch; a product that one branch lacks, another may have.
            text = _("{number} × out of stock in a branch, {low} × low", number=number, low=low)
            yield WeekLine(text, build_command(answer, "export", "stock"), None, row["count"])


def _is_comparable(answer: Answer) -> bool:
    """Whether branches are compared, with a window before that the data fill."""
    return len(answer.header.scope.branches) > 1 and "previous" not in list_unfilled(answer)


def _list_contacts(answer: Answer, formatter: CellFormatter) -> Iterator[WeekLine]:
    """Yield a line for each reason to contact customers that is about money of theirs or ours."""
    path = ("worklist", "by_reason")
    reasons = [part.result.columns[0] for part in answer.parts if part.path == path]
    for row in read_rows(answer, *path):
        if row["reason"] in _CONTACT_REASONS and row["count"]:
            number = formatter.format_value(row["count"], ColumnKind.COUNT)
            words = formatter.format_cell(reasons[0], row["reason"])
            text = f"{number} × {words}, {formatter.format_money(row['at_stake'])}"
            command = build_command(answer, "worklist", "--only", row["reason"])
            yield WeekLine(text, command, row["at_stake"], row["count"])


def _list_goals(answer: Answer, formatter: CellFormatter) -> Iterator[WeekLine]:
    """Yield a line for each branch whose goal is behind; the total says nothing that they do not."""
    if answer.header.as_of.day < FIRST_GOAL_DAY:
        return
    for row in read_rows(answer, "goals"):
        if row["branch"] == TOTAL_ROW or row["expected_pct"] - row["goal_pct"] <= _BEHIND_POINTS:
            continue
        missing = row["goal"] - row["to_date"]
        branch = formatter.format_value(row["branch"], ColumnKind.TEXT)
        text = _("{branch}: {money} to its goal", branch=branch, money=formatter.format_money(missing))
        yield WeekLine(text, build_command(answer, "branches", has_period=True), missing)


def _list_jobs(answer: Answer) -> Iterator[WeekLine]:
    """Yield the line for jobs that failed or are late, which the command has counted."""
    count = answer.jobs_in_trouble
    if count:
        text = n_("{count} job failed or is late", "{count} jobs failed or are late", count)
        yield WeekLine(text, "opttius job status", None, count)
