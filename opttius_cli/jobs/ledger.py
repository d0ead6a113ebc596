"""The ledger: one row per run, in an SQLite file of the state folder that only its owner can read.

A row is inserted before anything else happens and updated when the run ends, each in its own transaction. A
row that stays unfinished belongs to a killed run: the next run that holds the job's lock finishes it.

What the file says is data: a row that no run wrote is passed over, a column of a newer version is not read. A file
that is damaged is set aside by the next run, which begins a new one.
"""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from opttius_cli.files.stored_values import (
    parse_instant,
    parse_json,
    parse_number,
    parse_optional,
    require_choice,
    require_file,
    require_integer,
    require_list,
    require_mapping,
    require_text,
)
from opttius_cli.i18n import n_
from opttius_cli.jobs import ledger_sql
from opttius_cli.jobs.ledger_file import connect_ledger, translate_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from opttius_cli.diagnostics import Reporter

LEDGER_FILE = "runs.sqlite3"
Status = Literal["running", "ok", "empty", "unchanged", "unsent", "failed", "interrupted", "killed"]
STATUSES: tuple[Status, ...] = get_args(Status)
DELIVERED: tuple[Status, ...] = ("ok", "empty", "unchanged")
"""The final states after which the files are those of the instant."""

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
    """The ledger file with all runs; ``reporter`` is told of rows that are passed over, of each once."""

    file: Path
    reporter: Reporter | None = None
    _skipped: set[object] = field(default_factory=set, repr=False)

    def start_run(self, run: Run) -> Run:
        """Insert a row for ``run``; returns the run with its id."""
        started = replace(run, process=os.getpid(), boot=_read_boot_id())
        with self._open_database() as con:
            columns = _encode_run(started)
            number = con.execute(ledger_sql.INSERT, columns).lastrowid
        return replace(started, id=int(number or 0))

    def update_run(self, run: Run) -> None:
        """Update the row of ``run`` with how it ended, or with what is known so far."""
        with self._open_database() as con:
            columns = _encode_run(run)
            if con.execute(ledger_sql.UPDATE, columns).rowcount == 0:
                # The ledger in which it started was set aside while it ran.
                con.execute(ledger_sql.INSERT, columns)
                con.execute(ledger_sql.MOVE_RUN, columns)

    def list_runs(self, job_name: str, job_file: Path) -> list[Run]:
        """List the runs of a job, newest first, up to a limit; ``job_file`` is the file that defines it."""
        return self._select_runs(ledger_sql.SELECT_RUNS, job_name, str(job_file.absolute()), _MAX_RUNS)

    def list_unfinished(self, job_name: str, job_file: Path) -> list[Run]:
        """List the unfinished runs of a job; while its lock is held, these are runs that were killed."""
        return self._select_runs(ledger_sql.SELECT_UNFINISHED, job_name, str(job_file.absolute()))

    def find_run(self, run_id: int) -> Run | None:
        """Return the run with this id; None when there is none."""
        return next(iter(self._select_runs(ledger_sql.SELECT_RUN, run_id)), None)

    def _select_runs(self, query: str, *values: Any) -> list[Run]:
        with translate_errors(self.file):
            if not require_file(self.file):
                return []
        runs, skipped = [], set()
        with self._open_database() as con:
            con.row_factory = sqlite3.Row
            # A text that is not UTF-8 spoils its own row only.
            con.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            for row in con.execute(query, values):
                try:
                    runs.append(_decode_run(dict(row)))
                except (ValueError, KeyError):
                    skipped.add(row["id"])
        self._report_skipped(skipped)
        return runs

    def _report_skipped(self, skipped: set[object]) -> None:
        """Tell how many rows are passed over that were not before."""
        count = len(skipped - self._skipped)
        self._skipped.update(skipped)
        if count and self.reporter:
            self.reporter.show_note(
                n_(
                    "Note: {count} row of the ledger {file} is not as a run writes it, and is passed over.",
                    "Note: {count} rows of the ledger {file} are not as a run writes them, and are passed over.",
                    count,
                    file=self.file,
                )
            )

    @contextmanager
    def _open_database(self) -> Iterator[sqlite3.Connection]:
        """Open the file. Raises OutputError when it cannot be used."""
        with translate_errors(self.file), connect_ledger(self.file) as con:
            yield con


def _read_boot_id() -> str | None:
    """Read the id of this start of the machine; None where the system has none."""
    try:
        return _BOOT_ID_FILE.read_text(encoding="ascii").strip()
    except OSError:
        return None


def _encode_run(run: Run) -> dict[str, Any]:
    columns = {
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
    return {name: _encode_text(value) if isinstance(value, str) else value for name, value in columns.items()}


def _encode_text(text: str) -> str:
    """Return ``text`` in characters that the file can hold: the name of a folder may have others."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _decode_run(row: Mapping[str, Any]) -> Run:
    """Return the run that a row holds. Raises ValueError or KeyError for one that no run wrote."""
    return Run(
        job=require_text(row["job"]),
        status=require_choice(row["status"], STATUSES),
        id=require_integer(row["id"]),
        process=parse_optional(row["process"], require_integer),
        code=parse_optional(row["code"], require_integer),
        rows=parse_optional(row["rows"], require_integer),
        started=parse_instant(row["started"]),
        ended=parse_optional(row["ended"], parse_instant),
        due=parse_optional(row["due"], parse_instant),
        as_of=parse_optional(row["as_of"], parse_instant),
        cause=parse_optional(row["cause"], require_text),
        folder=parse_optional(row["folder"], require_text),
        staging=parse_optional(row["staging"], require_text),
        boot=parse_optional(row["boot"], require_text),
        defined=parse_optional(row["defined"], require_text),
        alive=parse_optional(row["alive"], require_text),
        alerts=require_integer(row["alerts"]),
        refused_rows=require_integer(row["refused_rows"]),
        emptied_cells=require_integer(row["emptied_cells"]),
        files=_decode_texts(row["files"]),
        sent=_decode_texts(row["sent"]),
        figures=require_mapping(parse_json(require_text(row["figures"])), _decode_figures),
    )


def _decode_texts(text: Any) -> tuple[str, ...]:
    return require_list(parse_json(require_text(text)), require_text)


def _decode_figures(figures: Any) -> dict[str, Decimal]:
    """Decode the figures of one scope: texts, or numbers in ledgers of older versions."""
    return require_mapping(figures, parse_number)


def _format_instant(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None
