"""DuckDB as the engine: one connection to a snapshot, with the scoped views, shared views, then reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar
from warnings import catch_warnings, filterwarnings

from opttius_cli.engines.protocol import Engine, create_in_order
from opttius_cli.engines.stored_sales import build_stored_view, find_stored_sales
from opttius_cli.period import EARLIEST
from opttius_cli.privacy.masks import build_masked_columns, mask_values
from opttius_cli.scope import ScopedViews, limit_to_scope
from opttius_cli.snapshot.open import find_deferred_tables

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.engines.protocol import SharedView
    from opttius_cli.result import ColumnKind, Scope


@dataclass(slots=True)
class DuckEngine(Engine):
    """A connection to an open snapshot, limited to one scope and one instant."""

    con: duckdb.DuckDBPyConnection
    scoped: ScopedViews = field(init=False)
    stored: int | None = None
    """The number under which the snapshot holds the views of this scope and instant."""
    has_row_counts: bool = False
    finds_similar: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Begin without a scope: its views are created when it has been set."""
        self.scoped = ScopedViews(self.con)

    @property
    def local(self) -> duckdb.DuckDBPyConnection:
        """Return the connection itself: everything is on this machine."""
        return self.con

    @property
    def has_stored_sales(self) -> bool:
        """Return whether the snapshot holds the stored views of this scope and instant."""
        return self.stored is not None

    def set_scope(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables``, and limit it to ``scope``; ``rules`` are macros that its views use."""
        self.set_variables(variables)
        self.con.execute(rules)
        self.scoped = limit_to_scope(self.con, scope, find_deferred_tables(self.con))
        self.stored = find_stored_sales(self.con, scope, variables)

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Set variables that the views read."""
        for name, value in variables.items():
            self.con.execute(f"SET VARIABLE {name} = $1", [value])

    def create_shared_views(self, views: Sequence[SharedView]) -> None:
        """Create the shared views on the scoped ones, and materialize tables that several reports read."""
        create_in_order(self, views, self._create_view)

    def _create_view(self, view: SharedView) -> None:
        """Create one view; over the rows that the snapshot holds of it, when it is about all history."""
        if view.stored and self.stored is not None and view.orders_from in {None, EARLIEST}:
            self.con.execute(build_stored_view(view, self.stored))
        else:
            self.scoped.create_named_in(view.sql)
            self.con.execute(view.sql)

    def run_query(
        self,
        sql: str,
        parameters: Mapping[str, Any],
        *,
        masks: Mapping[str, str] | None = None,
        is_small: bool = False,
    ) -> pa.Table:
        """Run ``sql`` and return its rows; only the ``parameters`` that it names are bound.

        ``masks`` maps columns to the macros that mask them. ``is_small``: there are so few rows that planning
        takes longer than copying them.
        """
        self.scoped.create_named_in(sql)
        statement, bound = bind_parameters(self.con, _mask_columns(sql, masks or {}), parameters)
        if is_small:
            return self._run_small_query(statement, bound)
        return self.con.sql(statement, params=bound).to_arrow_table()

    def _run_small_query(self, statement: duckdb.Statement, bound: Mapping[str, Any]) -> pa.Table:
        """Run with one planning step; a relation would be planned twice, to describe it and to run it."""
        with catch_warnings():
            # DuckDB warns that the rows are copied, which costs nothing for few rows.
            filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
            return self.con.execute(statement, dict(bound)).to_arrow_table()

    def mask_values(self, values: Sequence[str | None], kind: ColumnKind) -> list[str | None]:
        """Mask ``values`` as in a column of ``kind``."""
        return mask_values(self.con, values, kind)

    def interrupt(self) -> None:
        """Stop the query that is running."""
        self.con.interrupt()

    def close(self) -> None:
        """Close the connection."""
        self.con.close()


def bind_parameters(
    con: duckdb.DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]
) -> tuple[duckdb.Statement, dict[str, Any]]:
    """Return the last statement of ``sql``, and the ``parameters`` that it names."""
    statement = con.extract_statements(sql)[-1]
    return statement, {name: parameters[name] for name in statement.named_parameters}


def _mask_columns(sql: str, masks: Mapping[str, str]) -> str:
    """Return ``sql`` with the columns of ``masks`` masked; rows and their order stay."""
    if not masks:
        return sql
    return f"SELECT {build_masked_columns(masks)} FROM (\n{sql.rstrip().removesuffix(';')}\n) AS answer"
