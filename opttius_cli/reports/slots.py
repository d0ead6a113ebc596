"""A slot of an answer's layout: which report goes where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Condition = Literal["branches", "goals"]
"""That the scope has two branches or more; that the settings have goals."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A report and the path of keys where an answer puts it.

    ``columns`` takes only some of its columns: for a figure that another section repeats.
    """

    path: tuple[str, ...]
    report: str
    columns: tuple[tuple[str, str], ...] = ()
    """Pairs of (column of the report, key in the answer)."""
    before: str = ""
    """The key beside it before which JSON puts it."""
    condition: Condition | None = None
    """What must hold for the answer to have it; one that is asked for by its name is always there."""


def build_slot(
    path: str, report: str, before: str = "", condition: Condition | None = None, **columns: str
) -> Slot:
    """Return the slot of a report at a dotted path; ``columns`` are the keys of columns that it takes."""
    return Slot(tuple(path.split(".")), report, tuple(columns.items()), before, condition)
