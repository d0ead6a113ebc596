"""The request that a command makes, and the session that answers it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.audit import AuditRecord
from opttius_cli.privacy.policy import DEFAULT_POLICY, Policy
from opttius_cli.profiler import Profiler
from opttius_cli.result import AnswerHeader
from opttius_cli.session.own_sql.queries import OwnSql
from opttius_cli.snapshot.open import READER_LIMITS, ResourceLimits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    from opttius_cli.config import Config
    from opttius_cli.diagnostics import Reporter
    from opttius_cli.engines.protocol import Engine
    from opttius_cli.period import Clock, Compare, Period, Window
    from opttius_cli.reports.library import Library
    from opttius_cli.result import Scope
    from opttius_cli.scope import Directory, Reader
    from opttius_cli.snapshot.open import Manifest
    from opttius_cli.snapshot.source_protocol import Unread


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asked for, apart from the command itself. ``now`` is the clock, read once.

    ``live_age`` is how many seconds old the snapshot of a live source may be for a screen that is refreshed.
    ``every_tier`` is set for the few answers that need no feature of the organization's tier. ``record``
    collects what the audit log should know. ``own_sql`` runs the SQL of users, ``profiler`` measures the steps.
    """

    config: Config
    environment: Mapping[str, str]
    now: datetime
    reporter: Reporter
    period: str | None = None
    as_of: str | None = None
    compare: Compare = "previous"
    since: str | None = None
    refresh: bool = False
    live_age: float | None = None
    strict: bool = False
    policy: Policy = DEFAULT_POLICY
    every_tier: bool = False
    record: AuditRecord = field(default_factory=AuditRecord)
    own_sql: OwnSql = field(default_factory=OwnSql)
    profiler: Profiler = field(default_factory=Profiler)


@dataclass(frozen=True, slots=True)
class OpenedEngine:
    """An engine on its rows, and what they are of. ``path`` is the snapshot's file (None: it has none)."""

    engine: Engine
    manifest: Manifest
    path: Path | None


@dataclass(frozen=True, slots=True)
class Session:
    """An open snapshot, limited to one scope and one instant: everything a report needs.

    ``since`` is the date whose end is compared with, where that is asked for in place of two windows; ``previous``
    is then that date. ``reader`` is the admin whose rights apply, None where nobody was named. ``unread`` is what
    of the source was not read. ``directory`` knows every branch of the data, by which the goals of branches are read.
    ``path`` is the snapshot's file (None: it has none), which a user's SQL opens within ``limits``.
    """

    request: Request
    engine: Engine
    manifest: Manifest
    scope: Scope
    clock: Clock
    currency: str
    period: Period | None
    previous: Window | None
    library: Library
    present_tables: frozenset[str]
    since: date | None = None
    reader: Reader | None = None
    unread: tuple[Unread, ...] = ()
    directory: Directory | None = None
    path: Path | None = None
    limits: ResourceLimits = READER_LIMITS

    def build_header(self, report: str) -> AnswerHeader:
        """Return the head of an answer called ``report``."""
        return AnswerHeader(
            report,
            self.clock.as_of,
            self.clock.zone.key,
            self.currency,
            self.scope,
            self.period,
            self.previous,
            since=self.since,
        )
