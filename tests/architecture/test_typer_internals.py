"""What command_support replaces or reads inside Typer is still there; hence the pin below the next version."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import typer.core
from typer import _completion_classes, exceptions

from opttius_cli.cli import build_app
from opttius_cli.command_support.typer_patches.translation import (
    DEFAULT_METHOD,
    RANGE_METHOD,
    TYPER_MESSAGES,
    USAGE_METHOD,
)

ROOT = Path(__file__).parents[2]
TYPER = Path(typer.__file__).parent


def _iter_commands(command: Any) -> list[Any]:
    subcommands = getattr(command, "commands", {}).values()
    return [command, *(found for subcommand in subcommands for found in _iter_commands(subcommand))]


COMMANDS = _iter_commands(typer.main.get_command(build_app()))
PARAMETERS = [parameter for command in COMMANDS for parameter in command.get_params(typer.Context(command))]


def test_typer_is_pinned_below_the_next_minor_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pinned,) = (text for text in project["dependencies"] if text.startswith("typer"))
    assert pinned.endswith(",<0.30")


@pytest.mark.parametrize(
    "name",
    [
        "format_usage",
        "format_help",
        "format_help_text",
        "collect_usage_pieces",
        "get_params",
        "help",
        "options_metavar",
    ],
)
def test_a_command_has_what_is_replaced(name: str) -> None:
    assert [command.name for command in COMMANDS if not hasattr(command, name)] == []


def test_a_group_has_its_commands_and_their_metavar() -> None:
    root = COMMANDS[0]
    assert "job" in root.commands
    assert root.subcommand_metavar in TYPER_MESSAGES


@pytest.mark.parametrize(
    "name",
    ["process_value", "value_is_missing", "type_descriptor", "multiple", "nargs", "required", "callback", "opts",
     "param_type_name", "metavar", "help", "rich_help_panel", "get_help_record"],
)  # fmt: skip
def test_a_parameter_has_what_fast_parsing_and_translation_use(name: str) -> None:
    assert [parameter.name for parameter in PARAMETERS if not hasattr(parameter, name)] == []


def test_a_type_descriptor_says_choices_and_annotation() -> None:
    descriptors = {parameter.name: parameter.type_descriptor for parameter in PARAMETERS}
    assert tuple(descriptors["compare"].choices) == ("previous", "year", "none")
    assert descriptors["branch"].annotation == list[str]
    assert descriptors["quiet"].annotation is bool
    assert descriptors["minutes"].annotation is int
    limit = next(parameter for parameter in PARAMETERS if parameter.name == "limit" and parameter.max)
    assert (limit.min, limit.max) == (1, 1_000_000_000)


def test_an_argument_shows_its_type_with_the_method_that_is_replaced() -> None:
    arguments = [parameter for parameter in PARAMETERS if parameter.param_type_name == "argument"]
    assert arguments
    assert all(callable(argument.display_type_rich) for argument in arguments)


@pytest.mark.parametrize("name", [RANGE_METHOD, DEFAULT_METHOD, USAGE_METHOD])
def test_typer_calls_the_methods_that_help_pages_replace(name: str) -> None:
    assert f"self.{name}(" in (TYPER / "core.py").read_text(encoding="utf-8")


def test_the_translating_function_is_a_global_of_the_core() -> None:
    assert callable(typer.core._)  # type: ignore[attr-defined]
    assert '_("Options")' in (TYPER / "core.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", ["NoArgsIsHelpError", "NoSuchOption", "BadOptionUsage", "MissingParameter", "Abort", "Exit"]
)
def test_an_error_has_the_name_it_is_explained_by(name: str) -> None:
    assert hasattr(exceptions, name) or f"class {name}(" in _read_sources()


@pytest.mark.parametrize(
    "text",
    ["No such command {name!r}.", "Missing command.", "Got unexpected extra argument(s) ({extra_args})"],
)
def test_an_error_has_the_text_it_is_found_by(text: str) -> None:
    assert text in _read_sources()


def _read_sources() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in TYPER.rglob("*.py"))


def test_completion_cleans_meanings_with_the_function_that_is_replaced() -> None:
    assert callable(_completion_classes._sanitize_help_text)
