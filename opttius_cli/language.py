"""Detect the language of a run before its options are parsed: from option, environment, config or locale."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import i18n, setting_parsers
from opttius_cli.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence


def detect_language(arguments: Sequence[str]) -> str:
    """Return the language of a run with these arguments."""
    for position, argument in enumerate(arguments):
        value = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and position + 1 < len(arguments):
            value = arguments[position + 1]
        with suppress(ValueError):
            return setting_parsers.parse_language(value or "")
    from opttius_cli import config as settings

    try:
        configured_language = settings.resolve_config({}, os.environ, Path.cwd()).language
    except (ConfigError, OSError):
        # The command itself will report what is wrong with the settings.
        configured_language = None
    return configured_language or i18n.detect_env_language(os.environ)
