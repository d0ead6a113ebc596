"""Names of folders and files: placeholders are filled with text that every file system accepts."""

from __future__ import annotations

import glob
import re
from typing import TYPE_CHECKING

from opttius_cli.definitions.templates import filled
from opttius_cli.names import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from opttius_cli.definitions import Definition
    from opttius_cli.period import Clock, Period
    from opttius_cli.result import Branch

_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
_LONGEST = 60


def folder_of(definition: Definition, clock: Clock, period: Period | None) -> Path:
    """Build the folder for the files of a run at ``clock``."""
    return definition.root / filled(definition.folder, _values(definition, clock, period))


def stem_of(definition: Definition, clock: Clock, period: Period | None, branch: str | None) -> str:
    """Build a file name without its extension; ``branch`` is a name from :func:`build_branch_names`."""
    values = _values(definition, clock, period)
    return filled(definition.stem, values | ({"branch": branch} if branch else {}))


def sets_of(definition: Definition) -> Iterator[Path]:
    """List the existing folders that may hold a set of this job."""
    pieces = (glob.escape(piece) for piece in re.split(r"\{(?:period|date)\}", definition.folder))
    pattern = "*".join(pieces).replace("{report}", definition.name)
    return definition.root.glob(pattern)


def branch_names(branches: Sequence[Branch]) -> dict[str, str]:
    """Build a unique file name per branch id: its code, or else its name, or else its id."""
    names: dict[str, str] = {}
    for branch in branches:
        plain = _safe(branch.code or branch.name or branch.id)
        if folded(plain) in {folded(name) for name in names.values()}:
            plain = f"{plain}-{_safe(branch.id)[:8]}"
        names[branch.id] = plain
    return names


def period_name(period: Period) -> str:
    """Format a period for a file name: ``2026-10``, ``2026-W47``, ``2026-Q3``, one date or two."""
    first, last = period.full.first, period.full.last
    year, week, _day = first.isocalendar()
    names = {
        "day": first.isoformat(),
        "week": f"{year}-W{week:02d}",
        "month": f"{first:%Y-%m}",
        "quarter": f"{first.year}-Q{(first.month + 2) // 3}",
        "year": f"{first.year}",
    }
    return names.get(period.unit, f"{first.isoformat()}_{last.isoformat()}")


def _values(definition: Definition, clock: Clock, period: Period | None) -> dict[str, str]:
    return {
        "report": definition.name,
        "date": clock.date.isoformat(),
        "period": period_name(period) if period else clock.date.isoformat(),
    }


def _safe(text: str) -> str:
    """Replace all characters of ``text`` except letters, digits, ``.``, ``-`` and ``_``, for a file name."""
    plain = re.sub(r"[^\w.-]+", "-", text).strip("-.")[:_LONGEST] or "-"
    return f"{plain}-" if _RESERVED.fullmatch(plain) else plain
