"""Turn the fields of an options class into parameters of a command, which Typer reads as options."""

from __future__ import annotations

import functools
import inspect
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

import typer

from opttius_cli import sigint
from opttius_cli.audit import AuditRecord
from opttius_cli.command_support.options import CommonOptions, LoadOptions, list_option_names
from opttius_cli.diagnostics import Reporter

if TYPE_CHECKING:
    from collections.abc import Callable

OptionsT = TypeVar("OptionsT", bound=CommonOptions)


def with_options(kind: type[OptionsT]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that turns the fields of ``kind``, the command's first parameter, into options.

    Typer reads options from a function's signature; the decorator writes the fields of ``kind`` into it after
    the command's own parameters.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(kind, include_extras=True) | {"context": typer.Context}
        own_hints = get_type_hints(command, include_extras=True)
        own = list(inspect.signature(command).parameters.values())[1:]
        defaults = {item.name: item.default for item in fields(kind)}
        common = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=defaults[name])
            for name in list_option_names(kind)
        ]
        context_parameter = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY)

        @functools.wraps(command)
        def run_command(*, context: typer.Context, **values: Any) -> None:
            option_values = {parameter.name: values.pop(parameter.name) for parameter in common}
            record = context.obj or AuditRecord()
            if issubclass(kind, LoadOptions):
                record.command = context.command_path.partition(" ")[2]
            sigint.begin_command()
            options = kind(record=record, **option_values)
            options.profiler.is_on = isinstance(options, LoadOptions) and options.profile
            command(options, **values)
            _show_profile(options)

        parameters = [
            parameter.replace(
                kind=inspect.Parameter.KEYWORD_ONLY, annotation=(own_hints | hints)[parameter.name]
            )
            for parameter in (context_parameter, *own, *common)
        ]
        run_command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run_command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        del run_command.__wrapped__
        return run_command

    return decorate


def _show_profile(options: CommonOptions) -> None:
    """Print the steps of the run on stderr where --profile asks for them."""
    if options.profiler.is_on:
        for line in options.profiler.list_lines():
            Reporter().show_note(line)
