"""The ledger of decided lists: one week, one list, whoever dies and whoever else decides."""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from opttius_cli.worklist.ledger import DecidedList, Ledger, LedgerRow

if TYPE_CHECKING:
    from pathlib import Path

KILLS, SEED = 50, 2026
ROWS = tuple(
    LedgerRow(f"c{number}", "listed", number, "exam", "2026-11-20", ("lapsed",), "1000.00", "350.00")
    for number in range(1, 41)
)


def _list(branch: str, day: int = 16) -> DecidedList:
    return DecidedList(branch, "2026-W47", date(2026, 11, day), 60, 40, {"bought": 20}, ROWS)


def _decide(ledger: Ledger, day: int) -> None:
    with ledger.hold():
        for branch in ("b1", "b2", "b3"):
            if not ledger.read_lists(branch):
                ledger.write_list(_list(branch, day))


def _start(ledger: Ledger, day: int) -> int:
    child = os.fork()
    if child == 0:
        _decide(ledger, day)
        os._exit(0)
    return child


def test_killed_runs_leave_whole_lists(tmp_path: Path) -> None:
    moments = random.Random(SEED)
    ledger = Ledger(tmp_path / "org")
    began = time.monotonic()
    os.waitpid(_start(Ledger(tmp_path / "once"), 16), 0)
    lasts = time.monotonic() - began
    for kill in range(KILLS):
        folder = tmp_path / f"org{kill % 10}"
        ledger = Ledger(folder)
        child = _start(ledger, 16 + kill % 7)
        time.sleep(moments.uniform(0, lasts))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        for branch in ("b1", "b2", "b3"):
            lists = ledger.read_lists(branch)
            # A list is whole, and of one day.
            assert [replace(one, day=date(2026, 11, 16)) for one in lists] in ([], [_list(branch)])
    for number in range(10):
        ledger = Ledger(tmp_path / f"org{number}")
        before = {branch: ledger.read_lists(branch) for branch in ("b1", "b2", "b3")}
        _decide(ledger, 22)
        for branch, lists in before.items():
            assert ledger.read_lists(branch) == (lists or [_list(branch, 22)])
            # Nothing of the killed is left beside the lists.
            if not lists:
                assert [path.suffix for path in (ledger.folder / branch).iterdir()] == [".json"]


def test_of_two_at_once_one_decides(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "org")
    for child in [_start(ledger, day) for day in (16, 17)]:
        assert os.waitpid(child, 0)[1] == 0
    days = {one.day for branch in ("b1", "b2", "b3") for one in ledger.read_lists(branch)}
    assert len(days) == 1
    assert ledger.write_list(_list("b1", 20)) is False
    assert ledger.write_list(_list("b1", 20), replace=True) is True
    assert ledger.read_lists("b1") == [_list("b1", 20)]
