"""Help: examples first, options in groups, commands in panels, by any of the words that ask for it."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import pytest
import typer

from opttius_cli import i18n
from opttius_cli.cli import build_app
from opttius_cli.command_support.command_catalog import COMMANDS, PANELS, find_examples, translate_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.run_program import RunResult

TREE: Any = typer.main.get_command(build_app())


def list_paths(command: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Return the path of every command and group below ``command``."""
    below = [
        found
        for name, subcommand in getattr(command, "commands", {}).items()
        for found in list_paths(subcommand, (*path, name))
    ]
    return [path, *below] if path else below


@pytest.mark.parametrize("path", list_paths(TREE), ids=" ".join)
def test_every_command_has_two_examples(path: tuple[str, ...]) -> None:
    assert len(find_examples(path)) == 2


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("path", list_paths(TREE), ids=" ".join)
def test_help_says_what_may_be_typed_in_words(
    path: tuple[str, ...], language: str, run: Callable[..., RunResult]
) -> None:
    """Nothing of how a program describes a type: no ranges of x, no type names, no braces around an argument."""
    page = run(*path, "--help", "--lang", language).out
    assert path[-1] in page
    assert [sign for sign in ("<int", "range>", "None", "x>=", "<=x", ": (", "{") if sign in page] == []


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("path", list_paths(TREE), ids=" ".join)
def test_examples_can_be_typed(path: tuple[str, ...], language: str) -> None:
    i18n.set_language(language)
    for example in find_examples(path):
        program, *words = shlex.split(i18n._(example).partition(" >>")[0])
        typed = translate_words(words)
        assert program == "opttius"
        assert tuple(typed[: len(path)]) == path
        command, context = TREE, typer.Context(TREE)
        while getattr(command, "commands", None):
            command = command.commands[typed.pop(0)]
        # Typer refuses an option, a choice or a word that the command does not take.
        command.parse_args(typer.Context(command, parent=context), typed)


def test_help_lists_every_command_once_in_its_panel(run: Callable[..., RunResult]) -> None:
    out = run("--help").out
    heads = [out.index(f"\n{panel}:\n") for panel in PANELS if f"\n{panel}:\n" in out]
    assert len(heads) == 4
    assert heads == sorted(heads)
    for name, entry in COMMANDS.items():
        lines = [line for line in out.splitlines() if line.startswith(f"  {name} ")]
        assert len(lines) == 1, name
        panel = max(head for head in heads if head < out.index(lines[0]))
        assert out[panel:].startswith(f"\n{entry.panel}:\n")
    aliases = out.partition("Also in Spanish: ")[2]
    assert all(entry.alias in aliases for entry in COMMANDS.values())
    assert "..." not in out.partition("Every day")[2]


@pytest.mark.parametrize(
    "words", [("help", "customers"), ("ayuda", "clientes"), ("customers", "-h"), ("clientes", "--help")]
)
def test_help_of_a_command(run: Callable[..., RunResult], words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == run("customers", "--help").out
    parts = ("Usage: opttius customers", "Examples:\n", "Options:\n  --search", "What is counted:\n",
             "The answer:\n", "Personal data:\n", "The source:\n", "In every command:\n")  # fmt: skip
    places = [ran.out.index(part) for part in parts]
    assert places == sorted(places)
    assert "[default: lifetime_value]" in " ".join(ran.out.split())


def test_help_of_a_command_of_a_group(run: Callable[..., RunResult]) -> None:
    assert run("--lang", "en", "help", "job", "run").out == run("job", "run", "--help").out
    assert run("help").out == run("--help").out


def test_help_of_an_unknown_command_names_the_nearest(run: Callable[..., RunResult]) -> None:
    ran = run("help", "custmers")
    assert (ran.code, ran.out) == (2, "")
    assert "There is no command “custmers”" in ran.err


@pytest.mark.parametrize("name", [name for name, entry in COMMANDS.items() if entry.alias])
def test_an_alias_is_the_command(name: str) -> None:
    alias = COMMANDS[name].alias
    assert translate_words([alias.upper(), "--quiet"]) == [name, "--quiet"]
    assert translate_words(["--lang", "es", alias]) == ["--lang", "es", name]
    # A value is not a command.
    assert translate_words(["dashboard", "-b", alias]) == ["dashboard", "-b", alias]
