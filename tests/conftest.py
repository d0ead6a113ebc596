"""What every test needs: its own cache, config and home, and an empty working folder.

Tests import each other's helpers from this folder, as `oracle` and `spec`.
"""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from opttius_cli import i18n

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres.server import Server

# A machine that is busy with other things is slow, not wrong: no example fails for the time it takes.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

# What is started from a shell's background ignores Ctrl-C, and so would every program that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

FOLDERS = (
    "OPTTIUS_CACHE_FOLDER",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
    "XDG_DATA_HOME",
    "HOME",
)


READING_ONLY = Path(__file__).parent / "architecture"
"""Tests that read source files: thousands, which need no folder of their own unless they ask for one."""

LONG_TESTS = (
    "generative/",
    "postgres/",
    "golden/test_every_report.py",
    "sources/test_formats.py",
    "sources/test_cases.py",
    "sources/test_rejects.py",
    "spec/test_periods.py",
    "cli/test_injection.py",
    "cli/test_leaks.py",
    "cli/test_streams.py",
    "cli/test_data_at_rest.py",
    "cli/test_damaged_snapshots.py",
    "cli/test_hostile_values.py",
    "cli/test_report_headers.py",
    "jobs/test_kill.py",
    "jobs/test_publish.py",
)
"""Folders and modules of long tests: generated worlds, a live database, every form of a source, attacks, kills."""
EVERYDAY_TESTS = ("postgres/test_scope.py",)
"""Of these, what no change may go without: which rows a live database lets out."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark long tests as slow: `make test` has minutes."""
    for item in items:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        if path.startswith(LONG_TESTS) and path not in EVERYDAY_TESTS:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def own_folders(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep whatever the machine has (snapshots, config, a source) out of the tests."""
    if request.path.is_relative_to(READING_ONLY) and "tmp_path" not in request.fixturenames:
        return
    tmp_path: Path = request.getfixturevalue("tmp_path")
    for name in FOLDERS:
        folder = tmp_path / "own" / name.lower()
        folder.mkdir(parents=True)
        monkeypatch.setenv(name, str(folder))
    monkeypatch.delenv("OPTTIUS_SOURCE", raising=False)
    # What a test expects of a message is its source text.
    i18n.set_language("en")
    working = tmp_path / "working"
    working.mkdir()
    monkeypatch.chdir(working)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A PostgreSQL server, started when the first test asks for it; databases on it are made per test."""
    from postgres.server import Server

    running = Server()
    yield running
    running.close()
