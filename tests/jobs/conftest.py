"""A shop that is loaded once, and a working folder with jobs to run on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cli.run_program import load_shop, run_inline, set_clean_env

from jobs.project import Project

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of sample_data/."""
    return load_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def project(
    shop: Path,
    tmp_path: Path,
    own_folders: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Project:
    """A working folder whose opttius.toml reads the shop, in an environment that says the same every time."""
    set_clean_env(monkeypatch)
    state = tmp_path / "state"
    monkeypatch.setenv("OPTTIUS_STATE_DIR", str(state))
    monkeypatch.setenv("OPTTIUS_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setenv("OPTTIUS_CACHE_FOLDER", str(tmp_path / "cache"))
    folder = tmp_path / "working"
    return Project(folder, state, shop, run_inline(capsys), monkeypatch)
