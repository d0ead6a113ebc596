"""The sandbox for SQL of a user's report: one SELECT on tables of its scope, checked on DuckDB's own parse.

The connection cannot read outside the snapshot or change settings. The snapshot also holds rows outside the
scope, so a report may neither name their tables nor ask DuckDB about them.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _
from opttius_cli.scope import SCOPED_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

_TABLE_FUNCTIONS = {
    "unnest",
    "range",
    "generate_series",
    "days_between",
    "customer_facts_at",
    "customer_segments_at",
    "segment_movement",
}
"""Table functions that a report may use: none that opens files or takes the name of a table as text."""

_SCOPE_TABLES = frozenset(table.name for table in SCOPED_TABLES) | {"branches", "scope_rows"}
"""The tables that every scope has views for."""

_QUERY_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_UNSAFE_FUNCTIONS = {"json_serialize_plan", "index_key", "get_block_size"}
_CATALOG_PREFIXES = ("pg_", "has_", "inet_", "duckdb_", "__internal")
_CLOCK_FUNCTIONS = {"make_timestamptz", "now", "today"}
"""Functions that DuckDB calls unstable, although they reveal nothing but the time."""


def parse_statement(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    """Parse the statement of a report with DuckDB. Raises NotAllowedError when it is not one SELECT."""
    parse = json.loads(con.execute("SELECT json_serialize_sql($1)", [sql]).fetchall()[0][0])
    if parse["error"] or len(parse["statements"]) != 1:
        raise NotAllowedError(_("A report must be one SELECT."))
    statement: dict[str, Any] = parse["statements"][0]
    return statement


def check_statement(
    con: duckdb.DuckDBPyConnection, statement: dict[str, Any], shared: frozenset[str]
) -> None:
    """Reject a statement that could leave its scope; it may also read the views in ``shared``.

    Raises:
        NotAllowedError: names what the statement may not use.
    """
    allowed = _SCOPE_TABLES | shared
    nodes = list(iter_nodes(statement))
    cte_names = {
        entry["key"].lower() for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]
    }
    for name in sorted(cte_names - allowed):
        # Outside the CTE's own query, the name would mean the table again.
        if _has_table(con, name):
            raise _build_outside_error(name)
    unstable = {str(node["function_name"]).lower() for node in nodes if "function_name" in node}
    for name in sorted(unstable & _find_unsafe_functions(con, unstable)):
        raise _build_outside_error(name + "()")
    for node in nodes:
        _check_node(con, node, allowed | cte_names)


def _check_node(con: duckdb.DuckDBPyConnection, node: dict[str, Any], allowed: frozenset[str]) -> None:
    kind = str(node.get("type"))
    if kind == "SHOW_REF" or (kind.endswith("_NODE") and kind not in _QUERY_NODES):
        raise NotAllowedError(_("A report must be one SELECT."))
    if kind == "BASE_TABLE":
        name = node["table_name"]
        path = node["qualified_name"]["path"]
        if len(path) > 1 or node.get("catalog_name") or node.get("schema_name"):
            raise _build_outside_error(".".join(path))
        if name.lower() not in allowed and _has_table(con, name.lower()):
            raise _build_outside_error(name)
    if kind == "TABLE_FUNCTION" and node["function"]["function_name"].lower() not in _TABLE_FUNCTIONS:
        raise _build_outside_error(node["function"]["function_name"] + "()")


def _find_unsafe_functions(con: duckdb.DuckDBPyConnection, names: set[str]) -> set[str]:
    """Return which of the functions ``names`` read the database's catalog or have side effects."""
    # Functions that are unstable for some argument types only (a range of times) depend on clock or zone.
    rows = con.execute(
        "SELECT lower(function_name) FROM duckdb_functions() WHERE lower(function_name) IN (SELECT unnest($1)) "
        "AND internal AND function_type = 'scalar' GROUP BY ALL HAVING bool_or(has_side_effects) "
        "OR bool_and(stability IS DISTINCT FROM 'CONSISTENT')",
        [sorted(names)],
    ).fetchall()
    unstable = {row[0] for row in rows} - _CLOCK_FUNCTIONS
    return unstable | {
        name for name in names if name in _UNSAFE_FUNCTIONS or name.startswith(_CATALOG_PREFIXES)
    }


def _has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Return whether a table or view of that name exists; if not, DuckDB itself reports it."""
    rows = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE lower(table_name) = $1 UNION ALL "
        "SELECT 1 FROM duckdb_views() WHERE lower(view_name) = $1",
        [name],
    ).fetchall()
    return bool(rows)


def _build_outside_error(name: str) -> NotAllowedError:
    return NotAllowedError(
        _(
            "A report sees the tables of its scope only, not {name}. Name a table without its schema.",
            name=name,
        )
    )


def iter_nodes(statement: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON object of a parsed statement."""
    if isinstance(statement, dict):
        yield statement
        for inner in statement.values():
            yield from iter_nodes(inner)
    elif isinstance(statement, list):
        for inner in statement:
            yield from iter_nodes(inner)
