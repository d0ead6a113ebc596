"""DuckDB as the engine: one connection on a snapshot, the scope's views, the base views, then report by report."""

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
    """A file of shared views, macros, or tables that are worked out once.

    ``since`` spares a table the orders made before it, which it does not look at. ``inner``: it holds more than a
    scope may be told, and only other views are made of it.
    """

    name: str
    sql: str
    since: datetime | None = None
    inner: bool = False


@dataclass(slots=True)
class DuckEngine:
    """An open snapshot, entered by one scope at one instant."""

    con: duckdb.DuckDBPyConnection
    shared: frozenset[str] = frozenset()
    report_seconds: float = 60

    def enter(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables`` and make the scoped views; ``rules`` are macros that they use."""
        self._set(variables)
        self.con.execute(rules)
        enter(self.con, scope)

    def share(self, base: Sequence[Base]) -> None:
        """Make the shared views on the scoped ones, and the tables that the parts of an answer ask many times."""
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
        """The rows that ``sql`` selects; of ``parameters`` those are bound that it names.

        ``few``: there are so few of them that planning takes longer than copying them.

        Raises:
            NotAllowedError: SQL of a report ``users`` own that is not one SELECT on the scope's views.
            ReportError: such SQL that cannot be run.
            LimitError: such SQL that takes too long.
            MemoryNeededError: it does not fit the memory it may use.
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
        """A few rows: planned once, where a relation is planned to be described, and again to be run."""
        with catch_warnings():
            # A copy of the rows is made, of which DuckDB warns: of few rows it costs nothing.
            filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)
            return self.con.execute(statement, dict(bound)).to_arrow_table()

    def personal(self, sql: str, names: Sequence[str]) -> dict[str, Kind]:
        """Of the columns ``names`` that a user's ``sql`` gives, those that carry personal data, with their kind."""
        from opttius_cli.engines.provenance import personal

        return personal(guard.parsed(self.con, sql), names)

    def _run_users(self, sql: str, parameters: Mapping[str, Any], report: str) -> pa.Table:
        """The rows of a report that nobody of this project wrote: guarded, within limits, its errors told."""
        import duckdb
        import pyarrow as pa

        guard.check(self.con, guard.parsed(self.con, sql), self.shared)
        try:
            with within(self.con, self.report_seconds):
                return rows_of(self.con, *self._bound(sql, parameters))
        except KeyError as error:
            raise ReportError(report, _("there is no parameter {name}.", name=f"${error.args[0]}")) from error
        except (duckdb.Error, pa.ArrowException, OSError, RuntimeError) as error:
            # While rows stream, what DuckDB says comes as an error of Arrow's.
            if is_interruption(error):
                raise
            if "out of memory" in str(error).lower():
                raise MemoryNeededError from error
            raise ReportError(report, _told(error)) from error

    def _bound(self, sql: str, parameters: Mapping[str, Any]) -> tuple[duckdb.Statement, dict[str, Any]]:
        """The statement that ``sql`` is, and those of the ``parameters`` that it names."""
        statement = self.con.extract_statements(sql)[-1]
        return statement, {name: parameters[name] for name in statement.named_parameters}

    def _set(self, variables: Mapping[str, Any]) -> None:
        for name, value in variables.items():
            self.con.execute(f"SET VARIABLE {name} = $1", [value])


def _told(error: Exception) -> str:
    """What DuckDB says is wrong with SQL. What it says of a value that does not fit would show that value."""
    import duckdb

    if isinstance(error, (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)):
        return str(error).splitlines()[0]
    return _(
        "a value of the data does not fit what the SQL does with it ({kind}).", kind=type(error).__name__
    )
