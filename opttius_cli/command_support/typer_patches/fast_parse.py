"""Parse plain option values without pydantic, because importing it takes longer than the rest of Typer.

Typer passes every option through pydantic, even those that nobody typed. Nearly every option is a text, one
of some words, or a switch, and needs no conversion. Only other values (a number, a word that is not allowed)
go through Typer's conversion. An allowed word may be typed in capitals, and by its label, as every name may.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from opttius_cli.command_support.choice_words import resolve_choice

if TYPE_CHECKING:
    from collections.abc import Callable


def skip_conversion(command: Any) -> None:
    """Make the parameters of a command, and of its subcommands, take plain values unconverted."""
    for parameter in command.get_params(typer.Context(command)):
        parameter.process_value = partial(_process_value, parameter, parameter.process_value)
    for subcommand in getattr(command, "commands", {}).values():
        skip_conversion(subcommand)


def _process_value(parameter: Any, convert: Callable[[Any, Any], Any], context: Any, value: Any) -> Any:
    """Return the value of a parameter: unchanged when it is plain, else converted by Typer's ``convert``."""
    value = _normalize_choice(parameter, value)
    if not _is_plain_value(parameter, value) or (parameter.required and parameter.value_is_missing(value)):
        return convert(context, value)
    if parameter.multiple or parameter.nargs == -1:
        value = list(value or ())
    return value if parameter.callback is None else parameter.callback(context, parameter, value)


def _normalize_choice(parameter: Any, value: Any) -> Any:
    """Return the allowed word that is meant, spelled as it is declared; any other value unchanged."""
    choices = parameter.type_descriptor.choices
    return (resolve_choice(value, choices) or value) if choices and isinstance(value, str) else value


def _is_plain_value(parameter: Any, value: Any) -> bool:
    descriptor = parameter.type_descriptor
    if value is None:
        return True
    if descriptor.choices:
        return value in descriptor.choices
    if descriptor.annotation == list[str]:
        return isinstance(value, tuple | list)
    return descriptor.annotation in {str, bool, int} and type(value) is descriptor.annotation
