"""Complete the values of options and arguments in a shell; of the data, only names that are loaded already."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from opttius_cli import clock, config, i18n
from opttius_cli.command_support import loaded_memo
from opttius_cli.command_support.command_catalog import translate_words
from opttius_cli.errors import OpttiusError

if TYPE_CHECKING:
    from collections.abc import MutableMapping

Offer = list[str | tuple[str, str]]
"""What a shell offers: a value, or one with its meaning."""

_PLAIN_WORD = re.compile(r"[\w.@+-]+")
_NOT_PLAIN = re.compile(r"[^\w.@+,-]+")

SHELL_VARIABLE = "_OPTTIUS_COMPLETE"
_TYPED_VARIABLES = ("_TYPER_COMPLETE_ARGS", "COMP_WORDS")
"""Where the shells put the command line that is being typed."""


def read_typed_words(environment: MutableMapping[str, str]) -> list[str]:
    """Return the words of the command line that a shell wants completed; an alias is replaced in them.

    Empty when no shell asks. Only the command's own module is then imported.
    """
    name = next((name for name in _TYPED_VARIABLES if name in environment), None)
    if SHELL_VARIABLE not in environment or name is None:
        return []
    _show_plain_meanings()
    typed = environment[name]
    program, *words = typed.split() or [""]
    translated = translate_words(words)
    if len(translated) == len(words) and translated != words:
        environment[name] = shlex.join([program, *translated]) + (" " if typed.endswith(" ") else "")
    return translated if len(words) > 1 or typed.endswith(" ") else []


def _show_plain_meanings() -> None:
    """Let Typer offer meanings as they are: to look for markup in them, it would import Rich."""
    from typer import _completion_classes

    setattr(_completion_classes, "_sanitize_help_text", str)  # noqa: B010 - a private name of Typer


def complete_branches(ctx: typer.Context, incomplete: str) -> Offer:
    """Offer the branches of the loaded data: their codes, or their names without one."""
    del incomplete
    return list(_offer_loaded(ctx, "branches", organization=ctx.params.get("organization")))


def complete_organizations(ctx: typer.Context, incomplete: str) -> Offer:
    """Offer the organizations of the loaded data: their slugs, or their names without one."""
    del incomplete
    return list(_offer_loaded(ctx, "organizations"))


def complete_segments(ctx: typer.Context, incomplete: str) -> Offer:
    """Offer the segments of both schemes."""
    from opttius_cli.reports.vocabulary import get_vocabulary

    del ctx, incomplete
    language = i18n.get_language()
    return list((get_vocabulary("rfm_segment")[language] | get_vocabulary("segment")[language]).items())


def complete_findings(ctx: typer.Context, incomplete: str) -> Offer:
    """Offer the findings of ``opttius check``, and the word for those of sales of nobody."""
    from opttius_cli.reports.vocabulary import UNATTRIBUTED, get_vocabulary

    del ctx, incomplete
    return [*get_vocabulary("finding")[i18n.get_language()].items(), UNATTRIBUTED]


def complete_sections(ctx: typer.Context, incomplete: str) -> Offer:
    """Offer the sections of the dashboard."""
    from opttius_cli.reports.layouts import DASHBOARD

    del ctx, incomplete
    return list(dict.fromkeys(slot.path[0] for slot in DASHBOARD))


def complete_exports(ctx: typer.Context, incomplete: str) -> Offer:
    """Offer what can be exported, the user's own reports among it."""
    from opttius_cli.reports.layouts import EXPORTS

    del ctx, incomplete
    return ["dashboard", *EXPORTS, *_load_library().list_user_reports()]


def complete_reports(ctx: typer.Context, incomplete: str) -> Offer:
    """Offer every report."""
    from opttius_cli.reports.layouts import EXPORTS

    del ctx, incomplete
    return [*EXPORTS, *_load_library().list_names()]


def complete_jobs(ctx: typer.Context, incomplete: str) -> Offer:
    """Offer the jobs of opttius.toml."""
    del ctx, incomplete
    return list(list_job_names())


def list_job_names() -> list[str]:
    """Return the names of the jobs in the files that apply, valid or not; none when a file cannot be read."""
    from opttius_cli import toml_file

    names: dict[str, str] = {}
    try:
        for file in config.find_config_files(os.environ, Path.cwd()):
            tables = toml_file.parse_toml(file, toml_file.read_text(file))
            names |= dict.fromkeys(tables.get("jobs", {}), "")
    except (OpttiusError, OSError):
        return []
    return list(names)


def _offer(names: tuple[str | None, ...], meaning: str | None) -> tuple[str, str]:
    """Return the first name that is one plain word, and the meaning: a shell evaluates what it is offered."""
    value = next((name for name in names if name and _PLAIN_WORD.fullmatch(name)), "")
    return value, _NOT_PLAIN.sub(" ", meaning or "").strip()


def _load_library() -> Any:
    from opttius_cli.command_support.request import load_library

    return load_library()


def _offer_loaded(ctx: typer.Context, kind: str, **overrides: str | None) -> list[tuple[str, str]]:
    """Return names of the loaded data, with the options that are typed already; none when that fails."""
    typed = {"source": ctx.params.get("source"), "access.user": ctx.params.get("as_email"), **overrides}
    try:
        settings = config.resolve_config(typed, os.environ, Path.cwd())
        key = loaded_memo.build_key(settings, Path.cwd())
        offers = loaded_memo.recall_facts(key, os.environ) or _read_offers(key, settings)
    except (OpttiusError, OSError):
        return []
    return offers.get(kind, [])


def _read_offers(key: str, settings: config.Config) -> loaded_memo.Facts:
    from opttius_cli.session.loaded_data import read_loaded_names

    # What is offered must not depend on what is already chosen.
    names = read_loaded_names(replace(settings, branches=()), os.environ, clock.now())
    if names is None:
        return {}
    offers = {
        "branches": [_offer((item.code, item.name, item.id), item.name) for item in names.branches],
        "organizations": [
            _offer((item.slug, item.name, item.id), item.name) for item in names.organizations if item.id
        ],
    }
    loaded_memo.remember_facts(key, names.snapshot, offers, os.environ)
    return offers
