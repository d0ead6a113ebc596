"""``opttius report list`` and ``status``: list the jobs, and show whether their last runs came."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from opttius_cli import config as settings
from opttius_cli.commands.asking import now, voice
from opttius_cli.commands.defined import definitions
from opttius_cli.commands.options import Shared, shared
from opttius_cli.errors import CheckFailedError, UsageError
from opttius_cli.i18n import N_, _, n_
from opttius_cli.render import sink
from opttius_cli.values import seconds

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from opttius_cli.definitions import Definition
    from opttius_cli.runs.status import Standing


@shared(Shared)
def list_(options: Shared) -> None:
    """List the name, schedule, next due time, formats and output of each job."""
    from opttius_cli.schedule.due import following

    found = definitions(settings.load({"language": options.lang}, os.environ, Path.cwd()))
    _say_when_none(options, found)
    rows = [
        (
            one.name,
            one.schedule.every if one.schedule else "—",
            _local(following(one.schedule, now()), one) if one.schedule else "—",
            ", ".join(one.formats),
            one.output,
        )
        for one in found.values()
    ]
    _write_rows([(_("Report"), _("Every"), _("Next due"), _("Formats"), _("Output")), *rows])


@shared(Shared)
def status(
    options: Shared,
    name: Annotated[str | None, typer.Argument(metavar=N_("NAME"), help=N_("Only this report."))] = None,
    max_age: Annotated[
        str | None,
        typer.Option(
            metavar=N_("AGE"), help=N_("A report is late when its last success is older (26h, 8d).")
        ),
    ] = None,
    format: Annotated[
        Literal["table", "json"], typer.Option("--format", "-f", help=N_("How it is written."))
    ] = "table",
) -> None:
    """Show each job's last run, last success and next due time."""
    from opttius_cli.definitions import named
    from opttius_cli.runs.status import BAD

    found = definitions(settings.load({"language": options.lang}, os.environ, Path.cwd()))
    chosen = [named(found, name)] if name else list(found.values())
    _say_when_none(options, chosen)
    standings = [(one, _standing(one, _age(max_age))) for one in chosen]
    if format == "json":
        told = [_facts(standing) for _one, standing in standings]
        sink.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n")
    else:
        heading = (_("Report"), _("State"), _("Last success"), _("Next due"), _("Cause"))
        _write_rows([heading, *(_status_row(*one) for one in standings)])
    bad = [standing.report for _one, standing in standings if standing.verdict in BAD]
    if bad:
        raise CheckFailedError(
            n_(
                "{count} report did not come: {names}.",
                "{count} reports did not come: {names}.",
                len(bad),
                names=", ".join(bad),
            )
        )


def _say_when_none(options: Shared, found: Collection[object]) -> None:
    if not found:
        voice(options).note(_("No report is defined. Write a table [reports.NAME] in opttius.toml."))


def _standing(definition: Definition, max_age: float | None) -> Standing:
    from opttius_cli.runs.ledger import Ledger
    from opttius_cli.runs.running import FILE, LOCKS
    from opttius_cli.runs.status import seen, standing

    state = settings.state_folder(os.environ)
    runs, is_running = seen(definition, Ledger(state / FILE), state / LOCKS)
    return standing(definition, runs, now(), is_running=is_running, max_age=max_age)


def _age(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return seconds(text)
    except ValueError as error:
        raise UsageError(_("--max-age “{value}” must be {kind}.", value=text, kind=error)) from error


def _facts(standing: Standing) -> dict[str, Any]:
    last, success = standing.last, standing.success
    return {
        "report": standing.report,
        "state": standing.verdict,
        "last_status": last.status if last else None,
        "last_started": last.started.isoformat() if last else None,
        "cause": last.cause if last else None,
        "seconds": last.seconds if last else None,
        "rows": last.rows if last else None,
        "files": list(last.files) if last else [],
        "alerts": last.alerts if last else 0,
        "last_success": success.ended.isoformat() if success and success.ended else None,
        "next_due": standing.next_due.isoformat() if standing.next_due else None,
    }


_VERDICTS = {
    "ok": N_("OK"),
    "never": N_("never made"),
    "running": N_("running"),
    "late": N_("late"),
    "failed": N_("failed"),
}


def _status_row(definition: Definition, standing: Standing) -> tuple[str, ...]:
    success = standing.success
    return (
        standing.report,
        _(_VERDICTS[standing.verdict]),
        _local(success.ended, definition) if success and success.ended else "—",
        _local(standing.next_due, definition) if standing.next_due else "—",
        (standing.last.cause if standing.last and standing.verdict == "failed" else None) or "",
    )


def _local(moment: datetime, definition: Definition) -> str:
    """Return a moment in local time of the job's zone."""
    from zoneinfo import ZoneInfo

    from opttius_cli.definitions import DEFAULT_ZONE

    zone = definition.schedule.zone if definition.schedule else definition.timezone or DEFAULT_ZONE
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _write_rows(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )
    sink.write_text("".join(f"{line}\n" for line in lines))
