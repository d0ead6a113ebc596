"""Commands print on a cluster what they print on DuckDB, and refuse in one sentence what it does not do."""

from __future__ import annotations

from pathlib import Path

import pytest
from spec.harness import RunResult, run_bare

from opttius_cli.cli import main

pytestmark = pytest.mark.cluster

DATA = Path(__file__).parent.parent / "example-single" / "data"
AS_OF = ("--as-of", "2026-11-22T15:00:00-03:00")


def run(*arguments: str) -> RunResult:
    return run_bare(main, [*arguments, "--quiet", "--lang", "en"])


@pytest.fixture
def cluster(sail: str, tmp_path: Path) -> tuple[str, ...]:
    """The options of a command that runs on the cluster."""
    assert run("load", str(DATA), "--into", f"{tmp_path}/lake/").code == 0
    return ("--source", f"{tmp_path}/lake", "--engine", "spark", "--remote", sail)


COMMANDS = {
    "a latest dashboard": ("dashboard", "-p", "7", "--as-of", "latest", "--compare", "none", "-f", "csv"),
    "one branch": ("dashboard", "-p", "30", "--branch", "LA-01", *AS_OF, "-f", "json", "--section", "kpis"),
    "customers, masked": ("customers", *AS_OF, "-f", "csv"),
    "a figure explained": ("explain", "total_revenue", "-p", "30", *AS_OF, "-f", "json"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_prints_the_same(command: tuple[str, ...], cluster: tuple[str, ...]) -> None:
    expected = run(*command, "--source", str(DATA))
    answer = run(*command, *cluster)
    assert (answer.code, answer.stderr) == (expected.code, expected.stderr) == (0, "")
    assert answer.stdout == expected.stdout


def test_own_sql_is_refused_by_name(cluster: tuple[str, ...]) -> None:
    ran = run("sql", "SELECT 1", *cluster)
    assert (ran.code, ran.stdout) == (2, "")
    assert "Your own SQL runs on DuckDB only" in ran.stderr


def test_who_is_not_there_gets_no_suggestions(cluster: tuple[str, ...]) -> None:
    ran = run("customer", "Nobody Atall", *AS_OF, *cluster)
    assert ran.code == 6
    assert "opttius customers --search NAME" in ran.stderr


def test_a_cluster_that_is_not_there_is_one_sentence(cluster: tuple[str, ...]) -> None:
    ran = run("dashboard", *cluster[:-1], "sc://127.0.0.1:1")
    assert ran.code == 4
    assert ran.stderr.startswith("Error: The cluster sc://127.0.0.1:1 failed: ")
    assert ran.stderr.count("\n") == 1
