"""A run that is killed leaves the old set or the new one, never a mix; the next run cleans up and says so."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from jobs.fork_server import ForkServer
from jobs.project import Project, read_files, read_manifest
from opttius_cli.jobs.run_job import LOCK_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENTS = 50
SEED = 2026
STAGING_PREFIX = ".opttius-"

DAILY = """
[jobs.daily]
parts = ["payment_methods"]
formats = ["csv", "md"]
period = "30"
output = "out/daily/{job}"
language = "en"
"""
DAYS = ("2026-11-10", "2026-11-20")


@pytest.fixture(scope="module")
def fork_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ForkServer]:
    with ForkServer.launch(tmp_path_factory.mktemp("servant") / "said.txt") as fork_server:
        yield fork_server


@pytest.fixture(autouse=True)
def _daily(project: Project) -> None:
    project.write_config(DAILY)


def _run(fork_server: ForkServer, project: Project, day: str, die: tuple[str, str] | None = None) -> int:
    return fork_server.start(["job", "run", "daily", "--as-of", day], project.folder, dict(os.environ), die)


def _whole(fork_server: ForkServer, project: Project, day: str) -> dict[str, bytes]:
    _run(fork_server, project, day)
    assert fork_server.wait() == 0, fork_server.output.read_text(encoding="utf-8")
    return read_files(project.folder / "out")


def _lasts(fork_server: ForkServer, project: Project, day: str) -> float:
    """The seconds that a run takes just now."""
    began = time.monotonic()
    _whole(fork_server, project, day)
    return time.monotonic() - began


def test_a_kill_at_any_moment_leaves_a_single_whole_set(fork_server: ForkServer, project: Project) -> None:
    chance = random.Random(SEED)
    sets = {day: _whole(fork_server, project, day) for day in DAYS}
    assert sets[DAYS[0]].keys() == sets[DAYS[1]].keys()
    # The shorter of two: a moment after its end kills nothing.
    lasts = min(_lasts(fork_server, project, day) for day in DAYS)
    killed = 0
    for number in range(MOMENTS):
        process = _run(fork_server, project, DAYS[number % 2])
        time.sleep(chance.random() * lasts)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        killed += fork_server.wait() == -signal.SIGKILL
        left = {
            name: data
            for name, data in read_files(project.folder / "out").items()
            if STAGING_PREFIX not in name
        }
        assert left in sets.values(), f"moment {number}: neither the old set nor the new one"
        read_manifest(project.folder / "out" / "daily")
    _whole(fork_server, project, DAYS[0])
    assert read_files(project.folder / "out") == sets[DAYS[0]], "a killed run's folder was left"
    statuses = [run.status for run in project.runs("daily")]
    assert killed > MOMENTS / 4
    assert "running" not in statuses
    # A run that was killed before it wrote its row has none, and one that had written its end has that.
    assert 0 < statuses.count("killed") <= killed


@pytest.mark.parametrize(
    ("where", "when", "new"),
    [
        ("opttius_cli.render.markdown.write", "before", False),
        ("opttius_cli.jobs.manifest.write_manifest", "before", False),
        ("opttius_cli.jobs.manifest.write_manifest", "after", False),
        ("opttius_cli.jobs.publish._exchange_names", "before", False),
        ("opttius_cli.jobs.publish._exchange_names", "after", True),
        ("opttius_cli.jobs.hooks.run_hook", "before", True),
    ],
)
def test_a_kill_between_any_two_steps(
    fork_server: ForkServer, project: Project, where: str, when: str, *, new: bool
) -> None:
    old, later = (_whole(fork_server, project, day) for day in DAYS)
    _run(fork_server, project, DAYS[0], (where, when))
    assert fork_server.wait() == -signal.SIGKILL
    left = {
        name: data for name, data in read_files(project.folder / "out").items() if STAGING_PREFIX not in name
    }
    assert left == (old if new else later)
    assert _whole(fork_server, project, DAYS[0]) == old
    status = "ok" if where.endswith("hooks.run_hook") else "killed"
    assert [run.status for run in project.runs("daily")] == ["ok", "ok", status, "ok"]


def test_sigterm_leaves_the_old_files_and_a_row_that_says_so(
    fork_server: ForkServer, project: Project
) -> None:
    old = _whole(fork_server, project, DAYS[0])
    process = _run(fork_server, project, DAYS[1])
    while len(runs := project.runs("daily")) < len(DAYS) or not runs[-1].staging:
        time.sleep(0.002)
    os.kill(process, signal.SIGTERM)
    assert fork_server.wait() == 130
    assert read_files(project.folder / "out") == old
    last = project.runs("daily")[-1]
    assert (last.status, last.code, last.cause) == ("interrupted", 130, "The run was interrupted.")


def test_status_distinguishes_running_and_killed_runs(fork_server: ForkServer, project: Project) -> None:
    process = _run(fork_server, project, DAYS[0])
    while not project.runs("daily"):
        time.sleep(0.002)
    os.kill(process, signal.SIGSTOP)
    assert project.run("job", "status").code == 0
    assert "running" in project.run("job", "status").out
    os.kill(process, signal.SIGKILL)
    assert fork_server.wait() == -signal.SIGKILL
    assert project.run("job", "status").code == 1
    _whole(fork_server, project, DAYS[0])
    assert project.run("job", "status").code == 0
    assert list((project.state / LOCK_FOLDER).glob("*.alive")) == [], "the sign of a killed run was left"
