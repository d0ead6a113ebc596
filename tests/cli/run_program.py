"""Running the program, in this process or in its own, and what it left behind."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pytest

DATA = Path(__file__).parents[2] / "sample_data"
PROGRAM = Path(sys.executable).parent / "opttius"
NOW = "2026-11-23T15:00:00+00:00"

MIRADOR = ("-O", "mirador-austral", "--as-of", "2026-11-22")
"""The organization of sample_data with three branches, at the end of its data."""


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run of the program wrote, and its exit code."""

    code: int
    out: str
    err: str


def run_inline(capsys: pytest.CaptureFixture[str]) -> Callable[..., RunResult]:
    """Run the program in this process."""
    from opttius_cli.cli import main

    def run(*arguments: str | Path) -> RunResult:
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return RunResult(code, out, err)

    return run


def run_subprocess(*arguments: str | Path, folder: Path | None = None, **environment: str) -> RunResult:
    """Run the program in a process of its own, without any terminal."""
    done = subprocess.run(
        [str(part) for part in (PROGRAM, *arguments)],
        cwd=folder,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return RunResult(done.returncode, done.stdout.decode(), done.stderr.decode())


def clean_env(environment: Mapping[str, str]) -> dict[str, str]:
    """``environment`` without what would change an answer, in English, at a fixed time."""
    changing = {"NO_COLOR", "FORCE_COLOR", "TERM", "LANG", "COLUMNS", "LINES"}
    unchanged = {
        name: value
        for name, value in environment.items()
        if name not in changing and not name.startswith(("OPTTIUS_", "LC_"))
    }
    return unchanged | {"LC_ALL": "en_US.UTF-8", "TERM": "xterm-256color", "OPTTIUS_NOW": NOW}


def set_clean_env(monkeypatch: pytest.MonkeyPatch, *, keep: Iterable[str] = ()) -> None:
    """Take out of the environment what would change an answer, except the variables to ``keep``."""
    calm = clean_env(os.environ) | {name: os.environ[name] for name in keep}
    for name in set(os.environ) - set(calm):
        monkeypatch.delenv(name)
    for name, value in calm.items():
        monkeypatch.setenv(name, value)


def load_shop(folder: Path) -> Path:
    """A snapshot of sample_data/ in ``folder``, so that not every test has to load it."""
    file = folder / "shop.duckdb"
    environment = clean_env(os.environ) | {"OPTTIUS_CACHE_FOLDER": str(folder / "cache"), "HOME": str(folder)}
    ran = run_subprocess("load", DATA, "--into", file, folder=folder, **environment)
    assert ran.code == 0, ran.err
    return file
