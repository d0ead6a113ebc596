"""Write the pages of --help: examples first, options in groups, commands in panels, nothing cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from opttius_cli.command_support.command_catalog import COMMANDS, PANELS, find_examples
from opttius_cli.command_support.options import GENERAL, OPTION_PANELS
from opttius_cli.i18n import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterable

OWN = N_("Options")
"""The heading of the options that only one command has."""
HELP_OPTIONS = ["-h", "--help"]


def write_help_page(command: Any, context: Any, formatter: Any) -> None:
    """Write the help of a command: usage, summary, two examples, and its options or its commands."""
    path = context.command_path.split()[1:]
    command.format_usage(context, formatter)
    command.format_help_text(context, formatter)
    _write_examples(find_examples(path), formatter)
    subcommands = getattr(command, "commands", {})
    if subcommands and not path:
        _write_panels(subcommands, formatter)
    elif subcommands:
        _write_commands(_("Commands"), subcommands, list(subcommands), formatter)
    _write_options(command, context, formatter)


def _write_examples(examples: Iterable[str], formatter: Any) -> None:
    lines = [_(example) for example in examples]
    if not lines:
        return
    formatter.write_paragraph()
    formatter.write_heading(_("Examples"))
    # What can be copied stays on one line, however long it is.
    for line in lines:
        formatter.write(f"  {line}\n")


def _write_panels(commands: Any, formatter: Any) -> None:
    """Write every command below the heading of its panel, then the Spanish aliases in one line."""
    for panel in PANELS:
        names = [name for name, entry in COMMANDS.items() if entry.panel == panel and name in commands]
        _write_commands(_(panel), commands, names, formatter)
    aliases = ", ".join(entry.alias for entry in COMMANDS.values() if entry.alias)
    formatter.write_paragraph()
    formatter.write_text(_("Also in Spanish: {aliases}.", aliases=aliases))
    formatter.write_text(_("The help of one command: {command}", command=_("opttius help COMMAND")))


def _write_commands(heading: str, commands: Any, names: list[str], formatter: Any) -> None:
    rows = [(name, commands[name].help or "") for name in names if not commands[name].hidden]
    if rows:
        with formatter.section(heading):
            formatter.write_dl(rows, col_max=14)


def _write_options(command: Any, context: Any, formatter: Any) -> None:
    """Write the arguments, then the options: first those of the command itself, last those of every command."""
    panels: dict[str, list[tuple[str, str]]] = {}
    arguments = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None:
            continue
        if parameter.param_type_name == "argument":
            arguments.append(record)
            continue
        is_general = "--help" in parameter.opts
        panel = GENERAL if is_general else getattr(parameter, "rich_help_panel", None) or OWN
        panels.setdefault(panel, []).append(record)
    if arguments:
        with formatter.section(_("Arguments")):
            formatter.write_dl(arguments)
    for panel in (OWN, *OPTION_PANELS):
        if rows := panels.get(panel):
            with formatter.section(_(panel)):
                formatter.write_dl(rows)
