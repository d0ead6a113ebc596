"""Whatever the ledger of runs holds, a command says so and goes on, or ends with a sentence; and nothing is removed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from cli.run_program import load_shop, run_inline, set_clean_env
from hypothesis import given
from jobs.project import Project, read_files

from generative.fuzz import fuzz
from generative.ledger_damage import DAMAGED, FILES, change_rows, changes
from opttius_cli.jobs.ledger import LEDGER_FILE

if TYPE_CHECKING:
    from pathlib import Path

    from cli.run_program import RunResult

JOB = """
[jobs.daily]
parts = ["kpis"]
formats = ["csv"]
period = "yesterday"
every = "daily 07:00"

[[jobs.daily.alerts]]
figure = "kpis.total_revenue"
against = "mean"
last = 3
below = -99
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of sample_data/."""
    return load_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def project(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Project:
    """A folder with a job that ran, and belongings of the user's beside its files."""
    set_clean_env(monkeypatch)
    for name in ("STATE_DIR", "CONFIG_DIR", "CACHE_FOLDER"):
        monkeypatch.setenv(f"OPTTIUS_{name}", str(tmp_path / name.lower()))
    project = Project(tmp_path / "working", tmp_path / "state_dir", shop, run_inline(capsys), monkeypatch)
    project.write_config(JOB)
    project.set_clock("2026-11-22T12:00:00+00:00")
    assert project.run("job", "run", "daily").code == 0
    project.set_clock("2026-11-23T12:00:00+00:00")
    for name in ("notes", "jobs/notes", "jobs/daily.staging", "jobs/.opttius-daily-0.staging"):
        folder = project.folder / name
        folder.mkdir(parents=True)
        (folder / "mine.txt").write_text("mine", encoding="utf-8")
    return project


def restore_ledger(project: Project, data: bytes) -> None:
    """Put the whole ledger back."""
    for file in project.state.glob(f"{LEDGER_FILE}*"):
        file.unlink() if file.is_symlink() or not file.is_dir() else file.rmdir()
    (project.state / LEDGER_FILE).write_bytes(data)


def check_commands(project: Project) -> list[RunResult]:
    """No command of jobs ends unexpectedly, and nothing of the user's is gone."""
    belongings = {name: data for name, data in read_files(project.folder).items() if "mine" in name}
    ran = [project.run("job", "status"), project.run("job", "run", "--due"), project.run("job", "status")]
    for result in ran:
        assert result.code in {0, 1, 7}, result.err
        assert "Something unexpected" not in result.err
        assert "Traceback" not in result.err
        assert result.code != 1 or "did not deliver: daily" in result.err
    assert read_files(project.folder).items() >= belongings.items()
    return ran


@fuzz(32)
@given(changes)
def test_rows_that_no_run_wrote_are_data(project: Project, changed: dict[str, Any]) -> None:
    data = project.ledger.file.read_bytes()
    targets = {"folder": "notes/x", "staging": "notes"}
    changed = {
        name: str(project.folder / targets[name]) if value == "/etc" and name in targets else value
        for name, value in changed.items()
    }
    try:
        change_rows(project.ledger.file, changed)
        status, run, _after = check_commands(project)
        # The run itself is not hindered by what the rows before it say.
        assert run.code == 0, run.err
        assert ("passed over" in status.err) == ("passed over" in run.err) or status.code != run.code
    finally:
        restore_ledger(project, data)


@pytest.mark.parametrize("name", FILES)
def test_what_stands_in_its_place_is_told_or_set_aside(project: Project, name: str) -> None:
    FILES[name](project.ledger.file)
    assert project.run().code == 0, "the page of opttius alone"
    status, run, _after = check_commands(project)
    aside = [file for file in project.state.glob("*.damaged-*") if file.suffix == ".damaged-20261123T120000Z"]
    if run.code == 7:
        assert status.code == 7
        assert "Move it elsewhere" in status.err
        assert "Move it elsewhere" in run.err
    elif name in DAMAGED:
        assert (run.code, len(aside), run.err.count("was damaged. It is now")) == (0, 1, 1)
        # What a page of it that is whole tells, status may still tell.
        assert ("The next run renames it" in status.err) == (status.code == 7)
    else:
        assert (run.code, aside) == (0, [])


def test_a_ledger_of_a_newer_version_is_refused_and_left(project: Project) -> None:
    with closing(sqlite3.connect(project.ledger.file)) as con:
        con.execute("PRAGMA user_version = 99")
    data = project.ledger.file.read_bytes()
    for ran in check_commands(project):
        assert (ran.code, ran.out) == (7, "")
        assert "a newer version of opttius" in ran.err
    assert project.ledger.file.read_bytes() == data
