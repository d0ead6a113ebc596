"""A run that is killed leaves the old set or the new one, never a mix; the next run cleans up and says so."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from opttius_cli.jobs.run_job import LOCK_FOLDER
from runs.folder import Place, files, manifest
from runs.forking import Servant

if TYPE_CHECKING:
    from collections.abc import Iterator

MOMENTS = 50
SEED = 2026
LITTER = ".opttius-"

DAILY = """
[reports.daily]
parts = ["payment_methods"]
formats = ["csv", "md"]
period = "30"
output = "out/daily/{report}"
language = "en"
"""
DAYS = ("2026-11-10", "2026-11-20")


@pytest.fixture(scope="module")
def servant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servant]:
    with Servant.begin(tmp_path_factory.mktemp("servant") / "said.txt") as servant:
        yield servant


@pytest.fixture(autouse=True)
def _daily(place: Place) -> None:
    place.define(DAILY)


def _run(servant: Servant, place: Place, day: str, die: tuple[str, str] | None = None) -> int:
    return servant.start(["report", "run", "daily", "--as-of", day], place.folder, dict(os.environ), die)


def _whole(servant: Servant, place: Place, day: str) -> dict[str, bytes]:
    _run(servant, place, day)
    assert servant.ended() == 0, servant.says.read_text(encoding="utf-8")
    return files(place.folder / "out")


def _lasts(servant: Servant, place: Place, day: str) -> float:
    """The seconds that a run takes just now."""
    began = time.monotonic()
    _whole(servant, place, day)
    return time.monotonic() - began


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_one_whole_set(servant: Servant, place: Place) -> None:
    chance = random.Random(SEED)
    sets = {day: _whole(servant, place, day) for day in DAYS}
    assert sets[DAYS[0]].keys() == sets[DAYS[1]].keys()
    # The shorter of two: a moment after its end kills nothing.
    lasts = min(_lasts(servant, place, day) for day in DAYS)
    killed = 0
    for number in range(MOMENTS):
        process = _run(servant, place, DAYS[number % 2])
        time.sleep(chance.random() * lasts)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        killed += servant.ended() == -signal.SIGKILL
        left = {name: data for name, data in files(place.folder / "out").items() if LITTER not in name}
        assert left in sets.values(), f"moment {number}: neither the old set nor the new one"
        manifest(place.folder / "out" / "daily")
    _whole(servant, place, DAYS[0])
    assert files(place.folder / "out") == sets[DAYS[0]], "a killed run's folder was left"
    told = [run.status for run in place.runs("daily")]
    assert killed > MOMENTS / 4
    assert "running" not in told
    # A run that was killed before it wrote its row has none, and one that had written its end has that.
    assert 0 < told.count("killed") <= killed


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
    servant: Servant, place: Place, where: str, when: str, *, new: bool
) -> None:
    old, later = (_whole(servant, place, day) for day in DAYS)
    _run(servant, place, DAYS[0], (where, when))
    assert servant.ended() == -signal.SIGKILL
    left = {name: data for name, data in files(place.folder / "out").items() if LITTER not in name}
    assert left == (old if new else later)
    assert _whole(servant, place, DAYS[0]) == old
    told = "ok" if where.endswith("hooks.call") else "killed"
    assert [run.status for run in place.runs("daily")] == ["ok", "ok", told, "ok"]


def test_sigterm_leaves_the_old_files_and_a_row_that_says_so(servant: Servant, place: Place) -> None:
    old = _whole(servant, place, DAYS[0])
    process = _run(servant, place, DAYS[1])
    while len(runs := place.runs("daily")) < len(DAYS) or not runs[-1].staging:
        time.sleep(0.002)
    os.kill(process, signal.SIGTERM)
    assert servant.ended() == 130
    assert files(place.folder / "out") == old
    last = place.runs("daily")[-1]
    assert (last.status, last.code, last.cause) == ("interrupted", 130, "The run was interrupted.")


def test_status_tells_a_run_at_work_from_one_that_was_killed(servant: Servant, place: Place) -> None:
    process = _run(servant, place, DAYS[0])
    while not place.runs("daily"):
        time.sleep(0.002)
    os.kill(process, signal.SIGSTOP)
    assert place.run("report", "status").code == 0
    assert "running" in place.run("report", "status").out
    os.kill(process, signal.SIGKILL)
    assert servant.ended() == -signal.SIGKILL
    assert place.run("report", "status").code == 1
    _whole(servant, place, DAYS[0])
    assert place.run("report", "status").code == 0
    assert list((place.state / LOCK_FOLDER).glob("*.alive")) == [], "the sign of a killed run was left"
