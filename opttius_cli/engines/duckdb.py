"""DuckDB as the engine: one connection on a snapshot, the scope's views, the base views, then report by report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import MemoryNeededError, NotAllowedError, ReportError
from opttius_cli.i18n import _
from opttius_cli.period import EVER
from opttius_cli.scope import SCOPED, count_rows, enter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

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
    "segment_movement",
}
"""What a user's report may select from besides tables: nothing that opens files or names tables by text."""

_TABLES = frozenset(table.name for table in SCOPED) | {"branches", "scope_rows"}
"""The tables that every scope has views of."""


@dataclass(frozen=True, slots=True)
class Base:
    """A file of shared views, macros, or tables that are worked out once.

    ``since`` spares a table the orders made before it, which it does not look at.
    """

    name: str
    sql: str
    since: datetime | None = None


@dataclass(slots=True)
class DuckEngine:
    """An open snapshot, entered by one scope at one instant."""

    con: duckdb.DuckDBPyConnection
    shared: frozenset[str] = frozenset()

    def enter(self, scope: Scope, variables: Mapping[str, Any], rules: str) -> None:
        """Set the session's ``variables`` and make the scoped views; ``rules`` are macros that they use."""
        self._set(variables)
        self.con.execute(rules)
        enter(self.con, scope)

    def share(self, base: Sequence[Base]) -> None:
        """Make the shared views on the scoped ones, and the tables that the parts of an answer ask many times."""
        for file in base:
            self._set({"orders_from": file.since or EVER})
            self.con.execute(file.sql)
        self._set({"orders_from": EVER})
        count_rows(self.con)
        self.shared = frozenset(file.name for file in base)

    def run(self, sql: str, parameters: Mapping[str, Any], *, users: str | None = None) -> pa.Table:
        """The rows that ``sql`` selects; of ``parameters`` those are bound that it names.

        Raises:
            NotAllowedError: SQL of a report ``users`` own that is not one SELECT on the scope's views.
            ReportError: such SQL that cannot be run.
            MemoryNeededError: it does not fit the memory it may use.
        """
        if users:
            self._guard(sql)
        import duckdb

        try:
            names = self.con.extract_statements(sql)[-1].named_parameters
            return self.con.sql(sql, params={name: parameters[name] for name in names}).to_arrow_table()
        except duckdb.OutOfMemoryException as error:
            raise MemoryNeededError from error
        except (duckdb.Error, KeyError) as error:
            if not users:
                raise
            raise ReportError(users, str(error).splitlines()[0]) from error

    def _guard(self, sql: str) -> None:
        """Refuse what is not one SELECT, or names a table by its schema: the rows of others lie there."""
        parsed = json.loads(self.con.execute("SELECT json_serialize_sql($1)", [sql]).fetchall()[0][0])
        if parsed["error"] or len(parsed["statements"]) != 1:
            raise NotAllowedError(_("A report must be one SELECT."))
        nodes = list(_nodes(parsed))
        named = {entry["key"] for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]}
        for node in nodes:
            if node.get("type") == "BASE_TABLE":
                outside = node.get("schema_name") or node.get("catalog_name")
                if outside or (
                    node["table_name"] not in named | _TABLES | self.shared
                    and self._holds(node["table_name"])
                ):
                    raise _outside(".".join(part for part in (outside, node["table_name"]) if part))
            if (
                node.get("type") == "TABLE_FUNCTION"
                and node["function"]["function_name"] not in _TABLE_FUNCTIONS
            ):
                raise _outside(node["function"]["function_name"] + "()")

    def _holds(self, name: str) -> bool:
        """Whether there is a table or view of that name at all; where there is none, DuckDB itself says so."""
        rows = self.con.execute(
            "SELECT 1 FROM duckdb_tables() WHERE table_name = $1 UNION ALL "
            "SELECT 1 FROM duckdb_views() WHERE view_name = $1",
            [name.lower()],
        ).fetchall()
        return bool(rows)

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
