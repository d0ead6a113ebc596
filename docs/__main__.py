# ruff: noqa: INP001 - a folder of pages with one program in it
"""``make docs``: the references of this folder and the transcripts of README.md, from the program itself.

Commands and options come from the command line, reports from their headers, tables from the catalog, and
what a command prints from running it on ``sample_data/``. Tests hold the files to what this makes.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from opttius_cli import i18n
from opttius_cli.catalog.tables import TABLES, Column, Table
from opttius_cli.cli import build_app
from opttius_cli.command_support import options, typer_i18n
from opttius_cli.config import environment_variable, list_settings
from opttius_cli.config import get_default as default_of_setting
from opttius_cli.reports import layouts
from opttius_cli.reports.header import _load_vocabularies as vocabularies
from opttius_cli.reports.library import Library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from opttius_cli.reports.header import Report

HERE = Path(__file__).parent
ROOT = HERE.parent
FOLDERS = {"en": HERE, "es": HERE / "es"}
"""Where the pages of each language are."""
NOW = "2026-11-22T15:00:00-03:00"
WIDTH = 100
"""Columns of the terminal on which the transcripts are made."""

SPANISH = {
    "Options of every command that answers a question, besides the two below": (
        "Opciones de todo comando que responde una pregunta, además de las dos listas siguientes"
    ),
    "Options of every command that reads a source, besides those of every command": (
        "Opciones de todo comando que lee un origen, además de las de todo comando"
    ),
    "Options of every command": "Opciones de todo comando",
    "It also takes the options of every command that answers a question.": (
        "También admite las opciones de todo comando que responde una pregunta."
    ),
    "It also takes the options of every command that reads a source.": (
        "También admite las opciones de todo comando que lee un origen."
    ),
    "It also takes the options of every command.": "También admite las opciones de todo comando.",
    "| option | meaning | default |": "| opción | significado | valor por omisión |",
    "required": "obligatorio",
    "| key | environment variable | meaning | default |": (
        "| clave | variable de entorno | significado | valor por omisión |"
    ),
    "Grain": "Grano",
    "Shape": "Forma",
    "Stands in": "Aparece en",
    "Without {tables} in the data it is empty.": "Sin {tables} en los datos está vacío.",
    "Parameter": "Parámetro",
    "| column | kind | English | español |": "| columna | tipo | English | español |",
    "`data_quality` of every answer": "`data_quality` de toda respuesta",
    "| vocabulary | code | English | español |": "| vocabulario | código | English | español |",
    "Required.": "Obligatoria.",
    "Optional.": "Opcional.",
    "| column | type | |": "| columna | tipo | |",
    "A row belongs to its branch, or without one to its organization.": (
        "Una fila es de su sucursal; sin ella, de su organización."
    ),
    "A row belongs to its organization, or to its branch.": "Una fila es de su organización o de su sucursal.",
    "A row belongs to its order.": "Una fila es de su pedido.",
    "Rows belong to nobody.": "Sus filas no son de nadie.",
    "Part of the directory.": "Parte del directorio.",
    "Dated by {column}.": "Con fecha de {column}.",
}
"""What these pages say by themselves; everything else comes from the program, which speaks both languages."""

_GENERATED = re.compile(r"(<!-- generated: (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_TRANSCRIPT = re.compile(
    r"(?P<fence>```console(?P<language> es)?\n)(?P<body>.*?)(?P<end>^```$)", re.DOTALL | re.MULTILINE
)
_TYPED = re.compile(r"^\$ (?P<line>.*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)
_CUT = "…"
_FILE = re.compile(r"<!-- file: (?P<path>\S+) -->\n```\w+\n(?P<body>.*?)^```$", re.DOTALL | re.MULTILINE)
_LOCALES = {"en": "en_US.UTF-8", "es": "es_CL.UTF-8"}


def main() -> None:
    """Write every page that is made, wholly or in part."""
    for file, text in build_pages().items():
        file.write_text(text, encoding="utf-8")
    for name in ("README.md", "README.es.md"):
        readme = ROOT / name
        readme.write_text(refresh_transcripts(readme.read_text(encoding="utf-8")), encoding="utf-8")


def build_pages() -> dict[Path, str]:
    """The pages of the references as they should be; what stands outside the marks of a page is kept."""
    before = i18n.get_locale()
    try:
        return {
            folder / name: _build_page(folder / name, language)
            for language, folder in FOLDERS.items()
            for name in ("commands.md", "reports.md", "source-tables.md", "configuration.md")
        }
    finally:
        i18n.set_language(before)


def _build_page(file: Path, language: str) -> str:
    """One page with its generated parts in ``language``."""
    i18n.set_language(language)
    made = {
        "commands": format_commands,
        "reports": format_reports,
        "vocabularies": format_vocabularies,
        "tables": format_tables,
        "settings": format_settings,
    }
    text = file.read_text(encoding="utf-8")
    return _GENERATED.sub(lambda mark: f"{mark[1]}\n{made[mark['name']]()}\n{mark[3]}", text)


def translate(text: str) -> str:
    """A phrase of these pages in the language in use."""
    return SPANISH[text] if i18n.get_language() == "es" else text


# What the command line takes.


def format_commands() -> str:
    """A section per command: how it is called, what it does, and the options that are its own."""
    tree = typer.main.get_command(build_app())
    typer_i18n.translate_help(tree)
    return "\n".join([*_shared_options(tree), *_format_command(tree, "opttius")])


def iter_commands(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, by what is typed for it."""
    inner = getattr(command, "commands", {})
    if not inner:
        yield path, command
    for name, one in inner.items():
        yield from iter_commands(one, f"{path} {name}")


def _shared_options(tree: Any) -> Iterator[str]:
    told = dict(iter_commands(tree, "opttius"))["opttius dashboard"]
    for kind, title in (
        (options.QueryOptions, "Options of every command that answers a question, besides the two below"),
        (options.LoadOptions, "Options of every command that reads a source, besides those of every command"),
        (options.CommonOptions, "Options of every command"),
    ):
        names = _find_own_fields(kind)
        yield from (
            f"## {translate(title)}",
            "",
            *_option_table(one for one in told.params if one.name in names),
            "",
        )


def _find_own_fields(kind: type) -> set[str]:
    above = {name for base in kind.__mro__[1:-1] for name in options.list_option_names(base)}
    return set(options.list_option_names(kind)) - above


def _format_command(tree: Any, name: str) -> Iterator[str]:
    for path, command in iter_commands(tree, name):
        context = typer.Context(command, info_name=path)
        taken = {one.name for one in command.params}
        kinds = (options.QueryOptions, options.LoadOptions, options.CommonOptions)
        kind = next(one for one in kinds if set(options.list_option_names(one)) <= taken)
        common = set(options.list_option_names(kind))
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
        own = [one for one in command.params if one.name not in common]
        yield from (*_option_table(own), "") if own else ()
        yield from (translate(_NAMED[kind]), "")


_NAMED = {
    options.QueryOptions: "It also takes the options of every command that answers a question.",
    options.LoadOptions: "It also takes the options of every command that reads a source.",
    options.CommonOptions: "It also takes the options of every command.",
}


def _option_table(parameters: Iterable[Any]) -> Iterator[str]:
    yield from (translate("| option | meaning | default |"), "|---|---|---|")
    for one in parameters:
        yield f"| {_option_names(one)} | {_escape_cell(one.help or '')} | {_format_default(one)} |"


def _option_names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar}`"
    names = ", ".join(f"`{name}`" for name in sorted(parameter.opts, key=len, reverse=True))
    if parameter.is_flag:
        return names
    values = parameter.type_descriptor.choices
    taken = ", ".join(f"`{value}`" for value in values) if values else f"*{parameter.metavar}*"
    return f"{names} {_escape_cell(taken)}"


def _format_default(parameter: Any) -> str:
    if parameter.required:
        return translate("required")
    return "" if parameter.default in (None, False, (), []) else f"`{parameter.default}`"


def _escape_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


# What the settings are.


def format_settings() -> str:
    """A row per setting of opttius.toml."""
    lines = [translate("| key | environment variable | meaning | default |"), "|---|---|---|---|"]
    for key, item in list_settings().items():
        default = default_of_setting(item)
        lines.append(
            f"| `{key}` | `{environment_variable(key)}` | {i18n._(item.metadata['meaning'])} | "
            f"{_format_setting(default)} |"
        )
    return "\n".join(lines)


def _format_setting(default: object) -> str:
    if default in (None, (), {}):
        return ""
    return f"`{json.dumps(default, ensure_ascii=False)}`"


# What reports answer.


def format_reports() -> str:
    """A section per report: its title, grain, parameters and columns."""
    library = Library(Path("/nonexistent"))
    found: list[str] = []
    for name in library.list_project_reports():
        found += _format_report(library.load_report(name))
    return "\n".join(found)


def _format_report(report: Report) -> Iterator[str]:
    yield from (f"## {report.name}", "", f"**{report.titles['en']}** · *{report.titles['es']}*", "")
    yield f"- {translate('Grain')}: {report.grain[i18n.get_language()]}."
    yield f"- {translate('Shape')}: {report.shape}."
    if used := _find_uses(report.name):
        yield f"- {translate('Stands in')}: {', '.join(used)}."
    if report.needs:
        needed = ", ".join(f"`{table}`" for table in report.needs)
        yield "- " + translate("Without {tables} in the data it is empty.").format(tables=needed)
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
    """The commands and keys under which a report's figures stand."""
    answers: dict[str, Iterable[layouts.Slot]] = {
        "dashboard": layouts.DASHBOARD,
        "customer": layouts.CUSTOMER,
        "customers": layouts.CUSTOMERS,
        "load": layouts.LOAD_SUMMARY,
        "check": layouts.FINDINGS,
        **{
            f"segments --scheme {name}": layouts.build_list_layout(full)
            for name, full in layouts.SCHEMES.items()
        },
        **{f"export {name}": layouts.build_list_layout(full) for name, full in layouts.EXPORTS.items()},
    }
    found = []
    for command, places in answers.items():
        keys = dict.fromkeys(".".join(place.path) for place in places if place.report == report)
        found += [f"`opttius {command}`" + (f" (`{key}`)" if key != "rows" else "") for key in keys]
    if any(place.report == report for place in layouts.QUALITY):
        found.append(translate("`data_quality` of every answer"))
    return found


def format_vocabularies() -> str:
    """The codes that columns hold, and how they are called."""
    lines = [translate("| vocabulary | code | English | español |"), "|---|---|---|---|"]
    for name, words in vocabularies().items():
        lines += [f"| {name} | `{code}` | {texts['en']} | {texts['es']} |" for code, texts in words.items()]
    return "\n".join(lines)


# What the source tables are.


def format_tables() -> str:
    """A section per table: whether it is required, and its columns."""
    return "\n".join(line for table in TABLES.values() for line in _format_table(table))


def _format_table(table: Table) -> Iterator[str]:
    need = translate("Required.") if table.required else translate("Optional.")
    yield from (f"### {table.name}", "", f"{need} {_tenancy(table)} {_date_note(table)}".strip(), "")
    yield from (translate("| column | type | |"), "|---|---|---|")
    yield from (
        f"| `{column.name}` | {column.kind.value} | {_required_cell(column)} |" for column in table.columns
    )
    yield ""


def _tenancy(table: Table) -> str:
    told = {
        "branch": "A row belongs to its branch, or without one to its organization.",
        "organization": "A row belongs to its organization, or to its branch.",
        "parent": "A row belongs to its order.",
        "none": "Rows belong to nobody.",
        "directory": "Part of the directory.",
    }
    return translate(told[table.tenancy])


def _date_note(table: Table) -> str:
    return (
        translate("Dated by {column}.").format(column=f"`{table.date_column}`") if table.date_column else ""
    )


def _required_cell(column: Column) -> str:
    return translate("required") if column.required else ""


# What commands print.


def refresh_transcripts(text: str) -> str:
    """``text`` with the output of every command of its ``console`` blocks as it is now."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        for file in _FILE.finditer(text):
            stage.lay(file["path"], file["body"])
        return _TRANSCRIPT.sub(lambda block: block["fence"] + _rerun_block(block, stage) + block["end"], text)


def _rerun_block(block: re.Match[str], stage: Stage) -> str:
    language = "es" if block["language"] else "en"
    return "".join(
        f"$ {typed['line']}\n{_cut_like(stage.run(typed['line'], language), typed['shown'])}"
        for typed in _TYPED.finditer(block["body"])
    )


def _cut_like(output: str, shown: str) -> str:
    """``output``, cut where ``shown`` ends with a line of three dots, after as many lines."""
    lines = shown.splitlines()
    if not lines or lines[-1] != _CUT:
        return output
    return "".join(output.splitlines(keepends=True)[: len(lines) - 1]) + f"{_CUT}\n"


class Stage:
    """A folder with the sample data, where commands run as at a terminal of :data:`WIDTH` columns."""

    def __init__(self, folder: Path) -> None:
        """Prepare ``folder``; nothing of the machine's own settings, caches or time is seen in it."""
        self._root = folder
        self.folder = folder / "work"
        self.folder.mkdir()
        (self.folder / "sample_data").symlink_to(ROOT / "sample_data", target_is_directory=True)
        self._environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "OPTTIUS_CACHE_DIR": str(folder / "cache"),
            "OPTTIUS_CONFIG_DIR": str(folder / "config"),
            "OPTTIUS_STATE_DIR": str(folder / "state"),
            "OPTTIUS_NOW": NOW,
            "NO_COLOR": "1",
            "TERM": "xterm",
            "PYTHONPATH": str(ROOT),
        }

    def lay(self, path: str, text: str) -> None:
        """Put a file that the page shows where the page says it belongs."""
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")

    def run(self, line: str, language: str) -> str:
        """What the shell shows for ``line``: standard output on a terminal, then what went to stderr."""
        mine, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, WIDTH, 0, 0))
        with tempfile.TemporaryFile() as errors:
            shell = subprocess.Popen(  # noqa: S603 - the commands are those of our own pages
                ["/bin/sh", "-c", line],
                cwd=self.folder,
                env=self._environment | {"LANG": _LOCALES[language]},
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=errors,
            )
            os.close(theirs)
            shown = b"".join(_read_terminal(mine))
            shell.wait()
            errors.seek(0)
            shown += errors.read()
        # A terminal adds returns of its own to those of a CSV file.
        return re.sub(r"\r+\n", "\n", shown.decode())


def _read_terminal(terminal: int) -> Iterator[bytes]:
    with open(terminal, "rb", buffering=0) as out:
        while True:
            try:
                piece = out.read(65_536)
            except OSError:
                # How a terminal says that the other side is gone.
                return
            if not piece:
                return
            yield piece


if __name__ == "__main__":
    main()
