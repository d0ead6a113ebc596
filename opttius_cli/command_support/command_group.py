"""Build the Typer app of a group of commands; like every command, a group takes ``--lang``."""

from __future__ import annotations

import typer

from opttius_cli.command_support.options import LanguageOption
from opttius_cli.errors import UsageError
from opttius_cli.i18n import _
from opttius_cli.setting_parsers import parse_language


def build_group() -> typer.Typer:
    """Build the app that the commands of a group are registered on."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    app.callback()(_handle_group_options)
    return app


def _handle_group_options(lang: LanguageOption = None) -> None:
    """Check the options that stand before the name of a command."""
    check_language(lang)


def check_language(lang: str | None) -> None:
    """Raise UsageError for an unknown language. It is in use already: see ``opttius_cli.language``."""
    try:
        if lang is not None:
            parse_language(lang)
    except ValueError as error:
        raise UsageError(
            _("{option} “{value}” must be {kind}.", option="--lang", value=lang, kind=error)
        ) from error
