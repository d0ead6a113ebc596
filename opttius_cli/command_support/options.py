"""Declare the options that commands share; a command receives them as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from opttius_cli.audit import AuditRecord
from opttius_cli.command_support.value_completion import complete_branches, complete_organizations
from opttius_cli.i18n import N_
from opttius_cli.profiler import Profiler
from opttius_cli.render.registry import Format

if TYPE_CHECKING:
    from collections.abc import Mapping

    from opttius_cli.result import Answer

COUNTED, ANSWER, PERSONAL, SOURCE, GENERAL = (
    N_("What is counted"),
    N_("The answer"),
    N_("Personal data"),
    N_("The source"),
    N_("In every command"),
)
OPTION_PANELS = (COUNTED, ANSWER, PERSONAL, SOURCE, GENERAL)
"""The headings of shared options in the help, in this order, below the options of the command itself."""

LanguageOption = Annotated[
    str | None,
    typer.Option(
        "--lang",
        metavar="es|en",
        help=N_("Language: es or en; es-CL, es-AR, es-ES, en-US: numbers and dates as there."),
        rich_help_panel=GENERAL,
    ),
]


AllOption = Annotated[
    bool,
    typer.Option(
        "--all", help=N_("Print everything, not only the first screen; through $PAGER on a terminal.")
    ),
]


_NO_OPTIONS = ("record", "profiler")
"""The fields of options that nobody types: what a run records of itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommonOptions:
    """The options of every command; also the audit ``record`` of this run, and the ``profiler`` of its steps."""

    record: AuditRecord = field(default_factory=AuditRecord)
    profiler: Profiler = field(default_factory=Profiler)
    lang: LanguageOption = None
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help=N_("Print only errors on stderr."), rich_help_panel=GENERAL)
    ] = False
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help=N_("Print details on stderr."), rich_help_panel=GENERAL)
    ] = False
    no_color: Annotated[
        bool, typer.Option("--no-color", help=N_("No colours (so does NO_COLOR)."), rich_help_panel=GENERAL)
    ] = False
    no_input: Annotated[
        bool,
        typer.Option(
            "--no-input", help=N_("Never ask for input, as opttius init would."), rich_help_panel=GENERAL
        ),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceOptions(CommonOptions):
    """The options of a command that has a source."""

    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            "-s",
            metavar=N_("SOURCE"),
            help=N_("A folder of exports, an .xlsx, a pg_dump file, a snapshot or a database."),
            rich_help_panel=SOURCE,
        ),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions(SourceOptions):
    """The options of a command that reads a source; each run of it is audited."""

    refresh: Annotated[
        bool, typer.Option("--refresh", help=N_("Load the source again now."), rich_help_panel=SOURCE)
    ] = False
    max_age: Annotated[
        str | None,
        typer.Option(
            metavar=N_("AGE"),
            help=N_("Load again when the snapshot is older than this (30s, 5m, 2h)."),
            rich_help_panel=SOURCE,
        ),
    ] = None
    profile: Annotated[
        bool,
        typer.Option(
            "--profile",
            help=N_("Print seconds, rows and peak memory of each step on stderr."),
            rich_help_panel=GENERAL,
        ),
    ] = False
    strict: Annotated[
        bool,
        typer.Option(
            "--strict",
            help=N_("Refuse the source when any of its rows cannot be read."),
            rich_help_panel=SOURCE,
        ),
    ] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOptions(LoadOptions):
    """The options of a command that answers a query, about everything up to as-of."""

    engine: Annotated[
        Literal["duckdb", "spark"] | None,
        typer.Option(
            help=N_("What runs the reports: DuckDB here, or a cluster that reads a lake (docs/scale.md)."),
            rich_help_panel=SOURCE,
            show_default="duckdb",
        ),
    ] = None
    remote: Annotated[
        str | None,
        typer.Option(
            metavar=N_("ADDRESS"),
            help=N_("The cluster for --engine spark: sc://HOST:15002."),
            rich_help_panel=SOURCE,
        ),
    ] = None

    organization: Annotated[
        str | None,
        typer.Option(
            "--organization",
            "-O",
            metavar=N_("NAME"),
            help=N_("The organization, by id, slug or name."),
            autocompletion=complete_organizations,
            rich_help_panel=COUNTED,
        ),
    ] = None
    branch: Annotated[
        list[str] | None,
        typer.Option(
            "--branch",
            "-b",
            metavar=N_("BRANCH"),
            help=N_("A branch, by code, id or name; repeatable. All when not given."),
            autocompletion=complete_branches,
            rich_help_panel=COUNTED,
        ),
    ] = None
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar=N_("WHEN"),
            help=N_(
                "The instant the report shows: a date, a timestamp, or latest: the day of the last sale."
            ),
            rich_help_panel=COUNTED,
        ),
    ] = None
    tz: Annotated[
        str | None,
        typer.Option(
            metavar=N_("ZONE"), help=N_("The time zone whose days are counted."), rich_help_panel=COUNTED
        ),
    ] = None
    format: Annotated[
        Format | None,
        typer.Option("--format", "-f", help=N_("How the answer is written."), rich_help_panel=ANSWER),
    ] = None
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar=N_("FILE"), help=N_("A file, or - for stdout."), rich_help_panel=ANSWER
        ),
    ] = None
    force: Annotated[
        bool, typer.Option("--force", help=N_("Overwrite the file of --output."), rich_help_panel=ANSWER)
    ] = False
    csv_dialect: Annotated[
        Literal["plain", "excel-es"],
        typer.Option(
            help=N_("CSV as programs read it, or as Excel in Spanish does."), rich_help_panel=ANSWER
        ),
    ] = "plain"
    as_email: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar=N_("EMAIL"),
            help=N_("The admin whose rights apply, where the data names admins."),
            rich_help_panel=PERSONAL,
        ),
    ] = None
    anonymous: Annotated[
        bool,
        typer.Option(
            "--anonymous",
            help=N_("Pseudonyms for people and ids, the same in every export."),
            rich_help_panel=PERSONAL,
        ),
    ] = False
    reveal_pii: Annotated[
        bool,
        typer.Option(
            "--reveal-pii",
            help=N_("Show names, emails, phones and RUTs whole; needs --reason."),
            rich_help_panel=PERSONAL,
        ),
    ] = False
    reason: Annotated[
        str | None,
        typer.Option(metavar=N_("TEXT"), help=N_("Why personal data is shown."), rich_help_panel=PERSONAL),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOptions(AnswerOptions):
    """The options of a command whose answer is about a period."""

    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            "-p",
            metavar=N_("PERIOD"),
            help=N_(
                "Days (30), today, yesterday, this-week, last-week, this-month, last-month, ytd, 2026-10, 2026-Q3, "
                "2026 or 2026-01-15..2026-02-14."
            ),
            rich_help_panel=COUNTED,
        ),
    ] = None
    compare: Annotated[
        Literal["previous", "year", "none"] | None,
        typer.Option(
            help=N_("The window that growth is compared with."),
            rich_help_panel=COUNTED,
            show_default="previous",
        ),
    ] = None


def list_option_names(kind: type[CommonOptions]) -> tuple[str, ...]:
    """Return the names of the options of ``kind``."""
    return tuple(item.name for item in fields(kind) if item.name not in _NO_OPTIONS)


def add_typed_options(answer: Answer, options: QueryOptions) -> Answer:
    """Return the answer with what its commands have to be typed with; a password is left out."""
    from opttius_cli.redaction import redact_value

    common = {
        "-s": redact_value(options.source) if options.source else None,
        "-O": options.organization,
        "--as-of": options.as_of,
        "--tz": options.tz,
        "--as": options.as_email,
        "--engine": options.engine,
        "--remote": redact_value(options.remote) if options.remote else None,
    }
    period = {"-p": options.period, "--compare": options.compare}
    return replace(answer, common_options=_list_words(common), period_options=_list_words(period))


def _list_words(options: Mapping[str, str | None]) -> tuple[str, ...]:
    return tuple(word for name, value in options.items() if value is not None for word in (name, value))
