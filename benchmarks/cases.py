"""What is measured, and the targets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.shop import Shop

PROGRAM = str(Path(sys.executable).parent / "opttius")
ORGANIZATION = ("-O", "mirador-austral", "--quiet")
SCOPE = (*ORGANIZATION, "--as-of", "2026-11-22")
"""The last whole day of the data, on which rivals answer the same question."""
MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A command and its targets: at most so many seconds and bytes, at least so many rows a second.

    ``rows`` is what it reads; 0 where that says nothing. ``variables`` are added to the environment. ``against`` is
    a command that runs in turn with it, and ``ratio`` the most CPU time that it may take, as a multiple of that
    command's. ``on_terminal``: both write to a terminal of 80 columns and 24 lines.
    """

    name: str
    command: tuple[str, ...]
    rows: int = 0
    seconds: float | None = None
    memory: int | None = None
    rate: int | None = None
    variables: tuple[tuple[str, str], ...] = ()
    against: tuple[str, ...] = ()
    ratio: float | None = None
    on_terminal: bool = False


JOBS = """
organization = "mirador-austral"

[jobs.branches]
parts = ["dashboard", "segments", "rfm"]
formats = ["xlsx", "html", "csv"]
each_branch = true
every = "month 1 07:00"
output = "jobs/{period}/{branch}"
"""
"""The settings that hold the job which is measured. The shop of full size has twelve branches."""

OWN_REPORT = """\
-- ---
-- title = "Customers"
-- columns = ["customers"]
-- ---
SELECT count(*) AS customers FROM customers
"""
"""A report of a user's own, of one row."""

PYTHON = "python -c pass"
DUCKDB = "python -c 'import duckdb'"


_DASHBOARD_SECONDS = 0.6
_DERIVED_COMMANDS = (
    (("drivers",), 1.5 * _DASHBOARD_SECONDS),
    (("segments", "--movement"), 1.5 * _DASHBOARD_SECONDS),
    (("reconcile", "--branch", "CM-001"), 1.5 * _DASHBOARD_SECONDS),
    (("explain", "total_revenue", "--period", "365", "--limit", "20"), 2 * _DASHBOARD_SECONDS),
)
"""What explains and takes apart the dashboard's figures, in proportion to the dashboard itself."""


def list_cases(parquet: Shop, csv: Shop) -> list[Case]:
    """Every case, the bare ones first: the others are seen in proportion to them."""
    warm = (*ORGANIZATION, "--source", str(parquet.folder))
    configured = (("OPTTIUS_SOURCE", str(parquet.folder)), ("OPTTIUS_ORGANIZATION", ORGANIZATION[1]))
    typed = (("_OPTTIUS_COMPLETE", "complete_zsh"), ("_TYPER_COMPLETE_ARGS", "opttius dashboard --branch "))
    return [
        Case(name=PYTHON, command=(sys.executable, "-c", "pass")),
        Case(name=DUCKDB, command=(sys.executable, "-c", "import duckdb")),
        Case(name="--version", command=(PROGRAM, "--version"), seconds=0.1),
        Case(name="--help", command=(PROGRAM, "--help"), seconds=0.2),
        _load("load parquet", parquet, 1_000_000),
        _load("load csv", csv, 400_000),
        Case(name="opttius alone", command=(PROGRAM,), seconds=0.3, variables=configured),
        Case(
            name="completion of a branch", command=(PROGRAM,), seconds=0.25, variables=(*configured, *typed)
        ),
        Case(
            name="dashboard, table",
            command=(PROGRAM, "dashboard", "--period", "30", *warm, "--format", "table"),
            seconds=_DASHBOARD_SECONDS,
        ),
        Case(
            name="dashboard, json",
            command=(PROGRAM, "dashboard", "--period", "30", *warm, "--format", "json"),
            seconds=_DASHBOARD_SECONDS,
        ),
        Case(
            name="dashboard, json with changes",
            command=(PROGRAM, "dashboard", *warm, "--format", "json"),
            against=(PROGRAM, "dashboard", *warm, "--format", "json", "--compare", "none"),
            ratio=1.3,
        ),
        Case(
            name="dashboard, first screen",
            command=(PROGRAM, "dashboard", *warm),
            against=(PROGRAM, "dashboard", *warm, "--all"),
            ratio=1,
            on_terminal=True,
            variables=(("PAGER", "cat"), ("TERM", "xterm-256color"), ("COLUMNS", "80"), ("LINES", "24")),
        ),
        *(
            Case(
                name=" ".join(command),
                command=(PROGRAM, *command, *warm, "--format", "json"),
                seconds=seconds,
            )
            for command, seconds in _DERIVED_COMMANDS
        ),
        Case(
            name="export an own report of one row",
            command=(PROGRAM, "export", "own", *warm, "-o", "own.csv", "--force"),
            seconds=_DASHBOARD_SECONDS,
        ),
        Case(
            name="export segments",
            command=(PROGRAM, "export", "segments", *warm, "-o", "x.parquet", "--force"),
            seconds=1.5,
            memory=600 * MB,
        ),
        Case(
            name="worklist",
            command=(PROGRAM, "worklist", *warm, "--format", "json"),
            seconds=3,
            memory=600 * MB,
        ),
        Case(
            name="forecast",
            command=(PROGRAM, "forecast", *warm, "--format", "json"),
            seconds=4,
            memory=600 * MB,
        ),
        Case(
            name="cohorts",
            command=(PROGRAM, "cohorts", *warm, "--format", "json"),
            seconds=1.5,
            memory=600 * MB,
        ),
        Case(
            name="job run, each branch × 3 formats",
            command=(PROGRAM, "job", "run", "branches", "--quiet", "--source", str(parquet.folder)),
            seconds=20,
        ),
    ]


def _load(name: str, shop: Shop, rate: int) -> Case:
    command = (PROGRAM, "load", "--source", str(shop.folder), "--refresh", "--quiet", "--format", "json")
    return Case(name=name, command=command, rows=shop.rows, rate=rate)
