"""DuckDB as the engine: one connection on a snapshot, the scope's views, the base views, then report by report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _
from opttius_cli.scope import count_rows, enter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import duckdb
    import pyarrow as pa

    from opttius_cli.result import Scope


_TABLE_FUNCTIONS = {
    "unnest",
    "range",
    "generate_series",
    "days_between",
    "customer_facts_at",
    "customer_segments_at",
}
"""What a user's report may select from besides tables: nothing that opens files or names tables by text."""

_EVER = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Base:
    """A file of shared views, macros, or tables that are worked out once.

    ``since`` spares a table the orders made before it, which it does not look at.
    """

    sql: str
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

    def share(self, base: Sequence[Base]) -> None:
        """Make the shared views on the scoped ones, and the tables that the parts of an answer ask many times."""
        for file in base:
            self._set({"orders_from": file.since or _EVER})
            self.con.execute(file.sql)
        self._set({"orders_from": _EVER})
        count_rows(self.con)

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
                msg = f"{node.get('schema_name')}.{node.get('table_name')}"
                raise _outside(msg)
            if (
                node.get("type") == "TABLE_FUNCTION"
                and node["function"]["function_name"] not in _TABLE_FUNCTIONS
            ):
                msg = f"{node['function']['function_name']}()"
                raise _outside(msg)

    def _set(self, variables: Mapping[str, Any]) -> None:
        for name, value in variables.items():
            self.con.execute(f"SET VARIABLE {name} = $1", [value])


def _outside(name: str) -> NotAllowedError:
    return NotAllowedError(
        _(
            "A report sees the tables of its scope only, not {name}. Name a table without its schema.",
            name=name,
        )
    )


def _nodes(parsed: Any) -> Iterator[dict[str, Any]]:
    """Every object of a parsed statement."""
    if isinstance(parsed, dict):
        yield parsed
    for inner in parsed.values() if isinstance(parsed, dict) else parsed if isinstance(parsed, list) else ():
        yield from _nodes(inner)
