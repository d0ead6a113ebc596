"""The error for a wrong job definition: it always names a file, a line and a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opttius_cli.errors import ConfigError
from opttius_cli.i18n import _

if TYPE_CHECKING:
    from pathlib import Path


class JobDefinitionError(ConfigError):
    """A job definition that cannot be used; ``key`` is dotted, as in ``jobs.monthly.parts``."""

    def __init__(self, file: Path, line: int, key: str, why: str) -> None:
        super().__init__(_("{file}, line {line}: {key}: {why}", file=file, line=line, key=key, why=why))
