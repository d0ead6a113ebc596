"""Detect the language of a run before its options are parsed: from option, environment, config or locale."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from opttius_cli import i18n, values
from opttius_cli.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence


def spoken(arguments: Sequence[str]) -> str:
    """Return the language of a run with these arguments."""
    for place, argument in enumerate(arguments):
        told = argument.removeprefix("--lang=") if argument.startswith("--lang=") else None
        if argument == "--lang" and place + 1 < len(arguments):
            told = arguments[place + 1]
        with suppress(ValueError):
            return values.language(told or "")
    from opttius_cli import config as settings

    try:
        chosen = settings.load({}, os.environ, Path.cwd()).language
    except (ConfigError, OSError):
        # The command itself will report what is wrong with the settings.
        chosen = None
    return chosen or i18n.of_locale(os.environ)
