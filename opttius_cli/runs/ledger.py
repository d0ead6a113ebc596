"""The ledger: one row per start of a report, in a file of the state folder that only its owner can read.

A row is written before anything else happens and settled when the run ends, each in a transaction of its own.
A row that nobody settled is of a run that was killed: whoever next holds the report's lock settles it.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from opttius_cli.errors import OutputError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

Status = Literal["running", "ok", "empty", "unchanged", "failed", "interrupted", "killed"]
DELIVERED: tuple[Status, ...] = ("ok", "empty", "unchanged")
"""Ends after which the files are those of the instant."""

_PATIENCE = 20.0
"""Seconds that one process waits for another one's transaction."""
_TABLE = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    report TEXT NOT NULL,
    status TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    due TEXT,
    as_of TEXT,
    cause TEXT,
    code INTEGER,
    rows INTEGER,
    files TEXT NOT NULL DEFAULT '[]',
    figures TEXT NOT NULL DEFAULT '{}',
    alerts INTEGER NOT NULL DEFAULT 0,
    folder TEXT,
    staging TEXT,
    process INTEGER,
    boot TEXT,
    defined TEXT,
    alive TEXT
);
CREATE INDEX IF NOT EXISTS runs_of_report ON runs (report, id);
"""
_INSERT = (
    "INSERT INTO runs (report, status, started, ended, due, as_of, cause, code, rows, files, figures, alerts, "
    "folder, staging, process, boot, defined, alive) VALUES (:report, :status, :started, :ended, :due, :as_of, "
    ":cause, :code, :rows, :files, :figures, :alerts, :folder, :staging, :process, :boot, :defined, :alive)"
)
_UPDATE = (
    "UPDATE runs SET status = :status, ended = :ended, due = :due, as_of = :as_of, cause = :cause, code = :code, "
    "rows = :rows, files = :files, figures = :figures, alerts = :alerts, folder = :folder, staging = :staging "
    "WHERE id = :id"
)
_OF = "SELECT * FROM runs WHERE report = ?1 AND coalesce(defined, ?2) = ?2 ORDER BY id DESC LIMIT ?3"
"""A report of that name from another file is another report. Rows of older versions do not say from which."""
_RUNNING = (
    "SELECT * FROM runs WHERE report = ?1 AND coalesce(defined, ?2) = ?2 AND status = 'running' ORDER BY id"
)
_LATER = {
    "defined": "ALTER TABLE runs ADD COLUMN defined TEXT",
    "alive": "ALTER TABLE runs ADD COLUMN alive TEXT",
}
"""Columns that ledgers of older versions lack."""
_MOST = 5_000
"""Runs of a report that are looked at: a year of one every two hours."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One start of a report. ``due`` is the scheduled instant that it was for, None for one asked for by hand.

    ``cause`` says why it failed. ``figures`` holds, per scope, the figures that alerts look at. ``defined`` is the
    file that defines the report: each folder may have a report of that name. ``alive`` is the sign that it holds
    while it is at work.
    """

    report: str
    started: datetime
    status: Status = "running"
    id: int = 0
    ended: datetime | None = None
    due: datetime | None = None
    as_of: datetime | None = None
    cause: str | None = None
    code: int | None = None
    rows: int | None = None
    files: tuple[str, ...] = ()
    figures: dict[str, dict[str, Decimal]] | None = None
    alerts: int = 0
    folder: str | None = None
    staging: str | None = None
    process: int | None = None
    boot: str | None = None
    defined: str | None = None
    alive: str | None = None

    @property
    def seconds(self) -> float | None:
        """How long it took."""
        return (self.ended - self.started).total_seconds() if self.ended else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The file with every run."""

    file: Path

    def begin(self, run: Run) -> Run:
        """Write down that ``run`` starts; returns it with its number."""
        held = replace(run, process=os.getpid(), boot=_boot())
        with self._open() as con:
            columns = _row(held)
            number = con.execute(_INSERT, columns).lastrowid
        return replace(held, id=int(number or 0))

    def settle(self, run: Run) -> None:
        """Write down how ``run`` ended, or what is known of it by now."""
        with self._open() as con:
            con.execute(_UPDATE, _row(run))

    def of(self, report: str, defined: Path) -> list[Run]:
        """The runs of the ``report`` that a file defines, the newest first, as far back as anybody looks."""
        return self._select(_OF, report, str(defined.absolute()), _MOST)

    def running(self, report: str, defined: Path) -> list[Run]:
        """Those that have not ended; with the report's lock in hand, those that were killed."""
        return self._select(_RUNNING, report, str(defined.absolute()))

    def _select(self, query: str, *values: Any) -> list[Run]:
        if not self.file.is_file():
            return []
        with self._open() as con:
            con.row_factory = sqlite3.Row
            return [_run(row) for row in con.execute(query, values)]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # SQLite gives its side files the mode of the file.
            os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(self.file, timeout=_PATIENCE)) as con:
                con.execute("PRAGMA journal_mode = WAL")
                con.execute("PRAGMA synchronous = FULL")
                con.executescript(_TABLE)
                _brought_up_to_date(con)
                with con:
                    yield con
        except (OSError, sqlite3.Error) as error:
            raise OutputError(
                _("The ledger {file} cannot be used: {why}.", file=self.file, why=error)
            ) from error


def _brought_up_to_date(con: sqlite3.Connection) -> None:
    """Give a ledger of an older version the columns that it lacks."""
    there = {row[1] for row in con.execute("PRAGMA table_info(runs)")}
    for name, statement in _LATER.items():
        if name not in there:
            con.execute(statement)


def _boot() -> str | None:
    """What tells this start of the machine from the one before; None where the system does not say."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return None


def _row(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "report": run.report,
        "status": run.status,
        "started": _text(run.started),
        "ended": _text(run.ended),
        "due": _text(run.due),
        "as_of": _text(run.as_of),
        "cause": run.cause,
        "code": run.code,
        "rows": run.rows,
        "files": json.dumps(run.files),
        "figures": json.dumps(run.figures or {}, default=str),
        "alerts": run.alerts,
        "folder": run.folder,
        "staging": run.staging,
        "process": run.process,
        "boot": run.boot,
        "defined": run.defined,
        "alive": run.alive,
    }


def _run(row: sqlite3.Row) -> Run:
    values = dict(row)
    for key in ("started", "ended", "due", "as_of"):
        values[key] = datetime.fromisoformat(values[key]) if values[key] else None
    values["files"] = tuple(json.loads(values["files"]))
    values["figures"] = _figures(values["figures"])
    return Run(**values)


def _figures(text: str) -> dict[str, dict[str, Decimal]]:
    """The figures of a run by scope. They are written as texts; ledgers of older versions hold numbers."""
    told = json.loads(text, parse_float=Decimal)
    return {scope: {name: Decimal(value) for name, value in some.items()} for scope, some in told.items()}


def _text(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
