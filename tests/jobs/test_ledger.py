"""Whether the jobs delivered, what is told when they did not, and that there is one run at a time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from opttius_cli.jobs import hooks
from opttius_cli.jobs.ledger import Run
from opttius_cli.jobs.lock import liveness_lock, lock_job
from opttius_cli.jobs.run_job import LOCK_FOLDER

if TYPE_CHECKING:
    from jobs.project import Project

DAILY = """
[jobs.daily]
parts = ["kpis"]
formats = ["csv"]
period = "yesterday"
every = "daily 07:00"
"""


def test_a_second_run_ends_with_75(project: Project) -> None:
    project.write_config(DAILY)
    with project.hold_lock("daily"):
        ran = project.run("job", "run", "daily")
        assert ran.code == 75
        assert "Another run of the job daily is at work." in ran.err
        assert project.run("job", "run", "--due").code == 75
    assert project.run("job", "run", "--due").code == 0
    assert len(project.runs("daily")) == 1


def test_status_reports_the_fields_that_monitoring_reads(project: Project) -> None:
    project.write_config(DAILY)
    project.set_clock("2026-11-23T12:00:00+00:00")
    ran = project.run("job", "status", "--format", "json")
    (status,) = json.loads(ran.out)
    assert (ran.code, status["state"]) == (1, "late")
    assert project.run("job", "run", "--due").code == 0
    ran = project.run("job", "status", "--format", "json")
    (status,) = json.loads(ran.out)
    assert ran.code == 0
    assert status == {
        "job": "daily",
        "state": "ok",
        "last_status": "ok",
        "last_started": "2026-11-23T12:00:00+00:00",
        "cause": None,
        "seconds": 0.0,
        "rows": status["rows"],
        "files": ["daily.csv"],
        "alerts": 0,
        "refused_rows": 0,
        "emptied_cells": 0,
        "last_success": "2026-11-23T12:00:00+00:00",
        "next_due": "2026-11-24T10:00:00+00:00",
    }
    project.set_clock("2026-11-24T10:20:00+00:00")
    assert project.run("job", "status").code == 0, "it may still be on its way"
    assert project.run("job", "status", "--max-age", "22h").code == 1
    assert project.run("job", "status", "--max-age", "26h").code == 0
    project.set_clock("2026-11-24T10:31:00+00:00")
    ran = project.run("job", "status")
    assert ran.code == 1
    assert "1 job did not deliver: daily." in ran.err


def test_status_tells_of_a_failure_with_its_cause(project: Project) -> None:
    project.write_config(DAILY + 'branches = ["CM-999"]\n')
    assert project.run("job", "run", "daily").code == 6
    ran = project.run("job", "status")
    assert ran.code == 1
    assert "failed" in ran.out
    assert "There is no branch “CM-999”." in ran.out


def _state(project: Project) -> str:
    state: str = json.loads(project.run("job", "status", "-f", "json").out)[0]["state"]
    return state


def test_a_killed_run_is_reported_at_once_and_finished_by_the_next(project: Project) -> None:
    project.write_config(DAILY)
    with liveness_lock(project.state / LOCK_FOLDER, "daily", project.folder / "opttius.toml") as sign:
        project.ledger.start_run(Run(job="daily", started=datetime(2026, 11, 23, 10, tzinfo=UTC), alive=sign))
        assert _state(project) == "running"
    assert _state(project) == "failed"
    ran = project.run("job", "run", "daily", "--on-failure", 'echo "$OPTTIUS_STATUS" > hook.txt')
    assert ran.code == 0
    assert [run.status for run in project.runs("daily")] == ["killed", "ok"]
    assert (project.folder / "hook.txt").read_text(encoding="utf-8") == "killed\n"


def test_who_looks_takes_no_lock_that_a_run_may_want(project: Project) -> None:
    project.write_config(DAILY)
    project.ledger.start_run(Run(job="daily", started=datetime(2026, 11, 23, 10, tzinfo=UTC)))
    assert project.run("job", "status").code == 1
    assert not (project.state / LOCK_FOLDER).exists()
    with project.hold_lock("daily"):
        assert _state(project) == "failed", "whoever holds the lock is not the run that the ledger tells of"


def _beside(project: Project) -> Project:
    """Another working folder of the same user."""
    other = replace(project, folder=project.folder.with_name("other"))
    other.folder.mkdir()
    return other


def test_a_job_of_the_same_name_in_another_folder_is_another_job(project: Project) -> None:
    project.write_config(DAILY)
    assert project.run("job", "run", "--due").code == 0
    other = _beside(project)
    other.write_config(DAILY)
    project.patch.chdir(other.folder)
    project.set_clock("2026-11-23T12:00:00+00:00")
    assert project.run("job", "status").code == 1, "it did not come here"
    assert project.run("job", "run", "--due").code == 0
    assert (other.folder / "jobs" / "daily").is_dir()
    assert [len(folder_project.runs("daily")) for folder_project in (project, other)] == [1, 1]


def test_jobs_of_the_same_name_from_two_folders_do_not_wait_for_each_other(project: Project) -> None:
    project.write_config(DAILY)
    other = _beside(project)
    other.write_config(DAILY)
    with other.hold_lock("daily"):
        assert project.run("job", "run", "daily").code == 0
    assert project.runs("daily")[-1].status == "ok"


def test_jobs_of_the_same_name_that_write_into_the_same_folder_run_in_turn(project: Project) -> None:
    project.write_config(DAILY + 'output = "out/{date}/daily"\n')
    project.patch.setenv("OPTTIUS_JOBS_FOLDER", str(project.folder / "all"))
    with lock_job(project.state / LOCK_FOLDER, "daily", project.folder / "all" / "out" / "{date}"):
        ran = project.run("job", "run", "daily")
    assert ran.code == 75
    assert "Another run of the job daily is at work." in ran.err
    assert project.runs("daily") == []


def test_a_ledger_of_an_older_version_goes_on(project: Project) -> None:
    project.write_config(DAILY)
    assert project.run("job", "run", "--due").code == 0
    with closing(sqlite3.connect(project.ledger.file)) as con:
        con.execute("ALTER TABLE runs DROP COLUMN defined")
        con.execute("ALTER TABLE runs DROP COLUMN alive")
        con.execute("ALTER TABLE runs RENAME COLUMN job TO report")
    ran = project.run("job", "run", "--due")
    assert (ran.code, ran.out) == (0, "")
    assert len(project.runs("daily")) == 1


def test_an_empty_set_is_delivered_and_reported(project: Project) -> None:
    project.write_config(DAILY.replace('"kpis"', '"sales"').replace('"yesterday"', '"2020-01"'))
    ran = project.run("job", "run", "daily")
    assert ran.code == 0
    assert "daily: its files hold no data; they were delivered anyway." in ran.err
    assert len(ran.out.splitlines()) == 2
    assert project.runs("daily")[-1].status == "empty"


def test_hook_commands_get_their_facts_by_environment_only(project: Project) -> None:
    command = 'printf "%s|" "$OPTTIUS_JOB" "$OPTTIUS_STATUS" "$OPTTIUS_CODE" "$OPTTIUS_CAUSE" >> hook.txt'
    project.write_config(DAILY + f"on_success = '{command}'\non_failure = '{command}'\n")
    assert project.run("job", "run", "daily").code == 0
    project.write_config(DAILY + f"branches = ['$(touch hacked); \"x']\non_failure = '{command}'\n")
    assert project.run("job", "run", "daily").code == 6
    output = (project.folder / "hook.txt").read_text(encoding="utf-8")
    assert output.startswith('daily|ok|0||daily|failed|6|There is no branch “$(touch hacked); "x”.')
    assert not (project.folder / "hacked").exists()


def test_an_option_stands_in_for_the_command_of_the_definition(project: Project) -> None:
    project.write_config(DAILY + 'on_success = "touch defined"\n')
    ran = project.run("job", "run", "daily", "--on-success", 'echo "$OPTTIUS_FILES" > given')
    output = (project.folder / "given").read_text(encoding="utf-8")
    assert output == ran.out
    assert not (project.folder / "defined").exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("echo no mail server >&2; exit 3", "it ended with 3: no mail server"),
        ("sleep 30 & wait", "it took longer than 1 s and was ended."),
    ],
)
def test_a_failing_hook_never_changes_the_status_of_the_run(
    project: Project, monkeypatch: pytest.MonkeyPatch, command: str, says: str
) -> None:
    monkeypatch.setattr(hooks, "TIMEOUT", 1.0)
    project.write_config(DAILY)
    ran = project.run("job", "run", "daily", "--on-success", command)
    assert ran.code == 0
    assert f"The command for daily: {says}" in ran.err
    assert project.runs("daily")[-1].status == "ok"


def _edit_ledger(project: Project, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(project.ledger.file)) as con, con:
        con.execute(statement, values)


def test_a_row_that_no_run_wrote_is_passed_over_and_told(project: Project) -> None:
    project.write_config(DAILY)
    assert project.run("job", "run", "--due").code == 0
    _edit_ledger(project, "INSERT INTO runs (job, status, started) VALUES ('daily', 'ok', 'yesterday')")
    _edit_ledger(project, "INSERT INTO runs (job, status, started) VALUES ('daily', 'future', '2026-11-23')")
    for command in (("job", "status"), ("job", "run", "--due")):
        ran = project.run(*command)
        assert (ran.code, ran.err.count("Note: 2 rows of the ledger")) == (0, 1), ran.err
    assert len(project.runs("daily")) == 1


def test_a_column_of_a_newer_version_is_not_read(project: Project) -> None:
    project.write_config(DAILY)
    assert project.run("job", "run", "--due").code == 0
    _edit_ledger(project, "ALTER TABLE runs ADD COLUMN mood TEXT DEFAULT 'blue'")
    assert project.run("job", "run", "daily").code == 0
    assert project.run("job", "status").err == ""
    assert len(project.runs("daily")) == 2


def test_a_ledger_names_nothing_that_is_removed(project: Project) -> None:
    project.write_config(DAILY)
    staging = f".opttius-daily-{'0f' * 8}.staging"
    mine = [
        project.folder / "photos",
        project.folder / "photos" / staging,  # not beside the files
        project.folder / "jobs" / f".opttius-weekly-{'0f' * 8}.staging",  # of another job
        project.folder / "jobs" / f".opttius-daily-{'0f' * 8}.staging.old",
    ]
    link = project.folder / "jobs" / f".opttius-daily-{'0e' * 8}.staging"
    killed = project.folder / "jobs" / staging
    for folder in (*mine, killed):
        folder.mkdir(parents=True)
        (folder / "a.txt").write_text("a", encoding="utf-8")
    link.symlink_to(mine[0])
    target = str(project.folder / "jobs" / "daily")
    for folder in (*mine, link, killed):
        run = Run(
            job="daily", started=datetime(2026, 11, 23, 10, tzinfo=UTC), folder=target, staging=str(folder)
        )
        project.ledger.start_run(replace(run, defined=str(project.folder / "opttius.toml")))
    assert project.run("job", "run", "--due").code == 0
    assert [folder for folder in mine if not (folder / "a.txt").is_file()] == []
    assert link.is_symlink()
    assert not killed.exists()


def test_status_opens_no_file_that_a_ledger_names(project: Project) -> None:
    project.write_config(DAILY)
    notes = project.folder / "notes.txt"
    notes.write_text("mine", encoding="utf-8")
    for name in (
        str(notes),
        "../../working/notes.txt",
        f"{'x' * 3}-{'0f' * 8}.{'0e' * 8}.alive/../notes.txt",
    ):
        project.ledger.start_run(Run(job="daily", started=datetime(2026, 11, 23, 10, tzinfo=UTC), alive=name))
        assert _state(project) == "failed"
    assert notes.read_text(encoding="utf-8") == "mine"
