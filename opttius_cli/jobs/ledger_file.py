"""The file of the ledger: opened with its table brought up to date, and set aside where it is damaged."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

from opttius_cli.errors import OutputError
from opttius_cli.files.lock import LockHeldError, hold_lock
from opttius_cli.files.stored_values import NotAFileError, require_file
from opttius_cli.i18n import _
from opttius_cli.jobs.ledger_sql import prepare_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

_BUSY_TIMEOUT = 20.0
"""Seconds to wait for the transaction of another process."""
_SIDE_FILES = ("-wal", "-shm")


@contextmanager
def connect_ledger(file: Path) -> Iterator[sqlite3.Connection]:
    """Open the ledger in a transaction; it is created where nothing is. Raises sqlite3.Error and OSError."""
    require_file(file)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # SQLite creates its side files with the mode of this one.
    os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(file, timeout=_BUSY_TIMEOUT)) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("PRAGMA synchronous = FULL")
        prepare_table(con)
        with con:
            yield con


@contextmanager
def translate_errors(file: Path) -> Iterator[None]:
    """Raise OutputError when the ledger cannot be used."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        sentence = _(
            "The ledger {file} cannot be used: {why}.",
            file=file,
            why=_("it is not a file") if isinstance(error, NotAFileError) else error,
        )
        if isinstance(error, NotAFileError):
            sentence += " " + _("Move it elsewhere, and the next run begins a new one.")
        elif _is_damage(error):
            sentence += " " + _("The next run renames it, and begins a new one.")
        raise OutputError(sentence) from error


def set_aside_damaged(file: Path, moment: datetime) -> Path | None:
    """Rename a ledger that is damaged, or is none, so that a new one begins; returns its new path.

    Raises:
        OutputError: it cannot be used or renamed, or a newer version has written it.
    """
    aside = file.with_name(f"{file.name}.damaged-{moment:%Y%m%dT%H%M%SZ}")
    with translate_errors(file), suppress(LockHeldError):
        if not require_file(file) or not _is_damaged(file):
            return None
        with hold_lock(file.with_name(f"{file.name}.lock"), timeout=_BUSY_TIMEOUT, remove=True):
            # Another run may have done so in the meantime.
            if not _is_damaged(file):
                return None
            for suffix in (*_SIDE_FILES, ""):
                with suppress(FileNotFoundError):
                    file.with_name(file.name + suffix).rename(f"{aside}{suffix}")
            return aside
    return None


def _is_damaged(file: Path) -> bool:
    """Return whether a ledger cannot be read to its end, or is none. Raises sqlite3.Error and OSError."""
    try:
        with connect_ledger(file) as con:
            return bool(con.execute("PRAGMA quick_check(1)").fetchall() != [("ok",)])
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        return True


def _is_damage(error: Exception) -> bool:
    """Return whether an error says that the file itself is wrong; the classes below this one say something else."""
    return type(error) is sqlite3.DatabaseError
