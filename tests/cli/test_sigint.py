"""Ctrl-C at moments when Python would lose it: one sentence, exit code 130, nothing of Python's own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from sources.snapshots import write_shop

from opttius_cli import sigint
from opttius_cli.sources.postgres.connection import ConnectionThread
from opttius_cli.sources.postgres.conninfo import parse_conninfo

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = """
import os, signal, sys, time

class Torn:
    def __del__(self):
        # What is raised in here, Python prints and throws away.
        signal.raise_signal(signal.SIGINT)
        for _ in range(10):
            pass

class AtImport:
    def find_spec(self, name, path=None, target=None):
        if name != {module!r}:
            return None
        sys.meta_path.remove(self)
        {moment}
        time.sleep(60)

signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["opttius", *{arguments!r}]
sys.meta_path.insert(0, AtImport())
from opttius_cli.__main__ import run
run()
"""
AT_ONCE = "signal.raise_signal(signal.SIGINT)"
MOMENTS = {
    "anywhere": AT_ONCE,
    "in a finalizer": "Torn()",
}


def interrupted(module: str, moment: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a run that is interrupted while it imports ``module``."""
    script = SCRIPT.format(module=module, moment=moment, arguments=arguments)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, timeout=50, check=False, env=os.environ
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    "module",
    [
        "opttius_cli.cli",
        "opttius_cli.i18n",
        "opttius_cli.diagnostics",
        "opttius_cli.commands.sample",
        "duckdb",
    ],
)
def test_it_is_heard_while_the_program_starts(module: str, moment: str, tmp_path: Path) -> None:
    result = interrupted(module, MOMENTS[moment], "sample", "--out", str(tmp_path / "shop"), "--lang", "en")
    assert result == (130, "", "Error: Interrupted.\n")
    assert list(tmp_path.glob("shop/*.csv")) == []


LOAD = """
import signal, sys, time
from opttius_cli.snapshot import build

write_table = build.write_table

def interrupt_at(con, table, rows):
    write_table(con, table, rows)
    if table.name == {table!r}:
        signal.raise_signal(signal.SIGINT)

build.write_table = interrupt_at
sys.argv = ["opttius", "load", "--lang", "en", *{arguments!r}]
from opttius_cli.__main__ import run
run()
"""


@pytest.mark.parametrize("table", ["branches", "order_items"])
def test_a_load_that_is_interrupted_leaves_nothing_torn(table: str, tmp_path: Path) -> None:
    environment = {**os.environ, "OPTTIUS_CACHE_FOLDER": str(tmp_path / "cache")}
    source, at = write_shop(tmp_path / "export"), tmp_path / "shop.duckdb"
    at.write_bytes(b"what was there before")
    files: set[Path] = set()
    for arguments in ((), ("--into", str(at), "--force")):
        script = LOAD.format(table=table, arguments=("--source", str(source), *arguments))
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, timeout=50, check=False, env=environment
        )
        assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"Error: Interrupted.\n")
        places = (*tmp_path.glob("*"), *(tmp_path / "cache").rglob("*"))
        files |= {path for path in places if path.is_file() and path.suffix != ".lock"}
    assert files == {at}
    assert at.read_bytes() == b"what was there before"


def test_it_is_reported_in_the_readers_language() -> None:
    assert interrupted("opttius_cli.commands.check", AT_ONCE, "check", "--lang", "es") == (
        130,
        "",
        "Error: Interrumpido.\n",
    )


def test_an_interruption_waits_for_the_end_of_a_native_import(monkeypatch: pytest.MonkeyPatch) -> None:
    state = {"requested": False, "disarmed": False, "running": True, "held_back": False}
    monkeypatch.setattr(sigint, "_state", state)
    steps = []

    def load_library() -> None:
        with sigint.hold_back():
            sigint._handle_signal(2, None)
            steps.append("imported")

    with pytest.raises(KeyboardInterrupt):
        load_library()
    assert steps == ["imported"]


def test_a_wait_for_the_database_notices_a_swallowed_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    line = ConnectionThread(parse_conninfo("postgresql://ana@127.0.0.1/x", {}), idle_timeout=60)
    # Another test may have ended a run in this process.
    state = {"requested": True, "disarmed": False, "running": True, "held_back": False}
    monkeypatch.setattr(sigint, "_state", state)
    with pytest.raises(KeyboardInterrupt):
        line.fetch_all("SELECT 1")


def test_a_connection_without_a_running_thread_is_closed() -> None:
    line = ConnectionThread(parse_conninfo("postgresql://ana@127.0.0.1/x", {}), idle_timeout=60)
    line._thread = threading.Thread(target=line.close)
    line.close()
