"""One run of a job, from its lock to its row in the ledger: all files are published, or none and a cause."""

from __future__ import annotations

import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import diagnostics
from opttius_cli.errors import OpttiusError, OutputError
from opttius_cli.i18n import _
from opttius_cli.jobs import generate, hooks, manifest, publish
from opttius_cli.jobs.ledger import DELIVERED, Run, Status
from opttius_cli.jobs.lock import liveness_lock, lock_job, remove_liveness_files
from opttius_cli.jobs.loss import LossError
from opttius_cli.snapshot.damage import retry_when_dropped
from opttius_cli.snapshot.engine_errors import is_interruption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from opttius_cli.diagnostics import Reporter
    from opttius_cli.jobs.alerts import PastFigures, RaisedAlert
    from opttius_cli.jobs.definition import Job
    from opttius_cli.jobs.ledger import Ledger
    from opttius_cli.session.state import Request

LOCK_FOLDER = "locks"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """What all runs share: the state folder with its ledger, the clock, the reporter, and how a job becomes a request.

    ``on_success`` and ``on_failure`` are commands that replace those of the jobs. ``wait`` waits for so many seconds.
    """

    state_folder: Path
    ledger: Ledger
    clock: Callable[[], datetime]
    reporter: Reporter
    build_request: Callable[[Job, str | None], Request]
    environment: Mapping[str, str] = field(default_factory=dict)
    if_changed: bool = False
    on_success: str | None = None
    on_failure: str | None = None
    wait: Callable[[float], None] = time.sleep

    @contextmanager
    def hold_locks(self, job: Job) -> Iterator[None]:
        """Hold the lock of a job and the lock of the folder of its files. Raises BusyError.

        A job of the same name in another file is another job, but both may write below one jobs_folder.
        """
        folder, name = self.lock_folder, job.name
        with lock_job(folder, name, job.file), lock_job(folder, name, job.root / job.folder):
            yield

    @property
    def lock_folder(self) -> Path:
        """The folder with the locks of all jobs."""
        return self.state_folder / LOCK_FOLDER


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: its row in the ledger, its folder, its raised alerts and what its files say in short.

    ``error`` is why the files that it made were not sent.
    """

    run: Run
    folder: Path
    raised: tuple[RaisedAlert, ...]
    summaries: tuple[str, ...] = ()
    error: OpttiusError | None = None

    @property
    def files(self) -> list[Path]:
        """All files of the set, the manifest last."""
        return [self.folder / name for name in (*self.run.files, publish.MANIFEST)]


def run_job(context: RunContext, job: Job, due: datetime | None, as_of: str | None = None) -> Outcome:
    """Run ``job`` and publish its files; its lock must be held, and killed runs must be finished.

    ``due`` is the scheduled instant of the run, and also its as-of unless ``as_of`` is set.

    Raises:
        OpttiusError: the run failed; the old files are untouched, and the ledger has the cause.
    """
    with liveness_lock(context.lock_folder, job.name, job.file) as lock_name:
        running = context.ledger.start_run(_build_run(context, job, due, lock_name))
        try:
            instant = as_of or (due.isoformat() if due else None)
            outcome = retry_when_dropped(lambda: _generate_and_publish(context, job, running, instant))
            if job.deliver:
                from opttius_cli.jobs.delivery import deliver_files

                outcome = deliver_files(context, job, outcome)
        except BaseException as error:
            _record_failure(context, job, running, error)
            raise
        context.ledger.update_run(outcome.run)
    hooks.run_hook(context, job, outcome.run, [str(file) for file in outcome.files], outcome.raised)
    return outcome


def _build_run(context: RunContext, job: Job, due: datetime | None, lock_name: str) -> Run:
    return Run(
        job=job.name,
        defined=str(job.file.absolute()),
        started=context.clock(),
        due=due,
        alive=lock_name,
    )


def _generate_and_publish(context: RunContext, job: Job, running: Run, as_of: str | None) -> Outcome:
    plan = generate.plan_run(job, context.build_request(job, as_of))
    publish.check_target(plan.folder, job.name)
    publish.clean_killed_stages(plan.folder, job.name)
    stage = publish.build_stage_path(plan.folder, job.name)
    running = replace(running, as_of=plan.clock.as_of, folder=str(plan.folder), staging=str(stage))
    context.ledger.update_run(running)
    past = [run.figures or {} for run in _list_earlier_runs(context.ledger, job, plan.clock.as_of)]
    old_manifest = publish.read_manifest(plan.folder)
    try:
        file_set, changed = _generate_stage(context, plan, stage, past, old_manifest)
        names = tuple(file["name"] for file in file_set.files)
        running = replace(running, refused_rows=file_set.loss.rows, emptied_cells=file_set.loss.cells)
        if file_set.loss and job.fail_on_loss:
            context.ledger.update_run(running)
            raise LossError(file_set.loss.rows, file_set.loss.cells)
        if changed:
            # Recorded first: a run that is killed after it published must not look like one that published nothing.
            context.ledger.update_run(replace(running, files=names))
            publish.publish_files(stage, plan.folder)
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}.", path=plan.folder, why=error.strerror or error)
        ) from error
    finally:
        publish.clean_stage(stage, plan.folder)
    if job.keep:
        from opttius_cli.jobs import file_names

        # The run succeeds even when an old set cannot be removed; the next run tries again.
        with suppress(OSError):
            publish.remove_old_sets(plan.folder, file_names.list_set_folders(job), job.name, job.keep)
    ended = replace(
        running,
        status=("ok" if file_set.has_data else "empty") if changed else "unchanged",
        ended=context.clock(),
        code=diagnostics.SUCCESS,
        rows=file_set.rows,
        files=names,
        figures=file_set.figures,
        alerts=len(file_set.raised),
    )
    return Outcome(ended, plan.folder, tuple(file_set.raised), tuple(file_set.summaries))


def _generate_stage(
    context: RunContext,
    plan: generate.RunPlan,
    stage: Path,
    past: PastFigures,
    old_manifest: dict[str, object] | None,
) -> tuple[generate.FileSet, bool]:
    """Generate the set in the staging folder; returns it, and whether it differs from the published one."""
    from datetime import datetime

    private = plan.job.masking == "revealed"
    if context.if_changed and old_manifest:
        publish.create_stage(stage, plan.folder, private=private)
        # With the load time of the old set, any difference that remains is a real change.
        file_set = generate.generate_files(
            plan, stage, past, datetime.fromisoformat(str(old_manifest["loaded_at"]))
        )
        if manifest.is_equivalent(
            manifest.build_manifest(plan, file_set), old_manifest
        ) and manifest.has_intact_files(plan.folder, old_manifest):
            return file_set, False
        publish.clean_stage(stage, plan.folder)
    publish.create_stage(stage, plan.folder, private=private)
    file_set = generate.generate_files(plan, stage, past)
    manifest.write_manifest(stage, manifest.build_manifest(plan, file_set))
    return file_set, True


def _list_earlier_runs(ledger: Ledger, job: Job, as_of: datetime) -> Iterator[Run]:
    """Yield the delivered runs with an earlier as-of, one per instant, newest first."""
    instants = set()
    delivered = [
        run
        for run in ledger.list_runs(job.name, job.file)
        if run.status in DELIVERED and run.as_of and run.as_of < as_of
    ]
    for run in sorted(delivered, key=lambda run: (run.as_of, run.id), reverse=True):
        if run.as_of not in instants:
            instants.add(run.as_of)
            yield run


def finish_killed_runs(context: RunContext, job: Job) -> list[Run]:
    """Finish the rows of killed runs and remove the folders that they left; the job's lock must be held."""
    killed_runs = []
    remove_liveness_files(context.lock_folder, job.name, job.file)
    for run in context.ledger.list_unfinished(job.name, job.file):
        if run.staging and run.folder:
            publish.clean_own_stage(Path(run.staging), Path(run.folder), job.name)
        cause = _("The run was killed, or the machine went down; the next run noticed this.")
        killed = replace(run, status="killed", ended=context.clock(), cause=cause)
        context.ledger.update_run(killed)
        hooks.run_hook(context, job, killed, [], ())
        killed_runs.append(killed)
    return killed_runs


def _record_failure(context: RunContext, job: Job, running: Run, error: BaseException) -> None:
    """Record in the ledger why a run failed, and run the hook."""
    interrupted = isinstance(error, KeyboardInterrupt) or (
        isinstance(error, Exception) and is_interruption(error)
    )
    if isinstance(error, OpttiusError):
        cause, code = str(error), diagnostics.exit_code(error)
    elif interrupted:
        cause, code = _("The run was interrupted."), diagnostics.INTERRUPTED
    else:
        # The text of an unexpected error may contain personal data.
        cause, code = type(error).__name__, diagnostics.UNEXPECTED
    recorded = running
    with suppress(OutputError):
        # What the run has recorded by now, such as to whom it was sent.
        recorded = context.ledger.find_run(running.id) or running
    status: Status = "interrupted" if interrupted and not isinstance(error, OpttiusError) else "failed"
    ended = replace(recorded, status=status, ended=context.clock(), cause=cause, code=code)
    # A ledger error must not hide the first error.
    with suppress(OutputError):
        context.ledger.update_run(ended)
    hooks.run_hook(context, job, ended, [], ())
