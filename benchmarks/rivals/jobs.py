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
    from collections.abc import Collection

ROOT = Path(__file__).parents[2]
TOOL = "opttius"
DATABASE = "PostgreSQL"
ANSWER = "segments.parquet"


@dataclass(frozen=True, slots=True)
class Contender:
    """Who does a job, and its command; ``is_client``: most of the work is done by a server that runs already."""

    name: str
    command: tuple[str, ...]
    is_client: bool = False


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

    @property
    def address_file(self) -> Path:
        """The file with the address of the database, while there is one."""
        return self.folder / "database-address"

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


def list_jobs(place: Place, without: Collection[str] = ()) -> list[Job]:
    """Every job but the load, which writes the snapshot that these read; ``without`` those of these names."""
    warm = (*SCOPE, "--source", str(place.exports))
    dashboard = (PROGRAM, "dashboard", "--period", "30", *warm, "--format", "json")
    segments = (PROGRAM, "export", "segments", *warm, "-o", ANSWER, "--force")
    jobs = (("dashboard", "revenue", dashboard), ("segments", "segments", segments))
    return [
        Job(
            name,
            tuple(
                contender
                for contender in (Contender(TOOL, command), *_list_rivals(question, place))
                if contender.name not in without
            ),
        )
        for name, question, command in jobs
    ]


def build_load_job(place: Place) -> Job:
    """The load, beside a bare one."""
    bare = Contender("DuckDB, sorted", _run("duckdb", "load", "exports", place.exports))
    return Job("load", (Contender(TOOL, build_load(place)), bare))


def _list_rivals(question: str, place: Place) -> tuple[Contender, ...]:
    exports = place.exports
    database: tuple[Contender, ...] = ()
    if place.address_file.is_file():
        address = place.address_file.read_text(encoding="utf-8")
        database = (Contender(DATABASE, _run("postgres", question, address), is_client=True),)
    return (
        Contender("Polars", _run("polars", question, exports)),
        Contender("pandas", _run("pandas", question, exports)),
        Contender("DuckDB on Parquet", _run("duckdb", question, "exports", exports)),
        Contender("DuckDB on the snapshot", _run("duckdb", question, "snapshot", place.find_snapshot())),
        *database,
        Contender("plain Python", _run("plain", question, exports)),
    )


def _run(script: str, *words: str | os.PathLike[str]) -> tuple[str, ...]:
    return (sys.executable, "-m", f"benchmarks.rivals.{script}_script", *map(str, words))
