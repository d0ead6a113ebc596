"""A command pays only for what it uses: which libraries a run of it has imported, asked of the run itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "sample_data"
SCOPE = ("--source", str(DATA), "-O", "mirador-austral", "--as-of", "2026-11-22")

# Development brings numpy and pandas, which pyarrow and duckdb take up where they are; an ordinary installation has
# neither, so the probe has neither, and a run that cannot do without them fails.
PROBE = """
import os, sys
sys.modules |= dict.fromkeys(("numpy", "pandas"))
from opttius_cli.cli import main
code = main(sys.argv[1:])
sys.stdout.flush()
names = {name.partition(".")[0] for name, there in sys.modules.items() if there}
os.write(2, ("\\0" + " ".join(sorted(names))).encode())
os._exit(code)
"""


def imported_by(*arguments: str) -> set[str]:
    """The top-level modules that are there after ``arguments`` were run in a process of their own."""
    command = [sys.executable, "-c", PROBE, *arguments]
    run = subprocess.run(command, capture_output=True, timeout=120, check=False)
    stderr, _, names = run.stderr.decode().partition("\0")
    assert run.returncode == 0, stderr
    return set(names.split())


@pytest.mark.parametrize(
    "arguments",
    [("--version",), ("--help",), ("dashboard", "--help"), ("config", "show"), ("export", "--help")],
    ids=" ".join,
)
def test_help_needs_no_heavy_library(arguments: tuple[str, ...]) -> None:
    heavy = {"duckdb", "pyarrow", "openpyxl", "babel", "rich", "numpy", "pandas", "pytz"}
    assert imported_by(*arguments) & heavy == set()


@pytest.mark.parametrize("form", ["json", "csv"])
def test_data_for_programs_needs_nothing_that_draws(form: str) -> None:
    names = imported_by("dashboard", *SCOPE, "--format", form, "--quiet")
    assert names & {"openpyxl", "rich", "babel", "numpy", "pandas"} == set()
    assert "duckdb" in names, "the probe itself would see nothing"


def test_a_table_needs_no_workbook() -> None:
    names = imported_by("dashboard", *SCOPE, "--format", "table")
    assert names & {"openpyxl", "numpy", "pandas"} == set()
    assert "rich" in names
