"""Engines that run the SQL of reports and return Arrow tables: a small Protocol, DuckDB and Spark behind it.

Whoever needs an engine opens it here, and knows it by :class:`opttius_cli.engines.protocol.Engine` only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from opttius_cli.engines.protocol import Engine
    from opttius_cli.snapshot.lake import Lake


def open_on_snapshot(con: DuckDBPyConnection) -> Engine:
    """Return an engine on the snapshot that is open in ``con``."""
    from opttius_cli.engines.duckdb import DuckEngine

    con.execute("SET TimeZone = 'UTC'")
    return DuckEngine(con)


def open_without_rows() -> Engine:
    """Open an engine on a snapshot that has every table and no row."""
    from opttius_cli.snapshot.build import build_empty_snapshot
    from opttius_cli.snapshot.open import ResourceLimits, connect_in_memory

    con = connect_in_memory(ResourceLimits())
    engine = open_on_snapshot(con)
    build_empty_snapshot(con)
    return engine


def open_on_lake(lake: Lake, address: str) -> Engine:
    """Open ``lake`` on the cluster at ``address``.

    Raises:
        MissingExtraError: the packages of the extra ``spark`` are not installed.
        ClusterError: the cluster cannot be reached.
    """
    from opttius_cli.engines.spark import open_engine

    return open_engine(lake, address)
