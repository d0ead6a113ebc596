"""Values as typed literals: what Spark's SQL has in place of variables and bound parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from opttius_cli.snapshot.lake import LAST_INSTANT

if TYPE_CHECKING:
    from collections.abc import Mapping

_TYPES: Mapping[pa.DataType, str] = {
    pa.bool_(): "BOOLEAN",
    pa.int32(): "INT",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.string(): "VARCHAR",
    # A list without items, or a value of no type: text, like almost every list of settings.
    pa.null(): "VARCHAR",
}


def build_literal(value: pa.Scalar) -> exp.Expr:
    """Return ``value`` as a literal of its own type."""
    kind, content = value.type, value.as_py()
    if pa.types.is_list(kind):
        items = [] if content is None else [build_literal(value.values[i]) for i in range(len(content))]
        array: exp.Expr = exp.null() if content is None else exp.Array(expressions=items)
        return exp.cast(array, _build_type(kind), dialect="duckdb")
    if content is None:
        return (
            exp.null()
            if pa.types.is_null(kind)
            else exp.cast(exp.null(), _build_type(kind), dialect="duckdb")
        )
    if pa.types.is_boolean(kind):
        return exp.Boolean(this=content)
    if pa.types.is_string(kind):
        return exp.Literal.string(content)
    if pa.types.is_integer(kind):
        return exp.Literal.number(content)
    return exp.cast(exp.Literal.string(_write_text(content, kind)), _build_type(kind), dialect="duckdb")


def replace_infinity(node: exp.Expr) -> exp.Expr:
    """Return the last instant in place of ``CAST('infinity' AS TIMESTAMP)``, every other node as it is."""
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Literal) and node.this.name == "infinity":
        return exp.Cast(this=exp.Literal.string(LAST_INSTANT), to=node.to.copy())
    return node


def _build_type(kind: pa.DataType) -> exp.DataType:
    return exp.DataType.build(_write_type(kind), dialect="duckdb")


def _write_type(kind: pa.DataType) -> str:
    """Return the name of an Arrow type in DuckDB's SQL."""
    if pa.types.is_list(kind):
        return f"{_write_type(kind.value_type)}[]"
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ" if kind.tz else "TIMESTAMP"
    return _TYPES[kind]


def _write_text(content: Any, kind: pa.DataType) -> str:
    if pa.types.is_timestamp(kind):
        return str(content.isoformat(sep=" ", timespec="microseconds"))
    return repr(content) if pa.types.is_floating(kind) else str(content)
