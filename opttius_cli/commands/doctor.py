"""``opttius doctor``: check a source step by step, and print the SQL of a database role that can read it."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from opttius_cli import clock, config, i18n, redaction
from opttius_cli.command_support.option_parameters import with_options
from opttius_cli.command_support.options import SourceOptions
from opttius_cli.command_support.output import build_style
from opttius_cli.command_support.request import build_reporter
from opttius_cli.errors import NoSourceError, SourceError
from opttius_cli.i18n import N_, _, n_
from opttius_cli.render import sink

if TYPE_CHECKING:
    from opttius_cli.config import Config
    from opttius_cli.doctor import Finding
    from opttius_cli.doctor.findings import OnFinding


@with_options(SourceOptions)
def doctor(
    options: SourceOptions,
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
    from opttius_cli.doctor import check_role_name

    check_role_name(role)
    overrides = {"source": place or options.source, "language": options.lang}
    settings = config.resolve_config(overrides, os.environ, Path.cwd())
    if role_sql:
        _print_role_sql(settings, role, options)
    elif not settings.source:
        raise NoSourceError
    else:
        _run_checks(settings, role, options, as_json=format == "json")


def _run_checks(settings: Config, role: str, options: SourceOptions, *, as_json: bool) -> None:
    """Print every finding. Raises SourceError when the source cannot be used."""
    from opttius_cli import doctor as doctors

    if as_json:
        # Output for programs is the same in every language.
        i18n.set_language("en")
    findings: list[Finding] = []
    write_finding = _build_finding_writer(options)

    def on_finding(finding: Finding) -> None:
        # The message of a driver or a server may hold anything, also a password.
        finding = replace(finding, message=redaction.redact_secrets(finding.message))
        findings.append(finding)
        if not as_json:
            write_finding(finding)

    checked = doctors.run_checks(settings, os.environ, clock.now, on_finding)
    server = checked.server
    sql = (
        doctors.build_role_sql(settings, server, role)
        if redaction.is_connection_string(settings.source or "")
        else None
    )
    failed = [finding for finding in findings if finding.state is doctors.State.FAILED]
    if as_json:
        _print_json(findings, sql, checked.proposal, usable=not failed)
    elif checked.proposal:
        _print_remedy(_("Paste this into opttius.toml, and look whether it is right:"), checked.proposal)
    elif (
        sql
        and server
        and any(finding.step in _PERMISSION_STEPS and finding.state != "ok" for finding in findings)
    ):
        _print_remedy(_("A role that can read what is needed, and nothing else:"), sql)
    if failed:
        raise SourceError(
            n_(
                "The source cannot be used: {count} step failed.",
                "The source cannot be used: {count} steps failed.",
                len(failed),
            )
        )


def _print_remedy(head: str, text: str) -> None:
    """Print what to paste elsewhere, below a sentence that says where."""
    sink.write_stdout_text(f"\n{head}\n\n{text}")


_PERMISSION_STEPS = {"read_only", "privileges", "row_security", "schema"}
"""Steps that another role would fix."""


def _print_role_sql(settings: Config, role: str, options: SourceOptions) -> None:
    from opttius_cli import doctor as doctors

    findings: list[Finding] = []
    server = (
        doctors.run_checks(settings, os.environ, clock.now, findings.append).server
        if settings.source
        else None
    )
    if server is None:
        build_reporter(options).show_note(
            _(
                "Note: no database could be checked, so this grants every column that opttius knows. "
                "Leave out those that your database does not have."
            )
        )
    sink.write_stdout_text(doctors.build_role_sql(settings, server, role))


def _build_finding_writer(options: SourceOptions) -> OnFinding:
    """Return the function that prints each finding immediately."""
    from opttius_cli.doctor import STEPS
    from opttius_cli.render.terminal import checklist

    style, label_width = build_style(options), max(len(_(label)) for label in STEPS.values())

    def write_finding(finding: Finding) -> None:
        item = checklist.ChecklistItem(_(STEPS[finding.step]), finding.state, finding.message, finding.remedy)
        sink.write_stdout(lambda out: checklist.write_item(item, out, style, label_width))

    return write_finding


def _print_json(findings: list[Finding], sql: str | None, proposal: str | None, *, usable: bool) -> None:
    checks = [
        {
            "check": finding.step,
            "state": finding.state.value,
            "message": finding.message,
            "remedy": finding.remedy or None,
        }
        for finding in findings
    ]
    document = {
        "report": "doctor",
        "schema_version": 1,
        "usable": usable,
        "checks": checks,
        "role_sql": sql,
        "mapping": proposal,
    }
    sink.write_stdout_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
