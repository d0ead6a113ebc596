"""Generation of a set of files: each scope's reports run once, and every format is written from that answer.

All files of a set show one snapshot. If another load replaces it in the meantime, the set is started again.
"""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from opttius_cli import i18n
from opttius_cli.errors import SourceError
from opttius_cli.files.atomic_file import create_file
from opttius_cli.i18n import _
from opttius_cli.jobs import alerts, file_names, summary
from opttius_cli.jobs.answer_data import count_rows, has_data
from opttius_cli.jobs.loss import Loss, measure_loss
from opttius_cli.period import end_of_day, start_of_day
from opttius_cli.render.registry import RENDERERS
from opttius_cli.render.style import Style
from opttius_cli.reports import report_parts
from opttius_cli.reports.layouts import WORKLIST_REPORT
from opttius_cli.session.decide_worklist import decide_week, is_today, note_unmatched_lines
from opttius_cli.session.open_session import open_session
from opttius_cli.session.run_reports import applicable_slots, run_reports
from opttius_cli.session.snapshot_access import ensure_snapshot_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from opttius_cli.jobs.alerts import Figures, PastFigures, RaisedAlert
    from opttius_cli.jobs.definition import Job
    from opttius_cli.period import Clock, Period, Window
    from opttius_cli.reports.slots import Slot
    from opttius_cli.result import Answer, Branch, Scope
    from opttius_cli.session.state import Request, Session

_MAX_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run will write: the request at its instant, the snapshot, the scopes and the file names."""

    job: Job
    request: Request
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
    def file_names(self) -> list[str]:
        """The names of all files."""
        return [
            f"{stem}.{RENDERERS[format_name].extension}"
            for stem, *_rest in self.scopes
            for format_name in self.job.formats
        ]


@dataclass(slots=True)
class FileSet:
    """The files of a set and what they contain, collected while they are written."""

    files: list[dict[str, Any]] = field(default_factory=list)
    rows: int = 0
    has_data: bool = False
    figures: dict[str, Figures] = field(default_factory=dict)
    raised: list[RaisedAlert] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    sql: dict[str, str] = field(default_factory=dict)
    loaded_at: datetime | None = None
    loss: Loss = field(default_factory=Loss)

    def record_snapshot(self, loaded_at: datetime) -> None:
        """Record the load time of the snapshot.

        Raises _SnapshotReplacedError when earlier files had another one.
        """
        self.loaded_at = self.loaded_at or loaded_at
        if loaded_at != self.loaded_at:
            raise _SnapshotReplacedError


class _SnapshotReplacedError(Exception):
    """A newer snapshot has replaced the one that a part of the set was made from."""


def plan_run(job: Job, request: Request) -> RunPlan:
    """Plan a run of ``job``; loads the source when its snapshot is stale.

    Without an as-of, a period that is over is reported as of the first instant after it, so that the same
    period always gives the same files.
    """
    snapshot = ensure_snapshot_file(request)
    loaded_request = replace(request, refresh=False)
    if request.as_of is None:
        with open_session(loaded_request, snapshot) as opened:
            period_end = _find_period_end(opened)
        loaded_request = replace(loaded_request, as_of=period_end.isoformat() if period_end else None)
    with open_session(loaded_request, snapshot) as opened:
        scope, clock, period = opened.scope, opened.clock, opened.period
        return RunPlan(
            job,
            replace(loaded_request, as_of=clock.as_of.isoformat()),
            snapshot,
            opened.manifest.loaded_at,
            clock,
            period,
            opened.previous,
            scope,
            file_names.build_folder(job, clock, period),
            tuple(_list_scopes(job, request.config.branches, scope.branches, clock, period)),
        )


def _find_period_end(opened: Session) -> datetime | None:
    """Return the first instant after the session's period; None while the period is not over."""
    if opened.period is None or opened.clock.as_of < end_of_day(opened.period.full.last, opened.clock.zone):
        return None
    return start_of_day(opened.period.full.last + timedelta(days=1), opened.clock.zone)


def _list_scopes(
    job: Job,
    branch_ids: tuple[str, ...],
    branches: Sequence[Branch],
    clock: Clock,
    period: Period | None,
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if not job.each_branch:
        yield file_names.build_stem(job, clock, period, None), "all", branch_ids
        return
    names = file_names.build_branch_names(branches)
    for branch in branches:
        yield file_names.build_stem(job, clock, period, names[branch.id]), branch.id, (branch.id,)


def generate_files(
    plan: RunPlan, stage: Path, past: PastFigures, loaded_at: datetime | None = None
) -> FileSet:
    """Write every file of ``plan`` into the folder ``stage``.

    ``past`` are the figures of earlier runs. ``loaded_at`` replaces the snapshot's load time in the files, to
    find out whether anything else has changed.

    Raises:
        SourceError: the snapshot was replaced on every attempt.
    """
    for _attempt in range(_MAX_ATTEMPTS):
        file_set = FileSet()
        try:
            for stem, key, branches in plan.scopes:
                with _use_language(plan.job.language):
                    answers = {
                        for_readers: replace(answer, loaded_at=loaded_at or answer.loaded_at)
                        for for_readers, answer in _build_answers(plan, branches, key, past, file_set).items()
                    }
                    _write_formats(plan, stage, stem, answers, file_set)
        except _SnapshotReplacedError:
            for file in stage.iterdir():
                file.unlink()
        else:
            return file_set
    raise SourceError(_("The snapshot is loaded again and again while the job runs. Try again later."))


@contextmanager
def _open_scope(
    plan: RunPlan,
    branches: tuple[str, ...],
    file_set: FileSet,
    as_of: str | None = None,
    period: str | None = None,
) -> Iterator[Session]:
    config = replace(plan.request.config, branches=branches)
    request = replace(
        plan.request,
        config=config,
        as_of=as_of or plan.request.as_of,
        period=period or plan.request.period,
        compare="none" if period else plan.request.compare,
    )
    with open_session(request, plan.snapshot) as opened:
        file_set.record_snapshot(opened.manifest.loaded_at)
        yield opened


def _build_answers(
    plan: RunPlan, branches: tuple[str, ...], key: str, past: PastFigures, file_set: FileSet
) -> dict[bool, Answer]:
    """Build the answer for one scope, for people (True) and for programs, with its alerts as the last part."""
    job = plan.job
    with _open_scope(plan, branches, file_set) as opened:
        user_reports = opened.library.list_user_reports()
        layouts = {
            for_readers: report_parts.select_slots(job.parts, user_reports, for_readers=for_readers)
            for for_readers in (True, False)
        }
        _decide_worklist(opened, layouts[False])
        summary_slots = summary.SLOTS if job.deliver else ()
        wanted = dict.fromkeys(
            (*layouts[True], *layouts[False], *alerts.find_slots(job.alerts), *summary_slots)
        )
        all_slots = applicable_slots(opened, tuple(wanted))
        answer = run_reports(opened, job.name, all_slots)
    file_set.loss += measure_loss(answer)
    if job.deliver:
        file_set.summaries.append(summary.summarize(answer))
    parts, alert_parts = dict(zip(all_slots, answer.parts, strict=True)), []
    if job.alerts:
        file_set.figures[key] = alerts.read_figures(job.alerts, answer)
        previous_figures = _read_previous_figures(plan, branches, answer.header.previous, file_set)
        raised = alerts.check_alerts(job.alerts, file_set.figures[key], previous_figures, past, key, answer)
        file_set.raised += raised
        alert_parts.append(alerts.build_part(raised))
    file_set.sql |= dict(answer.sql)
    answer = replace(answer, header=replace(answer.header, title=job.title))
    return {
        for_readers: replace(answer, parts=(*(parts[slot] for slot in layout if slot in parts), *alert_parts))
        for for_readers, layout in layouts.items()
    }


def _decide_worklist(opened: Session, slots: Sequence[Slot]) -> None:
    """Decide the week's list when it is a part of the job and the run is about today."""
    if not any(slot.report == WORKLIST_REPORT for slot in slots):
        return
    note_unmatched_lines(opened)
    if is_today(opened):
        decide_week(opened)


def _read_previous_figures(
    plan: RunPlan, branches: tuple[str, ...], window: Window | None, file_set: FileSet
) -> Figures:
    """Read the figures of the previous window as of its end, for the alerts that compare with it."""
    watched = tuple(alert for alert in plan.job.alerts if alert.against == "previous")
    if not watched or window is None:
        return {}
    period = f"{window.first}..{window.last}"
    with _open_scope(plan, branches, file_set, window.last_moment.isoformat(), period) as opened:
        answer = run_reports(opened, plan.job.name, alerts.find_slots(watched))
    return alerts.read_figures(watched, answer)


def _write_formats(
    plan: RunPlan, stage: Path, stem: str, answers: Mapping[bool, Answer], file_set: FileSet
) -> None:
    """Write one file per format, from the answer for people or from that for programs."""
    style = Style(language=i18n.get_locale())
    file_set.rows += count_rows(answers[False])
    file_set.has_data = file_set.has_data or has_data(answers[False])
    for format_name in plan.job.formats:
        renderer = RENDERERS[format_name]
        answer = answers[renderer.for_readers]
        file = stage / f"{stem}.{renderer.extension}"
        create_file(
            file, partial(renderer.write, answer, style=style), private=plan.job.masking == "revealed"
        )
        file_set.files.append(
            {
                "name": file.name,
                "format": format_name,
                "rows": count_rows(answer),
                "bytes": file.stat().st_size,
                "sha256": hash_file(file),
                "branches": [branch.code or branch.id for branch in answer.header.scope.branches],
                "whole_organization": answer.header.scope.whole_organization,
            }
        )


@contextmanager
def _use_language(language: str | None) -> Iterator[None]:
    """Switch to the language of the job while the context lasts."""
    previous_language = i18n.get_locale()
    i18n.set_language(language or previous_language)
    try:
        yield
    finally:
        i18n.set_language(previous_language)


def hash_file(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with file.open("rb") as data:
        return hashlib.file_digest(data, "sha256").hexdigest()
