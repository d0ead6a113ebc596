"""Translate Typer's own texts: the pages of ``--help``, and errors in a command line."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import typer.core

from opttius_cli.command_support.command_catalog import COMMANDS
from opttius_cli.command_support.help_page import HELP_OPTIONS, write_help_page
from opttius_cli.errors import format_list
from opttius_cli.i18n import N_, _
from opttius_cli.name_matching import suggest_names
from opttius_cli.redaction import redact_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer.exceptions import TyperException

TYPER_MESSAGES = (
    N_("Arguments"),
    N_("Options"),
    N_("Commands"),
    N_("default: {default}"),
    N_("required"),
    N_("Show this message and exit."),
    N_("Install completion for the current shell."),
    N_("Show completion for the current shell, to copy it or customize the installation."),
    N_("[OPTIONS]"),
    N_("COMMAND [ARGS]..."),
)
"""Texts that Typer writes itself, listed here so that the catalogs contain them."""

RANGE_METHOD, DEFAULT_METHOD = "_get_number_range_help_str", "_get_default_string"
USAGE_METHOD = "_usage_display_name"
"""What Typer calls to write a range, a default, and an argument in the first line: each is replaced."""
_AS_GOOD_AS_ANY = 1_000_000_000
"""From this on, the largest number of a range is not worth saying."""
_NO_COMMAND = re.compile(r"No such command '(?P<name>.*?)'\.")
_MISSING_COMMAND = "Missing command."
_EXTRA_ARGUMENTS = re.compile(r"Got unexpected extra argument\(s\) \((?P<words>.*)\)")


def translate_help(command: Any) -> None:
    """Translate the help of a command, and of its subcommands, to the language in use."""
    # Typer translates its headings with the system's catalog; ours contains them too.
    setattr(typer.core, "_", _)  # noqa: B010 - the module's types do not allow assigning this name
    _translate_texts(command)


def _translate_texts(command: Any) -> None:
    for text in ("help", "short_help", "options_metavar", "subcommand_metavar"):
        if getattr(command, text, None):
            setattr(command, text, _(getattr(command, text)))
    command.format_usage = partial(_write_usage_line, command)
    command.format_help = partial(write_help_page, command)
    # Typer makes the option once, with the names that the first context has.
    context = typer.Context(command, help_option_names=HELP_OPTIONS)
    for parameter in command.get_params(context):
        for text in ("help", "metavar"):
            if getattr(parameter, text, None):
                setattr(parameter, text, _(getattr(parameter, text)))
        for name, replacement in _replace_texts(parameter).items():
            setattr(parameter, name, replacement)
    for subcommand in getattr(command, "commands", {}).values():
        _translate_texts(subcommand)


def _replace_texts(parameter: Any) -> dict[str, Callable[..., str | None]]:
    """Return the methods by which a parameter says in words what may be typed, by the names that Typer calls."""
    replacements: dict[str, Callable[..., str | None]] = {
        RANGE_METHOD: partial(describe_range, parameter),
        DEFAULT_METHOD: partial(_format_default, parameter, getattr(parameter, DEFAULT_METHOD)),
    }
    if parameter.param_type_name == "argument":
        # The metavar explains the argument; its Python type does not help a shop owner.
        replacements |= {"display_type_rich": _skip_type, USAGE_METHOD: partial(_name_argument, parameter)}
    return replacements


def _skip_type(**_context: Any) -> None:
    return None


def describe_range(parameter: Any) -> str | None:
    """Say in words which numbers may be typed, where not every number may."""
    if parameter.min is None:
        return None
    if parameter.max and parameter.max >= _AS_GOOD_AS_ANY:
        return _("a whole number, {least} or more", least=parameter.min)
    return _describe_allowed_values(parameter)


def _format_default(parameter: Any, format_value: Callable[..., str], **values: Any) -> str:
    """Return the default as one types it: Typer puts one that is only told into parentheses."""
    told = parameter.show_default
    return told if isinstance(told, str) else format_value(**values)


def _name_argument(parameter: Any) -> str:
    """Return an argument as the first line of a help page has it: as it is, or in brackets where it may be left out."""
    name = parameter.metavar or parameter.name.upper()
    name = name if parameter.required or name.startswith("[") else f"[{name}]"
    return f"{name}..." if parameter.nargs != 1 else name


def _write_usage_line(command: Any, context: Any, formatter: Any) -> None:
    """Write the first line of a help page, whose first word Typer has in English only."""
    pieces = command.collect_usage_pieces(context)
    formatter.write_usage(context.command_path, " ".join(pieces), _("Usage: "))


def explain_usage_error(error: TyperException) -> str:
    """Explain what is wrong with a command line, and what to type instead."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        context: Any = getattr(error, "ctx", None)
        return _(
            "A command is missing. Type {command} --help.",
            command=getattr(context, "command_path", "opttius"),
        )
    if kind == "NoSuchOption":
        return _add_suggestions(
            _("There is no option {name}.", name=getattr(error, "option_name", "")),
            getattr(error, "possibilities", None) or (),
        )
    if kind == "BadOptionUsage":
        name = getattr(error, "option_name", "")
        return (
            _("{name} needs a value after it.", name=name)
            if "requires" in error.message
            else _("{name} takes no value.", name=name)
        )
    parameter = getattr(error, "param", None)
    return (
        _explain_extra_words(error) if parameter is None else _explain_parameter_error(parameter, kind, error)
    )


def _add_suggestions(sentence: str, suggestions: Any) -> str:
    return (
        f"{sentence} {_('The nearest: {names}.', names=format_list(list(suggestions)))}"
        if suggestions
        else sentence
    )


def _list_aliases(context: Any) -> list[str]:
    """Return the Spanish names of the commands, for the program itself."""
    return [entry.alias for entry in COMMANDS.values() if entry.alias] if context.parent is None else []


def _explain_extra_words(error: TyperException) -> str:
    """Explain words that no command and no argument takes; an unknown error keeps Typer's English text."""
    context: Any = getattr(error, "ctx", None)
    if context and (match := _NO_COMMAND.match(error.message)):
        if match["name"] == "report" and context.parent is None:
            return _(
                "“opttius report” is called “opttius job” now. To renew a line of cron, type opttius schedule install."
            )
        return _add_suggestions(
            _("There is no command “{name}”.", name=redact_value(match["name"])),
            suggest_names(match["name"], [*context.command.commands, *_list_aliases(context)], limit=12),
        )
    if context and error.message == _MISSING_COMMAND:
        return _("A command is missing. Type {command} --help.", command=context.command_path)
    if context and (match := _EXTRA_ARGUMENTS.match(error.message)):
        return _(
            "“{words}” cannot be used here. Type {command} --help.",
            words=redact_value(match["words"]),
            command=context.command_path,
        )
    return error.format_message()


def _explain_parameter_error(parameter: Any, kind: str, error: TyperException) -> str:
    first = parameter.opts[0] if parameter.opts else ""
    name = first if first.startswith("-") else parameter.metavar or parameter.name.upper()
    context: Any = getattr(error, "ctx", None)
    if kind == "MissingParameter":
        return _(
            "{name} is missing. Type {command} --help.",
            name=name,
            command=context.command_path if context else "opttius",
        )
    allowed = _describe_allowed_values(parameter)
    if allowed is None:
        return _("The value of {name} cannot be used: {why}", name=name, why=error.message)
    return _("{name} must be {kind}.", name=name, kind=allowed)


def _describe_allowed_values(parameter: Any) -> str | None:
    """Describe the values that a parameter takes, where its type says so."""
    descriptor = parameter.type_descriptor
    if descriptor.choices:
        return _("one of {names}", names=", ".join(map(str, descriptor.choices)))
    if descriptor.annotation is not int:
        return None
    if parameter.min is not None and parameter.max is not None:
        return _("a whole number from {least} to {most}", least=parameter.min, most=parameter.max)
    if parameter.min is not None:
        return _("a whole number, {least} or more", least=parameter.min)
    return _("a whole number")
