"""What a ledger of runs may come to hold: rows of an editor, of a newer version, of nobody; or no ledger at all."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from opttius_cli.jobs.ledger import Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEEP = "[" * 3_000 + "]" * 3_000
HOSTILE: tuple[Any, ...] = (
    *(
        None,
        0,
        -1,
        2**62,
        1.5,
        float("inf"),
        b"\xff\xfe",
        b"",
        "",
        "x",
        "NaN",
        "Infinity",
        "null",
        "{}",
        "[]",
    ),
    *(
        "2026-11-22",
        "2026-11-22T07:00:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "22/11/2026",
    ),
    *(DEEP, '{"all": {"kpis.total_revenue": NaN}}', '{"all": {"kpis.total_revenue": "sNaN"}}', '["\\ud800"]'),
    *('{"all": [1]}', "[1, 2]", '{"a": {"b": 1e999999}}', "../..", "/", "/etc", "a\0b", "running", "future"),
)
COLUMNS = sorted({column.name for column in fields(Run)} - {"id", "job", "defined"})
changes = st.dictionaries(st.sampled_from(COLUMNS), st.sampled_from(HOSTILE), min_size=1, max_size=4)


def change_rows(file: Path, changed: dict[str, Any]) -> None:
    """Write values into every row, without the types that its table declares."""
    with closing(sqlite3.connect(file)) as con, con:
        con.execute("PRAGMA writable_schema = ON")
        con.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE name = 'runs'")
        con.execute("PRAGMA writable_schema = RESET")
        for name, value in changed.items():
            con.execute(f'UPDATE runs SET "{name}" = ?', [value])


def _execute(*statements: str) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        with closing(sqlite3.connect(file)) as con, con:
            for statement in statements:
                con.execute(statement)

    return change


def _replace(make: Callable[[Path], object]) -> Callable[[Path], None]:
    def change(file: Path) -> None:
        for side_file in file.parent.glob(f"{file.name}*"):
            side_file.unlink()
        make(file)

    return change


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1_000])


def _flip(file: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2 :] = bytes(byte ^ 0x55 for byte in data[len(data) // 2 :])
    file.write_bytes(data)


FILES: dict[str, Callable[[Path], None]] = {
    "a newer column": _execute("ALTER TABLE runs ADD COLUMN mood TEXT DEFAULT 'blue'"),
    "no figures": _execute("ALTER TABLE runs DROP COLUMN figures"),
    "no folder": _execute("ALTER TABLE runs DROP COLUMN folder", "ALTER TABLE runs DROP COLUMN staging"),
    "no start": _execute("ALTER TABLE runs DROP COLUMN started"),
    "no job": _execute("DROP INDEX runs_of_job", "ALTER TABLE runs DROP COLUMN job"),
    "no table": _execute("DROP TABLE runs"),
    "another table": _execute("DROP TABLE runs", "CREATE TABLE runs (x)", "INSERT INTO runs VALUES (1)"),
    "a view": _execute("DROP TABLE runs", "CREATE VIEW runs AS SELECT 1 AS id"),
    "empty": _replace(lambda file: file.write_bytes(b"")),
    "a text": _replace(lambda file: file.write_text("jobs: all fine\n" * 100, encoding="utf-8")),
    "a folder": _replace(lambda file: file.mkdir()),
    "a link to nowhere": _replace(lambda file: file.symlink_to("nowhere/at/all")),
    "a link to a folder": _replace(lambda file: file.symlink_to(file.parent)),
    "a pipe": _replace(os.mkfifo),
    "a device": _replace(lambda file: file.symlink_to("/dev/zero")),
    "cut": _cut,
    "flipped": _flip,
}
"""What may stand in the place of a ledger, by its name."""
DAMAGED = {"no start", "no job", "another table", "a view", "a text", "cut", "flipped"}
"""Those that are files, and no ledgers any more."""
