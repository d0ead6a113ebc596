"""The shell completes commands, options and values, once it was taught to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from external_tools import require_tool

from cli.run_program import PROGRAM, run_subprocess
from cli.terminal import open_terminal


def completed(typed: str, shell: str = "zsh") -> str:
    """What the program offers a shell at the end of what was typed."""
    return run_subprocess(_OPTTIUS_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_ARGS=typed).out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("opttius da", "dashboard"), ("opttius dashboard --wat", "--watch"), ("opttius config v", "validate"),
     ("opttius dashboard --format js", "json"), ("opttius segments --scheme l", "lifecycle")],
)  # fmt: skip
def test_commands_options_and_values(typed: str, offered: str) -> None:
    assert f'"{offered}"' in completed(typed)


def test_bash_completes_typed_words(tmp_path: Path) -> None:
    require_tool("bash")
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    home = Path(os.environ["HOME"])
    taught = run_subprocess("--install-completion", "bash", PATH=path)
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
