"""The SQL of the ledger: its table, its statements, and how the file of an older version is brought up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = {
    "job": "TEXT NOT NULL",
    "status": "TEXT NOT NULL",
    "started": "TEXT NOT NULL",
    "ended": "TEXT",
    "due": "TEXT",
    "as_of": "TEXT",
    "cause": "TEXT",
    "code": "INTEGER",
    "rows": "INTEGER",
    "files": "TEXT NOT NULL DEFAULT '[]'",
    "figures": "TEXT NOT NULL DEFAULT '{}'",
    "alerts": "INTEGER NOT NULL DEFAULT 0",
    "folder": "TEXT",
    "staging": "TEXT",
    "process": "INTEGER",
    "boot": "TEXT",
    "defined": "TEXT",
    "alive": "TEXT",
    "refused_rows": "INTEGER NOT NULL DEFAULT 0",
    "emptied_cells": "INTEGER NOT NULL DEFAULT 0",
    "sent": "TEXT NOT NULL DEFAULT '[]'",
}
"""The columns besides the id, with their types."""
_OF_EVERY_VERSION = ("job", "status", "started")
"""Columns that every version has written. Any other is added where it is missing: older ledgers lack the last ones."""
_SET_AT_START = ("job", "started", "process", "boot", "defined", "alive")
"""Columns that the end of a run does not change."""

TABLE = f"""
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY,
    {", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())}
);
CREATE INDEX IF NOT EXISTS runs_of_job ON runs (job, id);
"""
INSERT = f"INSERT INTO runs ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)})"  # noqa: S608
_CHANGES = ", ".join(f"{name} = :{name}" for name in _COLUMNS if name not in _SET_AT_START)
UPDATE = f"UPDATE runs SET {_CHANGES} WHERE id = :id"  # noqa: S608
SELECT_RUNS = "SELECT * FROM runs WHERE job = ?1 AND coalesce(defined, ?2) = ?2 ORDER BY id DESC LIMIT ?3"
"""A job of the same name in another file is another job. Rows of older versions do not name the file."""
SELECT_UNFINISHED = (
    "SELECT * FROM runs WHERE job = ?1 AND coalesce(defined, ?2) = ?2 AND status = 'running' ORDER BY id"
)
CHECK = f"SELECT id, {', '.join(_OF_EVERY_VERSION)} FROM runs LIMIT 0"  # noqa: S608
"""It fails for a table that has not what every version has written."""
SELECT_RUN = "SELECT * FROM runs WHERE id = ?1"


def prepare_table(con: sqlite3.Connection) -> None:
    """Create the table, or bring that of an older version up to date. Raises sqlite3.Error for a foreign one."""
    _rename_old_columns(con)
    con.executescript(TABLE)
    _add_missing_columns(con)
    con.execute(CHECK)


def _rename_old_columns(con: sqlite3.Connection) -> None:
    """Rename the columns of a ledger from before jobs had their name."""
    if "report" in {row[1] for row in con.execute("PRAGMA table_info(runs)")}:
        con.execute("ALTER TABLE runs RENAME COLUMN report TO job")
        con.execute("DROP INDEX IF EXISTS runs_of_report")


def _add_missing_columns(con: sqlite3.Connection) -> None:
    """Add the columns that are missing in a ledger of an older version."""
    existing = {row[1] for row in con.execute("PRAGMA table_info(runs)")}
    for name, kind in _COLUMNS.items():
        if name not in existing and name not in _OF_EVERY_VERSION:
            con.execute(f"ALTER TABLE runs ADD COLUMN {name} {kind}")
