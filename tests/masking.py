"""The masks as an engine has them, for tests of what is shown of a value."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import duckdb

from opttius_cli.engines.duckdb import DuckEngine
from opttius_cli.privacy.masks import read_macros

if TYPE_CHECKING:
    from opttius_cli.result import ColumnKind


@cache
def engine() -> DuckEngine:
    """An engine without tables, which has the masks."""
    con = duckdb.connect()
    con.execute(read_macros())
    return DuckEngine(con)


def mask_value(value: str | None, kind: ColumnKind) -> str | None:
    """One value as a column of ``kind`` shows it."""
    return engine().mask_values([value], kind)[0]
