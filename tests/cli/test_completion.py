"""The shell completes commands, options and values, once it was taught to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from external_tools import require_tool

from cli.run_program import PROGRAM, run_subprocess
from cli.terminal import open_terminal
from opttius_cli.command_support.value_completion import _offer


def completed(typed: str, shell: str = "zsh") -> str:
    """What the program offers a shell at the end of what was typed."""
    return run_subprocess(_OPTTIUS_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_ARGS=typed).out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("opttius da", "dashboard"), ("opttius dashboard --wat", "--watch"), ("opttius config v", "validate"),
     ("opttius dashboard --format js", "json"), ("opttius segments --scheme l", "lifecycle"),
     ("opttius tablero --section work", "work_orders"), ("opttius customers --segment at", "at-risk"),
     ("opttius check --rows unat", "unattributed"),
     ("opttius export work", "work-orders"), ("opttius reports show dashboard/sal", "dashboard/sales")],
)  # fmt: skip
def test_commands_options_and_values(typed: str, offered: str) -> None:
    assert f'"{offered}"' in completed(typed)


def test_names_of_loaded_data(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_SOURCE", str(shop))
    assert '"mirador-austral":"Óptica Mirador Austral"' in completed("opttius clientes -O m")
    first = completed("opttius dashboard -O mirador-austral -b ")
    assert '"CM-002":"Maipú"' in first
    assert "PA-001" not in first
    assert completed("opttius dashboard -O mirador-austral -b ") == first
    # Another file in its place, that is no snapshot: nothing is known, nothing is loaded.
    other = tmp_path / "other.duckdb"
    monkeypatch.setenv("OPTTIUS_SOURCE", str(other))
    other.write_bytes(b"")
    assert "CM-002" not in completed("opttius dashboard -b ")
    assert other.read_bytes() == b""


def test_an_admin_is_offered_what_the_admin_may_see(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPTTIUS_SOURCE", str(shop))
    assert "CM-001" in completed("opttius dashboard -b ")
    assert "CM-" not in completed("opttius dashboard --as nobody@example.com -b ")
    monkeypatch.setenv("OPTTIUS_ACCESS_REQUIRE_USER", "true")
    assert "CM-" not in completed("opttius dashboard -b ")


def test_jobs_of_the_file(tmp_path: Path) -> None:
    Path("opttius.toml").write_text('[jobs.weekly]\nparts = ["kpis"]\n', encoding="utf-8")
    assert '"weekly"' in completed("opttius job run ")


def test_a_shell_is_offered_plain_words_only() -> None:
    offered = _offer(("a$(touch x)", "b;c", "id-1"), 'Caja "`$(touch x)`')
    assert offered == ("id-1", "Caja touch x")


def test_bash_completes_typed_words(tmp_path: Path) -> None:
    require_tool("bash")
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    home = Path(os.environ["HOME"])
    # Without this, the shell is the one that runs the tests, which under make is sh.
    taught = run_subprocess(
        "--install-completion", "bash", PATH=path, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"
    )
    assert taught.code == 0, taught.err
    assert (home / ".bashrc").is_file()
    with open_terminal(tmp_path, f"PATH={path}", f"HOME={home}", "bash", "--noprofile") as terminal:
        # A short prompt, and a shell that is ready: what is typed before that is shown twice.
        terminal.type("PS1='ready '; clear")
        terminal.wait_for("(?m)^ready *$")
        terminal.write("opttius das")
        terminal.press("Tab")
        terminal.wait_for("(?m)opttius dashboard *$")
        terminal.write("--form")
        terminal.press("Tab")
        terminal.wait_for("(?m)opttius dashboard --format *$")
