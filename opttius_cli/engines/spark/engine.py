"""Spark Connect as the engine: the same views and reports as DuckDB's, run on a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from opttius_cli.engines.explained_rows import build_fill_sql
from opttius_cli.engines.protocol import Engine
from opttius_cli.engines.spark.cluster import connect
from opttius_cli.engines.spark.connection import SparkConnection
from opttius_cli.engines.spark.lake_tables import LakeTables, create_tables
from opttius_cli.period import EARLIEST
from opttius_cli.privacy.masks import mask_values
from opttius_cli.scope import create_row_counts, create_scoped_views, fill_unseen_rows
from opttius_cli.snapshot.open import READER_LIMITS, connect_duckdb, lock_connection
from opttius_cli.sql import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pyarrow as pa

    from opttius_cli.engines.explained_rows import RowSelection
    from opttius_cli.engines.protocol import SharedView
    from opttius_cli.result import ColumnKind, Scope
    from opttius_cli.snapshot.lake import Lake


@dataclass(slots=True)
class SparkEngine(Engine):
    """A session on a cluster and a lake, limited to one scope and one instant."""

    con: SparkConnection
    finds_similar: ClassVar[bool] = False

    def set_scope(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables`` and create the scoped views; ``rules`` are macros that they use."""
        self.set_variables(variables)
        self.con.local.execute(rules)
        self.con.execute(rules)
        create_scoped_views(self.con, scope)

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Set variables that the views read."""
        self.con.set_variables(variables)

    def fill_explained(self, selection: RowSelection) -> None:
        """Replace the rows of ``explained`` by those behind a figure, each with the step at which it left."""
        statement, values = build_fill_sql(selection)
        self.con.execute("DELETE FROM explained")
        self.con.execute(statement, values)

    def fill_unseen_rows(self) -> None:
        """Put the rows that findings count and no view shows into ``unseen_rows``."""
        fill_unseen_rows(self.con)

    def create_shared_views(self, views: Sequence[SharedView]) -> None:
        """Create the shared views on the scoped ones."""
        start = None
        for view in views:
            if start != (start := view.orders_from or EARLIEST):
                self.set_variables({"orders_from": start})
            self.con.execute(view.sql)
        self.set_variables({"orders_from": EARLIEST})
        create_row_counts(self.con)

    def run_query(
        self,
        sql: str,
        parameters: Mapping[str, Any],
        *,
        masks: Mapping[str, str] | None = None,
        is_small: bool = False,  # noqa: ARG002 - every query is planned on the cluster
    ) -> pa.Table:
        """Run ``sql`` and return its rows; ``masks`` are the macros that mask some of its columns."""
        table = self.con.execute(sql, parameters).table
        return self._mask_columns(table, masks) if masks else table

    def _mask_columns(self, table: pa.Table, masks: Mapping[str, str]) -> pa.Table:
        """Return ``table`` with the columns of ``masks`` masked, by DuckDB: the rules are its regular expressions."""
        names = {name: quote_identifier(name) for name in masks}
        masked = ", ".join(f"{macro}({names[name]}) AS {names[name]}" for name, macro in masks.items())
        self.con.local.register("answer", table)
        try:
            return self.con.local.sql(f"SELECT * REPLACE ({masked}) FROM answer").to_arrow_table()
        finally:
            self.con.local.unregister("answer")

    def mask_values(self, values: Sequence[str | None], kind: ColumnKind) -> list[str | None]:
        """Mask ``values`` as in a column of ``kind``."""
        return mask_values(self.con.local, values, kind)

    def interrupt(self) -> None:
        """Stop what is running, on the client and on the cluster."""
        self.con.interrupt()


def open_engine(lake: Lake, address: str) -> SparkEngine:
    """Open ``lake`` on the cluster at ``address``; its small tables are read here.

    Raises:
        MissingExtraError: the packages of the extra ``spark`` are not installed.
        ClusterError: the cluster cannot be reached.
    """
    cluster = connect(address)
    local = connect_duckdb(Path(":memory:"), READER_LIMITS)
    local.execute("SET TimeZone = 'UTC'")
    create_tables(local, lake)
    lock_connection(local)
    return SparkEngine(SparkConnection(local, cluster, LakeTables(lake)))
