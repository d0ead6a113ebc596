"""Spark Connect as the engine: the same views and reports as DuckDB's, run on a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from opttius_cli.engines.protocol import Engine, create_in_order
from opttius_cli.engines.spark.cluster import connect
from opttius_cli.engines.spark.connection import SparkConnection
from opttius_cli.engines.spark.lake_tables import LakeTables, create_tables
from opttius_cli.privacy.masks import build_masked_columns, mask_values
from opttius_cli.scope import ScopedViews, limit_to_scope
from opttius_cli.snapshot.open import READER_LIMITS, connect_in_memory, find_deferred_tables, lock_connection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.engines.protocol import SharedView
    from opttius_cli.result import ColumnKind, Scope
    from opttius_cli.snapshot.lake import Lake


@dataclass(slots=True)
class SparkEngine(Engine):
    """A session on a cluster and a lake, limited to one scope and one instant."""

    con: SparkConnection
    scoped: ScopedViews = field(init=False)
    has_row_counts: bool = False
    finds_similar: ClassVar[bool] = False
    has_stored_sales: ClassVar[bool] = False

    def __post_init__(self) -> None:
        """Begin without a scope: its views are created when it has been set."""
        self.scoped = ScopedViews(self.con)

    @property
    def local(self) -> duckdb.DuckDBPyConnection:
        """Return the connection of the client, which has the small tables of the lake."""
        return self.con.local

    def set_scope(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables``, and limit it to ``scope``; ``rules`` are macros that its views use."""
        self.set_variables(variables)
        self.local.execute(rules)
        self.con.execute(rules)
        self.scoped = limit_to_scope(self.con, scope, find_deferred_tables(self.local))

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Set variables that the views read."""
        self.con.set_variables(variables)

    def create_shared_views(self, views: Sequence[SharedView]) -> None:
        """Create the shared views on the scoped ones."""
        create_in_order(self, views, self._create_view)

    def _create_view(self, view: SharedView) -> None:
        self.scoped.create_named_in(view.sql)
        self.con.execute(view.sql)

    def run_query(
        self,
        sql: str,
        parameters: Mapping[str, Any],
        *,
        masks: Mapping[str, str] | None = None,
        is_small: bool = False,  # noqa: ARG002 - every query is planned on the cluster
    ) -> pa.Table:
        """Run ``sql`` and return its rows; ``masks`` are the macros that mask some of its columns."""
        self.scoped.create_named_in(sql)
        table = self.con.execute(sql, parameters).table
        return self._mask_columns(table, masks) if masks else table

    def _mask_columns(self, table: pa.Table, masks: Mapping[str, str]) -> pa.Table:
        """Return ``table`` with the columns of ``masks`` masked, by DuckDB: the rules are its regular expressions."""
        self.local.register("answer", table)
        try:
            return self.local.sql(f"SELECT {build_masked_columns(masks)} FROM answer").to_arrow_table()
        finally:
            self.local.unregister("answer")

    def mask_values(self, values: Sequence[str | None], kind: ColumnKind) -> list[str | None]:
        """Mask ``values`` as in a column of ``kind``."""
        return mask_values(self.local, values, kind)

    def interrupt(self) -> None:
        """Stop what is running, on the client and on the cluster."""
        self.con.interrupt()

    def close(self) -> None:
        """Close the connections of the client and to the cluster."""
        self.con.close()


def open_engine(lake: Lake, address: str) -> SparkEngine:
    """Open ``lake`` on the cluster at ``address``; its small tables are read here.

    Raises:
        ClusterError: the cluster cannot be reached.
    """
    cluster = connect(address)
    local = connect_in_memory(READER_LIMITS)
    local.execute("SET TimeZone = 'UTC'")
    create_tables(local, lake)
    lock_connection(local)
    return SparkEngine(SparkConnection(local, cluster, LakeTables(lake)))
