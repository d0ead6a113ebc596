"""Column lineage of a user's report: an output column derived from a personal column is personal too.

It works on DuckDB's parse, by names alone: whatever is derived from a personal column, under any name and
through any number of CTEs, counts as personal. In doubt a column is personal; a comparison or count is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from opttius_cli.engines.sandbox import iter_nodes
from opttius_cli.result import ColumnKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Outputs = list[tuple[str | None, ColumnKind | None]]

_PERSONAL = {
    "first_name": ColumnKind.NAME,
    "last_name": ColumnKind.NAME,
    "email": ColumnKind.EMAIL,
    "email_key": ColumnKind.EMAIL,
    "phone": ColumnKind.PHONE,
    "rut": ColumnKind.RUT,
}
_MIXED = ColumnKind.EMAIL
"""A column of several kinds is masked as an email: a text that is not an email is hidden completely."""
_NON_CARRYING_FUNCTIONS = {
    *("count", "count_if", "length", "len", "strlen", "approx_count_distinct", "bool_and", "bool_or"),
    *("contains", "starts_with", "ends_with", "prefix", "suffix", "regexp_matches", "regexp_full_match"),
    *(
        "~~",
        "!~~",
        "~~*",
        "!~~*",
        "looks_like_rut",
        "list_contains",
        "instr",
        "strpos",
        "position",
        "row_number",
        "rank",
        "dense_rank",
    ),
}
_COMPARISON_CLASSES = {"COMPARISON", "CONJUNCTION", "BETWEEN"}
_COMPARISON_TYPES = {
    "OPERATOR_IS_NULL",
    "OPERATOR_IS_NOT_NULL",
    "OPERATOR_NOT",
    "COMPARE_IN",
    "COMPARE_NOT_IN",
}
_COMPARISON_SUBQUERIES = {"EXISTS", "NOT_EXISTS", "ANY"}
_NON_CARRYING_KEYS = {"filter", "when_expr", "order_bys", "orders", "partitions", "modifiers", "where_clause"}


@dataclass(frozen=True, slots=True)
class _PersonalNames:
    """The personal columns found so far; ``tables`` are those of the scope, ``relations`` anything with rows."""

    names: dict[str, ColumnKind]
    tables: frozenset[str]
    relations: frozenset[str]

    def find_kind(self, path: Sequence[str]) -> ColumnKind | None:
        """Return the kind of the column that ``path`` refers to, or of one of its fields."""
        if len(path) == 1 and path[0] in self.relations and path[0] not in self.names:
            # The name of a table stands for a whole row.
            return _MIXED
        if len(path) > 1 and path[0] in self.tables:
            # A column of a scope's table is not the CTE column that happens to have the same name.
            return _PERSONAL.get(path[1])
        return next((self.names[name] for name in path if name in self.names), None)


def find_personal_columns(statement: dict[str, Any], names: Sequence[str]) -> dict[str, ColumnKind]:
    """Return which of the output columns ``names`` of ``statement`` are personal, with their kind."""
    nodes = list(iter_nodes(statement))
    personal = _PersonalNames(dict(_PERSONAL), *_find_relations(nodes))
    while True:
        count_before = len(personal.names)
        for node in nodes:
            _collect_names(node, personal)
        if len(personal.names) == count_before:
            break
    outputs = _find_outputs(statement["node"], personal)
    if outputs is None or len(outputs) != len(names):
        return {name: kind for name in names if (kind := personal.names.get(name.lower()))}
    return {name: kind for (_as, kind), name in zip(outputs, names, strict=True) if kind}


def _find_relations(nodes: Sequence[dict[str, Any]]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that stand only for tables of the scope, and those for anything with rows."""
    cte_names = {
        entry["key"].lower() for node in nodes if "cte_map" in node for entry in node["cte_map"]["map"]
    }
    tables, relations = set(), set()
    derived = set(cte_names)
    for node in nodes:
        names = {str(node.get(key) or "").lower() for key in ("alias", "table_name")} - {""}
        if node.get("type") == "BASE_TABLE" and node["table_name"].lower() not in cte_names:
            tables |= names
        elif node.get("type") in {"BASE_TABLE", "SUBQUERY", "TABLE_FUNCTION"}:
            derived |= names
    relations = tables | derived
    columns = {
        str(item.get("alias") or "").lower() for node in nodes for item in node.get("select_list") or ()
    }
    return frozenset(tables - derived), frozenset(relations - columns)


def _collect_names(node: dict[str, Any], personal: _PersonalNames) -> None:
    """Add to ``personal`` the names that ``node`` gives to personal columns."""
    if "select_list" in node or node.get("type") in {"SET_OPERATION_NODE", "RECURSIVE_CTE_NODE"}:
        for name, kind in _find_outputs(node, personal) or ():
            if name and kind:
                personal.names.setdefault(name, kind)
    for names, query in _iter_renamings(node):
        outputs = _find_outputs(query, personal) if query else None
        kinds = [kind for _name, kind in outputs] if outputs else [_MIXED] * len(names)
        for name, kind in zip(names, kinds, strict=False):
            if kind:
                personal.names.setdefault(name.lower(), kind)


def _iter_renamings(node: dict[str, Any]) -> Iterable[tuple[list[str], dict[str, Any] | None]]:
    """Yield the names that ``node`` gives to the columns of a query, or (None) of a table."""
    if node.get("column_name_alias"):
        inner = node.get("subquery")
        yield node["column_name_alias"], inner["node"] if isinstance(inner, dict) else None
    for entry in (node.get("cte_map") or {}).get("map", ()):
        value = entry["value"]
        if value.get("aliases"):
            yield value["aliases"], value["query_node"]


def _find_outputs(node: dict[str, Any], personal: _PersonalNames) -> Outputs | None:
    """Return (name or None, kind) of each column of a query; None when a star hides the columns."""
    branches = node.get("children") or [node[key] for key in ("left", "right") if node.get(key)]
    if "select_list" not in node:
        sides = [_find_outputs(branch, personal) for branch in branches]
        if not sides or sides[0] is None:
            return None
        if any(side is None for side in sides):
            return [(name, _MIXED) for name, _kind in sides[0]]
        return [_merge_outputs(cells) for cells in zip(*(side or [] for side in sides), strict=False)]
    items = node["select_list"]
    if any(item.get("type") == "STAR" for item in items):
        return None
    return [(_get_output_name(item), _find_carried_kind(item, personal)) for item in items]


def _merge_outputs(
    cells: Sequence[tuple[str | None, ColumnKind | None]],
) -> tuple[str | None, ColumnKind | None]:
    """Merge a column of a set operation: named by the first query, personal if it is in any."""
    kinds = {kind for _name, kind in cells if kind}
    return cells[0][0], (kinds.pop() if len(kinds) == 1 else _MIXED if kinds else None)


def _get_output_name(item: dict[str, Any]) -> str | None:
    name = item.get("alias") or (item.get("column_names") or [""])[-1]
    return str(name).lower() or None


def _find_carried_kind(part: Any, personal: _PersonalNames) -> ColumnKind | None:
    """Return the kind of personal data that an expression carries; several kinds give the mixed one."""
    if isinstance(part, list):
        kinds = {kind for inner in part if (kind := _find_carried_kind(inner, personal))}
        return kinds.pop() if len(kinds) == 1 else _MIXED if kinds else None
    if not isinstance(part, dict) or _is_comparison(part):
        return None
    if part.get("type") == "COLUMN_REF":
        return personal.find_kind([name.lower() for name in part["column_names"]])
    if part.get("type") in {"POSITIONAL_REFERENCE", "STAR"}:
        return _MIXED
    return _find_carried_kind(
        [inner for key, inner in part.items() if key not in _NON_CARRYING_KEYS], personal
    )


def _is_comparison(part: dict[str, Any]) -> bool:
    """Return whether an expression only compares or counts."""
    return (
        part.get("class") in _COMPARISON_CLASSES
        or part.get("type") in _COMPARISON_TYPES
        or part.get("subquery_type") in _COMPARISON_SUBQUERIES
        or str(part.get("function_name", "")).lower() in _NON_CARRYING_FUNCTIONS
    )
