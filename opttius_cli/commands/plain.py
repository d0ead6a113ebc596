"""What the command line hands over as it stands needs no conversion, and so not the library that Typer converts with.

Nearly every option is a text, one of some words, or a switch. Typer passes each through pydantic, also those that
nobody typed, and loading pydantic takes longer than the rest of Typer. Only a value that really has to become
something else (a number, a word that is none of those allowed) goes that way here. An allowed word may be typed in
capitals, as every name may.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from opttius_cli.names import meant

if TYPE_CHECKING:
    from collections.abc import Callable


def hand_over(command: Any) -> None:
    """Make the parameters of a command, and of all below it, take plain values as they are."""
    for parameter in command.get_params(typer.Context(command)):
        parameter.process_value = partial(_processed, parameter, parameter.process_value)
    for inner in getattr(command, "commands", {}).values():
        hand_over(inner)


def _processed(parameter: Any, converted: Callable[[Any, Any], Any], context: Any, value: Any) -> Any:
    """The value of a parameter: itself where it is plain, else ``converted`` by Typer."""
    value = _as_declared(parameter, value)
    if not _is_plain(parameter, value) or (parameter.required and parameter.value_is_missing(value)):
        return converted(context, value)
    if parameter.multiple or parameter.nargs == -1:
        value = list(value or ())
    return value if parameter.callback is None else parameter.callback(context, parameter, value)


def _as_declared(parameter: Any, value: Any) -> Any:
    """A word of those that a parameter allows as it is declared, however it was typed."""
    choices = parameter.type_descriptor.choices
    return (meant(value, choices) or value) if choices and isinstance(value, str) else value


def _is_plain(parameter: Any, value: Any) -> bool:
    described = parameter.type_descriptor
    if value is None:
        return True
    if described.choices:
        return value in described.choices
    if described.annotation == list[str]:
        return isinstance(value, tuple | list)
    return described.annotation in {str, bool, int} and type(value) is described.annotation
