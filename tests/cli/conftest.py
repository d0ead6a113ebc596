"""A shop that is loaded once, and an environment in which the program says the same every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cli.run_program import RunResult, load_shop, run_inline, set_clean_env

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(autouse=True)
def clean_environment(own_folders: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out of the environment what would change an answer; the folders of the test stay."""
    set_clean_env(monkeypatch, keep=["OPTTIUS_CACHE_FOLDER"])


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of sample_data/, so that not every test has to load it."""
    return load_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., RunResult]:
    """Run the program in this process: ``run("dashboard", "-s", shop)``."""
    return run_inline(capsys)
