"""A folder changes places with its successor; what is not ours stays, and what is somebody else's is refused."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from jobs.project import Project, read_files
from opttius_cli.errors import OutputError
from opttius_cli.jobs import publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAILY = """
[jobs.daily]
parts = ["kpis"]
formats = ["csv"]
period = "30"
every = "daily 07:00"
output = "out/{date}/daily"
"""


def _set(folder: Path, text: str, *, name: str = "a.csv", as_of: str = "2026-01-01") -> Path:
    folder.mkdir(parents=True)
    (folder / name).write_text(text, encoding="utf-8")
    listed = [{"name": name, "sha256": hashlib.sha256(text.encode()).hexdigest()}]
    instant = f"{as_of}T12:00:00+00:00"
    manifest_data = {
        "made_by": "opttius",
        "job": "daily",
        "as_of": instant,
        "loaded_at": instant,
        "files": listed,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest_data), encoding="utf-8")
    return folder


def _no_exchange(_first: Path, _other: Path) -> None:
    raise OSError(22, "Invalid argument")


@pytest.mark.parametrize("can_exchange", [True, False])
def test_the_new_set_stands_in_the_place_of_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, can_exchange: bool
) -> None:
    if not can_exchange:
        monkeypatch.setattr(publish, "_exchange_names", _no_exchange)
    target = _set(tmp_path / "out" / "set", "old", name="old.csv")
    (target / "notes.txt").write_text("by hand", encoding="utf-8")
    stage = _set(publish.build_stage_path(target, "daily"), "new")
    publish.publish_files(stage, target)
    assert (target / "a.csv").read_text(encoding="utf-8") == "new"
    assert {path.name for path in target.iterdir()} == {"a.csv", "manifest.json", "notes.txt"}
    assert [path.name for path in target.parent.iterdir()] == ["set"]


def test_where_there_is_no_exchange_a_kill_between_the_renames_is_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publish, "_exchange_names", _no_exchange)
    target = _set(tmp_path / "out" / "set", "old")
    stage = _set(publish.build_stage_path(target, "daily"), "new")
    target.rename(publish._build_backup_path(stage))
    publish.clean_stage(stage, target)
    assert [path.name for path in target.parent.iterdir()] == ["set"]
    assert (target / "a.csv").read_text(encoding="utf-8") == "old"


def test_leftovers_of_killed_runs_of_this_job_are_removed_and_nothing_else(tmp_path: Path) -> None:
    target = _set(tmp_path / "out" / "set", "old")
    ours = publish.build_stage_path(target, "daily")
    theirs = publish.build_stage_path(target, "daily-b")
    notes = target.with_name(".opttius-daily-notes.staging")
    for folder in (ours, theirs, notes):
        folder.mkdir()
    publish.clean_killed_stages(target, "daily")
    assert set(target.parent.iterdir()) == {target, theirs, notes}


def test_a_folder_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    publish.check_target(folder, "daily")
    (folder / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(OutputError, match="has files that the job daily did not make"):
        publish.check_target(folder, "daily")
    _set(tmp_path / "other", "x")
    with pytest.raises(OutputError, match="did not make"):
        publish.check_target(tmp_path / "other", "monthly")
    (tmp_path / "other" / "mine").mkdir()
    with pytest.raises(OutputError, match="Move that folder elsewhere"):
        publish.check_target(tmp_path / "other", "daily")
    (tmp_path / "link").symlink_to(tmp_path / "other", target_is_directory=True)
    with pytest.raises(OutputError, match="is not a folder"):
        publish.check_target(tmp_path / "link", "daily")


def test_the_folder_of_a_person_is_not_touched(project: Project) -> None:
    project.write_config(DAILY)
    mine = project.folder / "out" / "2026-11-23"
    mine.mkdir(parents=True)
    (mine / "budget.xlsx").write_bytes(b"mine")
    ran = project.run("job", "run", "daily")
    assert ran.code == 7
    assert read_files(project.folder / "out") == {"2026-11-23/budget.xlsx": b"mine"}


def _without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda manifest_data: manifest_data.pop(key)


@pytest.mark.parametrize(
    "damage",
    [
        *(_without(key) for key in ("made_by", "job", "as_of", "loaded_at", "files")),
        lambda manifest_data: manifest_data.update(loaded_at="yesterday"),
        lambda manifest_data: manifest_data["files"][0].pop("name"),
        lambda manifest_data: manifest_data["files"][0].pop("sha256"),
        lambda manifest_data: manifest_data["files"][0].update(name="../2026-11-22/daily.csv"),
        lambda manifest_data: manifest_data["files"].append("daily.csv"),
    ],
)
def test_a_set_with_a_damaged_manifest_is_left_to_a_person(
    project: Project, damage: Callable[[dict[str, Any]], object]
) -> None:
    project.write_config(DAILY + "keep = 1\n")
    assert project.run("job", "run", "daily").code == 0
    folder = project.folder / "out" / "2026-11-23"
    manifest_data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    damage(manifest_data)
    (folder / "manifest.json").write_text(json.dumps(manifest_data), encoding="utf-8")
    left = read_files(folder)
    for option in ([], ["--if-changed"]):
        ran = project.run("job", "run", "daily", *option)
        assert ran.code == 7
        assert f"{folder / 'manifest.json'} does not say which files the job daily made there." in ran.err
    project.set_clock("2026-11-24T15:00:00+00:00")
    assert project.run("job", "run", "daily").code == 0
    assert read_files(folder) == left, "it is not counted among the sets that are kept"


def test_keep_removes_older_sets_of_this_job_only(project: Project) -> None:
    project.write_config(DAILY + "keep = 2\n")
    for day in range(19, 23):
        project.set_clock(f"2026-11-{day}T15:00:00+00:00")
        assert project.run("job", "run", "daily").code == 0
        if day == 19:
            (project.folder / "out" / "2026-11-19" / "signed.pdf").write_bytes(b"a contract")
    left = sorted(path.name for path in (project.folder / "out").iterdir())
    assert left == ["2026-11-19", "2026-11-21", "2026-11-22"], "a set with somebody's file in it stays"


def test_nothing_is_written_when_nothing_changed(project: Project) -> None:
    project.write_config(DAILY)
    assert project.run("job", "run", "daily").code == 0
    folder = project.folder / "out" / "2026-11-23"
    before = folder.stat().st_ino
    ran = project.run("job", "run", "daily", "--if-changed")
    assert (ran.code, ran.out) == (0, "")
    assert "nothing has changed" in ran.err
    assert folder.stat().st_ino == before
    assert [run.status for run in project.runs("daily")] == ["ok", "unchanged"]
    project.write_config(DAILY.replace('["kpis"]', '["kpis", "trends"]'))
    ran = project.run("job", "run", "daily", "--if-changed")
    assert ran.out.splitlines() == [str(folder / "daily.csv"), str(folder / "manifest.json")]
    assert [run.status for run in project.runs("daily")] == ["ok", "unchanged", "ok"]


def test_a_file_that_somebody_changed_has_changed(project: Project) -> None:
    project.write_config(DAILY)
    assert project.run("job", "run", "daily").code == 0
    file = project.folder / "out" / "2026-11-23" / "daily.csv"
    original = file.read_bytes()
    file.write_bytes(original + b"and more\n")
    assert project.run("job", "run", "daily", "--if-changed").code == 0
    assert file.read_bytes() == original
    file.unlink()
    assert project.run("job", "run", "daily", "--if-changed").code == 0
    assert file.read_bytes() == original


def test_a_dry_run_tells_the_files_and_writes_none(project: Project) -> None:
    project.write_config(DAILY)
    ran = project.run("job", "run", "daily", "--dry-run")
    assert ran.out.splitlines() == [str(project.folder / "out" / "2026-11-23" / "daily.csv")]
    assert not (project.folder / "out").exists()
    assert project.runs("daily") == []


def test_a_file_for_each_branch(project: Project) -> None:
    project.write_config(
        DAILY.replace("out/{date}/daily", "out/{date}/d-{branch}").replace('"csv"', '"csv", "md"')
        + "each_branch = true\n"
    )
    ran = project.run("job", "run", "daily")
    names = [line.rpartition("/")[2] for line in ran.out.splitlines()]
    assert names == [
        *(f"d-{code}.{extension}" for code in ("CM-001", "CM-002", "CM-003") for extension in ("csv", "md")),
        "manifest.json",
    ]
