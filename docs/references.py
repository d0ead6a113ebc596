"""The references: commands and options, settings, reports and their columns, and the source tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from docs.spanish import translate
from opttius_cli import i18n
from opttius_cli.catalog.tables import TABLES, Column, Table
from opttius_cli.cli import build_app
from opttius_cli.command_support import options
from opttius_cli.command_support.typer_patches import translation
from opttius_cli.config import environment_variable, get_default, list_settings
from opttius_cli.reports import layouts
from opttius_cli.reports.library import Library
from opttius_cli.reports.vocabulary import load_vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opttius_cli.reports.header import Report
    from opttius_cli.reports.slots import Slot


def format_commands() -> str:
    """Return a section per command: its usage, its help, and the options that only it has."""
    tree = typer.main.get_command(build_app())
    translation.translate_help(tree)
    return "\n".join([*_shared_options(tree), *_format_command(tree, "opttius")])


def iter_commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every command that is not a group, with the words that a person types for it."""
    subcommands = getattr(command, "commands", {})
    if not subcommands:
        yield path, command
    for name, subcommand in subcommands.items():
        yield from iter_commands(subcommand, f"{path} {name}")


def _shared_options(tree: Any) -> Iterator[str]:
    dashboard = dict(iter_commands(tree, "opttius"))["opttius dashboard"]
    for kind, title in (
        (options.QueryOptions, "Options of every command that answers a question, besides the two below"),
        (options.LoadOptions, "Options of every command that reads a source, besides those of every command"),
        (options.CommonOptions, "Options of every command"),
    ):
        names = _list_own_fields(kind)
        yield from (
            f"## {translate(title)}",
            "",
            *_format_options(parameter for parameter in dashboard.params if parameter.name in names),
            "",
        )


def _list_own_fields(kind: type) -> set[str]:
    inherited = {name for base in kind.__mro__[1:-1] for name in options.list_option_names(base)}
    return set(options.list_option_names(kind)) - inherited


def _format_command(tree: Any, name: str) -> Iterator[str]:
    for path, command in iter_commands(tree, name):
        context = typer.Context(command, info_name=path)
        names = {parameter.name for parameter in command.params}
        kind = next(kind for kind in _SHARED_OPTIONS if set(options.list_option_names(kind)) <= names)
        shared = set(options.list_option_names(kind))
        yield from (
            f"## {path}",
            "",
            command.help,
            "",
            "```",
            " ".join([path, *command.collect_usage_pieces(context)]),
            "```",
            "",
        )
        own = [parameter for parameter in command.params if parameter.name not in shared]
        yield from (*_format_options(own), "") if own else ()
        yield from (translate(_SHARED_OPTIONS[kind]), "")


_SHARED_OPTIONS = {
    options.QueryOptions: "It also takes the options of every command that answers a question.",
    options.LoadOptions: "It also takes the options of every command that reads a source.",
    options.CommonOptions: "It also takes the options of every command.",
}


def _format_options(parameters: Iterable[Any]) -> Iterator[str]:
    yield from (translate("| option | meaning | default |"), "|---|---|---|")
    for parameter in parameters:
        meaning = " ".join(filter(None, (parameter.help, _format_range(parameter))))
        cells = (_format_names(parameter), _escape_cell(meaning), _format_default(parameter))
        yield f"| {' | '.join(cells)} |"


def _format_names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar}`"
    names = ", ".join(f"`{name}`" for name in sorted(parameter.opts, key=len, reverse=True))
    if parameter.is_flag:
        return names
    values = parameter.type_descriptor.choices
    value = ", ".join(f"`{value}`" for value in values) if values else f"*{parameter.metavar}*"
    return f"{names} {_escape_cell(value)}"


def _format_range(parameter: Any) -> str:
    numbers = translation.describe_range(parameter)
    return f"({numbers})" if numbers else ""


def _format_default(parameter: Any) -> str:
    if parameter.required:
        return translate("required")
    return "" if parameter.default in (None, False, (), []) else f"`{parameter.default}`"


def _escape_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def format_settings() -> str:
    """Return a table with a row per setting of opttius.toml."""
    lines = [translate("| key | environment variable | meaning | default |"), "|---|---|---|---|"]
    for key, item in list_settings().items():
        default = get_default(item)
        lines.append(
            f"| `{key}` | `{environment_variable(key)}` | {i18n._(item.metadata['meaning'])} | "
            f"{_format_setting(default)} |"
        )
    return "\n".join(lines)


def _format_setting(default: object) -> str:
    if default in (None, (), {}):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def format_reports() -> str:
    """Return a section per report: its title, grain, parameters and columns."""
    library = Library(Path("/nonexistent"))
    return "\n".join(
        line for name in library.list_project_reports() for line in _format_report(library.load_report(name))
    )


def _format_report(report: Report) -> Iterator[str]:
    yield from (f"## {report.name}", "", f"**{report.titles['en']}** · *{report.titles['es']}*", "")
    yield f"- {translate('Grain')}: {report.grain[i18n.get_language()]}."
    yield f"- {translate('Shape')}: {report.shape}."
    if uses := _find_uses(report.name):
        yield f"- {translate('Stands in')}: {', '.join(uses)}."
    if report.needs:
        tables = ", ".join(f"`{table}`" for table in report.needs)
        yield "- " + translate("Without {tables} in the data it is empty.").format(tables=tables)
    for name, meaning in report.parameters.items():
        yield f"- {translate('Parameter')} `${name}`: {meaning[i18n.get_language()]}."
    yield from ("", translate("| column | kind | English | español |"), "|---|---|---|---|")
    for column in report.columns:
        texts = (_format_label(column, language) for language in ("en", "es"))
        yield f"| `{column.name}` | {column.kind.value} | {' | '.join(texts)} |"
    yield ""


def _format_label(column: Any, language: str) -> str:
    meaning = column.meanings.get(language)
    return _escape_cell(column.labels[language] + (f": {meaning}" if meaning else ""))


def _find_uses(report: str) -> list[str]:
    """Return the commands and keys under which an answer has the figures of a report."""
    answers: dict[str, Iterable[Slot]] = {
        "dashboard": layouts.DASHBOARD,
        "customer": layouts.CUSTOMER,
        "customers": layouts.CUSTOMERS,
        "load": layouts.LOAD_SUMMARY,
        "check": layouts.FINDINGS,
        **{
            f"segments --scheme {name}": layouts.build_list_layout(report_name)
            for name, report_name in layouts.SCHEMES.items()
        },
        **{
            f"export {name}": layouts.build_list_layout(report_name)
            for name, report_name in layouts.EXPORTS.items()
        },
    }
    uses = []
    for command, slots in answers.items():
        keys = dict.fromkeys(".".join(slot.path) for slot in slots if slot.report == report)
        uses += [f"`opttius {command}`" + (f" (`{key}`)" if key != "rows" else "") for key in keys]
    if any(slot.report == report for slot in layouts.QUALITY):
        uses.append(translate("`data_quality` of every answer"))
    return uses


def format_vocabularies() -> str:
    """Return a table of the codes that columns hold, with their texts."""
    lines = [translate("| vocabulary | code | English | español |"), "|---|---|---|---|"]
    for name, vocabulary in load_vocabularies().items():
        lines += [
            f"| {name} | `{code}` | {texts['en']} | {texts['es']} |" for code, texts in vocabulary.items()
        ]
    return "\n".join(lines)


def format_tables() -> str:
    """Return a section per table: whether it is required, and its columns."""
    return "\n".join(line for table in TABLES.values() for line in _format_table(table))


def _format_table(table: Table) -> Iterator[str]:
    requirement = translate("Required.") if table.required else translate("Optional.")
    notes = f"{requirement} {_describe_owner(table)} {_describe_date(table)}".strip()
    yield from (f"### {table.name}", "", notes, "")
    yield from (translate("| column | type | |"), "|---|---|---|")
    yield from (
        f"| `{column.name}` | {column.kind.value} | {_format_requirement(column)} |"
        for column in table.columns
    )
    yield ""


def _describe_owner(table: Table) -> str:
    owners = {
        "branch": "A row belongs to its branch, or without one to its organization.",
        "organization": "A row belongs to its organization, or to its branch.",
        "parent": "A row belongs to its order.",
        "none": "Rows belong to nobody.",
        "directory": "Part of the directory.",
    }
    return translate(owners[table.tenancy])


def _describe_date(table: Table) -> str:
    return (
        translate("Dated by {column}.").format(column=f"`{table.date_column}`") if table.date_column else ""
    )


def _format_requirement(column: Column) -> str:
    return translate("required") if column.required else ""
