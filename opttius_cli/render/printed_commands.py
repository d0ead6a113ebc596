"""The commands that a screen prints: they speak of the rows that it shows, so they repeat what was asked for."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opttius_cli.result import Answer


def build_command(answer: Answer, *words: str, has_period: bool = False) -> str:
    """Return a command about the answer's own branches, and about its period where ``has_period``."""
    scope = answer.header.scope
    branches = () if scope.whole_organization else scope.branches
    options = [word for branch in branches for word in ("-b", branch.code or branch.id)]
    period = answer.period_options if has_period else ()
    return shlex.join(["opttius", *words, *options, *period])


def list_common_options(answer: Answer) -> list[str]:
    """Return which options every printed command needs besides its own, each with its value."""
    words = answer.common_options
    return [shlex.join(words[place : place + 2]) for place in range(0, len(words), 2)]
