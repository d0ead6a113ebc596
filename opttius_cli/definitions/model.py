"""A report that is made by itself, as its table in ``opttius.toml`` says it. Nothing here reads or runs."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from decimal import Decimal
    from pathlib import Path

Against = Literal["value", "previous", "mean"]
"""What an alert looks at: the figure, its change against the previous window, or against the runs before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a report is due: ``every`` as it was written, the cron expression it means, and in which zone."""

    every: str
    cron: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A figure that should not leave its bounds.

    ``figure`` is a dotted path as in JSON. Against ``value`` the bounds are in the figure's own unit, else
    in percent of change. ``last`` is how many runs a mean is taken of.
    """

    figure: str
    against: Against = "value"
    last: int = 4
    below: Decimal | None = None
    above: Decimal | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A report by name: what is in it, about whom and when, and where its files go.

    ``output`` is a path below ``root`` without an extension: folders, then the name of the files. ``file``
    and ``line`` say where it is defined.
    """

    name: str
    file: Path
    line: int
    root: Path
    output: str
    parts: tuple[str, ...]
    formats: tuple[str, ...]
    title: str | None = None
    organization: str | None = None
    branches: tuple[str, ...] = ()
    each_branch: bool = False
    period: str = "last-month"
    compare: Literal["previous", "year", "none"] = "previous"
    timezone: str | None = None
    language: str | None = None
    masking: str = "masked"
    reason: str | None = None
    keep: int | None = None
    schedule: Schedule | None = None
    alerts: tuple[Alert, ...] = ()
    on_success: str | None = None
    on_failure: str | None = None

    @property
    def folder(self) -> str:
        """The template of the folder that holds one set of files."""
        return self.output.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """The template of the files' name."""
        return self.output.rpartition("/")[2]

    @property
    def digest(self) -> str:
        """What tells this definition from a later one of the same name; where it stands does not matter."""
        told = asdict(self)
        for place in ("file", "line", "root", "on_success", "on_failure", "keep"):
            told.pop(place)
        return hashlib.sha256(repr(sorted(told.items())).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Known:
    """What a definition may name: parts, formats with the extension of their files, and how data is masked.

    ``figures`` tells what alerts may look at; it is asked only when there is one.
    """

    parts: Collection[str]
    figures: Callable[[], Collection[str]]
    formats: dict[str, str]
    maskings: Collection[str]
