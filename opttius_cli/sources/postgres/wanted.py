"""Who asks a live source for rows, and for whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import duckdb

    from opttius_cli.result import Scope

LIMITED = "limited"
"""The fact of a manifest that lists the owners whose rows were loaded; without it, those of all were."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows that are asked for, and by whom.

    ``key`` tells one scope from another by the names under which it was asked for; ``find`` finds it in a
    database that holds the directory (and raises what is wrong with those names). ``reader`` is whose rights
    apply, when they are somebody's. None for ``find`` asks for every row.
    """

    key: str = ""
    find: Callable[[duckdb.DuckDBPyConnection], Scope] | None = None
    reader: str | None = None
