"""A finding of a check: the step, its state, a message and a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from opttius_cli.i18n import N_

if TYPE_CHECKING:
    from collections.abc import Callable


class State(StrEnum):
    """How a step went. Only FAILED means that the source cannot be used."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"
    SKIPPED = "skipped"


STEPS = {
    "source": N_("Source"),
    "address": N_("Address"),
    "name": N_("Name"),
    "port": N_("Port"),
    "encryption": N_("Encryption"),
    "login": N_("Login"),
    "read_only": N_("Read only"),
    "schema": N_("Schema"),
    "tables": N_("Tables"),
    "columns": N_("Columns"),
    "privileges": N_("Privileges"),
    "row_security": N_("Row security"),
    "rows": N_("Rows"),
    "freshness": N_("Freshness"),
    "clock": N_("Clock"),
    "pooler": N_("Pooler"),
}
"""The label of every step by its key in JSON, in the order of the checks."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a step (a key of :data:`STEPS`), and what to do about it."""

    step: str
    state: State
    message: str
    remedy: str = ""


if TYPE_CHECKING:
    OnFinding = Callable[[Finding], None]
