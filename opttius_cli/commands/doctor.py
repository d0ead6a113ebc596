"""``opttius doctor``: check a source step by step, and print the SQL of a database role that can read it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from opttius_cli import addresses, config, i18n
from opttius_cli.commands.asking import now, style_of, voice
from opttius_cli.commands.options import Sourced, shared
from opttius_cli.errors import NoSourceError, SourceError
from opttius_cli.i18n import N_, _, n_
from opttius_cli.render import sink

if TYPE_CHECKING:
    from opttius_cli.config import Config
    from opttius_cli.doctor import Finding
    from opttius_cli.doctor.findings import Tell


@shared(Sourced)
def doctor(
    options: Sourced,
    place: Annotated[
        str | None, typer.Argument(metavar=N_("SOURCE"), help=N_("What to check; --source when not given."))
    ] = None,
    format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help=N_("How the findings are written."))
    ] = "text",
    role_sql: Annotated[
        bool,
        typer.Option(
            "--role-sql",
            help=N_("Print only the SQL of a database role that can read what is needed and nothing else."),
        ),
    ] = False,
    role: Annotated[
        str, typer.Option(metavar=N_("NAME"), help=N_("The name of that role."))
    ] = "opttius_reader",
) -> None:
    """Check a source step by step, and show what to do where a step fails."""
    from opttius_cli.doctor import must_be_possible

    must_be_possible(role)
    given = {"source": place or options.source, "language": options.lang}
    settings = config.load(given, os.environ, Path.cwd())
    if role_sql:
        _print_role(settings, role, options)
    elif not settings.source:
        raise NoSourceError
    else:
        _examine(settings, role, options, as_json=format == "json")


def _examine(settings: Config, role: str, options: Sourced, *, as_json: bool) -> None:
    """Print every finding. Raises SourceError when the source cannot be used."""
    from opttius_cli import doctor as doctors

    if as_json:
        # Output for programs is the same in every language.
        i18n.use("en")
    found: list[Finding] = []
    say = _speaker(options)

    def tell(finding: Finding) -> None:
        # The message of a driver or a server may hold anything, also a password.
        finding = replace(finding, said=addresses.masked(finding.said))
        found.append(finding)
        if not as_json:
            say(finding)

    seen = doctors.examine(settings, os.environ, now, tell)
    sql = doctors.role_for(settings, seen, role) if addresses.is_address(settings.source or "") else None
    failed = [finding for finding in found if finding.state is doctors.State.FAILED]
    if as_json:
        _print_json(found, sql, usable=not failed)
    elif sql and seen and any(finding.step in _ABOUT_RIGHTS and finding.state != "ok" for finding in found):
        sink.write_text("\n" + _("A role that can read what is needed, and nothing else:") + f"\n\n{sql}")
    if failed:
        raise SourceError(
            n_(
                "The source cannot be used: {count} step failed.",
                "The source cannot be used: {count} steps failed.",
                len(failed),
            )
        )


_ABOUT_RIGHTS = {"read_only", "privileges", "row_security", "schema"}
"""Steps that another role would fix."""


def _print_role(settings: Config, role: str, options: Sourced) -> None:
    from opttius_cli import doctor as doctors

    found: list[Finding] = []
    seen = doctors.examine(settings, os.environ, now, found.append) if settings.source else None
    if seen is None:
        voice(options).note(
            _(
                "Note: no database could be checked, so this grants every column that opttius knows. "
                "Leave out those that your database does not have."
            )
        )
    sink.write_text(doctors.role_for(settings, seen, role))


def _speaker(options: Sourced) -> Tell:
    """Return the function that prints each finding immediately."""
    from opttius_cli.doctor import STEPS
    from opttius_cli.render import checklist

    style, room = style_of(options), max(len(_(label)) for label in STEPS.values())

    def say(finding: Finding) -> None:
        item = checklist.Item(_(STEPS[finding.step]), finding.state, finding.said, finding.remedy)
        sink.write_stdout(lambda out: checklist.write(item, out, style, room))

    return say


def _print_json(found: list[Finding], sql: str | None, *, usable: bool) -> None:
    checks = [
        {"check": one.step, "state": one.state.value, "said": one.said, "remedy": one.remedy or None}
        for one in found
    ]
    document = {"report": "doctor", "schema_version": 1, "usable": usable, "checks": checks, "role_sql": sql}
    sink.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
