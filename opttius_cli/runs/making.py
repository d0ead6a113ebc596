"""Generation of a set of files: each scope's reports run once, and every format is written from that answer.

All files of a set show one snapshot. If another load replaces it in the meantime, the set is started again.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from opttius_cli import i18n, session
from opttius_cli.errors import SourceError
from opttius_cli.i18n import _
from opttius_cli.period import end_of, start_of
from opttius_cli.render.registry import RENDERERS
from opttius_cli.render.style import Style
from opttius_cli.reports import parts
from opttius_cli.runs import alerts, naming
from opttius_cli.runs.contents import has_something, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.definitions import Definition
    from opttius_cli.period import Clock, Period, Window
    from opttius_cli.render.registry import Renderer
    from opttius_cli.result import Answer, Branch, Scope
    from opttius_cli.runs.alerts import Figures, Past, Raised

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will write: the request at its instant, the snapshot, the scopes and the file names."""

    definition: Definition
    request: session.Request
    snapshot: Path
    loaded_at: datetime
    clock: Clock
    period: Period | None
    previous: Window | None
    scope: Scope
    folder: Path
    scopes: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Per scope: the file name without extension, the key of the scope, and the branches to request."""

    @property
    def names(self) -> list[str]:
        """The names of all files."""
        return [
            f"{stem}.{RENDERERS[one].extension}"
            for stem, *_rest in self.scopes
            for one in self.definition.formats
        ]


@dataclass(slots=True)
class Made:
    """The files of a set and what they contain, collected while they are written."""

    files: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0
    something: bool = False
    figures: dict[str, Figures] = field(default_factory=dict)
    raised: list[Raised] = field(default_factory=list)
    sql: dict[str, str] = field(default_factory=dict)
    loaded_at: datetime | None = None

    def reads(self, loaded_at: datetime) -> None:
        """Record the load time of the snapshot.

        Raises _SnapshotReplacedError when earlier files had another one.
        """
        self.loaded_at = self.loaded_at or loaded_at
        if loaded_at != self.loaded_at:
            raise _ReplacedError


class _ReplacedError(Exception):
    """A newer snapshot has replaced the one that a part of the set was made from."""


def plan(definition: Definition, request: session.Request) -> Plan:
    """Plan a run of ``job``; loads the source when its snapshot is stale.

    Without an as-of, a period that is over is reported as of the first instant after it, so that the same
    period always gives the same files.
    """
    snapshot = session.snapshot_file(request)
    loaded = replace(request, refresh=False)
    if request.as_of is None:
        with session.opened(loaded, snapshot) as opened:
            after = _after_period(opened)
        loaded = replace(loaded, as_of=after.isoformat() if after else None)
    with session.opened(loaded, snapshot) as opened:
        scope, clock, period = opened.scope, opened.clock, opened.period
        return Plan(
            definition,
            replace(loaded, as_of=clock.as_of.isoformat()),
            snapshot,
            opened.manifest.loaded_at,
            clock,
            period,
            opened.previous,
            scope,
            naming.folder_of(definition, clock, period),
            tuple(_scopes(definition, request.config.branches, scope.branches, clock, period)),
        )


def _after_period(opened: session.Session) -> datetime | None:
    """Return the first instant after the session's period; None while the period is not over."""
    if opened.period is None or opened.clock.as_of < end_of(opened.period.full.last, opened.clock.zone):
        return None
    return start_of(opened.period.full.last + timedelta(days=1), opened.clock.zone)


def _scopes(
    definition: Definition,
    asked: tuple[str, ...],
    branches: Sequence[Branch],
    clock: Clock,
    period: Period | None,
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if not definition.each_branch:
        yield naming.stem_of(definition, clock, period, None), "all", asked
        return
    names = naming.branch_names(branches)
    for branch in branches:
        yield naming.stem_of(definition, clock, period, names[branch.id]), branch.id, (branch.id,)


def make(plan: Plan, stage: Path, past: Past, loaded_at: datetime | None = None) -> Made:
    """Write every file of ``plan`` into the folder ``stage``.

    ``past`` are the figures of earlier runs. ``loaded_at`` replaces the snapshot's load time in the files, to
    find out whether anything else has changed.

    Raises:
        SourceError: the snapshot was replaced on every attempt.
    """
    for _attempt in range(_ATTEMPTS):
        made = Made()
        try:
            for stem, key, branches in plan.scopes:
                with _speaking(plan.definition.language):
                    found = _answered(plan, branches, key, past, made)
                    _write(plan, stage, stem, replace(found, loaded_at=loaded_at or found.loaded_at), made)
        except _ReplacedError:
            for file in stage.iterdir():
                file.unlink()
        else:
            return made
    raise SourceError(_("The snapshot is loaded again and again while the report is made. Try again later."))


@contextmanager
def _asked(
    plan: Plan, branches: tuple[str, ...], made: Made, as_of: str | None = None, period: str | None = None
) -> Iterator[session.Session]:
    config = replace(plan.request.config, branches=branches)
    request = replace(
        plan.request,
        config=config,
        as_of=as_of or plan.request.as_of,
        period=period or plan.request.period,
        compare="none" if period else plan.request.compare,
    )
    with session.opened(request, plan.snapshot) as opened:
        made.reads(opened.manifest.loaded_at)
        yield opened


def _answered(plan: Plan, branches: tuple[str, ...], key: str, past: Past, made: Made) -> Answer:
    """Build the answer for one scope, with its alerts as the last part."""
    definition = plan.definition
    with _asked(plan, branches, made) as opened:
        shown = parts.places(definition.parts, opened.library.users())
        places = tuple(dict.fromkeys((*shown, *alerts.places(definition.alerts))))
        found = session.answer(opened, definition.name, places, session.EVERY_CUSTOMER)
    told = [part for part, place in zip(found.parts, places, strict=True) if place in shown]
    if definition.alerts:
        made.figures[key] = alerts.figures(definition.alerts, found)
        before = _before(plan, branches, found.head.previous, made)
        raised = alerts.judged(definition.alerts, made.figures[key], before, past, key, found)
        made.raised += raised
        told.append(alerts.part(raised))
    made.sql |= dict(found.sql)
    return replace(found, parts=tuple(told), head=replace(found.head, title=definition.title))


def _before(plan: Plan, branches: tuple[str, ...], window: Window | None, made: Made) -> Figures:
    """Read the figures of the previous window as of its end, for the alerts that compare with it."""
    watching = tuple(one for one in plan.definition.alerts if one.against == "previous")
    if not watching or window is None:
        return {}
    period = f"{window.first}..{window.last}"
    with _asked(plan, branches, made, window.until.isoformat(), period) as earlier:
        found = session.answer(earlier, plan.definition.name, alerts.places(watching), session.EVERY_CUSTOMER)
    return alerts.figures(watching, found)


def _write(plan: Plan, stage: Path, stem: str, answer: Answer, made: Made) -> None:
    """Write one file per format from one answer."""
    style = Style(language=i18n.language_of_place())
    rows = rows_of(answer)
    made.rows += rows
    made.something = made.something or has_something(answer)
    for name in plan.definition.formats:
        renderer = RENDERERS[name]
        file = stage / f"{stem}.{renderer.extension}"
        _write_file(file, renderer, answer, style, private=plan.definition.masking == "revealed")
        made.files.append(
            {
                "name": file.name,
                "format": name,
                "rows": rows,
                "bytes": file.stat().st_size,
                "sha256": digest(file),
                "branches": [branch.code or branch.id for branch in answer.head.scope.branches],
                "whole_organization": answer.head.scope.whole,
            }
        )


@contextmanager
def _speaking(language: str | None) -> Iterator[None]:
    """Switch to the language of the job while the context lasts."""
    spoken = i18n.language_of_place()
    i18n.use(language or spoken)
    try:
        yield
    finally:
        i18n.use(spoken)


def _write_file(file: Path, renderer: Renderer, answer: Answer, style: Style, *, private: bool) -> None:
    handle = os.open(
        file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600 if private else 0o666
    )
    with open(handle, "wb") as out:  # noqa: PTH123 - a handle, not a path
        renderer.write(answer, out, style)
        out.flush()
        os.fsync(out.fileno())


def digest(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
