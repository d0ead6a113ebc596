"""A job as its table in ``opttius.toml`` defines it: values only, nothing here reads or runs."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from decimal import Decimal
    from pathlib import Path

Against = Literal["value", "previous", "mean"]
"""What an alert checks: the figure, its change against the previous window, or against past runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When a job is due: ``every`` as it is written, the cron expression it means, and the time zone."""

    every: str
    cron: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A figure that should stay within its bounds.

    ``figure`` is a dotted path as in JSON. Against ``value`` the bounds are in the figure's own unit,
    otherwise in percent of change. ``last`` is the number of runs for the mean.
    """

    figure: str
    against: Against = "value"
    last: int = 4
    below: Decimal | None = None
    above: Decimal | None = None
    title: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job: its parts, scope, period and formats, and where its files go.

    ``fail_on_loss``: nothing is delivered when rows or cells of the source could not be read. ``deliver`` are the
    addresses to which the files are sent, attached up to ``deliver_megabytes`` in all.
    ``output`` is a path below ``root`` without an extension: folders, then the name of the files. ``file``
    and ``line`` say where the job is defined.
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
    fail_on_loss: bool = False
    deliver: tuple[str, ...] = ()
    deliver_revealed: bool = False
    deliver_megabytes: int = 10

    @property
    def folder(self) -> str:
        """The template of the folder for one set of files."""
        return self.output.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """The template of the files' name."""
        return self.output.rpartition("/")[2]

    @property
    def digest(self) -> str:
        """A hash of what the job defines; it does not change when the definition moves in its file."""
        values = asdict(self)
        for key in ("file", "line", "root", "on_success", "on_failure", "keep", "fail_on_loss"):
            values.pop(key)
        return hashlib.sha256(repr(sorted(values.items())).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class AllowedValues:
    """The names that a job may use: parts, formats with their file extensions, and kinds of masking.

    ``figures`` returns what alerts may check; it is called only for a job with alerts. ``resolve_part`` and
    ``resolve_figure`` return the name that is meant by a label which the program prints; None when it is none.
    ``suggest_figures`` returns what to type for the figures nearest to a text.
    """

    parts: Collection[str]
    figures: Callable[[], Collection[str]]
    formats: dict[str, str]
    maskings: Collection[str]
    resolve_part: Callable[[str], str | None] = lambda _label: None
    resolve_figure: Callable[[str], str | None] = lambda _label: None
    suggest_figures: Callable[[str], Sequence[str]] = lambda _label: ()
