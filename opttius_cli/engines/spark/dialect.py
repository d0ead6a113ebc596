"""Write the project's SQL, which is DuckDB's, as Spark's: what sqlglot does not translate by itself is a rule here.

A rule gets a node whose children are written already, and returns what stands in its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlglot import ErrorLevel, exp

from opttius_cli.engines.spark import lists
from opttius_cli.engines.spark.calls import call, cast, number
from opttius_cli.engines.spark.membership import write_membership

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_ACCENTED = "áàäâãåéèëêíìïîóòöôõúùüûñçýÿÁÀÄÂÃÅÉÈËÊÍÌÏÎÓÒÖÔÕÚÙÜÛÑÇÝ"
_PLAIN = "aaaaaaeeeeiiiiooooouuuuncyyAAAAAAEEEEIIIIOOOOOUUUUNCY"

_TIME_PARTS = {"%Y": "yyyy", "%m": "MM", "%d": "dd", "%H": "HH", "%M": "mm", "%S": "ss", "%f": "SSSSSS"}


def write_spark_sql(query: exp.Expr) -> str:
    """Return ``query`` in Spark's SQL; its macros are expanded and its variables are values."""
    written = _apply(query.copy())
    return written.sql("spark", comments=False, unsupported_level=ErrorLevel.RAISE)


def _apply(node: exp.Expr) -> exp.Expr:
    for child in list(node.iter_expressions()):
        written = _apply(child)
        if written is not child:
            child.replace(written)
    if isinstance(node, exp.Anonymous):
        function = FUNCTIONS.get(node.name.lower())
        return function(*node.expressions) if function else node
    rule = RULES.get(type(node))
    return rule(node) if rule else node


def _write_type(node: exp.DataType) -> exp.Expr:
    """Write HUGEINT as the widest whole number that Spark has, and ids as text, which they are in a lake."""
    if node.this == exp.DType.INT128:
        return exp.DataType.build("DECIMAL(38, 0)")
    return exp.DataType.build("VARCHAR") if node.this == exp.DType.UUID else node


def _write_cast(node: exp.Cast) -> exp.Expr:
    """Write ``CAST('0x' || digits AS UBIGINT)``, the number that hexadecimal digits are."""
    if node.to.this == exp.DType.UBIGINT and isinstance(node.this, exp.DPipe):
        digits = cast(node.this.expression, "STRING")
        return cast(call("conv", digits, number(16), number(10)), "BIGINT")
    return node


def _write_whole_division(node: exp.IntDiv) -> exp.Expr:
    """Write ``a // b``: NULL over nothing, where Spark fails; not every parser has DIV bind like ``*``."""
    return exp.Paren(
        this=exp.IntDiv(this=exp.Paren(this=node.this), expression=_without_zero(node.expression))
    )


def _write_remainder(node: exp.Mod) -> exp.Expr:
    return exp.Mod(this=node.this, expression=_without_zero(node.expression))


def _without_zero(divisor: exp.Expr) -> exp.Expr:
    return divisor if isinstance(divisor, exp.Literal) else call("nullif", divisor, number(0))


def _write_sign(node: exp.Sign) -> exp.Expr:
    """Write the sign as a whole number; Spark's is a float."""
    value = node.this
    cases = [
        exp.If(this=kind(this=value.copy(), expression=number(0)), true=result)
        for kind, result in (
            (exp.LT, exp.Neg(this=number(1))),
            (exp.GT, number(1)),
            (exp.EQ, number(0)),
        )
    ]
    return exp.Paren(this=exp.Case(ifs=cases))


def _write_left(node: exp.Left) -> exp.Expr:
    """Write ``left(text, -n)``: all but the last n characters."""
    length = node.expression
    if not isinstance(length, exp.Neg):
        return node
    rest = exp.Sub(this=call("length", node.this.copy()), expression=length.this)
    return call("left", node.this, call("greatest", rest, number(0)))


def _write_replace(node: exp.RegexpReplace) -> exp.Expr:
    """Write a replacement of every match, with its groups as ``$1``."""
    replacement = re.sub(r"\\(\d)", r"$\1", node.args["replacement"].name)
    return call("regexp_replace", node.this, node.expression, replacement)


def _write_any_value(node: exp.IgnoreNulls) -> exp.Expr:
    return exp.Min(this=node.this.this) if isinstance(node.this, exp.AnyValue) else node


def _write_addition(node: exp.Add) -> exp.Expr:
    """Write ``date + to_months(n)``; both engines clip the day to the month's end."""
    months = node.expression
    if isinstance(months, exp.Anonymous) and months.name == "to_months":
        return call("add_months", node.this, months.expressions[0])
    return node


def _write_unix_time(node: exp.UnixToTime) -> exp.Expr:
    """Write ``epoch_ms(instant)`` and ``to_timestamp(seconds)``, which sqlglot reads as one function."""
    return (
        call("unix_millis", cast(node.this, "TIMESTAMP"))
        if node.args.get("scale")
        else call("timestamp_seconds", node.this)
    )


def _write_time_format(node: exp.TimeToStr) -> exp.Expr:
    """Write ``strftime(moment, format)``, every letter that is none of a pattern quoted."""
    parts = re.split(r"(%[a-zA-Z])", node.args["format"].name)
    pattern = "".join(_TIME_PARTS.get(part) or re.sub(r"([A-Za-z]+)", r"'\1'", part) for part in parts)
    return call("date_format", node.this, pattern)


def _write_split(node: exp.Split) -> exp.Expr:
    """Write a split at a text; Spark's function takes a regular expression."""
    return call("split", node.this, re.escape(node.expression.name))


def _write_window(node: exp.Window) -> exp.Expr:
    """Write ``count(x) FILTER (WHERE …) OVER (…)`` with a CASE: not every engine filters in a window."""
    if not isinstance(node.this, exp.Filter):
        return node
    function, condition = node.this.this, node.this.expression.this
    value = number(1) if isinstance(function.this, exp.Star) else function.this
    function.set("this", exp.Case(ifs=[exp.If(this=condition, true=value.copy())]))
    node.set("this", function)
    return node


def _write_select(node: exp.Select) -> exp.Expr:
    return write_membership(node) if lists.write_unnest(node) is node else node


RULES: Mapping[type[exp.Expr], Callable[..., exp.Expr]] = {
    exp.Add: _write_addition,
    exp.ArrayAgg: lists.write_list,
    exp.ArrayOverlaps: lambda node: call("arrays_overlap", node.this, node.expression),
    exp.Bracket: lists.write_index,
    exp.Cast: _write_cast,
    exp.Concat: lambda node: call("concat_ws", "", *node.expressions),
    exp.DataType: _write_type,
    exp.GenerateSeries: lists.write_series,
    exp.IgnoreNulls: _write_any_value,
    exp.IntDiv: _write_whole_division,
    exp.Left: _write_left,
    exp.Mod: _write_remainder,
    exp.PercentileDisc: lists.write_discrete_quantile,
    exp.PercentileCont: lambda node: call("percentile", node.this, node.expression),
    exp.RegexpReplace: _write_replace,
    exp.Select: _write_select,
    exp.Sign: _write_sign,
    exp.Split: _write_split,
    exp.Struct: lists.write_struct,
    exp.Sum: lists.write_ordered_sum,
    exp.TimeToStr: _write_time_format,
    exp.UnixToTime: _write_unix_time,
    exp.Window: _write_window,
}
"""The rules by kind of node."""

FUNCTIONS: Mapping[str, Callable[..., exp.Expr]] = {
    "epoch_us": lambda moment: call("unix_micros", cast(moment, "TIMESTAMP")),
    "list_position": lists.list_position,
    "list_slice": lists.list_slice,
    "list_sum": lists.list_sum,
    "list_unique": lists.list_unique,
    "make_timestamptz": lambda microseconds: call("timestamp_micros", microseconds),
    "strip_accents": lambda text: call("translate", text, _ACCENTED, _PLAIN),
    "timezone": lambda zone, moment: call("convert_timezone", "UTC", zone, cast(moment, "TIMESTAMP_NTZ")),
}
"""The rules for functions that sqlglot does not know, by their name in DuckDB."""
