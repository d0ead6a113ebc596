"""What a shell needs besides the program: the man page, and a script of completion for each of four shells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer
from typer._completion_shared import get_completion_script

from docs.references import iter_commands
from opttius_cli import __version__
from opttius_cli.cli import build_app
from opttius_cli.command_support.typer_patches import translation

if TYPE_CHECKING:
    from collections.abc import Iterator

COMPLETIONS = {
    "bash": "completions/opttius.bash",
    "zsh": "completions/_opttius",
    "fish": "completions/opttius.fish",
    "powershell": "completions/opttius.ps1",
}
"""Where the script of each shell is, below ``share/``."""
MAN_PAGE = "man/opttius.1"

_EXIT_CODES = "0 is success; every other code and its meaning is in docs/commands.md."


def format_completion(shell: str) -> str:
    """Return the script that teaches a shell to complete commands, options and values."""
    script: str = get_completion_script(prog_name="opttius", complete_var="_OPTTIUS_COMPLETE", shell=shell)
    return script.rstrip() + "\n"


def format_man_page() -> str:
    """Return the manual in the language of man, from the help of every command."""
    tree = typer.main.get_command(build_app())
    translation.translate_help(tree)
    lines = [
        f'.TH OPTTIUS 1 "" "opttius {__version__}" "User Commands"',
        ".SH NAME",
        "opttius \\- reports for optical shops",
        ".SH SYNOPSIS",
        ".B opttius",
        "COMMAND [OPTIONS]",
        ".SH DESCRIPTION",
        *_format_text(tree.help or ""),
        ".SH COMMANDS",
        *_format_commands(tree),
        ".SH EXIT STATUS",
        *_format_text(_EXIT_CODES),
        ".SH FILES",
        ".TP",
        ".I opttius.toml",
        *_format_text("Settings and jobs, in this folder, one above it, or the user's folder of settings."),
    ]
    return "\n".join(lines) + "\n"


def _format_commands(tree: Any) -> Iterator[str]:
    for path, command in iter_commands(tree, "opttius"):
        usage = command.collect_usage_pieces(typer.Context(command, info_name=path))
        yield f".SS {_escape(' '.join([path, *usage]))}"
        yield from _format_text(command.help)
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                continue
            names = ", ".join(sorted(parameter.opts, key=len, reverse=True))
            yield from (".TP", f".B {_escape(names)}", *_format_text(parameter.help or ""))


def _format_text(text: str) -> Iterator[str]:
    """Yield a text as lines that are no requests."""
    for line in re.split(r"\n+", text.strip()):
        yield f"\\&{_escape(line)}" if line.startswith((".", "'")) else _escape(line)


def _escape(text: str) -> str:
    return text.replace("\\", "\\e").replace("-", "\\-")
