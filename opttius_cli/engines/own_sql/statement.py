"""The statement of a user's SQL: one SELECT on names of its scope, checked on DuckDB's own parse.

The snapshot also holds rows outside the scope, and the session plain views of those inside. So a statement may
name only what it is shown, and may not ask DuckDB about anything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opttius_cli.errors import NotAllowedError
from opttius_cli.i18n import _
from opttius_cli.name_matching import suggest_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import duckdb

TABLE_MACROS = frozenset({"customer_facts_at", "customer_segments_at", "segment_movement"})
"""Table macros of sql/base that a statement may use."""

MACRO_TABLES = frozenset({"customer_sums", "customers", "purchases"})
"""The tables that these macros read by their names, so that they read the masked ones."""

_MACRO_COLUMNS = frozenset({"id", "customer_id"})
"""The columns of these tables by which the macros join them."""

_TABLE_FUNCTIONS = TABLE_MACROS | {"unnest", "range", "generate_series", "days_between"}
"""Table functions that a statement may use: none that opens files or takes the name of a table as text."""

_QUERY_NODES = {"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"}
_UNSAFE_FUNCTIONS = {"json_serialize_plan", "index_key", "get_block_size", "is_held"}
_CATALOG_PREFIXES = ("pg_", "has_", "inet_", "duckdb_", "__internal")
_CLOCK_FUNCTIONS = {"make_timestamptz", "now", "today"}
"""Functions that DuckDB calls unstable, although they reveal nothing but the time."""

_WHOLE_ROW_NODES = {"STAR", "PIVOT"}


class InvalidStatementError(Exception):
    """SQL that cannot be read, or names what does not exist; its text may be shown.

    ``name`` is what is wrong in it, ``position`` how many bytes stand before that, where it is known.
    """

    def __init__(self, why: str, name: str = "", position: int | None = None) -> None:
        super().__init__(why)
        self.name, self.position = name, position


@dataclass(frozen=True, slots=True)
class Statement:
    """A checked statement: its text as DuckDB writes it, and what it names.

    ``words`` are all texts in it, in lower case, so that every name is among them. ``names_all``: it may read
    columns that it does not name. ``calls_macros``: it uses a table macro.
    """

    text: str
    tables: frozenset[str]
    words: frozenset[str]
    names_all: bool
    calls_macros: bool

    def may_read(self, column: str) -> bool:
        """Return whether the statement may read a column of that name."""
        return (
            self.names_all or column.lower() in self.words or (self.calls_macros and column in _MACRO_COLUMNS)
        )


@dataclass(frozen=True, slots=True)
class Parse:
    """DuckDB's parse of one SELECT: as text, and its ``nodes``; ``words`` are all texts in it, in lower case."""

    text: str
    nodes: tuple[dict[str, Any], ...]
    words: frozenset[str]


def parse_statement(con: duckdb.DuckDBPyConnection, sql: str) -> Parse:
    """Parse ``sql``.

    Raises:
        NotAllowedError: it is not one SELECT.
        InvalidStatementError: it cannot be read.
    """
    text, statement = _parse_select(con, sql)
    nodes = tuple(_iter_nodes(statement))
    return Parse(text, nodes, frozenset(word.lower() for node in nodes for word in _iter_texts(node)))


def check_statement(con: duckdb.DuckDBPyConnection, parse: Parse, visible: Collection[str]) -> Statement:
    """Reject what could leave its scope; the statement may read the tables in ``visible``.

    Raises:
        NotAllowedError: names what the statement may not use.
    """
    nodes = parse.nodes
    cte_names = {
        entry["key"].lower() for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]
    }
    for name in sorted(cte_names - set(visible)):
        # Outside the CTE's own query, the name would mean the table again.
        if _has_table(con, name):
            raise _build_outside_error(name)
    functions = {str(node["function_name"]).lower() for node in nodes if "function_name" in node}
    for name in sorted(functions & _find_unsafe_functions(con, functions)):
        raise _build_outside_error(name + "()")
    for node in nodes:
        _check_node(con, node, visible, cte_names)
    text = _convert(con, "json_deserialize_sql(CAST($1 AS JSON))", parse.text)
    tables = {node["table_name"].lower() for node in nodes if node.get("type") == "BASE_TABLE"}
    aliases = {str(node.get("alias") or "").lower() for node in nodes if _is_relation(node)} - {""}
    return Statement(
        text.rstrip("; \n"),
        frozenset(tables & set(visible)),
        parse.words,
        any(_reads_whole_rows(node, tables | aliases) for node in nodes),
        bool(functions & TABLE_MACROS),
    )


def _parse_select(con: duckdb.DuckDBPyConnection, sql: str) -> tuple[str, dict[str, Any]]:
    """Return DuckDB's parse of ``sql``, as text and as an object. Raises NotAllowedError when it is not a SELECT."""
    text = _convert(con, "json_serialize_sql($1)", sql)
    try:
        parse = json.loads(text)
    except RecursionError as error:
        raise _build_depth_error() from error
    if parse["error"] and parse.get("error_type") == "parser":
        from opttius_cli.engines.own_sql.explain_fault import explain_fault

        fault = explain_fault(parse["error_message"])
        fault.position = int(parse["position"]) if str(parse.get("position", "")).isdigit() else None
        raise fault
    if parse["error"] or len(parse["statements"]) != 1:
        raise NotAllowedError(_("A report must be one SELECT."))
    return text, parse["statements"][0]


def _convert(con: duckdb.DuckDBPyConnection, call: str, text: str) -> str:
    """Return what a function of DuckDB makes of SQL or of its parse; raises NotAllowedError for what is too deep."""
    import duckdb

    try:
        return str(con.execute(f"SELECT {call}", [text]).fetchall()[0][0])
    except duckdb.SerializationException as error:
        raise _build_depth_error() from error


def _build_depth_error() -> NotAllowedError:
    return NotAllowedError(_("The SQL is nested too deeply."))


def _check_node(
    con: duckdb.DuckDBPyConnection,
    node: dict[str, Any],
    visible: Collection[str],
    cte_names: Collection[str],
) -> None:
    kind = str(node.get("type"))
    if kind == "SHOW_REF" or (kind.endswith("_NODE") and kind not in _QUERY_NODES):
        raise NotAllowedError(_("A report must be one SELECT."))
    if node.get("sample"):
        raise NotAllowedError(_("A report gives the same rows every time, so it may not use SAMPLE."))
    if kind == "BASE_TABLE":
        name, path = node["table_name"], node["qualified_name"]["path"]
        if len(path) > 1 or node.get("catalog_name") or node.get("schema_name"):
            raise _build_outside_error(".".join(path))
        if name.lower() not in visible and name.lower() not in cte_names:
            if _has_table(con, name.lower()):
                raise _build_outside_error(name)
            near = ", ".join(suggest_names(name, list(visible)))
            raise InvalidStatementError(
                _("there is no table {name}. The nearest: {names}.", name=name, names=near), name
            )
    if kind == "TABLE_FUNCTION" and node["function"]["function_name"].lower() not in _TABLE_FUNCTIONS:
        raise _build_outside_error(node["function"]["function_name"] + "()")


def _is_relation(node: dict[str, Any]) -> bool:
    return node.get("type") in {"BASE_TABLE", "SUBQUERY", "TABLE_FUNCTION", "JOIN", "PIVOT"}


def _reads_whole_rows(node: dict[str, Any], relations: Collection[str]) -> bool:
    """Return whether a node reads columns by another way than their names."""
    return (
        node.get("type") in _WHOLE_ROW_NODES
        or node.get("class") == "STAR"
        or bool(node.get("column_name_alias"))
        or node.get("ref_type") == "NATURAL"
        or (node.get("class") == "COLUMN_REF" and node["column_names"][-1].lower() in relations)
    )


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
    """Return whether a table or view of that name exists, of DuckDB's own too."""
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


def _iter_nodes(statement: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON object of a parsed statement."""
    waiting = [statement]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            yield item
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)


def _iter_texts(node: dict[str, Any]) -> Iterator[str]:
    """Yield the texts that stand in a node itself, or in a list of it."""
    for value in node.values():
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, str))
