"""Show the start page of ``opttius`` alone: what is set up and the everyday commands, or how to begin."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import __version__, clock, config, redaction
from opttius_cli.command_support import loaded_memo
from opttius_cli.command_support.command_catalog import COMMANDS, EVERY_DAY
from opttius_cli.command_support.value_completion import list_job_names
from opttius_cli.errors import OpttiusError
from opttius_cli.files.stored_values import parse_instant
from opttius_cli.i18n import _, get_locale, n_
from opttius_cli.render import sink
from opttius_cli.render.cell_formatter import escape_control_chars

if TYPE_CHECKING:
    from opttius_cli.config import Config

_MOST_COMMANDS = 4
_MOST_JOBS = 3
_STATE = "loaded"
"""The kind of facts of the memo: what is loaded, in no language."""


def write_start_page() -> None:
    """Write the page: source, organization, last day of the data, jobs and four commands, or three ways to begin."""
    settings = config.resolve_config({}, os.environ, Path.cwd())
    lines = _describe_setup(settings) if settings.source else _describe_beginning()
    # Names come from the data and from files: none may control the terminal.
    lines = [escape_control_chars(line) for line in lines]
    sink.write_stdout_text("\n".join([f"opttius {__version__}", "", *lines, ""]))


def _describe_beginning() -> list[str]:
    ways = [
        ("opttius init", _("asks where your data are, and writes opttius.toml")),
        (_("opttius sample --out sample"), _("makes an example shop to look around in")),
        (_("opttius doctor SOURCE"), _("says whether your data can be read, and what is missing")),
    ]
    return [
        _("Nothing is set up in this folder yet. Three ways to begin:"),
        "",
        *_align(ways),
        "",
        _("All commands:"),
        "",
        "  opttius help",
    ]


def _describe_setup(settings: Config) -> list[str]:
    facts = [(_("Source"), redaction.redact_secrets(settings.source or ""))]
    facts += _describe_data(settings)
    facts += [(_("Job") if not index else "", text) for index, text in enumerate(_describe_jobs(settings))]
    everyday = [
        (_(entry.examples[0]), _(entry.summary)) for entry in COMMANDS.values() if entry.panel == EVERY_DAY
    ]
    return [
        *_align(facts, indent=""),
        "",
        *_align(everyday[:_MOST_COMMANDS]),
        "",
        _("All commands:"),
        "",
        "  opttius help",
    ]


def _describe_data(settings: Config) -> list[tuple[str, str]]:
    """Return the organization and how new the loaded data are; nothing is loaded for it."""
    try:
        state = _read_state(settings)
    except OpttiusError as error:
        return [(_("Data"), str(error))]
    if state is None:
        return [(_("Data"), _("not loaded yet: opttius load"))]
    newest, loaded = state["newest_day"], _format_date(datetime.fromisoformat(state["loaded_at"]).date())
    data = (
        _(
            "last sale on {day}, loaded on {loaded}",
            day=_format_date(date.fromisoformat(newest)),
            loaded=loaded,
        )
        if newest
        else _("without sales, loaded on {loaded}", loaded=loaded)
    )
    scope = n_(
        "{organization}, {count} branch",
        "{organization}, {count} branches",
        int(state["branches"]),
        organization=state["organization"],
    )
    return [(_("Organization"), scope), (_("Data"), data)]


def _read_state(settings: Config) -> dict[str, str] | None:
    """Return scope, load and newest day of the loaded data, from the memo when it knows them of today."""
    now = clock.now()
    key = loaded_memo.build_key(settings, Path.cwd(), "state", *settings.branches, now.date().isoformat())
    facts = loaded_memo.recall_facts(key, os.environ) or {}
    if (recalled := dict(facts.get(_STATE, ()))) and _is_state(recalled):
        return recalled
    from opttius_cli.session.loaded_data import read_loaded_state

    loaded = read_loaded_state(settings, os.environ, now)
    if loaded is None:
        return None
    state = {
        "organization": loaded.scope.organization_name or loaded.scope.organization_id or "—",
        "branches": str(len(loaded.scope.branches)),
        "loaded_at": loaded.loaded_at.isoformat(),
        "newest_day": loaded.newest_day.isoformat() if loaded.newest_day else "",
    }
    loaded_memo.remember_facts(key, loaded.snapshot, {_STATE: list(state.items())}, os.environ)
    return state


def _is_state(state: dict[str, str]) -> bool:
    """Return whether the memo holds a state as it is remembered here."""
    try:
        parse_instant(state["loaded_at"])
        return (
            state["branches"].isdigit()
            and "organization" in state
            and (not state["newest_day"] or bool(date.fromisoformat(state["newest_day"])))
        )
    except (ValueError, KeyError):
        return False


def _describe_jobs(settings: Config) -> list[str]:
    """Return a line per job: its last success and when it is due; or what is wrong with their definitions."""
    if not list_job_names():
        return []
    from opttius_cli.command_support.job_status import compute_statuses
    from opttius_cli.command_support.jobs import load_jobs

    lines = []
    try:
        statuses = compute_statuses(list(load_jobs(settings).values())[:_MOST_JOBS], None)
    except OpttiusError as error:
        return [str(error)]
    for job, status in statuses:
        success = status.success.ended if status.success else None
        lines.append(
            _(
                "{name}: last {last}, next {next}",
                name=job.name,
                last=_format_date(success.date()) if success else "—",
                next=_format_date(status.next_due.date()) if status.next_due else "—",
            )
        )
    return lines


def _format_date(day: date) -> str:
    from opttius_cli.render.cell_formatter import build_formatter_for_currency

    return build_formatter_for_currency(get_locale(), "").format_date(day)


def _align(pairs: list[tuple[str, str]], indent: str = "  ") -> list[str]:
    width = max(len(name) for name, _text in pairs)
    return [f"{indent}{name:<{width}}  {text}".rstrip() for name, text in pairs]
