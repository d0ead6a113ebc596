"""The same rows, from the database and from everything that it can be exported to, give the same bytes."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from cli.run_program import run_inline
from sources.snapshots import EXAMPLE
from sources.test_formats import parquet, workbook

from postgres.server import CHIEF, PASSWORDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from postgres.server import Database, Server

SNAPSHOT = re.compile(r'"snapshot": \{[^}]*\}')
COMMANDS = (
    ("dashboard", "--format", "json", "--period", "90"),
    ("segments", "--format", "json"),
    ("export", "segments", "-o", "-", "--format", "csv"),
)


UNCONVERTIBLE_COLUMNS = (
    ("customers", "next_eye_exam_due"),
    ("orders", "total_amount"),
    ("orders", "institutional_amount"),
    ("lab_work_orders", "lab_estimated_delivery_date"),
    ("lab_work_orders", "created_at"),
    ("quotes", "expiration_date"),
    ("quotes", "total_amount"),
)
"""Columns in which the files have cells that a column of their type could not hold."""


@pytest.fixture(scope="module")
def database(server: Server) -> Database:
    database = server.database()
    for table, column in UNCONVERTIBLE_COLUMNS:
        database.execute(f"ALTER TABLE {table} ALTER {column} DROP DEFAULT, ALTER {column} TYPE text")
    database.fill(EXAMPLE)
    return database


def dumped(database: Database, folder: Path) -> Path:
    """What pg_dump itself writes of the database."""
    file = folder / "shop.sql"
    command = [str(database.server.programs / "pg_dump"), "--no-owner", "-f", str(file), "-d", database.name]
    place = ["-h", "127.0.0.1", "-p", str(database.server.port), "-U", CHIEF]
    environment = {"PGPASSWORD": PASSWORDS[CHIEF], "LC_ALL": "C"}
    subprocess.run([*command, *place], env=environment, check=True, capture_output=True)
    return file


FORMS: dict[str, Callable[[Database, Path], str | Path]] = {
    "postgres": lambda database, _folder: database.address,
    "parquet": lambda _database, folder: parquet(folder),
    "xlsx": lambda _database, folder: workbook(folder),
    "pg_dump": dumped,
}


@pytest.fixture(scope="module")
def answers() -> dict[tuple[str, ...], str]:
    """What the CSV files answer, worked out once."""
    return {}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_bytes(
    database: Database,
    tmp_path: Path,
    form: str,
    answers: dict[tuple[str, ...], str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    run, folder = run_inline(capsys), tmp_path / "exports"
    folder.mkdir()
    source = FORMS[form](database, folder)
    for command in COMMANDS:
        options = (*command, "-O", "vdp", "--as-of", "2026-11-22")
        if command not in answers:
            answers[command] = SNAPSHOT.sub("", run(*options, "--source", EXAMPLE).out)
        ran = run(*options, "--source", source)
        assert ran.code == 0, ran.err
        assert SNAPSHOT.sub("", ran.out) == answers[command]
        assert len(ran.out) > 1000, "an empty answer proves nothing"
