"""Names of folders and files: placeholders are filled with text that every file system accepts."""

from __future__ import annotations

import glob
import re
from typing import TYPE_CHECKING

from opttius_cli.jobs.definition.output_template import fill_template
from opttius_cli.name_matching import normalize_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from opttius_cli.jobs.definition import Job
    from opttius_cli.period import Clock, Period
    from opttius_cli.result import Branch

_RESERVED = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)
_MAX_LENGTH = 60


def build_folder(job: Job, clock: Clock, period: Period | None) -> Path:
    """Build the folder for the files of a run at ``clock``."""
    return job.root / fill_template(job.folder, _build_values(job, clock, period))


def build_stem(job: Job, clock: Clock, period: Period | None, branch: str | None) -> str:
    """Build a file name without its extension; ``branch`` is a name from :func:`build_branch_names`."""
    values = _build_values(job, clock, period)
    return fill_template(job.stem, values | ({"branch": branch} if branch else {}))


def list_set_folders(job: Job) -> Iterator[Path]:
    """List the existing folders that may hold a set of this job."""
    pieces = (glob.escape(piece) for piece in re.split(r"\{(?:period|date)\}", job.folder))
    pattern = "*".join(pieces).replace("{job}", job.name)
    return job.root.glob(pattern)


def build_branch_names(branches: Sequence[Branch]) -> dict[str, str]:
    """Build a unique file name per branch id: its code, or else its name, or else its id."""
    names: dict[str, str] = {}
    for branch in branches:
        plain = _clean_name(branch.code or branch.name or branch.id)
        if normalize_name(plain) in {normalize_name(name) for name in names.values()}:
            plain = f"{plain}-{_clean_name(branch.id)[:8]}"
        names[branch.id] = plain
    return names


def format_period(period: Period) -> str:
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


def _build_values(job: Job, clock: Clock, period: Period | None) -> dict[str, str]:
    return {
        "job": job.name,
        "date": clock.local_date.isoformat(),
        "period": format_period(period) if period else clock.local_date.isoformat(),
    }


def _clean_name(text: str) -> str:
    """Replace all characters of ``text`` except letters, digits, ``.``, ``-`` and ``_``, for a file name."""
    plain = re.sub(r"[^\w.-]+", "-", text).strip("-.")[:_MAX_LENGTH] or "-"
    return f"{plain}-" if _RESERVED.fullmatch(plain) else plain
