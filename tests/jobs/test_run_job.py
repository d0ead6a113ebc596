"""A job delivers all its files or not at all, the same every time, and every start stands in the ledger."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

from jobs.project import Project, read_files, read_manifest
from opttius_cli.render.registry import RENDERERS

if TYPE_CHECKING:
    import pytest

MONTHLY = """
[jobs.monthly]
parts = ["kpis", "trends"]
formats = ["xlsx", "json"]
every = "month 1 07:00"
language = "en"
title = "The month, closed"
"""


def test_a_run_makes_a_folder_with_its_files_and_a_manifest(project: Project) -> None:
    project.write_config(MONTHLY)
    ran = project.run("job", "run", "monthly")
    folder = project.folder / "jobs" / "monthly" / "2026-10"
    assert ran.code == 0, ran.err
    assert ran.out.splitlines() == [
        str(folder / name) for name in ("monthly.xlsx", "monthly.json", "manifest.json")
    ]
    content = read_manifest(folder)
    assert content["as_of"] == "2026-11-01T07:00:00-03:00"
    assert content["period"] == {"from": "2026-10-01", "to": "2026-10-31", "label": "last-month"}
    document = json.loads((folder / "monthly.json").read_text(encoding="utf-8"))
    assert document["title"] == "The month, closed"
    answer = project.run(
        "dashboard", "--period", "last-month", "--as-of", "2026-11-01T07:00:00-03:00", "-f", "json",
        "--section", "kpis", "--section", "trends",
    )  # fmt: skip
    expected = json.loads(answer.out)
    assert document["kpis"] == expected["kpis"]
    assert document["trends"] == expected["trends"]


def test_parts_that_compare_are_empty_in_a_job_that_does_not(project: Project) -> None:
    project.write_config(
        '[jobs.alone]\nparts = ["kpis", "movement", "drivers", "segments"]\n'
        'formats = ["json", "xlsx"]\ncompare = "none"\n'
    )
    ran = project.run("job", "run", "alone")
    assert ran.code == 0, ran.err
    (document,) = (
        json.loads(file.read_text(encoding="utf-8")) for file in project.folder.rglob("alone.json")
    )
    assert (document["previous"], document["movement"], document["drivers"]["before"]) == (None, None, None)


def test_the_same_run_gives_the_same_bytes(project: Project) -> None:
    # NDJSON holds a single list, and this job has two parts.
    every = [
        name
        for name, renderer in RENDERERS.items()
        if name not in ("table", "ndjson") and not renderer.optional_module
    ]
    project.write_config(MONTHLY.replace('["xlsx", "json"]', json.dumps(every)))
    assert project.run("job", "run", "monthly").code == 0
    first = read_files(project.folder / "jobs")
    project.set_clock("2026-11-24T18:30:00+00:00")
    assert project.run("job", "run", "monthly").code == 0
    assert read_files(project.folder / "jobs") == first


def test_every_start_stands_in_a_ledger_that_only_its_owner_reads(project: Project) -> None:
    project.write_config(MONTHLY)
    assert project.run("job", "run", "monthly").code == 0
    (run,) = project.runs("monthly")
    assert (run.status, run.code, run.cause) == ("ok", 0, None)
    assert run.files == ("monthly.xlsx", "monthly.json")
    assert run.due is not None
    assert run.due.isoformat() == "2026-11-01T10:00:00+00:00"
    assert stat.S_IMODE(project.ledger.file.stat().st_mode) == 0o600


def test_a_job_that_fails_leaves_the_old_files_and_says_why(project: Project) -> None:
    project.write_config(MONTHLY)
    assert project.run("job", "run", "monthly").code == 0
    first = read_files(project.folder / "jobs")
    project.write_config(MONTHLY.replace('"en"', '"en"\nbranches = ["CM-999"]'))
    ran = project.run("job", "run", "monthly")
    assert (ran.code, ran.out) == (6, "")
    assert "There is no branch “CM-999”." in ran.err
    assert read_files(project.folder / "jobs") == first
    failed = project.runs("monthly")[-1]
    assert (failed.status, failed.code) == ("failed", 6)
    assert failed.cause is not None
    assert "CM-999" in failed.cause


def test_a_file_that_cannot_be_written_takes_none_of_the_others_with_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write_config(MONTHLY)
    assert project.run("job", "run", "monthly").code == 0
    first = read_files(project.folder / "jobs")
    project.write_config(MONTHLY.replace('["xlsx", "json"]', '["json", "xlsx"]'))
    monkeypatch.setattr("opttius_cli.render.xlsx.writer.write", _full_disk)
    ran = project.run("job", "run", "monthly")
    assert ran.code == 7
    assert "No space left on device" in ran.err
    assert read_files(project.folder / "jobs") == first
    assert project.runs("monthly")[-1].status == "failed"


def _full_disk(*_anything: object) -> None:
    raise OSError(28, "No space left on device")
