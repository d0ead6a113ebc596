"""The goals that the setting ``goals`` names: a CSV file of what each branch means to sell in a month.

The report that compares with them takes those of the scope's branches as parameters.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _
from opttius_cli.name_matching import normalize_name, suggest_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from opttius_cli.result import Branch
    from opttius_cli.session.state import Session

COLUMNS = ("branch", "month", "revenue")
_MONTH = re.compile(r"(19|2[01])\d\d-(0[1-9]|1[0-2])")
_AMOUNT = re.compile(r"\d{1,16}(\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Goal:
    """What a branch, by its code, means to sell in a month (2026-11); ``line`` is where the file says so."""

    branch: str
    month: str
    revenue: Decimal
    line: int


def build_goal_parameters(session: Session) -> dict[str, Any]:
    """Return branch, month and amount of each goal, as three lists; empty ones where no goals are set.

    Raises:
        ConfigError: the file cannot be used, or names a branch that the data do not have.
    """
    if not session.request.config.goals:
        return {}
    file = Path(session.request.config.goals)
    goals = read_goals(file)
    _require_branches(session, file, goals)
    ids = {_build_key(branch): branch.id for branch in session.scope.branches}
    own = [(ids[key], goal) for goal in goals if (key := normalize_name(goal.branch)) in ids]
    return {
        "goal_branches": [branch_id for branch_id, _goal in own],
        "goal_months": [goal.month for _branch_id, goal in own],
        "goal_amounts": [str(goal.revenue) for _branch_id, goal in own],
    }


def read_goals(file: Path) -> list[Goal]:
    """Read the goals of ``file``. Raises ConfigError naming the file and the line."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise ConfigError(
            _(
                "There is no file {file}. Write it, with the line branch,month,revenue first, or correct goals in "
                "opttius.toml.",
                file=file,
            )
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(_("{file}: the goals cannot be read: {reason}", file=file, reason=error)) from error
    header = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(), delimiter=";" if ";" in header else ",")
    names = [name.strip().lower() for name in next(reader, [])]
    if missing := [name for name in COLUMNS if name not in names]:
        raise _build_error(
            file,
            1,
            _(
                "the header needs the columns branch,month,revenue; {names} is missing",
                names=", ".join(missing),
            ),
        )
    return list(_parse_rows(file, names, reader))


def _parse_rows(file: Path, names: list[str], reader: Iterator[list[str]]) -> Iterator[Goal]:
    lines: dict[tuple[str, str], int] = {}
    for line, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) < len(names):
            raise _build_error(file, line, _("the line has fewer cells than the header"))
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
        goal = _parse_goal(file, line, row)
        key = (normalize_name(goal.branch), goal.month)
        if key in lines:
            raise _build_error(
                file,
                line,
                _(
                    "{branch} has a goal for {month} in line {line} already",
                    branch=goal.branch,
                    month=goal.month,
                    line=lines[key],
                ),
            )
        lines[key] = line
        yield goal


def _parse_goal(file: Path, line: int, row: dict[str, str]) -> Goal:
    if not row["branch"]:
        raise _build_error(file, line, _("the branch is missing"))
    if not _MONTH.fullmatch(row["month"]):
        raise _build_error(
            file, line, _("“{value}” is not a month; write one as 2026-11", value=row["month"])
        )
    # A dot before three digits may group thousands: written so, nobody can tell.
    if not _AMOUNT.fullmatch(row["revenue"]) or Decimal(row["revenue"]) <= 0:
        raise _build_error(
            file,
            line,
            _("“{value}” is not an amount above 0; write one without dots, as 900000", value=row["revenue"]),
        )
    return Goal(row["branch"], row["month"], Decimal(row["revenue"]), line)


def _build_error(file: Path, line: int, reason: str) -> ConfigError:
    """Build the error for a wrong line of the goals."""
    return ConfigError(_("{file}, line {line}: {reason}.", file=file, line=line, reason=reason))


def _build_key(branch: Branch) -> str:
    """Return what a goal calls a branch: its code, or the name of one without."""
    return normalize_name(branch.code or branch.name)


def _require_branches(session: Session, file: Path, goals: list[Goal]) -> None:
    """Raise ConfigError for a goal of a branch that no organization of the data has."""
    entries = session.directory.branches if session.directory else ()
    keys = {_build_key(entry.branch) for entry in entries}
    for goal in goals:
        if normalize_name(goal.branch) not in keys:
            own = [branch.code or branch.name or "" for branch in session.scope.branches]
            raise _build_error(
                file,
                goal.line,
                _(
                    "there is no branch {name}. Did you mean {names}?",
                    name=goal.branch,
                    names=", ".join(suggest_names(goal.branch, own) or own),
                ),
            )
