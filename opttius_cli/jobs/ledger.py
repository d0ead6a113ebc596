"""The ledger: one row per run, in an SQLite file of the state folder that only its owner can read.

A row is inserted before anything else happens and updated when the run ends, each in its own transaction. A
row that stays unfinished belongs to a killed run: the next run that holds the job's lock finishes it.
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

Status = Literal["running", "ok", "empty", "unchanged", "unsent", "failed", "interrupted", "killed"]
DELIVERED: tuple[Status, ...] = ("ok", "empty", "unchanged")
"""The final states after which the files are those of the instant."""

_BUSY_TIMEOUT = 20.0
"""Seconds to wait for the transaction of another process."""
_TABLE = """
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    job TEXT NOT NULL,
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
    alive TEXT,
    refused_rows INTEGER NOT NULL DEFAULT 0,
    emptied_cells INTEGER NOT NULL DEFAULT 0,
    sent TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX IF NOT EXISTS runs_of_job ON runs (job, id);
"""
_INSERT = (
    "INSERT INTO runs (job, status, started, ended, due, as_of, cause, code, rows, files, figures, alerts, "
    "folder, staging, process, boot, defined, alive, refused_rows, emptied_cells, sent) "
    "VALUES (:job, :status, :started, :ended, :due, :as_of, "
    ":cause, :code, :rows, :files, :figures, :alerts, :folder, :staging, :process, :boot, :defined, :alive, "
    ":refused_rows, :emptied_cells, :sent)"
)
_UPDATE = (
    "UPDATE runs SET status = :status, ended = :ended, due = :due, as_of = :as_of, cause = :cause, code = :code, "
    "rows = :rows, files = :files, figures = :figures, alerts = :alerts, folder = :folder, staging = :staging, "
    "refused_rows = :refused_rows, emptied_cells = :emptied_cells, sent = :sent "
    "WHERE id = :id"
)
_SELECT_RUNS = "SELECT * FROM runs WHERE job = ?1 AND coalesce(defined, ?2) = ?2 ORDER BY id DESC LIMIT ?3"
"""A job of the same name in another file is another job. Rows of older versions do not name the file."""
_SELECT_UNFINISHED = (
    "SELECT * FROM runs WHERE job = ?1 AND coalesce(defined, ?2) = ?2 AND status = 'running' ORDER BY id"
)
_ADDED_COLUMNS = {
    "defined": "ALTER TABLE runs ADD COLUMN defined TEXT",
    "alive": "ALTER TABLE runs ADD COLUMN alive TEXT",
    "refused_rows": "ALTER TABLE runs ADD COLUMN refused_rows INTEGER NOT NULL DEFAULT 0",
    "emptied_cells": "ALTER TABLE runs ADD COLUMN emptied_cells INTEGER NOT NULL DEFAULT 0",
    "sent": "ALTER TABLE runs ADD COLUMN sent TEXT NOT NULL DEFAULT '[]'",
}
"""Columns that are missing in ledgers of older versions."""
_MAX_RUNS = 5_000
"""The most runs of a job that are read: a year of one every two hours."""
_BOOT_ID_FILE = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of the job named ``job``. ``due`` is its scheduled instant, None for a run without one.

    ``cause`` says why it failed. ``figures`` holds, per scope, the figures that alerts check. ``defined`` is
    the file that defines the job, because each folder may have a job of that name. ``alive`` is the name of
    the liveness lock that the run holds while it works. ``refused_rows`` and ``emptied_cells`` count what could
    not be read of its rows. ``sent`` holds a key of each address that has had the files.
    """

    job: str
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
    refused_rows: int = 0
    emptied_cells: int = 0
    sent: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long the run took; None while it has not ended."""
        return (self.ended - self.started).total_seconds() if self.ended else None


@dataclass(frozen=True, slots=True)
class Ledger:
    """The ledger file with all runs."""

    file: Path

    def start_run(self, run: Run) -> Run:
        """Insert a row for ``run``; returns the run with its id."""
        started = replace(run, process=os.getpid(), boot=_read_boot_id())
        with self._open_database() as con:
            columns = _encode_run(started)
            number = con.execute(_INSERT, columns).lastrowid
        return replace(started, id=int(number or 0))

    def update_run(self, run: Run) -> None:
        """Update the row of ``run`` with how it ended, or with what is known so far."""
        with self._open_database() as con:
            con.execute(_UPDATE, _encode_run(run))

    def list_runs(self, job_name: str, job_file: Path) -> list[Run]:
        """List the runs of a job, newest first, up to a limit; ``job_file`` is the file that defines it."""
        return self._select_runs(_SELECT_RUNS, job_name, str(job_file.absolute()), _MAX_RUNS)

    def list_unfinished(self, job_name: str, job_file: Path) -> list[Run]:
        """List the unfinished runs of a job; while its lock is held, these are runs that were killed."""
        return self._select_runs(_SELECT_UNFINISHED, job_name, str(job_file.absolute()))

    def _select_runs(self, query: str, *values: Any) -> list[Run]:
        if not self.file.is_file():
            return []
        with self._open_database() as con:
            con.row_factory = sqlite3.Row
            return [_decode_run(row) for row in con.execute(query, values)]

    @contextmanager
    def _open_database(self) -> Iterator[sqlite3.Connection]:
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            # SQLite creates its side files with the mode of this one.
            os.close(os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600))
            with closing(sqlite3.connect(self.file, timeout=_BUSY_TIMEOUT)) as con:
                con.execute("PRAGMA journal_mode = WAL")
                con.execute("PRAGMA synchronous = FULL")
                _rename_old_columns(con)
                con.executescript(_TABLE)
                _add_missing_columns(con)
                with con:
                    yield con
        except (OSError, sqlite3.Error) as error:
            raise OutputError(
                _("The ledger {file} cannot be used: {why}.", file=self.file, why=error)
            ) from error


def _rename_old_columns(con: sqlite3.Connection) -> None:
    """Rename the columns of a ledger from before jobs had their name."""
    if "report" in {row[1] for row in con.execute("PRAGMA table_info(runs)")}:
        con.execute("ALTER TABLE runs RENAME COLUMN report TO job")
        con.execute("DROP INDEX IF EXISTS runs_of_report")


def _add_missing_columns(con: sqlite3.Connection) -> None:
    """Add the columns that are missing in a ledger of an older version."""
    existing = {row[1] for row in con.execute("PRAGMA table_info(runs)")}
    for name, statement in _ADDED_COLUMNS.items():
        if name not in existing:
            con.execute(statement)


def _read_boot_id() -> str | None:
    """Read the id of this start of the machine; None where the system has none."""
    try:
        return _BOOT_ID_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return None


def _encode_run(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "job": run.job,
        "status": run.status,
        "started": _format_instant(run.started),
        "ended": _format_instant(run.ended),
        "due": _format_instant(run.due),
        "as_of": _format_instant(run.as_of),
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
        "refused_rows": run.refused_rows,
        "emptied_cells": run.emptied_cells,
        "sent": json.dumps(run.sent),
    }


def _decode_run(row: sqlite3.Row) -> Run:
    values = dict(row)
    for key in ("started", "ended", "due", "as_of"):
        values[key] = datetime.fromisoformat(values[key]) if values[key] else None
    for key in ("files", "sent"):
        values[key] = tuple(json.loads(values[key]))
    values["figures"] = _decode_figures(values["figures"])
    return Run(**values)


def _decode_figures(text: str) -> dict[str, dict[str, Decimal]]:
    """Decode the figures of a run by scope: texts, or numbers in ledgers of older versions."""
    scopes = json.loads(text, parse_float=Decimal)
    return {
        scope: {name: Decimal(value) for name, value in figures.items()} for scope, figures in scopes.items()
    }


def _format_instant(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
