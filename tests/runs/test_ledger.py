"""Whether the reports came, what is told when they did not, and that there is one run at a time."""

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
    from runs.folder import Place

DAILY = """
[reports.daily]
parts = ["kpis"]
formats = ["csv"]
period = "yesterday"
every = "daily 07:00"
"""
SEVEN = "2026-11-23T10:00:00+00:00"


def test_a_second_run_ends_with_75(place: Place) -> None:
    place.define(DAILY)
    with place.held("daily"):
        ran = place.run("report", "run", "daily")
        assert ran.code == 75
        assert "Another run of the report daily is at work." in ran.err
        assert place.run("report", "run", "--due").code == 75
    assert place.run("report", "run", "--due").code == 0
    assert len(place.runs("daily")) == 1


def test_status_tells_what_monitoring_asks(place: Place) -> None:
    place.define(DAILY)
    place.at("2026-11-23T12:00:00+00:00")
    ran = place.run("report", "status", "--format", "json")
    (told,) = json.loads(ran.out)
    assert (ran.code, told["state"]) == (1, "late")
    assert place.run("report", "run", "--due").code == 0
    ran = place.run("report", "status", "--format", "json")
    (told,) = json.loads(ran.out)
    assert ran.code == 0
    assert told == {
        "report": "daily",
        "state": "ok",
        "last_status": "ok",
        "last_started": "2026-11-23T12:00:00+00:00",
        "cause": None,
        "seconds": 0.0,
        "rows": told["rows"],
        "files": ["daily.csv"],
        "alerts": 0,
        "last_success": "2026-11-23T12:00:00+00:00",
        "next_due": "2026-11-24T10:00:00+00:00",
    }
    place.at("2026-11-24T10:20:00+00:00")
    assert place.run("report", "status").code == 0, "it may still be on its way"
    assert place.run("report", "status", "--max-age", "22h").code == 1
    assert place.run("report", "status", "--max-age", "26h").code == 0
    place.at("2026-11-24T10:31:00+00:00")
    ran = place.run("report", "status")
    assert ran.code == 1
    assert "1 report did not come: daily." in ran.err


def test_status_tells_of_a_failure_with_its_cause(place: Place) -> None:
    place.define(DAILY + 'branches = ["CM-999"]\n')
    assert place.run("report", "run", "daily").code == 6
    ran = place.run("report", "status")
    assert ran.code == 1
    assert "failed" in ran.out
    assert "There is no branch “CM-999”." in ran.out


def _state(place: Place) -> str:
    found: str = json.loads(place.run("report", "status", "-f", "json").out)[0]["state"]
    return found


def test_a_run_that_was_killed_is_told_at_once_and_settled_by_the_next(place: Place) -> None:
    place.define(DAILY)
    with liveness_lock(place.state / LOCK_FOLDER, "daily", place.folder / "opttius.toml") as sign:
        place.ledger.start_run(
            Run(report="daily", started=datetime(2026, 11, 23, 10, tzinfo=UTC), alive=sign)
        )
        assert _state(place) == "running"
    assert _state(place) == "failed"
    ran = place.run("report", "run", "daily", "--on-failure", 'echo "$OPTTIUS_STATUS" > told.txt')
    assert ran.code == 0
    assert [run.status for run in place.runs("daily")] == ["killed", "ok"]
    assert (place.folder / "told.txt").read_text(encoding="utf-8") == "killed\n"


def test_who_looks_takes_no_lock_that_a_run_may_want(place: Place) -> None:
    place.define(DAILY)
    place.ledger.start_run(Run(report="daily", started=datetime(2026, 11, 23, 10, tzinfo=UTC)))
    assert place.run("report", "status").code == 1
    assert not (place.state / LOCK_FOLDER).exists()
    with place.held("daily"):
        assert _state(place) == "failed", "whoever holds the lock is not the run that the ledger tells of"


def _beside(place: Place) -> Place:
    """Another working folder of the same user."""
    other = replace(place, folder=place.folder.with_name("other"))
    other.folder.mkdir()
    return other


def test_a_report_of_the_same_name_in_another_folder_is_another_report(place: Place) -> None:
    place.define(DAILY)
    assert place.run("report", "run", "--due").code == 0
    other = _beside(place)
    other.define(DAILY)
    place.patch.chdir(other.folder)
    place.at("2026-11-23T12:00:00+00:00")
    assert place.run("report", "status").code == 1, "it did not come here"
    assert place.run("report", "run", "--due").code == 0
    assert (other.folder / "reports" / "daily").is_dir()
    assert [len(one.runs("daily")) for one in (place, other)] == [1, 1]


def test_reports_of_one_name_from_two_folders_do_not_wait_for_each_other(place: Place) -> None:
    place.define(DAILY)
    other = _beside(place)
    other.define(DAILY)
    with other.held("daily"):
        assert place.run("report", "run", "daily").code == 0
    assert place.runs("daily")[-1].status == "ok"


def test_reports_of_one_name_whose_files_go_into_one_folder_come_one_after_the_other(place: Place) -> None:
    place.define(DAILY + 'output = "out/{date}/daily"\n')
    place.patch.setenv("OPTTIUS_REPORTS_FOLDER", str(place.folder / "all"))
    with lock_job(place.state / LOCK_FOLDER, "daily", place.folder / "all" / "out" / "{date}"):
        ran = place.run("report", "run", "daily")
    assert ran.code == 75
    assert "Another run of the report daily is at work." in ran.err
    assert place.runs("daily") == []


def test_a_ledger_of_an_older_version_goes_on(place: Place) -> None:
    place.define(DAILY)
    assert place.run("report", "run", "--due").code == 0
    with closing(sqlite3.connect(place.ledger.file)) as con:
        con.execute("ALTER TABLE runs DROP COLUMN defined")
        con.execute("ALTER TABLE runs DROP COLUMN alive")
    ran = place.run("report", "run", "--due")
    assert (ran.code, ran.out) == (0, "")
    assert len(place.runs("daily")) == 1


def test_a_report_about_nothing_is_delivered_and_said(place: Place) -> None:
    place.define(DAILY.replace('"kpis"', '"sales"').replace('"yesterday"', '"2020-01"'))
    ran = place.run("report", "run", "daily")
    assert ran.code == 0
    assert "daily: this report is empty; it was delivered anyway." in ran.err
    assert len(ran.out.splitlines()) == 2
    assert place.runs("daily")[-1].status == "empty"


def test_commands_are_told_by_their_environment_only(place: Place) -> None:
    told = 'printf "%s|" "$OPTTIUS_REPORT" "$OPTTIUS_STATUS" "$OPTTIUS_CODE" "$OPTTIUS_CAUSE" >> told.txt'
    place.define(DAILY + f"on_success = '{told}'\non_failure = '{told}'\n")
    assert place.run("report", "run", "daily").code == 0
    place.define(DAILY + f"branches = ['$(touch hacked); \"x']\non_failure = '{told}'\n")
    assert place.run("report", "run", "daily").code == 6
    said = (place.folder / "told.txt").read_text(encoding="utf-8")
    assert said.startswith('daily|ok|0||daily|failed|6|There is no branch “$(touch hacked); "x”.')
    assert not (place.folder / "hacked").exists()


def test_an_option_stands_in_for_the_command_of_the_definition(place: Place) -> None:
    place.define(DAILY + 'on_success = "touch defined"\n')
    ran = place.run("report", "run", "daily", "--on-success", 'echo "$OPTTIUS_FILES" > given')
    said = (place.folder / "given").read_text(encoding="utf-8")
    assert said == ran.out
    assert not (place.folder / "defined").exists()


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("echo no mail server >&2; exit 3", "it ended with 3: no mail server"),
        ("sleep 30 & wait", "it took longer than 1 s and was ended."),
    ],
)
def test_what_becomes_of_a_command_never_changes_what_became_of_the_report(
    place: Place, monkeypatch: pytest.MonkeyPatch, command: str, says: str
) -> None:
    monkeypatch.setattr(hooks, "TIMEOUT", 1.0)
    place.define(DAILY)
    ran = place.run("report", "run", "daily", "--on-success", command)
    assert ran.code == 0
    assert f"The command for daily: {says}" in ran.err
    assert place.runs("daily")[-1].status == "ok"
