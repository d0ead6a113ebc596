"""Commands print on a cluster what they print on DuckDB, and refuse in one sentence what it does not do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from spec.harness import RunResult, run_bare

from opttius_cli.cli import main
from opttius_cli.session.lake_files import write_lake
from opttius_cli.session.snapshot_access import load_new_snapshot
from spark.two_engines import build_request

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster

DATA = Path(__file__).parent.parent / "example-single" / "data"
AS_OF = ("--as-of", "2026-11-22T15:00:00-03:00")


def run(*arguments: str) -> RunResult:
    return run_bare(main, [*arguments, "--quiet", "--lang", "en"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the same rows twice: shop.duckdb, and lake."""
    folder = tmp_path_factory.mktemp("shop")
    request = build_request(DATA, {"cache.folder": str(folder / "cache")})
    snapshot = load_new_snapshot(request, folder / "shop.duckdb", force=False)
    write_lake(request, snapshot, folder / "lake")
    return folder


@pytest.fixture
def here(shop: Path) -> tuple[str, ...]:
    """The options of a command that runs on DuckDB."""
    return ("--source", f"{shop}/shop.duckdb")


@pytest.fixture
def cluster(shop: Path, spark_server: str) -> tuple[str, ...]:
    """The options of a command that runs on the cluster."""
    return ("--source", f"{shop}/lake", "--engine", "spark", "--remote", spark_server)


COMMANDS = {
    "a latest dashboard": ("dashboard", "-p", "7", "--as-of", "latest", "--compare", "none", "-f", "csv"),
    "one branch": ("dashboard", "-p", "30", "--branch", "LA-01", *AS_OF, "-f", "json", "--section", "kpis"),
    "customers, masked": ("customers", *AS_OF, "-f", "csv"),
    "a figure explained": ("explain", "total_revenue", "-p", "30", *AS_OF, "-f", "json"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_command_prints_the_same(
    command: tuple[str, ...], here: tuple[str, ...], cluster: tuple[str, ...]
) -> None:
    expected = run(*command, *here)
    answer = run(*command, *cluster)
    assert (answer.code, answer.stderr) == (expected.code, expected.stderr) == (0, "")
    assert answer.stdout == expected.stdout


def test_a_workbook_has_the_same_cells(
    here: tuple[str, ...], cluster: tuple[str, ...], tmp_path: Path
) -> None:
    sheets = []
    for name, options in (("here", here), ("there", cluster)):
        path = tmp_path / f"{name}.xlsx"
        ran = run("dashboard", "-p", "30", "--section", "kpis", *AS_OF, "--output", str(path), *options)
        assert ran.code == 0, ran.stderr
        sheets.append(dict(read_sheets(path)))
    assert sheets[0] == sheets[1] != {}


def read_sheets(path: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    workbook = load_workbook(path)
    for sheet in workbook.worksheets:
        yield sheet.title, list(sheet.iter_rows(values_only=True))
    workbook.close()


def test_a_server_that_keeps_no_tables_prints_the_same(
    here: tuple[str, ...], cluster: tuple[str, ...], forgetful_sail: str
) -> None:
    command = COMMANDS["customers, masked"]
    answer = run(*command, *cluster[:-1], forgetful_sail)
    assert (answer.code, answer.stdout) == (0, run(*command, *here).stdout)


def test_own_sql_is_refused_by_name(cluster: tuple[str, ...]) -> None:
    ran = run("sql", "SELECT 1", *cluster)
    assert (ran.code, ran.stdout) == (2, "")
    assert "Your own SQL runs on DuckDB only" in ran.stderr


def test_who_is_not_there_gets_no_suggestions(cluster: tuple[str, ...]) -> None:
    ran = run("customer", "Nobody Atall", *AS_OF, *cluster)
    assert ran.code == 6
    assert "opttius customers --search NAME" in ran.stderr
    assert ran.stderr.count("\n") == 1, "the client tells of the query that the server does not know"


def test_a_cluster_that_is_not_there_is_one_sentence(cluster: tuple[str, ...]) -> None:
    ran = run("dashboard", *cluster[:-1], "sc://127.0.0.1:1")
    assert ran.code == 4
    assert ran.stderr.startswith("Error: The cluster sc://127.0.0.1:1 failed: ")
    assert ran.stderr.count("\n") == 1
