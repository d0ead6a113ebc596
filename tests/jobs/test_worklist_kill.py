"""The week's lists are decided once: whoever is killed, whoever else decides, and whatever the state folder is like."""

from __future__ import annotations

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobs.fork_server import ForkServer
from opttius_cli.worklist.ledger import Ledger, LedgerError

if TYPE_CHECKING:
    from jobs.project import Project
    from opttius_cli.worklist.ledger import DecidedList

KILLS, ROUNDS, SEED = 50, 5, 2026
NOW = "2026-11-22T15:00:00+00:00"
DECIDE = ["worklist", "--decide", "--format", "json"]
FULL = "the ledger X cannot be used: No space left on device"
PROGRAM = str(Path(sys.executable).with_name("opttius"))


@pytest.fixture(autouse=True)
def _today(project: Project) -> None:
    project.write_config("")
    project.set_clock(NOW)


def read_lists(project: Project) -> dict[str, bytes]:
    """Every list of the ledger, by its branch and week."""
    folder = project.state / "worklist"
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*.json")}


def forget_lists(project: Project) -> None:
    """Leave the ledger as it is before the first list."""
    for file in (project.state / "worklist").rglob("*.json"):
        file.unlink()


def decide(project: Project, *options: str) -> dict[str, Any]:
    """Decide in this process; the answer."""
    ran = project.run(*DECIDE, *options)
    assert ran.code == 0, ran.err
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


@pytest.mark.slow
def test_a_kill_at_any_moment_leaves_one_list_a_week(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = decide(project)
    expected = read_lists(project)
    assert len(expected) == 4
    assert whole["decided"] is True
    chance = random.Random(SEED)
    killed = 0
    with ForkServer.launch(tmp_path_factory.mktemp("servant") / "said.txt") as server:
        forget_lists(project)
        began = time.monotonic()
        server.start(DECIDE, project.folder, dict(os.environ))
        assert server.wait() == 0
        lasts = time.monotonic() - began
        before: dict[str, bytes] = {}
        for number in range(KILLS):
            if number % ROUNDS == 0:
                forget_lists(project)
                before = {}
            process = server.start(DECIDE, project.folder, dict(os.environ))
            time.sleep(chance.random() * lasts)
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            killed += server.wait() == -signal.SIGKILL
            left = read_lists(project)
            # Each list is there whole or not at all, and what was decided stays.
            assert before.items() <= left.items() <= expected.items(), f"moment {number}"
            before = left
    assert killed > KILLS / 4
    again = decide(project)
    assert read_lists(project) == expected
    assert [again[key] for key in ("week", "decided", "rows")] == [
        whole[key] for key in ("week", "decided", "rows")
    ]
    assert [path.name for path in (project.state / "worklist").rglob(".opttius-*.tmp")] == []
    # A branch alone prints what the whole chain decided.
    branch = decide(project, "--branch", "CM-001")
    keys = ("rank", "customer_id", "reason", "at_stake")
    rows = [[row[key] for key in keys] for row in whole["rows"] if row["branch"] == "CM-001"]
    assert [[row[key] for key in keys] for row in branch["rows"]] == rows


@pytest.mark.slow
def test_of_two_at_once_one_decides_and_the_other_reads(project: Project) -> None:
    runs = [
        subprocess.Popen(
            [PROGRAM, *DECIDE],
            cwd=project.folder,
            env=os.environ | {"OPTTIUS_WORKLIST_CAPACITY": capacity},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for capacity in ("3", "5")
    ]
    printed = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0, 0], printed
    one, other = (json.loads(out) for out, _err in printed)
    assert one["decided"] is True
    assert one["rows"] == other["rows"]
    assert one["left_out"] == other["left_out"]
    assert len(read_lists(project)) == 4


def fill_disk() -> None:
    """Let no file grow."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def spoil_list(project: Project) -> None:
    """Put half a list in the place of one."""
    decide(project)
    file = next(iter(sorted((project.state / "worklist").rglob("*.json"))))
    file.write_bytes(file.read_bytes()[:40])


def test_a_damaged_ledger_decides_nothing_and_says_so(project: Project) -> None:
    spoil_list(project)
    damaged = read_lists(project)
    ran = project.run(*DECIDE)
    assert ran.code == 0
    answer = json.loads(ran.out)
    assert (answer["decided"], len(answer["rows"]) > 0) == (False, True)
    assert "Nothing is decided: the ledger" in ran.err
    assert "is damaged" in ran.err
    assert read_lists(project) == damaged


def test_without_a_state_folder_the_list_is_printed_and_nothing_is_decided(project: Project) -> None:
    project.state.mkdir(exist_ok=True)
    # Root may write anywhere, so a file stands for a folder in which nothing can be written.
    (project.state / "worklist").write_text("no folder", encoding="utf-8")
    ran = project.run(*DECIDE)
    assert ran.code == 0
    assert json.loads(ran.out)["decided"] is False
    assert "Nothing is decided: the ledger" in ran.err
    assert (project.state / "worklist").read_text(encoding="utf-8") == "no folder"


def test_on_a_full_disk_the_list_is_printed_and_nothing_is_decided(project: Project) -> None:
    expected = json.loads(project.run("worklist", "--format", "json").out)["rows"]
    ran = subprocess.run(
        [PROGRAM, *DECIDE],
        cwd=project.folder,
        env=os.environ,
        capture_output=True,
        preexec_fn=fill_disk,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    answer = json.loads(ran.stdout)
    assert (answer["decided"], answer["rows"]) == (False, expected)
    assert b"Nothing is decided: the ledger" in ran.stderr
    assert read_lists(project) == {}


def test_a_disk_that_fills_half_way_says_how_many_lists_are_decided(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Ledger.write_list
    written: list[str | None] = []

    def write_two(self: Ledger, decided: DecidedList, *, replace: bool = False) -> bool:
        if len(written) == 2:
            raise LedgerError(FULL)
        written.append(decided.branch_id)
        return write(self, decided, replace=replace)

    monkeypatch.setattr(Ledger, "write_list", write_two)
    ran = project.run(*DECIDE)
    assert ran.code == 0
    assert json.loads(ran.out)["decided"] is False
    assert "Only 2 of 4 lists are decided: the ledger X cannot be used" in ran.err
    assert len(read_lists(project)) == 2
