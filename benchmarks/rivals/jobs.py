"""The jobs, and who does each: the tool first, then its rivals, each as the command of a whole process."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.__main__ import build_environment
from benchmarks.cases import PROGRAM, SCOPE

if TYPE_CHECKING:
    import os

ROOT = Path(__file__).parents[2]
TOOL = "opttius"
ANSWER = "segments.parquet"


@dataclass(frozen=True, slots=True)
class Contender:
    """Who does a job, and its command. ``is_slow``: it is measured once, because it takes many times as long."""

    name: str
    command: tuple[str, ...]
    is_slow: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A job and those who do it, the tool first."""

    name: str
    contenders: tuple[Contender, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where the exports are, and the folder that a run may write to."""

    exports: Path
    folder: Path

    @property
    def cache(self) -> Path:
        """The folder of the tool's snapshots, which holds one."""
        return self.folder / "cache"

    def create_working_folder(self) -> Path:
        """The working folder of what is measured."""
        folder = self.folder / "working"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def find_snapshot(self) -> Path:
        """The snapshot that the tool wrote last."""
        return max(self.cache.glob("*.duckdb"), key=lambda file: file.stat().st_mtime)

    def build_environment(self) -> dict[str, str]:
        """The environment of a process: snapshots of this place, and modules of this checkout."""
        return build_environment() | {"OPTTIUS_CACHE_FOLDER": str(self.cache), "PYTHONPATH": str(ROOT)}


def build_load(place: Place) -> tuple[str, ...]:
    """The tool's command that reads the exports into a snapshot."""
    source = ("--source", str(place.exports))
    return (PROGRAM, "load", *source, "--refresh", "--quiet", "--format", "json")


def list_jobs(place: Place) -> list[Job]:
    """Every job. The snapshot is there already."""
    warm = (*SCOPE, "--source", str(place.exports))
    load = Contender("DuckDB, sorted", _run("duckdb", "load", "exports", place.exports))
    return [
        Job(
            "dashboard",
            (
                Contender(TOOL, (PROGRAM, "dashboard", "--period", "30", *warm, "--format", "json")),
                *_list_rivals("revenue", place),
            ),
        ),
        Job(
            "segments",
            (
                Contender(TOOL, (PROGRAM, "export", "segments", *warm, "-o", ANSWER, "--force")),
                *_list_rivals("segments", place),
            ),
        ),
        Job("load", (Contender(TOOL, build_load(place)), load)),
    ]


def _list_rivals(question: str, place: Place) -> tuple[Contender, ...]:
    exports = place.exports
    return (
        Contender("Polars", _run("polars", question, exports)),
        Contender("pandas", _run("pandas", question, exports)),
        Contender("DuckDB on Parquet", _run("duckdb", question, "exports", exports)),
        Contender("DuckDB on the snapshot", _run("duckdb", question, "snapshot", place.find_snapshot())),
        Contender("plain Python", _run("plain", question, exports), is_slow=True),
    )


def _run(script: str, *words: str | os.PathLike[str]) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.rivals.{script}_script", *map(str, words))
