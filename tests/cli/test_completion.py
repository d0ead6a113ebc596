"""The shell completes commands, options and values, once it was taught to."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from machine import needed

from cli.running import PROGRAM, apart
from cli.terminal import terminal_in


def completed(typed: str, shell: str = "zsh") -> str:
    """What the program offers a shell at the end of what was typed."""
    return apart(_OPTTIUS_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_ARGS=typed).out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("opttius da", "dashboard"), ("opttius dashboard --wat", "--watch"), ("opttius config v", "validate"),
     ("opttius dashboard --format js", "json"), ("opttius segments --scheme l", "lifecycle")],
)  # fmt: skip
def test_commands_options_and_values(typed: str, offered: str) -> None:
    assert f'"{offered}"' in completed(typed)


def test_bash_completes_what_is_typed(tmp_path: Path) -> None:
    needed("bash")
    path = f"{PROGRAM.parent}:{os.environ['PATH']}"
    home = Path(os.environ["HOME"])
    taught = apart("--install-completion", "bash", PATH=path)
    assert taught.code == 0, taught.err
    assert (home / ".bashrc").is_file()
    with terminal_in(tmp_path, f"PATH={path}", f"HOME={home}", "bash", "--noprofile") as terminal:
        # A short prompt, and a shell that is ready: what is typed before that is shown twice.
        terminal.type("PS1='ready '; clear")
        terminal.until("(?m)^ready *$")
        terminal.write("opttius das")
        terminal.press("Tab")
        terminal.until("(?m)opttius dashboard *$")
        terminal.write("--form")
        terminal.press("Tab")
        terminal.until("(?m)opttius dashboard --format *$")
