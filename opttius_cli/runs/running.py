"""One run of a job, from its lock to its row in the ledger: all files are published, or none and a cause."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import diagnostics
from opttius_cli.errors import OpttiusError, OutputError
from opttius_cli.i18n import _
from opttius_cli.runs import hooks, making, manifest, publishing
from opttius_cli.runs.ledger import DELIVERED, Ledger, Run, Status
from opttius_cli.runs.lock import living, locked, remove_signs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from opttius_cli.definitions import Definition
    from opttius_cli.diagnostics import Voice
    from opttius_cli.runs.alerts import Past, Raised
    from opttius_cli.session import Request

FILE = "runs.sqlite3"
LOCKS = "locks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What all runs share: the state folder, the clock, the reporter, and how a job becomes a request.

    ``on_success`` and ``on_failure`` are commands that replace those of the jobs.
    """

    state: Path
    clock: Callable[[], datetime]
    voice: Voice
    request: Callable[[Definition, str | None], Request]
    environment: Mapping[str, str] = field(default_factory=dict)
    if_changed: bool = False
    on_success: str | None = None
    on_failure: str | None = None

    @property
    def ledger(self) -> Ledger:
        """The ledger of all jobs."""
        return Ledger(self.state / FILE)

    @contextmanager
    def lock(self, definition: Definition) -> Iterator[None]:
        """Hold the lock of a job and the lock of the folder of its files. Raises BusyError.

        A job of the same name in another file is another job, but both may write below one reports_folder.
        """
        folder, name = self.locks, definition.name
        with locked(folder, name, definition.file), locked(folder, name, definition.root / definition.folder):
            yield

    @property
    def locks(self) -> Path:
        """The folder with the locks of all jobs."""
        return self.state / LOCKS


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: its row in the ledger, its folder and its raised alerts."""

    run: Run
    folder: Path
    raised: tuple[Raised, ...]

    @property
    def files(self) -> list[Path]:
        """All files of the set, the manifest last."""
        return [self.folder / name for name in (*self.run.files, publishing.MANIFEST)]


def run(post: Post, definition: Definition, due: datetime | None, as_of: str | None = None) -> Outcome:
    """Run ``job`` and publish its files; its lock must be held, and killed runs must be finished.

    ``due`` is the scheduled instant of the run, and also its as-of unless ``as_of`` is set.

    Raises:
        OpttiusError: the run failed; the old files are untouched, and the ledger has the cause.
    """
    with living(post.locks, definition.name, definition.file) as sign:
        running = post.ledger.begin(_started(post, definition, due, sign))
        try:
            outcome = _made(post, definition, running, as_of or (due.isoformat() if due else None))
        except BaseException as error:
            _give_up(post, definition, running, error)
            raise
        post.ledger.settle(outcome.run)
    hooks.call(post, definition, outcome.run, [str(file) for file in outcome.files], outcome.raised)
    return outcome


def _started(post: Post, definition: Definition, due: datetime | None, sign: str) -> Run:
    return Run(
        report=definition.name,
        defined=str(definition.file.absolute()),
        started=post.clock(),
        due=due,
        alive=sign,
    )


def _made(post: Post, definition: Definition, running: Run, as_of: str | None) -> Outcome:
    plan = making.plan(definition, post.request(definition, as_of))
    publishing.refuse(plan.folder, definition.name)
    publishing.clean_beside(plan.folder, definition.name)
    stage = publishing.stage_for(plan.folder, definition.name)
    running = replace(running, as_of=plan.clock.as_of, folder=str(plan.folder), staging=str(stage))
    post.ledger.settle(running)
    past = [run.figures or {} for run in _earlier(post.ledger, definition, plan.clock.as_of)]
    old = publishing.manifest_of(plan.folder)
    try:
        made, changed = _staged(post, plan, stage, past, old)
        if changed:
            publishing.publish(stage, plan.folder)
    except OSError as error:
        raise OutputError(
            _("{path} cannot be written: {why}.", path=plan.folder, why=error.strerror or error)
        ) from error
    finally:
        publishing.clean(stage, plan.folder)
    if definition.keep:
        from opttius_cli.runs import naming

        # The run succeeds even when an old set cannot be removed; the next run tries again.
        with suppress(OSError):
            publishing.prune(plan.folder, naming.sets_of(definition), definition.name, definition.keep)
    ended = replace(
        running,
        status=("ok" if made.something else "empty") if changed else "unchanged",
        ended=post.clock(),
        code=diagnostics.DONE,
        rows=made.rows,
        files=tuple(file["name"] for file in made.files),
        figures=made.figures,
        alerts=len(made.raised),
    )
    return Outcome(ended, plan.folder, tuple(made.raised))


def _staged(
    post: Post,
    plan: making.Plan,
    stage: Path,
    past: Past,
    old: dict[str, object] | None,
) -> tuple[making.Made, bool]:
    """Generate the set in the staging folder; returns it, and whether it differs from the published one."""
    from datetime import datetime

    private = plan.definition.masking == "revealed"
    if post.if_changed and old:
        publishing.make_stage(stage, plan.folder, private=private)
        # With the load time of the old set, any difference that remains is a real change.
        made = making.make(plan, stage, past, datetime.fromisoformat(str(old["loaded_at"])))
        if manifest.same(manifest.document(plan, made), old) and manifest.holds(plan.folder, old):
            return made, False
        publishing.clean(stage, plan.folder)
    publishing.make_stage(stage, plan.folder, private=private)
    made = making.make(plan, stage, past)
    manifest.write(stage, manifest.document(plan, made))
    return made, True


def _earlier(ledger: Ledger, definition: Definition, as_of: datetime) -> Iterator[Run]:
    """Yield the delivered runs with an earlier as-of, one per instant, newest first."""
    seen = set()
    found = [
        run
        for run in ledger.of(definition.name, definition.file)
        if run.status in DELIVERED and run.as_of and run.as_of < as_of
    ]
    for run in sorted(found, key=lambda run: (run.as_of, run.id), reverse=True):
        if run.as_of not in seen:
            seen.add(run.as_of)
            yield run


def settle_killed(post: Post, definition: Definition) -> list[Run]:
    """Finish the rows of killed runs and remove the folders that they left; the job's lock must be held."""
    settled = []
    remove_signs(post.locks, definition.name, definition.file)
    for run in post.ledger.running(definition.name, definition.file):
        if run.staging and run.folder:
            publishing.clean(Path(run.staging), Path(run.folder))
        cause = _("The run was killed, or the machine went down; the next run noticed this.")
        killed = replace(run, status="killed", ended=post.clock(), cause=cause)
        post.ledger.settle(killed)
        hooks.call(post, definition, killed, [], ())
        settled.append(killed)
    return settled


def _give_up(post: Post, definition: Definition, running: Run, error: BaseException) -> None:
    """Record in the ledger why a run failed, and run the hook."""
    interrupted = isinstance(error, KeyboardInterrupt) or (
        isinstance(error, Exception) and diagnostics.is_interruption(error)
    )
    if isinstance(error, OpttiusError):
        cause, code = str(error), diagnostics.exit_code(error)
    elif interrupted:
        cause, code = _("The run was interrupted."), diagnostics.INTERRUPTED
    else:
        # The text of an unexpected error may contain personal data.
        cause, code = type(error).__name__, diagnostics.UNEXPECTED
    known = running
    with suppress(OutputError):
        unsettled = post.ledger.running(definition.name, definition.file)
        known = next((run for run in unsettled if run.id == running.id), running)
    status: Status = "interrupted" if interrupted and not isinstance(error, OpttiusError) else "failed"
    ended = replace(known, status=status, ended=post.clock(), cause=cause, code=code)
    # A ledger error must not hide the first error.
    with suppress(OutputError):
        post.ledger.settle(ended)
    hooks.call(post, definition, ended, [], ())
