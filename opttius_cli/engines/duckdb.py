"""DuckDB as the engine: one connection on a snapshot, the scope's views, the base views, then report by report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opttius_cli.scope import enter

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.result import Scope


@dataclass(frozen=True, slots=True)
class Base:
    """A file of shared views or macros. ``materialised`` names its view when it is worth working out once."""

    sql: str
    materialised: str | None = None


@dataclass(slots=True)
class DuckEngine:
    """An open snapshot, entered by one scope at one instant."""

    con: duckdb.DuckDBPyConnection

    def enter(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables`` and make the scoped views; ``rules`` are macros that they use."""
        self._set(variables)
        self.con.execute(rules)
        enter(self.con, scope)

    def share(self, base: Sequence[Base], variables: Mapping[str, Any]) -> None:
        """Make the shared views on the scoped ones, with the ``variables`` that they alone ask for."""
        self._set(variables)
        for file in base:
            self.con.execute(file.sql)
            if file.materialised:
                self._materialise(file.materialised)

    def run(self, sql: str, parameters: Mapping[str, Any]) -> pa.Table:
        """The rows that ``sql`` selects; of ``parameters`` those are bound that it names."""
        names = self.con.extract_statements(sql)[-1].named_parameters
        return self.con.sql(sql, params={name: parameters[name] for name in names}).to_arrow_table()

    def _set(self, variables: Mapping[str, Any]) -> None:
        for name, value in variables.items():
            self.con.execute(f"SET VARIABLE {name} = $1", [value])

    def _materialise(self, view: str) -> None:
        """Work a view out once: the parts of an answer ask it many times."""
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {view}_rows AS FROM {view}")
        self.con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS FROM {view}_rows")
