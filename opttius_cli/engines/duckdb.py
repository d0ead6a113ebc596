"""DuckDB as the engine: one connection to a snapshot, with the scoped views, shared views, then reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, filterwarnings

from opttius_cli.diagnostics import is_interruption
from opttius_cli.engines import sandbox
from opttius_cli.engines.explained_rows import build_fill_sql
from opttius_cli.engines.limits import fetch_bounded, time_limit
from opttius_cli.engines.protocol import Engine
from opttius_cli.errors import InvalidReportError, OutOfMemoryError
from opttius_cli.i18n import _
from opttius_cli.period import EARLIEST
from opttius_cli.scope import create_row_counts, create_scoped_views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.engines.explained_rows import RowSelection
    from opttius_cli.engines.protocol import SharedView
    from opttius_cli.result import ColumnKind, Scope


@dataclass(slots=True)
class DuckEngine(Engine):
    """A connection to an open snapshot, limited to one scope and one instant."""

    con: duckdb.DuckDBPyConnection
    shared_names: frozenset[str] = frozenset()
    time_limit_seconds: float = 60

    def set_scope(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables`` and create the scoped views; ``rules`` are macros that they use."""
        self.set_variables(variables)
        self.con.execute(rules)
        create_scoped_views(self.con, scope)

    def set_variables(self, variables: Mapping[str, Any]) -> None:
        """Set variables that the views read."""
        for name, value in variables.items():
            self.con.execute(f"SET VARIABLE {name} = $1", [value])

    def fill_explained(self, selection: RowSelection) -> None:
        """Put the rows behind a figure into ``explained``, each with the step at which it left."""
        statement, values = build_fill_sql(selection)
        self.con.execute(statement, values)

    def create_shared_views(self, views: Sequence[SharedView]) -> None:
        """Create the shared views on the scoped ones, and materialize tables that several reports read."""
        start = None
        for view in views:
            if start != (start := view.orders_from or EARLIEST):
                self.set_variables({"orders_from": start})
            self.con.execute(view.sql)
        self.set_variables({"orders_from": EARLIEST})
        create_row_counts(self.con)
        self.shared_names = frozenset(view.name for view in views if not view.internal)

    def run_query(
        self,
        sql: str,
        parameters: Mapping[str, Any],
        *,
        user_report: str | None = None,
        is_small: bool = False,
    ) -> pa.Table:
        """Run ``sql`` and return its rows; only the ``parameters`` that it names are bound.

        ``is_small``: there are so few rows that planning takes longer than copying them. ``user_report`` is the
        name of a user's own report; its SQL is checked and limited.

        Raises:
            NotAllowedError: SQL of a user's report that is not one SELECT on the scope's views.
            InvalidReportError: such SQL that cannot be run.
            TimeLimitError: such SQL that takes too long.
            OutOfMemoryError: it needs more memory than it may use.
        """
        import duckdb

        if user_report:
            return self._run_user_query(sql, parameters, user_report)
        try:
            statement, bound = self._bind_parameters(sql, parameters)
            if is_small:
                return self._run_small_query(statement, bound)
            return self.con.sql(statement, params=bound).to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise OutOfMemoryError from error

    def _run_small_query(self, statement: duckdb.Statement, bound: Mapping[str, Any]) -> pa.Table:
        """Run with one planning step; a relation would be planned twice, to describe it and to run it."""
        with catch_warnings():
            # DuckDB warns that the rows are copied, which costs nothing for few rows.
            filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
            return self.con.execute(statement, dict(bound)).to_arrow_table()

    def find_personal_columns(self, sql: str, names: Sequence[str]) -> dict[str, ColumnKind]:
        """Return which of the columns ``names`` of a user's ``sql`` carry personal data, with their kind."""
        from opttius_cli.engines.lineage import find_personal_columns

        return find_personal_columns(sandbox.parse_statement(self.con, sql), names)

    def interrupt(self) -> None:
        """Stop the query that is running."""
        self.con.interrupt()

    def _run_user_query(self, sql: str, parameters: Mapping[str, Any], report: str) -> pa.Table:
        """Run a user's own report: checked, limited in time and memory, with its errors explained."""
        import duckdb
        import pyarrow as pa

        sandbox.check_statement(self.con, sandbox.parse_statement(self.con, sql), self.shared_names)
        try:
            with time_limit(self, self.time_limit_seconds):
                return fetch_bounded(self.con, *self._bind_parameters(sql, parameters))
        except KeyError as error:
            raise InvalidReportError(
                report, _("there is no parameter {name}.", name=f"${error.args[0]}")
            ) from error
        except (duckdb.Error, pa.ArrowException, OSError, RuntimeError) as error:
            # While rows are streamed, DuckDB's errors arrive as errors of Arrow.
            if is_interruption(error):
                raise
            if "out of memory" in str(error).lower():
                raise OutOfMemoryError from error
            raise InvalidReportError(report, _describe_error(error)) from error

    def _bind_parameters(
        self, sql: str, parameters: Mapping[str, Any]
    ) -> tuple[duckdb.Statement, dict[str, Any]]:
        """Return the statement of ``sql``, and the ``parameters`` that it names."""
        statement = self.con.extract_statements(sql)[-1]
        return statement, {name: parameters[name] for name in statement.named_parameters}


def _describe_error(error: Exception) -> str:
    """Return DuckDB's message about wrong SQL; messages about values are hidden, as they show the value."""
    import duckdb

    if isinstance(error, (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)):
        return str(error).splitlines()[0]
    return _("the SQL fails on a value of the data ({kind}).", kind=type(error).__name__)
