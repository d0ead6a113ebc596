"""The commands that a screen prints: they speak of the rows that it shows, so they repeat what was asked for."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from opttius_cli.i18n import _

if TYPE_CHECKING:
    from opttius_cli.result import Answer


def build_command(answer: Answer, *words: str, has_period: bool = False) -> str:
    """Return a command about the answer's own branches, and about its period where ``has_period``."""
    scope = answer.header.scope
    branches = () if scope.whole_organization else scope.branches
    options = [word for branch in branches for word in ("-b", branch.code or branch.id)]
    period = answer.typed_options.period if has_period else ()
    return shlex.join(["opttius", *words, *options, *period])


def describe_common_options(answer: Answer) -> str:
    """Say which options every printed command needs besides its own; empty where the settings hold them all."""
    options = answer.typed_options.common
    return _("Add to each: {options}", options=shlex.join(options)) if options else ""
