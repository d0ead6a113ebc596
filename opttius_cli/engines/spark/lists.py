"""Rules for lists: their items, and rows that become lists or come from them."""

from __future__ import annotations

from sqlglot import exp

from opttius_cli.engines.spark.calls import build_lambda, call, cast, number

_UNNESTED = "unnested"


def write_index(node: exp.Bracket) -> exp.Expr:
    """Write ``list[i]``, counted from 1: NULL where there is no such item."""
    index = node.expressions[0]
    if isinstance(index, exp.Literal) and index.is_string:
        return exp.Dot(this=exp.Paren(this=node.this), expression=exp.to_identifier(index.name))
    if isinstance(index, exp.Literal):
        return call("get", node.this, number(int(index.name) - 1))
    if isinstance(index, exp.Neg):
        return call("element_at", node.this, index)
    return call("get", node.this, cast(exp.Sub(this=exp.Paren(this=index), expression=number(1)), "INT"))


def list_position(items: exp.Expr, item: exp.Expr) -> exp.Expr:
    """Write the place of an item, counted from 1: NULL where it is none."""
    return call("nullif", call("array_position", items, item), number(0))


def list_slice(items: exp.Expr, first: exp.Expr, last: exp.Expr) -> exp.Expr:
    """Write the items from the first place to the last; both are literals."""
    return call("slice", items, first, number(int(last.name) - int(first.name) + 1))


def list_sum(items: exp.Expr) -> exp.Expr:
    """Write the sum of whole numbers."""
    total = exp.Add(this=exp.to_identifier("total"), expression=exp.to_identifier("item"))
    return call("aggregate", items, cast(number(0), "BIGINT"), build_lambda(total, "total", "item"))


def list_unique(items: exp.Expr) -> exp.Expr:
    """Write how many different items a list has, nulls apart."""
    return call("size", call("array_compact", call("array_distinct", items)))


def write_list(node: exp.ArrayAgg) -> exp.Expr:
    """Write ``list(x ORDER BY …)``, which Spark sorts when it has been made."""
    value = node.this
    if not isinstance(value, exp.Order):
        return call("collect_list", value)
    keys, value = value.expressions, value.this
    if isinstance(value, exp.Distinct):
        return call("sort_array", call("collect_set", value.expressions[0]))
    if [key.this for key in keys] == [value]:
        return call("sort_array", call("collect_list", value))
    return _sort_by(keys, value)


def _sort_by(keys: list[exp.Ordered], value: exp.Expr) -> exp.Expr:
    fields = {f"key_{place}": key.this for place, key in enumerate(keys)} | {"value": value}
    rows = call("sort_array", call("collect_list", _build_struct(fields)))
    item = exp.Dot(this=exp.to_identifier("item"), expression=exp.to_identifier("value"))
    return call("transform", rows, build_lambda(item, "item"))


def write_ordered_sum(node: exp.Sum) -> exp.Expr:
    """Write ``sum(x ORDER BY y)`` of floats, whose sum depends on the order."""
    if not isinstance(node.this, exp.Order):
        return node
    items = _sort_by(node.this.expressions, node.this.this)
    total = exp.Add(this=exp.to_identifier("total"), expression=exp.to_identifier("item"))
    return call("aggregate", items, cast(number(0), "DOUBLE"), build_lambda(total, "total", "item"))


def write_discrete_quantile(node: exp.PercentileDisc) -> exp.Expr:
    """Write ``quantile_disc(x, q)``: the value itself, where Spark gives a float."""
    value = node.this
    place = call("ceil", exp.Mul(this=exp.Count(this=value.copy()), expression=node.expression))
    index = exp.Sub(this=call("greatest", place, number(1)), expression=number(1))
    return call("get", call("sort_array", call("collect_list", value)), cast(index, "INT"))


def _build_struct(fields: dict[str, exp.Expr]) -> exp.Expr:
    parts: list[exp.Expr] = []
    for name, value in fields.items():
        parts += [exp.Literal.string(name), value.copy()]
    return call("named_struct", *parts)


def write_struct(node: exp.Struct) -> exp.Expr:
    """Write ``{'name': value}``."""
    return _build_struct({item.this.name: item.expression for item in node.expressions})


def write_series(node: exp.GenerateSeries) -> exp.Expr:
    """Write a series of whole numbers: none where the end is before the start, where Spark counts down."""
    end = node.args["end"]
    if node.args.get("is_end_exclusive"):
        end = exp.Sub(this=exp.Paren(this=end), expression=number(1))
    start = node.args["start"]
    # A series of one item at least, of which those past the end are left out.
    return call(
        "filter",
        call("sequence", start, call("greatest", start.copy(), end)),
        build_lambda(exp.LTE(this=exp.to_identifier("item"), expression=end.copy()), "item"),
    )


def write_unnest(select: exp.Select) -> exp.Expr:
    """Write ``SELECT unnest(list), generate_subscripts(list, 1)`` as a view beside the rows, with both columns."""
    unnested = [item for item in select.expressions if isinstance(item.unalias(), exp.Explode)]
    if not unnested:
        return select
    value, place = exp.column("value", _UNNESTED), exp.column("place", _UNNESTED)
    items = unnested[0].unalias().this
    unnested[0].replace(exp.alias_(value, unnested[0].alias))
    for item in select.expressions:
        inner = item.unalias()
        if isinstance(inner, exp.Anonymous) and inner.name.lower() == "generate_subscripts":
            item.replace(exp.alias_(exp.Add(this=place.copy(), expression=number(1)), item.alias))
    columns = [exp.to_identifier("place"), exp.to_identifier("value")]
    alias = exp.TableAlias(this=exp.to_identifier(_UNNESTED), columns=columns)
    select.append("laterals", exp.Lateral(this=exp.Posexplode(this=items), view=True, alias=alias))
    return select
