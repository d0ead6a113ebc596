"""What a request asks, and what a session holds open to answer it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.audit import Record
from opttius_cli.privacy.policy import MASKED, Policy
from opttius_cli.result import Head

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from opttius_cli.config import Config
    from opttius_cli.diagnostics import Voice
    from opttius_cli.engines.duckdb import DuckEngine
    from opttius_cli.period import Clock, Compare, Period, Window
    from opttius_cli.reports.library import Library
    from opttius_cli.result import Scope
    from opttius_cli.scope import Reader
    from opttius_cli.snapshot.held import Manifest


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for, apart from the command itself. ``now`` is the clock, entered once.

    ``live_age`` is how many seconds old the snapshot of a live source may be for who looks again and again.
    ``every_tier`` is for what needs no feature of the organization's tier: everything else does. ``record`` is
    told what the audit log should know.
    """

    config: Config
    environment: Mapping[str, str]
    now: datetime
    voice: Voice
    period: str | None = None
    as_of: str | None = None
    compare: Compare = "previous"
    refresh: bool = False
    live_age: float | None = None
    strict: bool = False
    policy: Policy = MASKED
    every_tier: bool = False
    record: Record = field(default_factory=Record)


@dataclass(frozen=True, slots=True)
class Session:
    """An open snapshot seen by one scope at one instant: everything a report needs.

    ``reader`` is the admin whose rights apply, None where nobody was named.
    """

    request: Request
    engine: DuckEngine
    manifest: Manifest
    scope: Scope
    clock: Clock
    currency: str
    period: Period | None
    previous: Window | None
    library: Library
    present: frozenset[str]
    reader: Reader | None = None

    def head(self, report: str) -> Head:
        """The head of an answer called ``report``."""
        return Head(
            report,
            self.clock.as_of,
            self.clock.zone.key,
            self.currency,
            self.scope,
            self.period,
            self.previous,
        )
