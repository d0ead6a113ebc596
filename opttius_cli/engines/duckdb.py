"""DuckDB as the engine: one connection on a snapshot, the scope's views, the base views, then report by report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _
from opttius_cli.scope import enter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.result import Scope


_ALWAYS = {"order_facts", "work_order_facts"}
"""Views that every answer asks, if only for what it left out."""


_EVER = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Base:
    """A file of shared views or macros.

    ``materialised`` names its view when that is worth working out once, over orders made from ``since`` on.
    """

    sql: str
    materialised: str | None = None
    since: datetime | None = None


@dataclass(slots=True)
class DuckEngine:
    """An open snapshot, entered by one scope at one instant."""

    con: duckdb.DuckDBPyConnection

    def enter(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables`` and make the scoped views; ``rules`` are macros that they use."""
        self._set(variables)
        self.con.execute(rules)
        enter(self.con, scope)

    def share(self, base: Sequence[Base], used: Collection[str]) -> None:
        """Make the shared views on the scoped ones; those that every answer asks, or are ``used``, worked out once.

        While one is worked out, ``orders_from`` spares it the orders that it does not look at; afterwards
        every view sees all of them.
        """
        self.con.execute("\n".join(file.sql for file in base))
        if "scope_rows" in used:
            self._materialise("scope_rows")
        for file in base:
            if file.materialised and (file.materialised in used or file.materialised in _ALWAYS):
                self._set({"orders_from": file.since})
                self._materialise(file.materialised)
        self._set({"orders_from": _EVER})

    def run(self, sql: str, parameters: Mapping[str, Any], *, guarded: bool = False) -> pa.Table:
        """The rows that ``sql`` selects; of ``parameters`` those are bound that it names.

        Raises:
            NotAllowedError: ``guarded`` SQL that is not one SELECT on the scope's views.
        """
        if guarded:
            self._guard(sql)
        names = self.con.extract_statements(sql)[-1].named_parameters
        return self.con.sql(sql, params={name: parameters[name] for name in names}).to_arrow_table()

    def _guard(self, sql: str) -> None:
        """Refuse what is not one SELECT, or names a table by its schema: the rows of others lie there."""
        parsed = json.loads(self.con.execute("SELECT json_serialize_sql($1)", [sql]).fetchall()[0][0])
        if parsed["error"] or len(parsed["statements"]) != 1:
            raise NotAllowedError(_("A report must be one SELECT."))
        for node in _nodes(parsed):
            if node.get("type") == "BASE_TABLE" and (node.get("schema_name") or node.get("catalog_name")):
                name = f"{node.get('schema_name')}.{node.get('table_name')}"
                raise NotAllowedError(
                    _("A report sees the tables of its scope only, not {name}. Name the table without a schema.",
                      name=name)
                )

    def _set(self, variables: Mapping[str, Any]) -> None:
        for name, value in variables.items():
            self.con.execute(f"SET VARIABLE {name} = $1", [value])

    def _materialise(self, view: str) -> None:
        """Work a view out once: the parts of an answer ask it many times."""
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE {view}_rows AS FROM {view}")
        self.con.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS FROM {view}_rows")


def _nodes(parsed: Any) -> Iterator[dict[str, Any]]:
    """Every object of a parsed statement."""
    if isinstance(parsed, dict):
        yield parsed
    for inner in parsed.values() if isinstance(parsed, dict) else parsed if isinstance(parsed, list) else ():
        yield from _nodes(inner)
