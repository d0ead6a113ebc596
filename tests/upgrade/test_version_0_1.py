"""What version 0.1 left behind is read, built anew, or refused with a sentence that says what to do.

``kept/`` was written by the last program that called a job a report: its settings, its crontab, the
ledger and the audit log of one run, and the snapshot of ``shop/``; only paths and the user were changed.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from cli.run_program import run_inline, set_clean_env

from opttius_cli.schedule import crontab
from opttius_cli.schedule.call import Call

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult

KEPT = Path(__file__).parent / "kept"
OLD_HOME = "/home/ana/optica"
NOW = "2026-11-24T12:00:00+00:00"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the shop's settings, with the state and the cache of version 0.1."""
    set_clean_env(monkeypatch, keep=["OPTTIUS_CACHE_FOLDER"])
    monkeypatch.setenv("OPTTIUS_NOW", NOW)
    folder, state = tmp_path / "optica", Path(os.environ["XDG_STATE_HOME"]) / "opttius"
    shutil.copytree(KEPT / "shop", folder / "shop")
    shutil.copy(KEPT / "opttius.toml", folder)
    state.mkdir(mode=0o700)
    for name in ("audit.log", "runs.sqlite3"):
        shutil.copy(KEPT / name, state)
    with closing(sqlite3.connect(state / "runs.sqlite3")) as con, con:
        con.execute("UPDATE runs SET defined = replace(defined, ?, ?)", [OLD_HOME, str(folder)])
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., RunResult]:
    """Run the program in this process."""
    return run_inline(capsys)


def rename_jobs(folder: Path) -> None:
    """Do what the message about the settings says."""
    text = (folder / "opttius.toml").read_text(encoding="utf-8")
    (folder / "opttius.toml").write_text(
        text.replace("[reports.monthly]", "[jobs.monthly]"), encoding="utf-8"
    )


def test_the_settings_are_refused_with_their_new_name(home: Path, run: Callable[..., RunResult]) -> None:
    for command in (("dashboard",), ("job", "status"), ("config", "validate")):
        ran = run(*command)
        assert (ran.code, ran.err.partition(": ")[2]) == (
            3,
            f"{home}/opttius.toml: [reports.monthly] is called [jobs.monthly] now. Type [jobs.monthly].\n",
        )
    rename_jobs(home)
    assert run("config", "validate").code == 0


def test_a_line_of_cron_is_refused_with_its_new_command(home: Path, run: Callable[..., RunResult]) -> None:
    rename_jobs(home)
    ran = run("report", "run", "--due")
    assert ran.code == 2
    assert "opttius schedule install" in ran.err


def test_the_crontab_gets_the_new_command_and_keeps_the_rest() -> None:
    old, others = (KEPT / "crontab.txt").read_bytes(), b"MAILTO=ana\n0 3 * * * respaldo\n"
    call = Call(("/home/ana/.local/bin/opttius", "job", "run", "--due"), Path(OLD_HOME), {"PATH": "/bin"}, 10)
    renewed = crontab.insert_block(others + old, call)
    assert renewed.startswith(others)
    assert (renewed.count(b"opttius job run --due"), renewed.count(b"report run")) == (1, 0)
    assert crontab.remove_block(others + old, Path(OLD_HOME)) == others


def test_the_ledger_and_the_audit_log_are_read(home: Path, run: Callable[..., RunResult]) -> None:
    rename_jobs(home)
    (status,) = json.loads(run("job", "status", "--format", "json").out)
    assert (status["job"], status["state"], status["last_success"]) == (
        "monthly",
        "ok",
        "2026-11-24T12:00:00+00:00",
    )
    logged = json.loads(run("audit", "--format", "json").out)
    assert [(row["command"], row["masking"]) for row in logged[:2]] == [
        ("report run", "masked"),
        ("dashboard", "revealed"),
    ]
    # The next run adds to both.
    assert run("job", "run", "monthly").code == 0
    assert len(json.loads(run("audit", "--format", "json").out)) > len(logged)


def test_the_snapshot_is_built_anew_where_the_source_is_there(
    home: Path, run: Callable[..., RunResult]
) -> None:
    rename_jobs(home)
    old = pa.input_stream(str(KEPT / "snapshot.duckdb.zst"), compression="zstd").read()
    (home / "old.duckdb").write_bytes(old)
    refused = run("dashboard", "--source", "old.duckdb")
    assert refused.code == 4
    assert "otra versión de opttius" in refused.err
    options = ("dashboard", "--period", "60", "--format", "json")
    assert run(*options).code == 0
    (stored,) = Path(os.environ["OPTTIUS_CACHE_FOLDER"]).glob("*.duckdb")
    stored.write_bytes(old)
    assert json.loads(run(*options).out)["kpis"]["total_revenue"] == 89990
