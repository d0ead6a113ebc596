"""DuckDB as the engine: one connection to a snapshot, with the scoped views, shared views, then reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, filterwarnings

from opttius_cli.diagnostics import is_interruption
from opttius_cli.engines import guard
from opttius_cli.engines.limits import rows_of, within
from opttius_cli.errors import MemoryNeededError, ReportError
from opttius_cli.i18n import _
from opttius_cli.period import EVER
from opttius_cli.scope import count_rows, enter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import duckdb
    import pyarrow as pa

    from opttius_cli.result import Kind, Scope


@dataclass(frozen=True, slots=True)
class Base:
    """A file of shared views, macros or materialized tables.

    A materialized table reads no orders before ``since``. ``inner``: it holds more than a scope may see, so
    only other views may read it.
    """

    name: str
    sql: str
    since: datetime | None = None
    inner: bool = False


@dataclass(slots=True)
class DuckEngine:
    """A connection to an open snapshot, limited to one scope and one instant."""

    con: duckdb.DuckDBPyConnection
    shared: frozenset[str] = frozenset()
    report_seconds: float = 60

    def enter(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables`` and create the scoped views; ``rules`` are macros that they use."""
        self._set(variables)
        self.con.execute(rules)
        enter(self.con, scope)

    def share(self, base: Sequence[Base]) -> None:
        """Create the shared views on the scoped ones, and materialize tables that several reports read."""
        since = None
        for file in base:
            if since != (since := file.since or EVER):
                self._set({"orders_from": since})
            self.con.execute(file.sql)
        self._set({"orders_from": EVER})
        count_rows(self.con)
        self.shared = frozenset(file.name for file in base if not file.inner)

    def run(
        self, sql: str, parameters: Mapping[str, Any], *, users: str | None = None, few: bool = False
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

        if users:
            return self._run_users(sql, parameters, users)
        try:
            statement, bound = self._bound(sql, parameters)
            if few:
                return self._few(statement, bound)
            return self.con.sql(statement, params=bound).to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise MemoryNeededError from error

    def _few(self, statement: duckdb.Statement, bound: Mapping[str, Any]) -> pa.Table:
        """Run with one planning step; a relation would be planned twice, to describe it and to run it."""
        with catch_warnings():
            # DuckDB warns that the rows are copied, which costs nothing for few rows.
            filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
            return self.con.execute(statement, dict(bound)).to_arrow_table()

    def personal(self, sql: str, names: Sequence[str]) -> dict[str, Kind]:
        """Return which of the columns ``names`` of a user's ``sql`` carry personal data, with their kind."""
        from opttius_cli.engines.provenance import personal

        return personal(guard.parsed(self.con, sql), names)

    def _run_users(self, sql: str, parameters: Mapping[str, Any], report: str) -> pa.Table:
        """Run a user's own report: checked, limited in time and memory, with its errors explained."""
        import duckdb
        import pyarrow as pa

        guard.check(self.con, guard.parsed(self.con, sql), self.shared)
        try:
            with within(self.con, self.report_seconds):
                return rows_of(self.con, *self._bound(sql, parameters))
        except KeyError as error:
            raise ReportError(report, _("there is no parameter {name}.", name=f"${error.args[0]}")) from error
        except (duckdb.Error, pa.ArrowException, OSError, RuntimeError) as error:
            # While rows are streamed, DuckDB's errors arrive as errors of Arrow.
            if is_interruption(error):
                raise
            if "out of memory" in str(error).lower():
                raise MemoryNeededError from error
            raise ReportError(report, _told(error)) from error

    def _bound(self, sql: str, parameters: Mapping[str, Any]) -> tuple[duckdb.Statement, dict[str, Any]]:
        """Return the statement of ``sql``, and the ``parameters`` that it names."""
        statement = self.con.extract_statements(sql)[-1]
        return statement, {name: parameters[name] for name in statement.named_parameters}

    def _set(self, variables: Mapping[str, Any]) -> None:
        for name, value in variables.items():
            self.con.execute(f"SET VARIABLE {name} = $1", [value])


def _told(error: Exception) -> str:
    """Return DuckDB's message about wrong SQL; messages about values are hidden, as they show the value."""
    import duckdb

    if isinstance(error, (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)):
        return str(error).splitlines()[0]
    return _("the SQL fails on a value of the data ({kind}).", kind=type(error).__name__)
