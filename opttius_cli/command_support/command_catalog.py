"""Declare every command once: its summary, its panel of the help, its Spanish alias and two examples.

A new command is one entry here and one module of its name under ``commands``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opttius_cli.i18n import N_
from opttius_cli.name_matching import normalize_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

EVERY_DAY, UNDERSTAND, DATA, BY_ITSELF = (
    N_("Every day"),
    N_("Understand"),
    N_("Data"),
    N_("By itself"),
)
PANELS = (EVERY_DAY, UNDERSTAND, DATA, BY_ITSELF)
"""The headings under which the help lists the commands."""

HELP_WORDS = ("help", "ayuda")
"""What stands before the name of a command whose help is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandEntry:
    """A command: what it is for, where the help lists it, what it is called in Spanish, and two examples.

    With ``examples_of`` it is a group, the examples being those of its commands.
    """

    summary: str
    panel: str
    examples: tuple[str, ...] = ()
    alias: str = ""
    examples_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_group(self) -> bool:
        """Whether commands of its own stand after its name."""
        return bool(self.examples_of)


COMMANDS: dict[str, CommandEntry] = {
    "dashboard": CommandEntry(
        summary=N_("How the branches are doing: figures, trends, growth."),
        panel=EVERY_DAY,
        alias="tablero",
        examples=(
            N_("opttius dashboard --period last-month"),
            N_("opttius dashboard --branch CM-001 --output november.html"),
        ),
    ),
    "branches": CommandEntry(
        summary=N_("The branches side by side, with their goals."),
        panel=EVERY_DAY,
        alias="sucursales",
        examples=(
            N_("opttius branches --period last-month"),
            "opttius branches --rank revenue_growth_pct",
        ),
    ),
    "worklist": CommandEntry(
        summary=N_("Whom to contact this week, and what it brought."),
        panel=EVERY_DAY,
        alias="llamar",
        examples=("opttius worklist --only quote", "opttius worklist --limit 10 --format json"),
    ),
    "customers": CommandEntry(
        summary=N_("The list of customers, with a summary."),
        panel=EVERY_DAY,
        alias="clientes",
        examples=(
            N_("opttius customers --segment at-risk"),
            N_("opttius customers --search perez --output customers.xlsx"),
        ),
    ),
    "customer": CommandEntry(
        summary=N_("One customer, by id, email, RUT or name."),
        panel=EVERY_DAY,
        alias="cliente",
        examples=(
            "opttius customer 59a1cc9f",
            N_("opttius customer 12.345.678-5 --output customer.html"),
        ),
    ),
    "export": CommandEntry(
        summary=N_("One report as a file."),
        panel=EVERY_DAY,
        alias="exportar",
        examples=(
            N_("opttius export sales --period last-month"),
            N_("opttius export customers --output customers.csv --csv-dialect excel-es"),
        ),
    ),
    "segments": CommandEntry(
        summary=N_("How many customers, purchases and money per segment."),
        panel=UNDERSTAND,
        alias="segmentos",
        examples=("opttius segments --scheme rfm", "opttius segments --movement --period 365"),
    ),
    "explain": CommandEntry(
        summary=N_("What a figure means, how it comes about, and its rows."),
        panel=UNDERSTAND,
        examples=(
            "opttius explain total_revenue",
            "opttius explain average_ticket --left-out linked",
        ),
    ),
    "reconcile": CommandEntry(
        summary=N_("The way from our revenue to the app's, row by row."),
        panel=UNDERSTAND,
        examples=(
            "opttius reconcile --branch CM-001",
            N_("opttius reconcile --branch CM-001 --app dashboard.json"),
        ),
    ),
    "drivers": CommandEntry(
        summary=N_("What the change of revenue is made of."),
        panel=UNDERSTAND,
        examples=(
            "opttius drivers --period this-month --all",
            N_("opttius drivers --compare year --output drivers.html"),
        ),
    ),
    "cohorts": CommandEntry(
        summary=N_("Who stays, and how long customers take to return."),
        panel=UNDERSTAND,
        examples=("opttius cohorts --by month", "opttius cohorts --measure revenue"),
    ),
    "forecast": CommandEntry(
        summary=N_("What the next year brings, and how wrong it may be."),
        panel=UNDERSTAND,
        examples=("opttius forecast --format json", N_("opttius forecast --output forecast.html")),
    ),
    "sql": CommandEntry(
        summary=N_("Your own question, in SQL, over masked tables."),
        panel=UNDERSTAND,
        examples=("opttius sql", 'opttius sql "SELECT count(*) FROM customers"'),
    ),
    "load": CommandEntry(
        summary=N_("Load a source and show what was read and refused."),
        panel=DATA,
        examples=(N_("opttius load exports"), N_("opttius load exports --into shop.duckdb")),
    ),
    "check": CommandEntry(
        summary=N_("Look for errors in the data."),
        panel=DATA,
        alias="revisar",
        examples=("opttius check", "opttius check --fail-on error --format json"),
    ),
    "doctor": CommandEntry(
        summary=N_("Why a source does not work, and what to do."),
        panel=DATA,
        examples=(N_("opttius doctor exports"), "opttius doctor --role-sql"),
    ),
    "cache": CommandEntry(
        summary=N_("The stored snapshots: list them, clear them."),
        panel=DATA,
        examples_of={
            "list": ("opttius cache list", "opttius cache list --format json"),
            "clear": ("opttius cache clear", "opttius cache clear sample_data"),
        },
    ),
    "sample": CommandEntry(
        summary=N_("Make a realistic data set of any size."),
        panel=DATA,
        examples=(
            N_("opttius sample --out sample"),
            N_("opttius sample --out sample --customers 5000 --seed 7"),
        ),
    ),
    "job": CommandEntry(
        summary=N_("The jobs that opttius.toml defines: run them, see whether their files came."),
        panel=BY_ITSELF,
        examples_of={
            "run": (N_("opttius job run weekly"), "opttius job run --due"),
            "list": ("opttius job list", "opttius job list --lang es"),
            "status": ("opttius job status", "opttius job status --max-age 8d"),
        },
    ),
    "schedule": CommandEntry(
        summary=N_("Let cron, systemd or Windows run the jobs that are due."),
        panel=BY_ITSELF,
        examples_of={
            "show": ("opttius schedule show", "opttius schedule show --systemd"),
            "install": ("opttius schedule install", "opttius schedule install --windows"),
            "remove": ("opttius schedule remove", "opttius schedule remove --systemd"),
        },
    ),
    "init": CommandEntry(
        summary=N_("Begin: ask for your data, try them, write opttius.toml."),
        panel=BY_ITSELF,
        examples=("opttius init", N_("opttius init --source exports --organization my-shop")),
    ),
    "config": CommandEntry(
        summary=N_("The settings: show, validate."),
        panel=BY_ITSELF,
        examples_of={
            "show": ("opttius config show", "opttius config show --json"),
            "validate": ("opttius config validate", "opttius config validate --lang es"),
            "key": ("opttius config key", "opttius config key >> opttius.toml"),
        },
    ),
    "reports": CommandEntry(
        summary=N_("Which reports exist, and what their figures mean."),
        panel=BY_ITSELF,
        examples_of={
            "list": ("opttius reports list", "opttius reports list --lang es"),
            "show": ("opttius reports show sales", N_("opttius reports show customers")),
            "sql": ("opttius reports sql customers", "opttius reports sql dashboard/sales"),
            "check": ("opttius reports check", "opttius reports check --quiet"),
        },
    ),
    "audit": CommandEntry(
        summary=N_("Who asked what, of whose data, and why."),
        panel=BY_ITSELF,
        examples=("opttius audit", "opttius audit --format json"),
    ),
}
"""Every command by its name, in the order of the help."""


def find_examples(path: Sequence[str]) -> tuple[str, ...]:
    """Return the examples of the command with this path (``("job", "run")``): of a group, two of its commands'."""
    entry = COMMANDS.get(path[0]) if path else None
    if entry is None:
        return ()
    if len(path) > 1:
        return entry.examples_of.get(path[1], ())
    return entry.examples or tuple(examples[0] for examples in entry.examples_of.values())[:2]


def translate_words(arguments: Sequence[str]) -> list[str]:
    """Return the command line in the program's own words: without an alias, and ``--help`` for ``help COMMAND``."""
    start = _locate_command(arguments)
    before, words = list(arguments[:start]), list(arguments[start:])
    if not words:
        return before
    if normalize_name(words[0]) in HELP_WORDS:
        path = [word for word in words[1:] if not word.startswith("-")]
        options = [word for word in words[1:] if word.startswith("-")]
        return [*before, *_resolve_command(path), *options, "--help"]
    return [*before, *_resolve_command(words)]


def _resolve_command(words: list[str]) -> list[str]:
    aliases = {entry.alias: name for name, entry in COMMANDS.items() if entry.alias}
    return [aliases.get(normalize_name(words[0]), words[0]), *words[1:]] if words else []


def find_command(arguments: Sequence[str]) -> str | None:
    """Return the command of a line in the program's own words; None where the program answers itself."""
    words = arguments[_locate_command(arguments) :]
    return words[0] if words and words[0] in COMMANDS else None


def _locate_command(arguments: Sequence[str]) -> int:
    """Return the position of the command: behind the language, the only option that may stand before it."""
    position = 0
    while position < len(arguments) and arguments[position].startswith("--lang"):
        position += 2 if arguments[position] == "--lang" else 1
    return position
