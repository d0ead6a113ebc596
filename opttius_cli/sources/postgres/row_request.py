"""A request for rows of a live source: by which reader, and for which scope."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from opttius_cli.result import Scope
    from opttius_cli.sql import Connection

LOADED_OWNERS = "limited"
"""The manifest fact that lists the owners whose rows were loaded; without it, all rows were."""


@dataclass(frozen=True, slots=True)
class RowRequest:
    """The rows that are requested, and the reader who requests them.

    ``key`` distinguishes scopes by the names that were typed. ``resolve_scope`` finds the scope in a database
    that holds the directory, and raises an error for a wrong name; None requests every row. ``reader`` is the
    admin whose rights apply, if any.
    """

    key: str = ""
    resolve_scope: Callable[[Connection], Scope] | None = None
    reader: str | None = None
