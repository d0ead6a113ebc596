"""The SQL of the ledger: its table, its statements, and how the file of an older version is brought up to date."""

from __future__ import annotations

import sqlite3

from opttius_cli.i18n import _

TABLE = """
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
INSERT = (
    "INSERT INTO runs (job, status, started, ended, due, as_of, cause, code, rows, files, figures, alerts, "
    "folder, staging, process, boot, defined, alive, refused_rows, emptied_cells, sent) "
    "VALUES (:job, :status, :started, :ended, :due, :as_of, "
    ":cause, :code, :rows, :files, :figures, :alerts, :folder, :staging, :process, :boot, :defined, :alive, "
    ":refused_rows, :emptied_cells, :sent)"
)
UPDATE = (
    "UPDATE runs SET status = :status, ended = :ended, due = :due, as_of = :as_of, cause = :cause, code = :code, "
    "rows = :rows, files = :files, figures = :figures, alerts = :alerts, folder = :folder, staging = :staging, "
    "refused_rows = :refused_rows, emptied_cells = :emptied_cells, sent = :sent "
    "WHERE id = :id"
)
SELECT_RUNS = "SELECT * FROM runs WHERE job = ?1 AND coalesce(defined, ?2) = ?2 ORDER BY id DESC LIMIT ?3"
"""A job of the same name in another file is another job. Rows of older versions do not name the file."""
SELECT_UNFINISHED = (
    "SELECT * FROM runs WHERE job = ?1 AND coalesce(defined, ?2) = ?2 AND status = 'running' ORDER BY id"
)
MOVE_RUN = "UPDATE runs SET id = :id WHERE id = last_insert_rowid()"
_OF_EVERY_VERSION = ("id", "job", "status", "started")
_VERSION, _SET_VERSION = 1, "PRAGMA user_version = 1"
"""The version of the table. One that only adds columns leaves it as it is: older programs ignore them."""
SELECT_RUN = "SELECT * FROM runs WHERE id = ?1"
_ADDED_COLUMNS = {
    "ended": "ALTER TABLE runs ADD COLUMN ended TEXT",
    "due": "ALTER TABLE runs ADD COLUMN due TEXT",
    "as_of": "ALTER TABLE runs ADD COLUMN as_of TEXT",
    "cause": "ALTER TABLE runs ADD COLUMN cause TEXT",
    "code": "ALTER TABLE runs ADD COLUMN code INTEGER",
    "rows": "ALTER TABLE runs ADD COLUMN rows INTEGER",
    "files": "ALTER TABLE runs ADD COLUMN files TEXT NOT NULL DEFAULT '[]'",
    "figures": "ALTER TABLE runs ADD COLUMN figures TEXT NOT NULL DEFAULT '{}'",
    "alerts": "ALTER TABLE runs ADD COLUMN alerts INTEGER NOT NULL DEFAULT 0",
    "folder": "ALTER TABLE runs ADD COLUMN folder TEXT",
    "staging": "ALTER TABLE runs ADD COLUMN staging TEXT",
    "process": "ALTER TABLE runs ADD COLUMN process INTEGER",
    "boot": "ALTER TABLE runs ADD COLUMN boot TEXT",
    "defined": "ALTER TABLE runs ADD COLUMN defined TEXT",
    "alive": "ALTER TABLE runs ADD COLUMN alive TEXT",
    "refused_rows": "ALTER TABLE runs ADD COLUMN refused_rows INTEGER NOT NULL DEFAULT 0",
    "emptied_cells": "ALTER TABLE runs ADD COLUMN emptied_cells INTEGER NOT NULL DEFAULT 0",
    "sent": "ALTER TABLE runs ADD COLUMN sent TEXT NOT NULL DEFAULT '[]'",
}
"""Columns that are added where they are missing: ledgers of older versions lack the last ones."""


class NewerLedgerError(sqlite3.DatabaseError):
    """A ledger whose table a newer version has changed."""

    def __init__(self) -> None:
        super().__init__(_("it was written by a newer version of opttius, which is needed to use it"))


def prepare_table(con: sqlite3.Connection) -> None:
    """Create the table, or bring that of an older version up to date.

    Raises:
        NewerLedgerError: a newer version has written it.
        sqlite3.Error: it is damaged, or is not a ledger.
    """
    ((version,),) = con.execute("PRAGMA user_version").fetchall()
    if version > _VERSION:
        raise NewerLedgerError
    _rename_old_columns(con)
    columns = _list_columns(con)
    if columns and not columns.issuperset(_OF_EVERY_VERSION):
        raise sqlite3.DatabaseError(_("it is not a ledger"))
    con.executescript(TABLE)
    _add_missing_columns(con)
    if version < _VERSION:
        con.execute(_SET_VERSION)


def _list_columns(con: sqlite3.Connection) -> set[str]:
    return {row[1] for row in con.execute("PRAGMA table_info(runs)")}


def _rename_old_columns(con: sqlite3.Connection) -> None:
    """Rename the columns of a ledger from before jobs had their name."""
    if "report" in _list_columns(con):
        con.execute("ALTER TABLE runs RENAME COLUMN report TO job")
        con.execute("DROP INDEX IF EXISTS runs_of_report")


def _add_missing_columns(con: sqlite3.Connection) -> None:
    """Add the columns that are missing in a ledger of an older version."""
    existing = _list_columns(con)
    for name, statement in _ADDED_COLUMNS.items():
        if name not in existing:
            con.execute(statement)
